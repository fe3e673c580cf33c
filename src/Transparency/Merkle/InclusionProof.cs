// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Transparency;

/// <summary>Whether an entry is in a log.</summary>
public static class InclusionProof
{
    /// <summary>
    /// Verifies that the tree of <paramref name="size"/> entries with that root has the leaf at <paramref name="index"/>; RFC 9162
    /// §2.1.3.2.
    /// </summary>
    /// <param name="leaf">The leaf, by <see cref="MerkleTree.Leaf"/>.</param>
    /// <param name="index">The entry's place, from 0.</param>
    /// <param name="size">The number of entries.</param>
    /// <param name="proof">The nodes beside the way up, lowest first.</param>
    /// <param name="root">The root.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        ReadOnlySpan<byte> leaf, ulong index, ulong size, IReadOnlyList<ReadOnlyMemory<byte>> proof, ReadOnlySpan<byte> root,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(proof);
        problem = Explain(leaf, index, size, proof, root);
        return problem is null;
    }

    private static string? Explain(
        ReadOnlySpan<byte> leaf, ulong index, ulong size, IReadOnlyList<ReadOnlyMemory<byte>> proof, ReadOnlySpan<byte> root)
    {
        if (leaf.Length != MerkleTree.NodeBytes || root.Length != MerkleTree.NodeBytes)
            return $"a leaf and a root have {MerkleTree.NodeBytes} bytes, found {leaf.Length} and {root.Length}";
        if (index >= size)
            return $"there is no entry {index} in a tree of {size}";
        if (MerkleTree.Explain(proof) is { } malformed)
            return malformed;

        Span<byte> node = stackalloc byte[MerkleTree.NodeBytes];
        leaf.CopyTo(node);
        var (at, last) = (index, size - 1);
        foreach (var beside in proof)
        {
            if (last == 0)
                return $"the proof has {proof.Count} nodes, more than lie between entry {index} and the root of {size}";

            if ((at & 1) == 1 || at == last)
            {
                MerkleTree.Join(beside.Span, node, node);
                // At the right edge levels are missing in which the node has no neighbour.
                while (at != 0 && (at & 1) == 0)
                    (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                MerkleTree.Join(node, beside.Span, node);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        if (last != 0)
            return $"the proof has {proof.Count} nodes, fewer than lie between entry {index} and the root of {size}";

        return node.SequenceEqual(root)
            ? null
            : $"the proof leads to root {Convert.ToHexStringLower(node)}; expected {Convert.ToHexStringLower(root)}";
    }
}
