// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>
/// Workflow commands of GitHub Actions. Whatever stands in a command's value, it stays one command on one line: a line that somebody
/// else may begin would be a command of theirs.
/// </summary>
internal static class GitHubOutput
{
    public static string Write(IReadOnlyList<Issue> issues)
    {
        var lines = new StringBuilder();
        foreach (var issue in issues)
        {
            var word = issue.Level switch { IssueLevel.Error => "error", IssueLevel.Warning => "warning", _ => "notice" };
            lines.Append(
                CultureInfo.InvariantCulture,
                $"::{word} file={Property(issue.Path)},line={issue.Line},title={Property(issue.Rule)}::{Data(issue.Text)}\n");
        }

        return lines.ToString();
    }

    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
