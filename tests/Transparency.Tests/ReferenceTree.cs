// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace SupplyChain.Transparency.Tests;

/// <summary>A tree as RFC 6962 §2.1 defines it, by recursion and without regard for speed.</summary>
internal sealed class ReferenceTree(int size)
{
    public byte[] Root => RootOf(0, size);

    public byte[] LeafAt(int index) => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"entry {index}"));

    public List<ReadOnlyMemory<byte>> ProveInclusion(int index) => Path(index, 0, size);

    public List<ReadOnlyMemory<byte>> ProveConsistency(int older) => older == size ? [] : Subproof(older, 0, size, isWhole: true);

    private List<ReadOnlyMemory<byte>> Path(int index, int from, int count)
    {
        if (count == 1)
            return [];

        var left = SplitOf(count);
        return index < left
            ? [.. Path(index, from, left), RootOf(from + left, count - left)]
            : [.. Path(index - left, from + left, count - left), RootOf(from, left)];
    }

    private List<ReadOnlyMemory<byte>> Subproof(int older, int from, int count, bool isWhole)
    {
        if (older == count)
            return isWhole ? [] : [RootOf(from, count)];

        var left = SplitOf(count);
        return older <= left
            ? [.. Subproof(older, from, left, isWhole), RootOf(from + left, count - left)]
            : [.. Subproof(older - left, from + left, count - left, isWhole: false), RootOf(from, left)];
    }

    private byte[] RootOf(int from, int count)
    {
        if (count == 1)
            return LeafAt(from);

        var left = SplitOf(count);
        return SHA256.HashData([1, .. RootOf(from, left), .. RootOf(from + left, count - left)]);
    }

    // The largest power of two below the count.
    private static int SplitOf(int count)
    {
        var split = 1;
        while (split * 2 < count)
            split *= 2;
        return split;
    }
}
