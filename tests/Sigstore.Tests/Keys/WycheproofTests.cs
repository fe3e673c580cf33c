// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Every case of the Wycheproof files about our algorithms. The files about JSON Web Signatures concern another format.</summary>
public sealed class WycheproofTests
{
    private const string Folder = "vectors/crypto/wycheproof";

    public static TheoryData<string> EcdsaInDer =>
    [
        "ecdsa_secp256r1_sha256_test.json", "ecdsa_secp384r1_sha256_test.json", "ecdsa_secp384r1_sha512_test.json",
        "ecdsa_secp521r1_sha512_test.json",
    ];

    public static TheoryData<string> EcdsaInFixedWidth =>
    [
        "ecdsa_secp256r1_sha256_p1363_test.json", "ecdsa_secp256r1_sha512_p1363_test.json",
        "ecdsa_secp384r1_sha384_p1363_test.json", "ecdsa_secp384r1_sha512_p1363_test.json",
    ];

    public static TheoryData<string> RsaPkcs1 =>
    [
        "rsa_signature_2048_sha256_test.json", "rsa_signature_2048_sha384_test.json", "rsa_signature_3072_sha256_test.json",
        "rsa_signature_3072_sha512_test.json", "rsa_signature_4096_sha256_test.json", "rsa_signature_4096_sha384_test.json",
    ];

    public static TheoryData<string> RsaPss =>
    [
        "rsa_pss_2048_sha256_mgf1_0_test.json", "rsa_pss_2048_sha256_mgf1_32_test.json",
        "rsa_pss_2048_sha256_mgf1_32_params_test.json", "rsa_pss_3072_sha256_mgf1_32_test.json",
        "rsa_pss_3072_sha256_mgf1_32_params_test.json", "rsa_pss_4096_sha256_mgf1_32_test.json",
        "rsa_pss_4096_sha384_mgf1_48_test.json", "rsa_pss_4096_sha512_mgf1_32_test.json", "rsa_pss_misc_test.json",
    ];

    [Theory, MemberData(nameof(EcdsaInDer))]
    public void Ecdsa_signatures_in_der_are_judged_as_expected(string file) => Run(file, group =>
    {
        var key = Assert.IsType<EcdsaKey>(Read(group).Material);
        return test => key.VerifyDigest(key.Algorithms[0], Hash(group, test), Signature(test));
    });

    [Theory, MemberData(nameof(EcdsaInFixedWidth))]
    public void Ecdsa_signatures_in_fixed_width_are_judged_as_expected(string file) => Run(file, group =>
    {
        var key = Assert.IsType<EcdsaKey>(Read(group).Material);
        return test => key.VerifyFixedWidth(Hash(group, test), Signature(test));
    });

    [Theory, MemberData(nameof(EcdsaInFixedWidth))]
    public void Ecdsa_signatures_in_fixed_width_are_never_taken_for_der(string file) => Run(file, group =>
    {
        var key = Assert.IsType<EcdsaKey>(Read(group).Material);
        return test => key.VerifyDigest(key.Algorithms[0], Hash(group, test), Signature(test));
    }, expected: (_, _) => false);

    [Theory, MemberData(nameof(RsaPkcs1))]
    public void Rsa_pkcs1_signatures_are_judged_as_expected(string file) => Run(file, group =>
    {
        var key = Assert.IsType<RsaKey>(Read(group).Material);
        return test => key.VerifyDigest(Hash(group, test), Signature(test), Algorithm(group), RSASignaturePadding.Pkcs1);
    });

    // PSS has one shape here: MGF1 with the message's digest, a salt as long as it. Everything else is refused, valid or not.
    [Theory, MemberData(nameof(RsaPss))]
    public void Rsa_pss_signatures_are_judged_as_expected_and_other_parameters_refused(string file) => Run(file, group =>
    {
        var key = ReadRsa(group);
        return test => key.VerifyDigest(Hash(group, test), Signature(test), Algorithm(group), RSASignaturePadding.Pss);
    }, expected: (group, test) => IsOurPss(group) ? IsValid(test) : HasOurSalt(group, test));

    [Theory]
    [InlineData("rsa_pss_2048_sha256_mgf1_32_params_test.json")]
    [InlineData("rsa_pss_3072_sha256_mgf1_32_params_test.json")]
    public void A_key_restricted_to_pss_by_its_encoding_is_refused_by_name(string file)
    {
        var group = Open(file).GetProperty("testGroups")[0];

        Assert.False(PublicKey.TryReadSpki(Hex(group, "publicKeyDer"), out _, out var problem));
        Assert.Contains("RSASSA-PSS", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Ed25519_signatures_are_judged_as_expected() => Run("ed25519_test.json", group =>
    {
        var key = Assert.IsType<Ed25519Key>(Read(group).Material);
        return test => key.Verify(Hex(test, "msg"), Signature(test));
    });

    private static void Run(
        string file, Func<JsonElement, Func<JsonElement, bool>> verifier, Func<JsonElement, JsonElement, bool>? expected = null)
    {
        var root = Open(file);
        var wrong = new List<string>();
        var count = 0;
        foreach (var group in root.GetProperty("testGroups").EnumerateArray())
        {
            var verify = verifier(group);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                if (verify(test) != (expected?.Invoke(group, test) ?? IsValid(test)))
                    wrong.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}");
            }
        }

        Assert.Equal(root.GetProperty("numberOfTests").GetInt32(), count);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // "acceptable" is what lenient implementations may take; ours takes none of it.
    private static bool IsValid(JsonElement test) => Text(test, "result") is "valid";

    // The file about empty salts holds one signature that is wrong there because its salt is as long as ours.
    private static bool HasOurSalt(JsonElement group, JsonElement test) =>
        Text(group, "sha") is "SHA-256" && Text(group, "mgfSha") is "SHA-256" && Text(test, "comment") is "s_len changed to 32";

    private static bool IsOurPss(JsonElement group)
    {
        var digest = Text(group, "sha");
        var size = digest switch { "SHA-256" => 32, "SHA-384" => 48, "SHA-512" => 64, _ => -1 };
        return Text(group, "mgf") is "MGF1" && Text(group, "mgfSha") == digest && group.GetProperty("sLen").GetInt32() == size;
    }

    private static JsonElement Open(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require($"{Folder}/{file}")));
        return document.RootElement.Clone();
    }

    private static PublicKey Read(JsonElement group)
    {
        Assert.True(PublicKey.TryReadSpki(Hex(group, "publicKeyDer"), out var fromDer, out var problem), problem);
        Assert.True(PublicKey.TryParsePem(Text(group, "publicKeyPem"), out var fromPem, out problem), problem);
        Assert.Equal(fromDer, fromPem);
        return fromDer;
    }

    private static RsaKey ReadRsa(JsonElement group)
    {
        Assert.True(PublicKey.TryReadSpki(
            SubjectPublicKeyInfo.WrapRsa(Hex(group, "publicKeyAsn")), out var key, out var problem), problem);
        return Assert.IsType<RsaKey>(key.Material);
    }

    // SHA-1 and SHA-224 appear only in groups that are refused; their messages are hashed with the digest we would use.
    private static HashAlgorithmName Algorithm(JsonElement group) => Text(group, "sha") switch
    {
        "SHA-384" => HashAlgorithmName.SHA384,
        "SHA-512" => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    private static byte[] Hash(JsonElement group, JsonElement test) =>
        CryptographicOperations.HashData(Algorithm(group), Hex(test, "msg"));

    private static byte[] Signature(JsonElement test) => Hex(test, "sig");

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(Text(element, name));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
