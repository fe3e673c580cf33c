// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <summary>A decision as it was recorded.</summary>
/// <param name="Id">The decision's id.</param>
/// <param name="Sequence">The entry that holds it.</param>
/// <param name="Kind"><see cref="EntryKind.Completion"/>, <see cref="EntryKind.Refusal"/> or <see cref="EntryKind.Review"/>.</param>
/// <param name="Json">The decision's exact bytes, as they were answered.</param>
public sealed record RecordedDecision(string Id, long Sequence, EntryKind Kind, ReadOnlyMemory<byte> Json)
{
    /// <summary>Reads the decision.</summary>
    /// <exception cref="System.Text.Json.JsonException">It was written by a version that knows more.</exception>
    public Decision Read() => Decision.FromJson(Json.Span);
}

/// <summary>Which decisions to list, newest first.</summary>
public sealed record DecisionQuery
{
    /// <summary>What <see cref="Limit"/> may be at most.</summary>
    public const int LargestLimit = 1_000;

    /// <summary>Only decisions on the image with this digest.</summary>
    public Digest? Image { get; init; }

    /// <summary>Only decisions on images of this repository.</summary>
    public Repository? Repository { get; init; }

    /// <summary>Only completions, refusals or reviews.</summary>
    public EntryKind? Kind { get; init; }

    /// <summary>Only decisions that came out like this.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Only decisions recorded at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only decisions of entries before this one.</summary>
    public long? Before { get; init; }

    /// <summary>At most this many decisions, from 1 to <see cref="LargestLimit"/>.</summary>
    public int Limit { get; init; } = 100;
}
