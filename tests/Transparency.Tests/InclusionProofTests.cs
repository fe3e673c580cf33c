// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Transparency.Tests;

public sealed class InclusionProofTests
{
    private const int Largest = 40;

    [Fact]
    public void Every_entry_of_every_small_tree_is_proven()
    {
        for (var size = 1; size <= Largest; size++)
        {
            var tree = new ReferenceTree(size);
            for (var index = 0; index < size; index++)
                Assert.True(Verify(tree, index, size, tree.ProveInclusion(index), out var problem), $"{index} of {size}: {problem}");
        }
    }

    [Theory]
    [InlineData(1), InlineData(7), InlineData(8), InlineData(21)]
    public void A_proof_holds_for_its_own_entry_and_size_alone(int size)
    {
        var tree = new ReferenceTree(size);
        for (var index = 0; index < size; index++)
        {
            var proof = tree.ProveInclusion(index);
            for (var other = 0; other < size + 2; other++)
                Assert.True(other == index || !InclusionProof.TryVerify(tree.LeafAt(index), (ulong)other, (ulong)size, proof, tree.Root, out _));
            for (var leaf = 0; leaf < size; leaf++)
                Assert.True(leaf == index || !InclusionProof.TryVerify(tree.LeafAt(leaf), (ulong)index, (ulong)size, proof, tree.Root, out _));
        }
    }

    public static TheoryData<string, string> Tampered => new()
    {
        { "a node too few", "fewer than lie between entry 3 and the root of 7" },
        { "a node too many", "more than lie between entry 3 and the root of 7" },
        { "no nodes", "the proof has 0 nodes, fewer than" },
        { "a flipped bit", "the proof leads to root " },
        { "swapped nodes", "the proof leads to root " },
        { "a short node", "node 1 of the proof has 31 bytes; expected 32" },
        { "a long node", "node 1 of the proof has 33 bytes; expected 32" },
        { "a long proof", "a proof has at most 65 nodes, found 66" },
        { "an index beyond the size", "there is no entry 7 in a tree of 7" },
        { "the largest index", "there is no entry 18446744073709551615 in a tree of 7" },
        { "no entries", "there is no entry 3 in a tree of 0" },
        { "a short root", "a leaf and a root have 32 bytes, found 32 and 31" },
        { "a short leaf", "a leaf and a root have 32 bytes, found 31 and 32" },
        { "a huge tree", "fewer than lie between entry 3 and the root of 18446744073709551615" },
    };

    [Theory, MemberData(nameof(Tampered))]
    public void Says_what_is_wrong_with_a_proof(string what, string expected)
    {
        var tree = new ReferenceTree(7);
        var proof = tree.ProveInclusion(3);
        var (leaf, index, size, root) = (tree.LeafAt(3), 3UL, 7UL, tree.Root);
        switch (what)
        {
            case "a node too few": proof.RemoveAt(2); break;
            case "a node too many": proof.Add(tree.LeafAt(0)); break;
            case "no nodes": proof.Clear(); break;
            case "a flipped bit": proof[1] = Flip(proof[1]); break;
            case "swapped nodes": (proof[0], proof[1]) = (proof[1], proof[0]); break;
            case "a short node": proof[1] = proof[1][1..]; break;
            case "a long node": proof[1] = new byte[33]; break;
            case "a long proof": proof.AddRange(Enumerable.Repeat<ReadOnlyMemory<byte>>(tree.LeafAt(0), 63)); break;
            case "an index beyond the size": index = 7; break;
            case "the largest index": index = ulong.MaxValue; break;
            case "no entries": size = 0; break;
            case "a short root": root = root[1..]; break;
            case "a short leaf": leaf = leaf[1..]; break;
            default: size = ulong.MaxValue; break;
        }

        Assert.False(InclusionProof.TryVerify(leaf, index, size, proof, root, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_looks_like_a_node_is_no_node()
    {
        var tree = new ReferenceTree(2);
        byte[] both = [.. tree.LeafAt(0), .. tree.LeafAt(1)];

        // Without prefixes the root of two would be the leaf of their concatenation.
        Assert.False(InclusionProof.TryVerify(MerkleTree.Leaf(both), 0, 1, [], tree.Root, out _));
    }

    private static bool Verify(ReferenceTree tree, int index, int size, List<ReadOnlyMemory<byte>> proof, out string? problem) =>
        InclusionProof.TryVerify(tree.LeafAt(index), (ulong)index, (ulong)size, proof, tree.Root, out problem);

    private static byte[] Flip(ReadOnlyMemory<byte> node)
    {
        var flipped = node.ToArray();
        flipped[^1] ^= 1;
        return flipped;
    }
}
