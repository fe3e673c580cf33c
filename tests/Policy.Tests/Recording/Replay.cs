// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Tests.Recording;

/// <summary>Reads pieces back as whoever keeps them would.</summary>
internal static class Replay
{
    public static RecordedEvidence Read(IReadOnlyList<RecordedPiece> pieces)
    {
        Assert.Null(Problem(pieces, out var read));
        return read!;
    }

    /// <summary>Why the pieces cannot be replayed; null when they can.</summary>
    public static string? Problem(IReadOnlyList<RecordedPiece> pieces, out RecordedEvidence? read)
    {
        read = null;
        if (!EvidenceFormat.TryRead(pieces[0].Content, out var basis, out var problem))
            return problem;

        var found = pieces.Skip(1).ToDictionary(piece => piece.Digest, piece => piece.Content.ToArray());
        Assert.True(basis.Pieces.ToHashSet().IsSupersetOf(found.Keys), "a piece that nobody refers to");
        return basis.TryRead(Find, new RecordedPolicies(), out read, out problem) ? null : problem;

        byte[]? Find(Digest digest) => found.GetValueOrDefault(digest);
    }
}
