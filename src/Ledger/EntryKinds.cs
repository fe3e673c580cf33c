// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Ledger;

/// <summary>The words that stand for the kinds in the file and in the hash.</summary>
public static class EntryKinds
{
    /// <summary>The word of a kind, such as <c>intent</c>.</summary>
    public static string ToWord(this EntryKind kind) => kind switch
    {
        EntryKind.Intent => "intent",
        EntryKind.Signature => "signature",
        EntryKind.Completion => "completion",
        EntryKind.Refusal => "refusal",
        EntryKind.Evidence => "evidence",
        EntryKind.Rejected => "rejected",
        EntryKind.Key => "key",
        EntryKind.Document => "document",
        EntryKind.Review => "review",
        _ => throw new UnreachableException(),
    };

    /// <summary>Finds a kind by its exact word.</summary>
    public static bool TryParse(string? word, out EntryKind kind)
    {
        foreach (var candidate in Enum.GetValues<EntryKind>())
        {
            if (string.Equals(candidate.ToWord(), word, StringComparison.Ordinal))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
