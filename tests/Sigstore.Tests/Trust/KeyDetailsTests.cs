// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Trust;

/// <summary>
/// Every value of PublicKeyDetails either means one algorithm and, for RSA, one size, which is what the log's key is
/// then used with, or is set aside by its name. No key is taken for what its details do not say.
/// </summary>
public sealed class KeyDetailsTests : IDisposable
{
    private static readonly (string Name, byte[] Bytes)[] Keys =
    [
        ("P-256", Ecdsa(ECCurve.NamedCurves.nistP256)), ("P-384", Ecdsa(ECCurve.NamedCurves.nistP384)),
        ("P-521", Ecdsa(ECCurve.NamedCurves.nistP521)),
        ("Ed25519", TestSigner.Of(SigningAlgorithm.Ed25519).Key.Spki.ToArray()),
        .. Rsa(2048), .. Rsa(3072), .. Rsa(4096),
    ];

    private readonly TrustWorld _world = new(new ManualClock());

    /// <summary>
    /// What the registry has: the name, what it means here (null: set aside), and the keys that may be given under it.
    /// </summary>
    public static TheoryData<string, SigningAlgorithm?, string[]> Registry => new()
    {
        { "PUBLIC_KEY_DETAILS_UNSPECIFIED", null, [] },
        {
            "PKCS1_RSA_PKCS1V5", SigningAlgorithm.RsaPkcs1Sha256,
            ["RSA-2048 PKCS#1", "RSA-3072 PKCS#1", "RSA-4096 PKCS#1"]
        },
        { "PKCS1_RSA_PSS", null, [] },
        { "PKIX_RSA_PKCS1V5", null, [] },
        { "PKIX_RSA_PSS", null, [] },
        { "PKIX_RSA_PKCS1V15_2048_SHA256", SigningAlgorithm.RsaPkcs1Sha256, ["RSA-2048"] },
        { "PKIX_RSA_PKCS1V15_3072_SHA256", SigningAlgorithm.RsaPkcs1Sha256, ["RSA-3072"] },
        { "PKIX_RSA_PKCS1V15_4096_SHA256", SigningAlgorithm.RsaPkcs1Sha256, ["RSA-4096"] },
        { "PKIX_RSA_PSS_2048_SHA256", SigningAlgorithm.RsaPssSha256, ["RSA-2048"] },
        { "PKIX_RSA_PSS_3072_SHA256", SigningAlgorithm.RsaPssSha256, ["RSA-3072"] },
        { "PKIX_RSA_PSS_4096_SHA256", SigningAlgorithm.RsaPssSha256, ["RSA-4096"] },
        { "PKIX_ECDSA_P256_HMAC_SHA_256", null, [] },
        { "PKIX_ECDSA_P256_SHA_256", SigningAlgorithm.EcdsaP256Sha256, ["P-256"] },
        { "PKIX_ECDSA_P384_SHA_384", SigningAlgorithm.EcdsaP384Sha384, ["P-384"] },
        { "PKIX_ECDSA_P521_SHA_512", SigningAlgorithm.EcdsaP521Sha512, ["P-521"] },
        { "PKIX_ED25519", SigningAlgorithm.Ed25519, ["Ed25519"] },
        { "PKIX_ED25519_PH", null, [] },
        { "PKIX_ECDSA_P384_SHA_256", SigningAlgorithm.EcdsaP384Sha256, ["P-384"] },
        { "PKIX_ECDSA_P521_SHA_256", SigningAlgorithm.EcdsaP521Sha256, ["P-521"] },
        { "LMS_SHA256", null, [] },
        { "LMOTS_SHA256", null, [] },
        { "ML_DSA_44", null, [] },
        { "ML_DSA_65", null, [] },
        { "ML_DSA_87", null, [] },
        // None of the registry's, and none by accident.
        { "PKIX_RSA_PKCS1V15_2048_SHA512", null, [] },
        { "pkix_ecdsa_p256_sha_256", null, [] },
        { "", null, [] },
    };

    [Theory, MemberData(nameof(Registry))]
    public void A_name_means_one_algorithm_or_is_set_aside(
        string details, SigningAlgorithm? algorithm, string[] fitting)
    {
        foreach (var list in new[] { "tlogs", "ctlogs" })
        {
            foreach (var (name, bytes) in Keys)
            {
                var (root, problem) = Read(list, details, bytes);
                if (algorithm is null)
                {
                    Assert.Equal(
                        $"the trust root.{list}[0] has a key of kind '{details}', which is not verified with here",
                        Assert.Single(root!.Unusable));
                    Assert.DoesNotContain(Logs(root, list), log => IsOf(log, bytes));
                }
                else if (fitting.Contains(name))
                {
                    var key = Assert.Single(Logs(root!, list), log => IsOf(log, bytes)).Key;
                    Assert.Equal(algorithm, key.Algorithm);
                    Assert.Equal([algorithm.Value], key.Algorithms);
                    Assert.Empty(root!.Unusable);
                }
                else
                {
                    Assert.Null(root);
                    Assert.StartsWith($"the trust root.{list}[0].publicKey", problem, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("PKIX_RSA_PKCS1V15_3072_SHA256", "RSA-2048", "rsa-pkcs1-sha256 of 2048 bits")]
    [InlineData("PKIX_RSA_PSS_2048_SHA256", "RSA-4096", "rsa-pkcs1-sha256 of 4096 bits")]
    [InlineData("PKIX_ECDSA_P384_SHA_384", "P-256", "ecdsa-p256-sha256")]
    [InlineData("PKIX_ECDSA_P256_SHA_256", "Ed25519", "ed25519")]
    public void Says_what_was_expected_and_what_was_found(string details, string key, string found)
    {
        var (_, problem) = Read("tlogs", details, Keys.Single(known => known.Name == key).Bytes);

        Assert.Equal($"the trust root.tlogs[0].publicKey says it is {details}, and holds a key for {found}", problem);
    }

    [Fact]
    public void A_key_verifies_by_what_its_details_say_alone()
    {
        using var rsa = RSA.Create(2048);
        var spki = rsa.ExportSubjectPublicKeyInfo();
        ReadOnlyMemory<byte> message = Encoding.UTF8.GetBytes("a checkpoint");
        byte[] Sign(HashAlgorithmName digest, RSASignaturePadding padding) =>
            rsa.SignData(message.Span, digest, padding);
        var pkcs1 = Logs(Read("tlogs", "PKIX_RSA_PKCS1V15_2048_SHA256", spki).Root!, "tlogs")[0].Key;
        var pss = Logs(Read("tlogs", "PKIX_RSA_PSS_2048_SHA256", spki).Root!, "tlogs")[0].Key;

        Assert.True(pkcs1.Verify(message, Sign(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        Assert.False(pkcs1.Verify(message, Sign(HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
        Assert.False(pkcs1.Verify(message, Sign(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)));
        Assert.False(pkcs1.Verify(message, Sign(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)));
        Assert.True(pss.Verify(message, Sign(HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
        Assert.False(pss.Verify(message, Sign(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        Assert.Throws<ArgumentException>(() => pkcs1.With(SigningAlgorithm.RsaPssSha256));
    }

    [Theory]
    [InlineData("PKIX_ECDSA_P256_SHA_256", "P-256")]
    [InlineData("PKIX_ECDSA_P384_SHA_384", "P-384")]
    [InlineData("PKIX_ECDSA_P521_SHA_512", "P-521")]
    [InlineData("PKIX_RSA_PKCS1V15_2048_SHA256", "RSA-2048")]
    [InlineData("PKIX_RSA_PKCS1V15_3072_SHA256", "RSA-3072")]
    [InlineData("PKIX_RSA_PKCS1V15_4096_SHA256", "RSA-4096")]
    [InlineData(null, "Ed25519")]
    public void A_key_is_recorded_under_the_name_that_means_it(string? details, string name)
    {
        var spki = Keys.Single(key => key.Name == name).Bytes;
        Assert.True(PublicKey.TryReadSpki(spki, out var key, out var problem), problem);

        Assert.Equal(details, KeyDetails.NameOf(key));
        foreach (var other in key.Algorithms.Skip(1))
            Assert.Null(KeyDetails.NameOf(key.With(other)));
    }

    public void Dispose() => _world.Dispose();

    private (TrustedRoot? Root, string? Problem) Read(string list, string details, byte[] key)
    {
        var document = _world.Root();
        var log = document[list]![0]!;
        log["publicKey"]!["keyDetails"] = details;
        log["publicKey"]!["rawBytes"] = Convert.ToBase64String(key);
        log["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(SHA256.HashData(key)) };
        return TrustedRoot.TryRead(Encoding.UTF8.GetBytes(document.ToJsonString()), out var root, out var problem)
            ? (root, null)
            : (null, problem);
    }

    private static bool IsOf(TrustedLog log, byte[] key) => log.Id.Span.SequenceEqual(SHA256.HashData(key));

    private static IReadOnlyList<TrustedLog> Logs(TrustedRoot root, string list) =>
        list == "tlogs" ? root.Logs : root.CertificateLogs;

    private static byte[] Ecdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static (string, byte[])[] Rsa(int bits)
    {
        using var key = RSA.Create(bits);
        return [($"RSA-{bits}", key.ExportSubjectPublicKeyInfo()), ($"RSA-{bits} PKCS#1", key.ExportRSAPublicKey())];
    }
}
