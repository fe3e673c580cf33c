// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Transparency.Tests;

/// <summary>Proofs and trees of other implementations.</summary>
public sealed class MerkleVectorTests
{
    [Fact]
    public void Judges_inclusion_proofs_as_others_do()
    {
        Assert.All(Cases("inclusion"), vector =>
        {
            var holds = InclusionProof.TryVerify(
                Bytes(vector, "leafHash"), vector.GetProperty("leafIdx").GetUInt64(), vector.GetProperty("treeSize").GetUInt64(), Proof(vector),
                Bytes(vector, "root"), out var problem);

            Assert.True(holds != vector.GetProperty("wantErr").GetBoolean(), $"{vector.GetProperty("id")}: {problem}");
        });
    }

    [Fact]
    public void Judges_consistency_proofs_as_others_do()
    {
        Assert.All(Cases("consistency"), vector =>
        {
            var holds = ConsistencyProof.TryVerify(
                vector.GetProperty("size1").GetUInt64(), Bytes(vector, "root1"), vector.GetProperty("size2").GetUInt64(), Bytes(vector, "root2"),
                Proof(vector), out var problem);

            // One case takes two texts for roots because they are equal; here a root has 32 bytes.
            var isRefused = vector.GetProperty("wantErr").GetBoolean() || Bytes(vector, "root1").Length is > 0 and not MerkleTree.NodeBytes;
            Assert.True(holds != isRefused, $"{vector.GetProperty("id")}: {problem}");
        });
    }

    [Fact]
    public void Builds_the_tree_that_others_build()
    {
        using var document = Open("reference-tree");
        var leaves = Texts(document, "leafInputsHex").Select(entry => MerkleTree.Leaf(Convert.FromHexString(entry))).ToList();
        var roots = Texts(document, "rootHashesHexBySize");

        Assert.True(InclusionProof.TryVerify(leaves[0], 0, 1, [], Convert.FromHexString(roots[1]), out var first), first);
        Assert.True(InclusionProof.TryVerify(leaves[0], 0, 2, [leaves[1]], Convert.FromHexString(roots[2]), out var second), second);
        Assert.True(
            ConsistencyProof.TryVerify(2, Convert.FromHexString(roots[2]), 3, Convert.FromHexString(roots[3]), [leaves[2]], out var third), third);
    }

    private static List<JsonElement> Cases(string name)
    {
        using var document = Open(name);
        var cases = document.RootElement.GetProperty("cases").EnumerateArray().Select(vector => vector.Clone()).ToList();
        Assert.True(cases.Count > 40);
        return cases;
    }

    private static JsonDocument Open(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require($"vectors/transparency/merkle/{name}.json")));

    private static List<string> Texts(JsonDocument document, string name) =>
        [.. document.RootElement.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static byte[] Bytes(JsonElement vector, string name) =>
        vector.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];

    private static List<ReadOnlyMemory<byte>> Proof(JsonElement vector) => vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
        ? [.. proof.EnumerateArray().Select(node => (ReadOnlyMemory<byte>)node.GetBytesFromBase64())]
        : [];
}
