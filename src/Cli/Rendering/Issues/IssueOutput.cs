// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>Issues in the format of whoever shows them.</summary>
internal static class IssueOutput
{
    public static string Write(OutputFormat format, IReadOnlyList<Issue> issues) => format switch
    {
        OutputFormat.Sarif => SarifOutput.Write(issues),
        OutputFormat.GitHub => GitHubOutput.Write(issues),
        OutputFormat.GitLab => GitLabOutput.Write(issues),
        _ => throw new UnreachableException(),
    };
}
