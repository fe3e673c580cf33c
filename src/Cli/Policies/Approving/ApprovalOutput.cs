// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Cli.Policies.Approving;

/// <summary>Approvals of policy sets, for people.</summary>
internal static class ApprovalOutput
{
    /// <summary>What is approved, in a few lines.</summary>
    public static void Write(Screen screen, PolicyApproval approval)
    {
        var table = new Columns();
        table.Add(2, new Cell("Set", Tone.Faint), approval.Name);
        table.Add(2, new Cell("Version", Tone.Faint), approval.Version.ToString(CultureInfo.InvariantCulture));
        table.Add(2, new Cell("Issued", Tone.Faint), PolicyTime.Show(approval.Issued));
        table.Add(2, new Cell("Ends", Tone.Faint), approval.Expires is { } expires ? PolicyTime.Show(expires) : "never");
        table.Add(2, new Cell("Documents", Tone.Faint), approval.Documents.Count.ToString(CultureInfo.InvariantCulture));
        table.WriteTo(screen);
    }

    /// <summary>Which documents are not as they were; where none differs or there was no earlier approval, all of them.</summary>
    public static void WriteDocuments(Screen screen, ApprovalDraft draft)
    {
        var table = new Columns();
        foreach (var (path, word, digest) in Lines(draft))
            table.Add(2, new Cell(word, Tone.Doubt), Printable.Escape(path), digest?.ToString() ?? "");
        table.WriteTo(screen);
    }

    // Whoever adds a signature has to see what they sign, as the first did.
    private static IEnumerable<(string Path, string Word, Digest? Digest)> Lines(ApprovalDraft draft) => draft.Differences is { Count: > 0 } differences
        ? differences.Select(difference => (difference.Path, difference.Word, difference.Found))
        : draft.Approval.Documents.Select(document => (
            document.Path, draft.Differences is null ? "new" : "unchanged", (Digest?)document.Digest));
}
