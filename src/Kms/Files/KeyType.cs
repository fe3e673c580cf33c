// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

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

/// <summary>The names of key types.</summary>
public static class KeyTypes
{
    /// <summary>Every name that <see cref="TryParse"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<KeyType>().Select(Name)];

    /// <summary>The type's name, such as <c>ecdsa-p256</c>.</summary>
    public static string Name(this KeyType type) => type switch
    {
        KeyType.EcdsaP256 => "ecdsa-p256",
        KeyType.EcdsaP384 => "ecdsa-p384",
        KeyType.EcdsaP521 => "ecdsa-p521",
        KeyType.Rsa2048 => "rsa-2048",
        KeyType.Rsa3072 => "rsa-3072",
        KeyType.Rsa4096 => "rsa-4096",
        KeyType.Ed25519 => "ed25519",
        _ => throw new UnreachableException(),
    };

    /// <summary>Finds a type by its exact name.</summary>
    public static bool TryParse(string? name, out KeyType type)
    {
        foreach (var candidate in Enum.GetValues<KeyType>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.Ordinal))
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }
}
