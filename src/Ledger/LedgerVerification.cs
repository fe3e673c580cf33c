// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Ledger;

/// <summary>What a check of the whole ledger found.</summary>
/// <param name="Entries">How many entries were read.</param>
/// <param name="Head">The newest entry as stored; absent when the ledger is empty.</param>
/// <param name="Problems">Everything that is wrong, in the ledger's order; at most <see cref="MostProblems"/>.</param>
public sealed record LedgerVerification(long Entries, LedgerHead? Head, IReadOnlyList<LedgerProblem> Problems)
{
    /// <summary>How many problems are listed before the check stops.</summary>
    public const int MostProblems = 20;

    /// <summary>Whether the ledger is whole.</summary>
    public bool IsIntact => Problems.Count == 0;
}

/// <summary>One thing that is wrong with a ledger.</summary>
/// <param name="Sequence">The entry it shows at; absent when it concerns the file.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Expected">What an untouched ledger would hold.</param>
/// <param name="Actual">What this one holds.</param>
public sealed record LedgerProblem(long? Sequence, string Message, string Expected, string Actual);
