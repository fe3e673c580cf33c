// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Rendering;

/// <summary>How a command shows its result.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>JUnit's XML, which CI systems show as tests.</summary>
    Junit,

    /// <summary>SARIF 2.1.0, which code scanning services take.</summary>
    Sarif,

    /// <summary>Workflow commands of GitHub Actions, which show as annotations.</summary>
    GitHub,

    /// <summary>GitLab's code quality report.</summary>
    GitLab,

    /// <summary>Markdown, for the text of a merge request.</summary>
    Markdown,
}

/// <summary>Decisions as JSON: one as itself, several as an array. The same decisions give the same bytes.</summary>
internal static class DecisionOutput
{
    public static void WriteJson(TextWriter writer, Decision decision) =>
        writer.Write(Encoding.UTF8.GetString(decision.ToJson(indented: true)) + "\n");

    public static void WriteJson(TextWriter writer, IReadOnlyList<Decision> decisions)
    {
        var items = decisions.Select(decision => Encoding.UTF8.GetString(decision.ToJson(indented: true)));
        writer.Write("[" + string.Join(",", items) + "]\n");
    }
}
