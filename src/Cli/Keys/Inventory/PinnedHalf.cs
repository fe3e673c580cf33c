// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>The public key that a ledger kept when the attestor first used a key.</summary>
internal static class PinnedHalf
{
    /// <summary>Reads it, as the member uses it; null where the ledger kept the id alone, or something that is not the key of that id.</summary>
    public static PublicKey? Read(PinnedKey? pin, AttestorMember member)
    {
        if (pin?.Spki is not { } text || !SigningAlgorithms.TryParse(pin.Algorithm, out var algorithm))
            return null;

        var spki = new byte[text.Length];
        return Convert.TryFromBase64String(text, spki, out var length)
            && PublicKey.TryReadSpki(spki.AsSpan(0, length), out var key, out _)
            && key.Id == pin.PublicKey && key.Algorithms.Contains(algorithm)
                ? Of(key.With(algorithm), member)
                : null;
    }

    /// <summary>A key with the algorithm that the member names, if it names one that fits.</summary>
    public static PublicKey Of(PublicKey key, AttestorMember member) =>
        member.Algorithm is { } named && key.Algorithms.Contains(named) ? key.With(named) : key;
}
