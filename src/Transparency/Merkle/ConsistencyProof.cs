// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace SupplyChain.Transparency;

/// <summary>Whether a log only ever grew.</summary>
public static class ConsistencyProof
{
    /// <summary>
    /// Verifies that the tree of <paramref name="newSize"/> entries begins with that of <paramref name="oldSize"/>; RFC 9162 §2.1.4.2.
    /// An empty tree begins every other and proves nothing: it is refused.
    /// </summary>
    /// <param name="oldSize">The number of entries then.</param>
    /// <param name="oldRoot">The root then.</param>
    /// <param name="newSize">The number of entries now.</param>
    /// <param name="newRoot">The root now.</param>
    /// <param name="proof">The nodes that both trees are made of, lowest first; none for trees of one size.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        ulong oldSize, ReadOnlySpan<byte> oldRoot, ulong newSize, ReadOnlySpan<byte> newRoot, IReadOnlyList<ReadOnlyMemory<byte>> proof,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(proof);
        problem = oldRoot.Length != MerkleTree.NodeBytes || newRoot.Length != MerkleTree.NodeBytes
                ? $"a root has {MerkleTree.NodeBytes} bytes, found {oldRoot.Length} and {newRoot.Length}"
            : oldSize == 0 || oldSize > newSize ? $"a tree of {newSize} entries does not continue one of {oldSize}"
            : MerkleTree.Explain(proof)
                ?? (oldSize == newSize ? ExplainSame(oldSize, oldRoot, newRoot, proof) : Explain(oldSize, oldRoot, newSize, newRoot, proof));
        return problem is null;
    }

    private static string? ExplainSame(
        ulong size, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        if (proof.Count > 0)
            return $"trees of one size need no proof, found {proof.Count} nodes";

        return oldRoot.SequenceEqual(newRoot)
            ? null
            : $"two trees of {size} entries have roots {Convert.ToHexStringLower(oldRoot)} and {Convert.ToHexStringLower(newRoot)}";
    }

    private static string? Explain(
        ulong oldSize, ReadOnlySpan<byte> oldRoot, ulong newSize, ReadOnlySpan<byte> newRoot, IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        if (proof.Count == 0)
            return $"the proof is empty; a tree of {newSize} entries needs one to continue a tree of {oldSize}";

        Span<byte> older = stackalloc byte[MerkleTree.NodeBytes];
        Span<byte> newer = stackalloc byte[MerkleTree.NodeBytes];
        // A whole subtree is its own first node; any other comes with the proof.
        var isWhole = BitOperations.IsPow2(oldSize);
        (isWhole ? oldRoot : proof[0].Span).CopyTo(older);
        older.CopyTo(newer);
        var (at, last) = (oldSize - 1, newSize - 1);
        var shared = BitOperations.TrailingZeroCount(~at);
        (at, last) = (at >> shared, last >> shared);
        foreach (var beside in proof.Skip(isWhole ? 0 : 1))
        {
            if (last == 0)
                return $"the proof has {proof.Count} nodes, more than trees of {oldSize} and {newSize} entries share";

            if ((at & 1) == 1 || at == last)
            {
                MerkleTree.Join(beside.Span, older, older);
                MerkleTree.Join(beside.Span, newer, newer);
                while (at != 0 && (at & 1) == 0)
                    (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                MerkleTree.Join(newer, beside.Span, newer);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        if (last != 0)
            return $"the proof has {proof.Count} nodes, fewer than trees of {oldSize} and {newSize} entries share";
        if (!older.SequenceEqual(oldRoot))
            return $"the proof leads to old root {Convert.ToHexStringLower(older)}; expected {Convert.ToHexStringLower(oldRoot)}";

        return newer.SequenceEqual(newRoot)
            ? null
            : $"the proof leads to new root {Convert.ToHexStringLower(newer)}; expected {Convert.ToHexStringLower(newRoot)}";
    }
}
