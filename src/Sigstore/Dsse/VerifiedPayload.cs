// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>The payload of a <see cref="JointEnvelope"/> that at least one candidate key has signed.</summary>
public sealed class VerifiedPayload
{
    internal VerifiedPayload(ReadOnlyMemory<byte> content, IReadOnlyList<PublicKey> signers)
    {
        Content = content;
        Signers = signers;
    }

    /// <summary>The payload's bytes, as signed.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The keys that have signed them, each once however often it did; at least one.</summary>
    public IReadOnlyList<PublicKey> Signers { get; }
}
