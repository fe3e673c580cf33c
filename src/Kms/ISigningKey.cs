// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// A private key that may be used but is never held by its caller: a key file, a key service or a hardware token.
/// Implementations are thread-safe.
/// </summary>
public interface ISigningKey
{
    /// <summary>Which key, and for services which version, in words for records and logs; never a secret.</summary>
    string Id { get; }

    /// <summary>The public half, with the algorithm that the key was opened for; no message chooses another.</summary>
    PublicKey PublicKey { get; }

    /// <summary>
    /// Signs a message: DER for ECDSA, the plain signature for RSA and Ed25519. The caller verifies the result with
    /// <see cref="PublicKey"/> before using it.
    /// </summary>
    /// <exception cref="KmsException">The key could not be used.</exception>
    ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct);
}
