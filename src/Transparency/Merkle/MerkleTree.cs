// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Transparency;

/// <summary>
/// The SHA-256 tree of RFC 6962 §2.1. Leaves and nodes are told apart by their first byte, so that no entry can pass for a part of the
/// tree.
/// </summary>
public static class MerkleTree
{
    /// <summary>Bytes of a leaf, a node and a root.</summary>
    public const int NodeBytes = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    /// <summary>Computes the leaf of a log entry.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        using var algorithm = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        algorithm.AppendData([LeafPrefix]);
        algorithm.AppendData(entry);
        return algorithm.GetHashAndReset();
    }

    /// <summary>Computes the node above two others into <paramref name="node"/>, which may be one of them.</summary>
    internal static void Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> both = stackalloc byte[1 + (2 * NodeBytes)];
        both[0] = NodePrefix;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + NodeBytes)..]);
        SHA256.HashData(both, node);
    }

    /// <summary>Why a proof is no list of nodes; null when it is one.</summary>
    internal static string? Explain(IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        if (proof.Count > Limits.LogProofNodes)
            return $"a proof has at most {Limits.LogProofNodes} nodes, found {proof.Count}";

        for (var i = 0; i < proof.Count; i++)
        {
            if (proof[i].Length != NodeBytes)
                return $"node {i} of the proof has {proof[i].Length} bytes; expected {NodeBytes}";
        }

        return null;
    }
}
