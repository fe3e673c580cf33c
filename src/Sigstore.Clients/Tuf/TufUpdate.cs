// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Sigstore.Clients;

/// <summary>What came of an update: all that is believed now, or why it ended.</summary>
public sealed class TufUpdate
{
    internal TufUpdate(TufProblem problem) => Problem = problem;

    internal TufUpdate(TufTrust trust, ReadOnlyMemory<byte> target, TufArchive archive) => (Trust, Target, Archive) = (trust, target, archive);

    /// <summary>Why it ended; null when it is done.</summary>
    public TufProblem? Problem { get; }

    /// <summary>Whether it is done.</summary>
    [MemberNotNullWhen(true, nameof(Trust), nameof(Archive))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsDone => Problem is null;

    /// <summary>The metadata.</summary>
    public TufTrust? Trust { get; }

    /// <summary>The target's content.</summary>
    public ReadOnlyMemory<byte> Target { get; }

    /// <summary>All of it in one document, for whoever has no network.</summary>
    public TufArchive? Archive { get; }
}
