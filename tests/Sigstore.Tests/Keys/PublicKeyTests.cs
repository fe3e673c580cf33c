// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests;

public sealed class PublicKeyTests
{
    private const string EcOid = "1.2.840.10045.2.1";
    private const string RsaOid = "1.2.840.113549.1.1.1";

    private static readonly byte[] P256 = TestSigner.P256.Key.Spki.ToArray();
    private static readonly string P256Pem = TestSigner.P256.Key.ToPem();
    private static readonly RSAParameters Rsa = RSA.Create(2048).ExportParameters(includePrivateParameters: false);

    public static TheoryData<string, byte[], string> RefusedDer => new()
    {
        { "nothing", [], "DER" },
        { "a byte after the end", [.. P256, 0], "DER" },
        { "the last byte missing", P256[..^1], "DER" },
        { "a length in two bytes", [0x30, 0x81, .. P256[1..]], "DER" },
        { "an unknown algorithm", Spki("1.2.3", w => w.WriteNull(), [1]), "1.2.3 are not supported" },
        { "X25519, which does not sign", Spki("1.3.101.110", _ => { }, new byte[32]), "not supported" },
        { "P-224", Ecdsa(ECCurve.CreateFromValue("1.3.132.0.33")), "not supported" },
        { "secp256k1", Ecdsa(ECCurve.CreateFromValue("1.3.132.0.10")), "not supported" },
        { "explicit curve parameters", ExplicitCurve(), "explicit" },
        { "no curve at all", Spki(EcOid, _ => { }, Point()), "explicit" },
        { "a curve that is NULL", Spki(EcOid, w => w.WriteNull(), Point()), "explicit" },
        { "a compressed point", Spki(EcOid, P256Curve, [2, .. Point()[1..33]]), "uncompressed" },
        { "a hybrid point", Spki(EcOid, P256Curve, [6, .. Point()[1..]]), "uncompressed" },
        { "the point at infinity", Spki(EcOid, P256Curve, [0]), "uncompressed" },
        { "a point beside the curve", Spki(EcOid, P256Curve, [.. Point()[..^1], (byte)(Point()[^1] ^ 1)]), "not valid" },
        { "a coordinate above the field", Spki(EcOid, P256Curve, [4, .. Enumerable.Repeat((byte)0xFF, 64)]), "not valid" },
        { "a point of P-384 on P-256", Spki(EcOid, P256Curve, new byte[97]), "uncompressed" },
        { "something after the curve", Spki(EcOid, w => { P256Curve(w); w.WriteNull(); }, Point()), "canonical" },
        { "bits left over", Spki(EcOid, P256Curve, Point(), unusedBits: 1), "whole number of bytes" },
        { "RSA without its NULL", Spki(RsaOid, _ => { }, RsaKey(Rsa.Modulus!, Rsa.Exponent!)), "canonical" },
        { "RSA of 2047 bits", RsaSpki(BigInteger.Pow(2, 2047) - 1, 65537), "found 2047" },
        { "RSA of 1024 bits", RsaSpki(BigInteger.Pow(2, 1024) - 1, 65537), "found 1024" },
        { "RSA of 8193 bits", RsaSpki(BigInteger.Pow(2, 8193) - 1, 65537), "found 8193" },
        { "an even modulus", RsaSpki(BigInteger.Pow(2, 2047), 65537), "even" },
        { "a negative modulus", RsaSpki(-BigInteger.Pow(2, 2048) + 1, 65537), "bits" },
        { "exponent 1", RsaSpki(Modulus(), 1), "exponent" },
        { "exponent 2", RsaSpki(Modulus(), 2), "exponent" },
        { "a negative exponent", RsaSpki(Modulus(), -3), "exponent" },
        { "an even exponent", RsaSpki(Modulus(), 65536), "exponent" },
        { "an exponent of 2^31 + 1", RsaSpki(Modulus(), BigInteger.Pow(2, 31) + 1), "exponent" },
        { "a modulus with a needless zero", SubjectPublicKeyInfo.WrapRsa(RsaKey([0, 0, .. Rsa.Modulus!], Rsa.Exponent!)), "DER" },
        { "Ed25519 with parameters", Spki(Ed25519.Oid, w => w.WriteNull(), new byte[32]), "canonical" },
        { "too long", new byte[Limits.KeyBytes + 1], "at most" },
    };

    public static TheoryData<string, string?, string> RefusedPem => new()
    {
        { "nothing", null, "missing" },
        { "empty", "", "PEM" },
        { "base64 without a frame", Convert.ToBase64String(P256), "PEM" },
        { "two keys", P256Pem + TestSigner.OtherP256.Key.ToPem(), "exactly one" },
        { "text before", "hello\n" + P256Pem, "exactly one" },
        { "text after", P256Pem + "hello", "exactly one" },
        { "a certificate", Certificate(), "certificate" },
        { "a private key", Pem("PRIVATE KEY", [1, 2, 3]), "disclosed" },
        { "an encrypted private key", Pem("ENCRYPTED PRIVATE KEY", [1, 2, 3]), "disclosed" },
        { "an EC private key", Pem("EC PRIVATE KEY", [1, 2, 3]), "disclosed" },
        { "a label in small letters", P256Pem.Replace("PUBLIC KEY", "public key", StringComparison.Ordinal), "public key" },
        { "another label", Pem("SSH2 PUBLIC KEY", P256), "SSH2" },
        { "unused bits set", UnusedBits(), "PEM" },
        { "RSA PUBLIC KEY around something else", Pem("RSA PUBLIC KEY", P256), "DER" },
        { "too long", P256Pem + new string('\n', Limits.KeyBytes), "at most" },
    };

    [Theory, MemberData(nameof(RefusedDer))]
    public void Says_what_is_wrong_with_an_encoding(string because, byte[] der, string expected)
    {
        Assert.False(PublicKey.TryReadSpki(der, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RefusedPem))]
    public void Says_what_is_wrong_with_a_pem_block(string because, string? pem, string expected)
    {
        Assert.False(PublicKey.TryParsePem(pem, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_rsa_of_every_allowed_size_and_small_odd_exponents()
    {
        foreach (var (bits, exponent) in new[] { (2048, 3), (2048, 65537), (3072, 65537), (4096, 65537), (8192, 65537), (2049, int.MaxValue) })
            Assert.True(PublicKey.TryReadSpki(RsaSpki(BigInteger.Pow(2, bits) - 1, exponent), out _, out var problem), problem);
    }

    [Fact]
    public void Reads_the_same_key_from_every_form_of_it()
    {
        using var rsa = RSA.Create(2048);
        Assert.True(PublicKey.TryReadSpki(rsa.ExportSubjectPublicKeyInfo(), out var fromSpki, out _));
        Assert.True(PublicKey.TryParsePem(Pem("RSA PUBLIC KEY", rsa.ExportRSAPublicKey()), out var fromPkcs1, out _));
        Assert.True(PublicKey.TryParsePem($"\n\n{fromSpki.ToPem().Replace("\n", "\r\n", StringComparison.Ordinal)}  \t\n", out var fromWindows, out _));

        Assert.Equal(fromSpki, fromPkcs1);
        Assert.Equal(fromSpki, fromWindows);
        Assert.Equal(fromSpki.GetHashCode(), fromPkcs1.GetHashCode());
        Assert.Equal(fromSpki.Spki, fromPkcs1.Spki.ToArray());
    }

    [Fact]
    public void Is_equal_by_its_encoding_whatever_algorithm_it_is_used_with()
    {
        var key = TestSigner.Of(SigningAlgorithm.RsaPssSha256).Key;

        Assert.Equal(key, key.With(SigningAlgorithm.RsaPkcs1Sha256));
        Assert.NotEqual(key, TestSigner.P256.Key);
        Assert.False(key.Equals(null));
        Assert.False(key.Equals((object)"key"));
    }

    [Fact]
    public void Is_named_by_the_sha256_of_its_encoding()
    {
        var key = TestSigner.P256.Key;

        Assert.Equal(Digest.Compute(P256), key.Id);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(P256)), key.Hint);
        Assert.Equal($"ecdsa-p256-sha256 {key.Id}", key.ToString());
    }

    [Fact]
    public void Offers_what_its_holder_signs_with_and_nothing_else()
    {
        var key = Plain(SigningAlgorithm.RsaPkcs1Sha256);

        var pss = key.LimitedTo(SigningAlgorithm.RsaPssSha256, SigningAlgorithm.Ed25519);
        var refused = Assert.Throws<ArgumentException>(() => pss.With(SigningAlgorithm.RsaPkcs1Sha256));

        Assert.Equal(key, pss);
        Assert.Equal(SigningAlgorithm.RsaPssSha256, pss.Algorithm);
        Assert.Equal([SigningAlgorithm.RsaPssSha256], pss.With(SigningAlgorithm.RsaPssSha256).Algorithms);
        Assert.Contains("signs with rsa-pss-sha256, not with rsa-pkcs1-sha256", refused.Message, StringComparison.Ordinal);
        Assert.Equal(key.Algorithms, key.LimitedTo(SigningAlgorithm.RsaPssSha256, SigningAlgorithm.RsaPkcs1Sha256).Algorithms);
        Assert.Throws<ArgumentException>(() => key.LimitedTo(SigningAlgorithm.Ed25519));
    }

    [Fact]
    public void The_key_fixes_the_algorithm()
    {
        Assert.Equal(SigningAlgorithm.EcdsaP384Sha384, Plain(SigningAlgorithm.EcdsaP384Sha256).Algorithm);
        Assert.Equal(SigningAlgorithm.EcdsaP521Sha512, Plain(SigningAlgorithm.EcdsaP521Sha256).Algorithm);
        Assert.Equal(SigningAlgorithm.RsaPkcs1Sha256, Plain(SigningAlgorithm.RsaPssSha256).Algorithm);

        foreach (var (key, other) in new[]
        {
            (TestSigner.P256.Key, SigningAlgorithm.EcdsaP384Sha256),
            (TestSigner.P256.Key, SigningAlgorithm.Ed25519),
            (TestSigner.Of(SigningAlgorithm.Ed25519).Key, SigningAlgorithm.EcdsaP256Sha256),
            (TestSigner.Of(SigningAlgorithm.RsaPkcs1Sha256).Key, SigningAlgorithm.EcdsaP256Sha256),
        })
        {
            var refused = Assert.Throws<ArgumentException>(() => key.With(other));
            Assert.Contains(other.Name(), refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verifies_only_with_the_algorithm_it_is_trusted_for()
    {
        foreach (var algorithm in TestSigner.Algorithms)
        {
            var signer = TestSigner.Of(algorithm);
            var message = Envelope.ToBeSigned("t", "payload"u8.ToArray());
            var signature = signer.Sign(message);

            Assert.True(signer.Key.Verify(message, signature), algorithm.Name());
            Assert.False(signer.Key.Verify(Envelope.ToBeSigned("t", "Payload"u8.ToArray()), signature), algorithm.Name());
            Assert.False(TestSigner.Of(algorithm).Key.Verify(message, signature), algorithm.Name());
            foreach (var other in signer.Key.Algorithms.Where(other => other != algorithm))
                Assert.False(signer.Key.With(other).Verify(message, signature), $"{algorithm.Name()} taken for {other.Name()}");
        }
    }

    [Fact]
    public void One_key_verifies_on_many_threads_at_once()
    {
        foreach (var algorithm in TestSigner.Algorithms)
        {
            var signer = TestSigner.Of(algorithm);
            var message = Envelope.ToBeSigned("t", "payload"u8.ToArray());
            var right = signer.Sign(message);
            var wrong = signer.Sign(Envelope.ToBeSigned("t", "other"u8.ToArray()));

            Parallel.For(0, 200, i => Assert.Equal(i % 2 == 0, signer.Key.Verify(message, i % 2 == 0 ? right : wrong)));
        }
    }

    [Fact]
    public void Every_algorithm_has_a_name_that_finds_it()
    {
        foreach (var algorithm in TestSigner.Algorithms)
        {
            Assert.True(SigningAlgorithms.TryParse(algorithm.Name(), out var found));
            Assert.Equal(algorithm, found);
        }

        Assert.False(SigningAlgorithms.TryParse("ECDSA-P256-SHA256", out _));
        Assert.False(SigningAlgorithms.TryParse(null, out _));
    }

    private static PublicKey Plain(SigningAlgorithm algorithm)
    {
        Assert.True(PublicKey.TryReadSpki(TestSigner.Of(algorithm).Key.Spki.Span, out var key, out var problem), problem);
        return key;
    }

    private static BigInteger Modulus() => new(Rsa.Modulus, isUnsigned: true, isBigEndian: true);

    private static byte[] Point() => P256[^65..];

    private static void P256Curve(AsnWriter writer) => writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");

    private static string Pem(string label, byte[] content) => PemEncoding.WriteString(label, content) + "\n";

    private static string UnusedBits()
    {
        // 91 bytes end in two base64 digits that carry one byte: four bits of the last digit are unused.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var end = P256Pem.IndexOf("==", StringComparison.Ordinal);
        var next = Alphabet[Alphabet.IndexOf(P256Pem[end - 1], StringComparison.Ordinal) + 1];
        return $"{P256Pem[..(end - 1)]}{next}{P256Pem[end..]}";
    }

    private static byte[] Ecdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static byte[] ExplicitCurve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportExplicitParameters(includePrivateParameters: false);
        using var copy = ECDsa.Create(parameters);
        return copy.ExportSubjectPublicKeyInfo();
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        return certificate.ExportCertificatePem();
    }

    private static byte[] RsaSpki(BigInteger modulus, BigInteger exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(modulus);
            writer.WriteInteger(exponent);
        }

        return SubjectPublicKeyInfo.WrapRsa(writer.Encode());
    }

    private static byte[] RsaKey(byte[] modulus, byte[] exponent)
    {
        byte[] content = [.. Integer(modulus), .. Integer(exponent)];
        return [0x30, 0x82, (byte)(content.Length >> 8), (byte)(content.Length & 0xFF), .. content];

        static byte[] Integer(byte[] value)
        {
            byte[] padded = value[0] > 0x7F ? [0, .. value] : value;
            return padded.Length > 0x7F
                ? [2, 0x82, (byte)(padded.Length >> 8), (byte)(padded.Length & 0xFF), .. padded]
                : [2, (byte)padded.Length, .. padded];
        }
    }

    private static byte[] Spki(string oid, Action<AsnWriter> parameters, byte[] key, int unusedBits = 0)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(oid);
                parameters(writer);
            }

            key = unusedBits == 0 ? key : [.. key[..^1], 0];
            writer.WriteBitString(key, unusedBits);
        }

        return writer.Encode();
    }
}
