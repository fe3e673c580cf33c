// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
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
        return basis.TryRead(new RecordedPieces(TryFind), out read, out problem) ? null : problem;

        bool TryFind(Digest digest, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? problem)
        {
            problem = found.TryGetValue(digest, out content) ? null : $"{digest} is missing";
            return content is not null;
        }
    }
}
