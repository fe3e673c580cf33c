// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) so that every key has exactly one accepted encoding: what was
/// understood is encoded again and compared. Thresholds count keys by these bytes.
/// </summary>
internal static class SubjectPublicKeyInfo
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const int SmallestModulusBits = 2048;

    /// <summary>Reads a key, or says what is wrong with it.</summary>
    public static bool TryRead(
        byte[] der, [NotNullWhen(true)] out KeyMaterial? material, [NotNullWhen(false)] out string? problem)
    {
        material = null;
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var info = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var algorithm = info.ReadSequence();
            var oid = algorithm.ReadObjectIdentifier();
            var key = info.ReadBitString(out var unusedBits);
            info.ThrowIfNotEmpty();
            (material, problem) = oid switch
            {
                _ when unusedBits != 0 => Refuse("the key is not a whole number of bytes"),
                EcPublicKey => ReadEcdsa(algorithm, key, der),
                RsaEncryption => ReadRsa(key, der),
                RsaPss => Refuse("the key is restricted to RSASSA-PSS by its encoding; publish it as a plain RSA key "
                    + "and name rsa-pss-sha256 where it is trusted"),
                Ed25519.Oid => ReadEd25519(key, der),
                _ => Refuse($"keys of algorithm {Printable.Escape(oid)} are not supported; "
                    + "expected ECDSA on P-256, P-384 or P-521, RSA or Ed25519"),
            };
        }
        catch (AsnContentException malformed)
        {
            problem = $"the key is not a DER SubjectPublicKeyInfo: {Printable.Escape(malformed.Message)}";
        }
        catch (CryptographicException refused)
        {
            problem = $"the key is not valid: {Printable.Escape(refused.Message)}";
        }

        return material is not null;
    }

    /// <summary>The canonical encoding of a PKCS#1 RSA key.</summary>
    public static byte[] WrapRsa(ReadOnlySpan<byte> rsaPublicKey) =>
        Wrap(RsaEncryption, static w => w.WriteNull(), rsaPublicKey);

    /// <summary>The canonical encoding of an Ed25519 key.</summary>
    public static byte[] WrapEd25519(ReadOnlySpan<byte> publicKey) => Wrap(Ed25519.Oid, static _ => { }, publicKey);

    private static (KeyMaterial? Material, string? Problem) ReadEcdsa(AsnReader algorithm, byte[] key, byte[] der)
    {
        if (!algorithm.HasData || !algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
            return Refuse("an ECDSA key must name its curve; explicit curve parameters are not accepted");

        var oid = algorithm.ReadObjectIdentifier();
        var curve = NamedCurve.All.FirstOrDefault(c => string.Equals(c.Oid, oid, StringComparison.Ordinal));
        if (curve is null)
            return Refuse($"the curve {Printable.Escape(oid)} is not supported; expected P-256, P-384 or P-521");
        if (key.Length != 1 + (2 * curve.Width) || key[0] != 0x04)
        {
            return Refuse($"a {curve.Name} key must be an uncompressed point of {1 + (2 * curve.Width)} bytes; "
                + $"found {key.Length} bytes{(key is [0x02 or 0x03, ..] ? ", compressed" : "")}");
        }

        if (!der.AsSpan().SequenceEqual(Wrap(EcPublicKey, w => w.WriteObjectIdentifier(oid), key)))
            return Refuse("the key is not in its canonical encoding");

        return (new EcdsaKey(curve, der, LibCrypto.HasEcKeys), null);
    }

    private static (KeyMaterial? Material, string? Problem) ReadRsa(byte[] key, byte[] der)
    {
        var reader = new AsnReader(key, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var modulus = sequence.ReadInteger();
        var exponent = sequence.ReadInteger();
        sequence.ThrowIfNotEmpty();

        var bits = modulus.Sign > 0 ? modulus.GetBitLength() : 0;
        if (bits is < SmallestModulusBits or > Limits.RsaModulusBits)
            return Refuse($"an RSA key has {SmallestModulusBits} to {Limits.RsaModulusBits} bits, found {bits}");
        if (modulus.IsEven)
            return Refuse("the RSA modulus is even");
        if (exponent < 3 || exponent > int.MaxValue || exponent.IsEven)
            return Refuse("the RSA exponent must be odd, at least 3 and below 2^31");
        if (!der.AsSpan().SequenceEqual(WrapRsa(key)))
            return Refuse("the key is not in its canonical encoding");

        return (new RsaKey(new RSAParameters
        {
            Modulus = modulus.ToByteArray(isUnsigned: true, isBigEndian: true),
            Exponent = exponent.ToByteArray(isUnsigned: true, isBigEndian: true),
        }), null);
    }

    private static (KeyMaterial? Material, string? Problem) ReadEd25519(byte[] key, byte[] der)
    {
        if (!der.AsSpan().SequenceEqual(WrapEd25519(key)))
            return Refuse("the key is not in its canonical encoding");
        return Ed25519.ProblemOf(key) is { } problem ? Refuse(problem) : (new Ed25519Key(key), null);
    }

    private static byte[] Wrap(string oid, Action<AsnWriter> parameters, ReadOnlySpan<byte> key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(oid);
                parameters(writer);
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }

    private static (KeyMaterial? Material, string? Problem) Refuse(string problem) => (null, problem);
}
