// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Transparency.Tests;

public sealed class ConsistencyProofTests
{
    private const int Largest = 40;

    [Fact]
    public void Every_small_tree_continues_every_smaller_one()
    {
        for (var size = 1; size <= Largest; size++)
        {
            var tree = new ReferenceTree(size);
            for (var older = 1; older <= size; older++)
            {
                Assert.True(
                    ConsistencyProof.TryVerify((ulong)older, new ReferenceTree(older).Root, (ulong)size, tree.Root, tree.ProveConsistency(older), out var problem),
                    $"{older} of {size}: {problem}");
            }
        }
    }

    [Theory]
    [InlineData(6, 8), InlineData(4, 8), InlineData(1, 2), InlineData(7, 21)]
    public void A_proof_is_of_two_roots_and_sizes_alone(int older, int size)
    {
        var (before, after) = (new ReferenceTree(older).Root, new ReferenceTree(size).Root);
        var proof = new ReferenceTree(size).ProveConsistency(older);
        for (var other = 0; other < size + 3; other++)
        {
            Assert.True(other == older || !ConsistencyProof.TryVerify((ulong)other, before, (ulong)size, after, proof, out _), $"old size {other}");
            if (other > older && other != size)
                Assert.False(HoldsForNew((ulong)other) && !IsSameShape(older, size, other), $"new size {other}");
        }

        Assert.False(ConsistencyProof.TryVerify((ulong)older, after, (ulong)size, after, proof, out _));
        Assert.False(ConsistencyProof.TryVerify((ulong)older, before, (ulong)size, before, proof, out _));

        bool HoldsForNew(ulong other) => ConsistencyProof.TryVerify((ulong)older, before, other, after, proof, out _);
    }

    public static TheoryData<string, string> Tampered => new()
    {
        { "a node too few", "fewer than trees of 6 and 8 entries share" },
        { "a node too many", "more than trees of 6 and 8 entries share" },
        { "no nodes", "the proof is empty; a tree of 8 entries needs one to continue a tree of 6" },
        { "another old root", "the proof leads to old root " },
        { "another new root", "the proof leads to new root " },
        { "a short node", "node 0 of the proof has 31 bytes; expected 32" },
        { "a short root", "a root has 32 bytes, found 31 and 32" },
        { "a long proof", "a proof has at most 65 nodes, found 66" },
        { "an empty old tree", "a tree of 8 entries does not continue one of 0" },
        { "a shrunken tree", "a tree of 5 entries does not continue one of 6" },
        { "one size with a proof", "trees of one size need no proof, found 3 nodes" },
        { "one size with two roots", "two trees of 8 entries have roots " },
    };

    [Theory, MemberData(nameof(Tampered))]
    public void Says_what_is_wrong_with_a_proof(string what, string expected)
    {
        var proof = new ReferenceTree(8).ProveConsistency(6);
        var (older, before, newer, after) = (6UL, new ReferenceTree(6).Root, 8UL, new ReferenceTree(8).Root);
        switch (what)
        {
            case "a node too few": proof.RemoveAt(2); break;
            case "a node too many": proof.Add(before); break;
            case "no nodes": proof.Clear(); break;
            case "another old root": before = [.. before.Reverse()]; break;
            case "another new root": after = [.. after.Reverse()]; break;
            case "a short node": proof[0] = proof[0][1..]; break;
            case "a short root": before = before[1..]; break;
            case "a long proof": proof.AddRange(Enumerable.Repeat<ReadOnlyMemory<byte>>(before, 63)); break;
            case "an empty old tree": older = 0; break;
            case "a shrunken tree": newer = 5; break;
            case "one size with a proof": older = 8; break;
            default: (older, proof) = (8, []); break;
        }

        Assert.False(ConsistencyProof.TryVerify(older, before, newer, after, proof, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    // The way from an old to a new root does not tell sizes apart whose right edges have one shape; the signed checkpoint does.
    private static bool IsSameShape(int older, int size, int other) =>
        new ReferenceTree(size).ProveConsistency(older).Count == new ReferenceTree(other).ProveConsistency(older).Count;
}
