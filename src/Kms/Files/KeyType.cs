// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>The kinds of key that can be made.</summary>
public enum KeyType
{
    /// <summary>ECDSA on P-256: what every Sigstore client verifies.</summary>
    EcdsaP256,

    /// <summary>ECDSA on P-384.</summary>
    EcdsaP384,

    /// <summary>ECDSA on P-521.</summary>
    EcdsaP521,

    /// <summary>RSA with 2048 bits.</summary>
    Rsa2048,

    /// <summary>RSA with 3072 bits.</summary>
    Rsa3072,

    /// <summary>RSA with 4096 bits.</summary>
    Rsa4096,

    /// <summary>Ed25519.</summary>
    Ed25519,
}
