// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SupplyChain.Testing.Kms;

/// <summary>
/// One version of a simulated service's key. Made when first used and kept for the whole test run, since large RSA keys take their
/// time: the same kind and number are always the same key.
/// </summary>
public sealed class SimulatedKey
{
    private static readonly ConcurrentDictionary<(string, int), Lazy<SimulatedKey>> Made = new();

    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly Ed25519Reference? _edwards;

    private SimulatedKey(string kind)
    {
        Kind = kind;
        switch (kind)
        {
            case "p256" or "p384" or "p521" or "secp256k1":
                _ecdsa = ECDsa.Create(kind is "secp256k1"
                    ? ECCurve.CreateFromFriendlyName("secp256k1")
                    : ECCurve.CreateFromFriendlyName("nistP" + kind[1..]));
                Spki = _ecdsa.ExportSubjectPublicKeyInfo();
                break;
            case "ed25519":
                _edwards = new Ed25519Reference(RandomNumberGenerator.GetBytes(32));
                Spki = [.. Convert.FromHexString("302A300506032B6570032100"), .. _edwards.PublicKey];
                break;
            default:
                _rsa = RSA.Create(int.Parse(kind[3..], System.Globalization.CultureInfo.InvariantCulture));
                Spki = _rsa.ExportSubjectPublicKeyInfo();
                break;
        }
    }

    /// <summary>The kind that a key's name tells: <c>p256</c>, <c>rsa2048</c>, <c>ed25519</c>.</summary>
    public string Kind { get; }

    /// <summary>The public half.</summary>
    public byte[] Spki { get; }

    /// <summary>The public half of an Ed25519 key alone.</summary>
    public byte[] RawPublicKey => _edwards!.PublicKey;

    /// <summary>The key of a kind and number.</summary>
    public static SimulatedKey Get(string kind, int number) =>
        Made.GetOrAdd((kind, number), _ => new Lazy<SimulatedKey>(() => new SimulatedKey(kind))).Value;

    /// <summary>Signs a digest; Ed25519 keys sign the message that is given instead.</summary>
    /// <param name="input">The digest or message.</param>
    /// <param name="digest">Which digest it is; of no meaning for Ed25519.</param>
    /// <param name="isPss">RSA: PSS with a salt as long as the digest, not PKCS#1.</param>
    /// <param name="isFixedWidth">ECDSA: r and s side by side, not DER.</param>
    public byte[] Sign(byte[] input, HashAlgorithmName digest, bool isPss = false, bool isFixedWidth = false)
    {
        if (_edwards is not null)
            return _edwards.Sign(input);
        if (_ecdsa is not null)
        {
            lock (_ecdsa)
            {
                return _ecdsa.SignHash(
                    input, isFixedWidth ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence);
            }
        }

        lock (_rsa!)
            return _rsa.SignHash(input, digest, isPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }
}
