// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles.Vectors;

/// <summary>What cosign's own tests hold of certificate logs, log entries, bundles and keys.</summary>
public sealed class CosignTests
{
    private const string Folder = "vectors/sigstore/cosign";

    private const string Attestation = "pkg/cosign/testdata/oci-attestation.sigstore.json";

    private const string Malformed = "SIGNATURE_MALFORMED: verificationMaterial.tlogEntries";

    /// <summary>What is accepted of it, by file.</summary>
    internal static IEnumerable<(string Name, Func<BundleVector> Read)> Accepted => [(Attestation, static () => ImageAttestation)];

    [Fact]
    public void A_certificate_logs_promise_verifies_with_its_key_alone()
    {
        var constants = JsonNode.Parse(Read("embedded-sct.json"))!["constants"]!;
        var (leaf, issuer) = (ReadCertificate(constants["testEmbeddedCertPEM"]!), ReadCertificate(constants["testRootCertPEM"]!));
        var log = BundleVector.ReadKey(constants["testCTLogPublicKeyPEM"]!.GetValue<string>());
        Assert.True(SignedCertificateTimestamp.TryRead(leaf, out var promises, out var problem), problem);

        var promise = Assert.Single(promises);
        Assert.True(promise.IsBy(Log(log), leaf, issuer));
        Assert.Equal(SHA256.HashData(log.Spki.Span), promise.LogId);
        Assert.False(promise.IsBy(Log(TestSigner.P256.Key), leaf, issuer), "another log's key");
        Assert.False(promise.IsBy(Log(log), leaf, leaf), "another issuer");
        Assert.False(promise.IsBy(Log(log), issuer, issuer), "another certificate");
    }

    /// <summary>Entries as the log's interface has them, in the place that a bundle has for each member.</summary>
    [Theory]
    [InlineData("null root hash")]
    [InlineData("null log index")]
    [InlineData("non-string body")]
    public void A_malformed_entry_is_refused_by_name(string name)
    {
        var found = JsonNode.Parse(Read("malformed-log-entries.json"))!["entries"]!.AsArray().Single(known => known!["name"]!.GetValue<string>() == name)!;
        var entry = found["entry"]!;
        var outcome = Judge(new JsonObject
        {
            ["logIndex"] = entry["logIndex"]!.DeepClone(),
            ["logId"] = new JsonObject { ["keyId"] = entry["logID"]!.DeepClone() },
            ["kindVersion"] = new JsonObject { ["kind"] = "hashedrekord", ["version"] = "0.0.1" },
            ["integratedTime"] = entry["integratedTime"]!.DeepClone(),
            ["inclusionProof"] = entry["verification"]!["inclusionProof"]!.DeepClone(),
            ["canonicalizedBody"] = entry["body"]!.DeepClone(),
        });

        Assert.Equal(Malformed + "[0].integratedTime is String; expected a number from 0 to 2^64 - 1", outcome);
    }

    [Theory]
    [InlineData("invalid base64", "[0].canonicalizedBody is String; expected bytes in canonical base64")]
    [InlineData("null body", "[0] has no canonicalizedBody")]
    [InlineData("object body", "[0].canonicalizedBody is Object; expected bytes in canonical base64")]
    public void A_malformed_body_is_refused_by_name(string name, string expected)
    {
        var found = JsonNode.Parse(Read("malformed-log-entries.json"))!["leafHash"]!.AsArray().Single(known => known!["name"]!.GetValue<string>() == name)!;
        var outcome = Judge(new JsonObject
        {
            ["logIndex"] = "1",
            ["logId"] = new JsonObject { ["keyId"] = "AAAA" },
            ["kindVersion"] = new JsonObject { ["kind"] = "hashedrekord", ["version"] = "0.0.1" },
            ["canonicalizedBody"] = found["body"]?.DeepClone(),
        });

        Assert.Equal(Malformed + expected, outcome);
    }

    [Fact]
    public void An_attestation_of_an_image_verifies_with_its_private_instance()
    {
        var found = ImageAttestation;

        Assert.Equal("https://cosign.sigstore.dev/attestation/v1", found.Accept().Statement!.PredicateType);
        Assert.StartsWith("SUBJECT_MISMATCH: ", (found with { Artifact = Samples.Image }).Judge(), StringComparison.Ordinal);
        Assert.StartsWith(
            "KEY_NOT_TRUSTED: ", (found with { Identities = [new TrustedIdentity { Issuer = "https://accounts.google.com", Subject = "x" }] }).Judge(),
            StringComparison.Ordinal);
    }

    /// <summary>Keys of certificate logs: PEM of both kinds is read; a key that is bare DER is none.</summary>
    [Theory]
    [InlineData("google", true)]
    [InlineData("rsa", true)]
    [InlineData("letsencrypt-testflume-2021", false)]
    public void Keys_of_certificate_logs_are_read_from_PEM(string file, bool isPem)
    {
        var content = Read("pkg/cosign/testdata/" + file);

        Assert.Equal(isPem, PublicKey.TryParsePem(Encoding.Latin1.GetString(content), out _, out var problem));
        Assert.Equal(isPem ? null : "the key is not a PEM block", problem?[..26]);
        if (!isPem)
            Assert.True(PublicKey.TryReadSpki(content, out _, out problem), problem);
    }

    /// <summary>Nothing that is not signed is taken for a bundle or a statement.</summary>
    [Theory]
    [InlineData("test/testdata/bom-go-mod.cyclonedx.json")]
    [InlineData("test/testdata/bom-go-mod.spdx.json")]
    [InlineData("test/testdata/test-result.json")]
    [InlineData("test/testdata/attestations/vuln-predicate.json")]
    public void A_bare_predicate_is_no_bundle_and_no_statement(string file)
    {
        Assert.False(Bundle.TryReadWithMaterial(Read(file), out _, out var problem));
        Assert.Equal("the bundle has no mediaType", problem.Message);
        Assert.False(Statement.TryReadUnverified(Read(file), out _, out problem));
        Assert.Equal("the statement has no _type", problem.Message);
    }

    private static string? Judge(JsonObject entry)
    {
        var bundle = JsonNode.Parse(Read(Attestation))!;
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray(entry);
        return Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(bundle.ToJsonString()), out _, out var problem) ? null : $"{problem.Reason}: {problem.Message}";
    }

    private static BundleVector ImageAttestation => new()
    {
        Bundle = Read(Attestation),
        Root = BundleVector.ReadRoot(Read("pkg/cosign/testdata/trusted_root_pgi.json")),
        Artifact = BundleVector.SubjectOf(Read(Attestation)),
        CertificateLogs = 1,
    };

    private static TrustedLog Log(PublicKey key) => new(
        "https://log.example.com", null, key, SHA256.HashData(key.Spki.Span), new ValidityPeriod(DateTimeOffset.UnixEpoch, null));

    private static Certificate ReadCertificate(JsonNode pem)
    {
        var text = pem.GetValue<string>();
        var fields = PemEncoding.Find(text);
        Assert.True(Certificate.TryRead(Convert.FromBase64String(text[fields.Base64Data]), out var certificate, out var problem), problem);
        return certificate;
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), file));
}
