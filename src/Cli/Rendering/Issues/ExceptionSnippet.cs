// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>
/// The exception that would waive a finding, to be pasted into a policy. Owner and reason are left empty, and a policy with an empty
/// one is refused: nobody answers for a finding without knowing.
/// </summary>
internal static class ExceptionSnippet
{
    private const int Days = 30;
    private const string Blocked = "blocked by the policy";
    private const string Exploited = "known exploited";

    /// <summary>The lines, or why no exception helps.</summary>
    public static IReadOnlyList<string> For(Decision decision, FindingLine line)
    {
        if (decision.Kind != DecisionKind.Signing)
            return [];
        if (string.Equals(line.Note, Blocked, StringComparison.Ordinal))
            return ["no exception helps: the policy's blockedCves outrank exceptions"];

        var until = decision.Time.UtcDateTime.AddDays(Days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return
        [
            "or, if somebody answers for it, under the check's vulnerabilities (with owner and reason filled in):",
            "exceptions:",
            $"  - id: {Quote(line.Id)}",
            $"    package: {Quote(line.Package)}",
            $"    until: {until}",
            "    owner: \"\"",
            "    reason: \"\"",
            .. string.Equals(line.Note, Exploited, StringComparison.Ordinal) ? ["    knownExploited: true"] : Array.Empty<string>(),
        ];
    }

    // A JSON string is a double-quoted YAML scalar of one line, whatever is in it.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
