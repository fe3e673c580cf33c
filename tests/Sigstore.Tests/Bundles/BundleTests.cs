// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class BundleTests
{
    private const string Envelope = """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID"}]}""";
    private const string Message = """{"messageDigest":{"algorithm":"SHA2_256","digest":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},"signature":"AQID"}""";
    private const string Key = """{"publicKey":{"hint":"h"}}""";

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "not JSON", "{", "malformed" },
        { "an array", "[]", "not an object" },
        { "no mediaType", $$"""{"verificationMaterial":{{Key}},"dsseEnvelope":{{Envelope}}}""", "no mediaType" },
        { "a mediaType that is null", With(mediaType: "null"), "mediaType" },
        { "version 0.4", With(mediaType: "\"application/vnd.dev.sigstore.bundle.v0.4+json\""), "unknown mediaType" },
        { "version 99.9", With(mediaType: "\"application/vnd.dev.sigstore.bundle+json;version=99.9\""), "unknown mediaType" },
        { "version 0.3.1", With(mediaType: "\"application/vnd.dev.sigstore.bundle.v0.3.1+json\""), "unknown mediaType" },
        { "a media type in capitals", With(mediaType: "\"application/vnd.dev.sigstore.Bundle.v0.3+json\""), "unknown mediaType" },
        { "an unknown version with unknown members", With(mediaType: "\"v9\"", extra: ",\"x\":1"), "unknown mediaType" },
        { "an unknown member", With(extra: ",\"x\":1"), "unknown member x" },
        { "an unknown kind of material", With(material: """{"publicKey":{},"secretKey":{}}"""), "unknown member verificationMaterial.secretKey" },
        { "an unknown member of the key", With(material: """{"publicKey":{"rawBytes":"AAAA"}}"""), "unknown member verificationMaterial.publicKey.rawBytes" },
        { "no verificationMaterial", $$"""{"mediaType":"{{Bundle.MediaTypeV03}}","dsseEnvelope":{{Envelope}}}""", "no verificationMaterial" },
        { "verificationMaterial that is null", With(material: "null"), "verificationMaterial" },
        { "no key and no certificate", With(material: "{}"), "neither" },
        { "a key that is null", With(material: """{"publicKey":null}"""), "neither" },
        { "a key that is text", With(material: """{"publicKey":"h"}"""), "publicKey" },
        { "a hint that is a number", With(material: """{"publicKey":{"hint":1}}"""), "hint" },
        { "a hint too long", With(material: $$$"""{"publicKey":{"hint":"{{{new string('h', Limits.KeyIdLength + 1)}}}"}}"""), "more than 256 characters" },
        { "a key and a certificate", With(material: """{"publicKey":{},"certificate":{"rawBytes":"AAAA"}}"""), "both a public key and a certificate" },
        { "no content", With(content: ""), "either a dsseEnvelope or a messageSignature" },
        { "content that is null", With(content: ",\"dsseEnvelope\":null"), "either a dsseEnvelope or a messageSignature" },
        { "both kinds of content", With(content: $",\"dsseEnvelope\":{Envelope},\"messageSignature\":{Message}"), "either a dsseEnvelope or a messageSignature" },
        { "an envelope that is text", With(content: ",\"dsseEnvelope\":\"x\""), "the envelope" },
        { "two signatures", With(content: ",\"dsseEnvelope\":{\"payload\":\"aGVs\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\"},{\"sig\":\"AQID\"}]}"), "several signatures" },
        { "hint and keyid that differ", With(content: ",\"dsseEnvelope\":{\"payload\":\"aGVs\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\",\"keyid\":\"k\"}]}"), "two different keys" },
        { "log entries that are an object", With(material: """{"publicKey":{},"tlogEntries":{}}"""), "not an array" },
        { "a log entry that is text", With(material: """{"publicKey":{},"tlogEntries":["x"]}"""), "not an object" },
        { "timestamps that are an array", With(material: """{"publicKey":{},"timestampVerificationData":[]}"""), "timestampVerificationData" },
        { "timestamps of an unknown kind", With(material: """{"publicKey":{},"timestampVerificationData":{"x":[]}}"""), "unknown member" },
        { "a duplicate deep inside", With(material: """{"publicKey":{},"tlogEntries":[{"a":{"b":1,"b":1}}]}"""), "twice" },
        { "a message signature without signature", With(content: ",\"messageSignature\":{}"), "no signature" },
        { "a message signature that is text", With(content: ",\"messageSignature\":\"x\""), "not an object" },
        { "a message digest that does not fit", With(content: ",\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"AAAA\"},\"signature\":\"AQID\"}"), "do not fit" },
        { "a message digest of an unknown algorithm", With(content: ",\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"MD5\",\"digest\":\"AAAA\"},\"signature\":\"AQID\"}"), "do not fit" },
        { "an unknown member of the message signature", With(content: ",\"messageSignature\":{\"x\":1}"), "unknown member x" },
        { "an unknown member of the message digest", With(content: ",\"messageSignature\":{\"messageDigest\":{\"x\":1}}"), "unknown member messageDigest.x" },
        { "a message signature that is no base64", With(content: ",\"messageSignature\":{\"signature\":\"*\"}"), "base64" },
    };

    public static TheoryData<string, string> Certificates => new()
    {
        { "a certificate", """{"certificate":{"rawBytes":"AAAA"}}""" },
        { "a chain", """{"x509CertificateChain":{"certificates":[{"rawBytes":"AAAA"}]}}""" },
        { "an empty chain", """{"x509CertificateChain":{"certificates":[]},"tlogEntries":[]}""" },
        { "a public key in a certificate's place", """{"certificate":{"rawBytes":"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0="}}""" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong(string because, string json, string expected)
    {
        Assert.False(Bundle.TryRead(Encoding.UTF8.GetBytes(json), out _, out var problem), because);
        Refused.With(ReasonCode.SignatureMalformed, expected, problem, because);
    }

    [Theory, MemberData(nameof(Certificates))]
    public void Certificates_are_refused_by_name(string because, string material)
    {
        Assert.False(Bundle.TryRead(Encoding.UTF8.GetBytes(With(material: material)), out _, out var problem), because);
        Refused.With(ReasonCode.KeyNotTrusted, "keyless", problem, because);
    }

    [Fact]
    public void Every_known_version_is_read()
    {
        foreach (var mediaType in new[]
        {
            "application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle+json;version=0.2",
            "application/vnd.dev.sigstore.bundle+json;version=0.3", "application/vnd.dev.sigstore.bundle.v0.3+json",
        })
        {
            Assert.Equal(mediaType, Read(With(mediaType: $"\"{mediaType}\"")).MediaType);
        }
    }

    [Fact]
    public void Is_written_as_cosign_writes_it()
    {
        var key = TestSigner.P256.Key;
        var envelope = new Sigstore.Envelope(Sigstore.Envelope.InTotoPayloadType, "hello"u8.ToArray(), new byte[] { 251, 255, 191 }, "");

        Assert.Equal(
            $$$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"{{{key.Hint}}}"}},"dsseEnvelope":{"payload":"aGVsbG8=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"+/+/"}]}}""",
            Encoding.UTF8.GetString(Bundle.Write(envelope, key)));
    }

    [Fact]
    public void What_is_written_is_read_and_verifies()
    {
        var bundle = Read(Encoding.UTF8.GetString(Samples.Bundle));

        Assert.Equal(TestSigner.P256.Key.Hint, bundle.KeyHint);
        Assert.Null(bundle.Message);
        Assert.True(EnvelopeVerifier.TryVerify(
            bundle.Envelope!, Samples.Image, [TestSigner.P256.Key], Samples.Stored, out _, out var problem), problem?.Message);
    }

    [Fact]
    public void A_hint_selects_nothing()
    {
        // The hint of a trusted key over a signature by another, and the reverse.
        var forged = Read(Encoding.UTF8.GetString(Bundle.Write(TestSigner.OtherP256.Envelope(Samples.Statement), TestSigner.P256.Key)));
        var mislabelled = Read(Encoding.UTF8.GetString(Bundle.Write(TestSigner.P256.Envelope(Samples.Statement), TestSigner.OtherP256.Key)));

        Assert.False(EnvelopeVerifier.TryVerify(forged.Envelope!, Samples.Image, [TestSigner.P256.Key], Samples.Stored, out _, out var problem));
        Refused.With(ReasonCode.SignatureInvalid, "trusted key", problem, "forged");
        Assert.True(EnvelopeVerifier.TryVerify(mislabelled.Envelope!, Samples.Image, [TestSigner.P256.Key], Samples.Stored, out _, out _));
    }

    [Fact]
    public void An_absent_member_may_be_written_as_null()
    {
        var bundle = Read(With(
            material: """{"publicKey":{"hint":null},"certificate":null,"x509CertificateChain":null,"tlogEntries":null,"timestampVerificationData":null}""",
            content: $",\"dsseEnvelope\":{Envelope},\"messageSignature\":null"));

        Assert.NotNull(bundle.Envelope);
        Assert.Null(bundle.KeyHint);
    }

    [Fact]
    public void The_same_key_may_be_named_twice_and_an_empty_keyid_names_none()
    {
        Read(With(content: ",\"dsseEnvelope\":{\"payload\":\"aGVs\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\",\"keyid\":\"h\"}]}"));
        Read(With(content: ",\"dsseEnvelope\":{\"payload\":\"aGVs\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\",\"keyid\":\"\"}]}"));
        Read(With(material: """{"publicKey":{"hint":""}}""", content: ",\"dsseEnvelope\":{\"payload\":\"aGVs\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\",\"keyid\":\"k\"}]}"));
    }

    [Fact]
    public void Log_entries_and_timestamps_are_counted_and_otherwise_ignored()
    {
        LimitIs("tlogEntries", count => With(material: $$"""{"publicKey":{},"tlogEntries":[{{Objects(count)}}]}"""));
        LimitIs("rfc3161Timestamps", count => With(
            material: $$$"""{"publicKey":{},"timestampVerificationData":{"rfc3161Timestamps":[{{{Objects(count)}}}]}}"""));
    }

    [Fact]
    public void One_byte_more_than_allowed_is_not_looked_at()
    {
        Assert.False(Bundle.TryRead(new byte[Limits.AttestationBytes + 1], out _, out var problem));
        Refused.With(ReasonCode.EvidenceLimit, "at most", problem, "one byte too many");
    }

    [Fact]
    public void Nothing_is_written_that_could_not_be_read_again()
    {
        var key = TestSigner.P256.Key;

        Assert.Throws<ArgumentException>(() => Bundle.Write(new Sigstore.Envelope("t", new byte[Limits.AttestationBytes], new byte[] { 1 }, ""), key));
        Assert.Throws<ArgumentException>(() => Bundle.Write(new Sigstore.Envelope("t", new byte[1], new byte[] { 1 }, "another key"), key));
    }

    [Fact]
    public void A_message_signature_verifies_with_what_its_key_signs_of_the_artifact()
    {
        var content = "an artifact"u8.ToArray();
        foreach (var algorithm in TestSigner.Algorithms)
        {
            var signer = TestSigner.Of(algorithm);
            var signature = Convert.ToBase64String(signer.Sign(new ToBeSigned([], content)));
            var message = Read(With(content: $$""","messageSignature":{"signature":"{{signature}}"}""")).Message!;
            var digest = algorithm == SigningAlgorithm.Ed25519 ? "nothing" : algorithm.DigestAlgorithm().Name!;

            Assert.True(message.TryVerify(Artifact.FromBytes(content), [signer.Key], out var key, out var problem), algorithm.Name());
            Assert.Equal(signer.Key, key);
            Assert.Equal(digest != "nothing", message.TryVerify(Pieces(content), [signer.Key], out _, out _));
            Assert.Equal(digest == "SHA256", message.TryVerify(Digest.Compute(content), [signer.Key], out _, out problem));
            Assert.True(digest == "SHA256" || problem!.Reason == ReasonCode.SignatureInvalid, algorithm.Name());
            Assert.Equal(
                digest == "SHA512",
                message.TryVerify(Digest.FromSha512(SHA512.HashData(content)), [signer.Key], out _, out _));

            Assert.False(message.TryVerify(Artifact.FromBytes("another"u8.ToArray()), [signer.Key], out _, out problem));
            Refused.With(ReasonCode.SignatureInvalid, "trusted key", problem, algorithm.Name());
            Assert.False(message.TryVerify(Digest.Compute(content), [], out _, out problem));
            Refused.With(ReasonCode.KeyNotTrusted, "no key", problem, algorithm.Name());
        }
    }

    [Theory]
    [InlineData(SigningAlgorithm.EcdsaP384Sha384, "its SHA384, or its bytes")]
    [InlineData(SigningAlgorithm.Ed25519, "the artifact's bytes")]
    public void A_signature_that_could_not_be_tried_is_told_from_one_that_is_wrong(SigningAlgorithm algorithm, string expected)
    {
        var artifact = Digest.Compute("an artifact"u8);

        Assert.False(Read(With(content: ",\"messageSignature\":{\"signature\":\"AQID\"}")).Message!
            .TryVerify(artifact, [TestSigner.Of(algorithm).Key], out _, out var problem));
        Refused.With(ReasonCode.SignatureInvalid, $"only {artifact} is known, and a key for {algorithm.Name()} signs something else", problem, "untried");
        Assert.Equal((expected, artifact.ToString()), (problem!.Expected, problem.Actual));
    }

    [Theory]
    [InlineData("SHA2_256", 32)]
    [InlineData("SHA2_384", 48)]
    [InlineData("SHA2_512", 64)]
    public void A_stated_digest_of_every_kind_is_compared_where_the_artifact_is_known_by_it(string algorithm, int length)
    {
        var stated = Convert.ToBase64String(new byte[length]);
        var message = Read(With(content: $$$""","messageSignature":{"messageDigest":{"algorithm":"{{{algorithm}}}","digest":"{{{stated}}}"},"signature":"AQID"}""")).Message!;

        Assert.False(message.TryVerify(Artifact.FromBytes("x"u8.ToArray()), [TestSigner.P256.Key], out _, out var problem));
        Refused.With(ReasonCode.SubjectMismatch, "another artifact", problem, algorithm);
        Assert.EndsWith(new string('0', 2 * length), problem!.Actual, StringComparison.Ordinal);
        Assert.StartsWith($"sha{length * 8}:", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stated_digest_that_is_not_the_artifacts_is_refused()
    {
        var message = Read(With(content: $",\"messageSignature\":{Message}")).Message!;

        Assert.Equal(Digest.Compute([]), message.StatedDigest);
        Assert.False(message.TryVerify(Digest.Compute("x"u8), [TestSigner.P256.Key], out _, out var problem));
        Refused.With(ReasonCode.SubjectMismatch, "another artifact", problem, "stated digest");
    }

    [Fact]
    public void The_conformance_suites_managed_key_bundle_verifies_and_nothing_near_it_does()
    {
        var folder = SharedFiles.Require("vectors/sigstore/conformance/bundle-verify");
        var artifact = Digest.Compute(File.ReadAllBytes(Path.Combine(folder, "a.txt")));
        var message = Read(File.ReadAllText(Path.Combine(folder, "managed-key-happy-path/bundle.sigstore.json"))).Message!;
        Assert.True(PublicKey.TryParsePem(
            File.ReadAllText(Path.Combine(folder, "managed-key-happy-path/key.pub")), out var key, out var unreadable), unreadable);

        Assert.True(message.TryVerify(artifact, [key], out var signer, out var problem), problem?.Message);
        Assert.Equal(key, signer);
        Assert.False(message.TryVerify(Digest.Compute("x"u8), [key], out _, out problem));
        Refused.With(ReasonCode.SubjectMismatch, "another artifact", problem, "another artifact");

        // managed-key-no-key_fail, and managed-key-wrong-key_fail, whose key is no point of the curve.
        Assert.False(message.TryVerify(artifact, [], out _, out problem));
        Refused.With(ReasonCode.KeyNotTrusted, "no key", problem, "no key");
        Assert.False(PublicKey.TryParsePem(
            File.ReadAllText(Path.Combine(folder, "managed-key-wrong-key_fail/key.pub")), out _, out unreadable));
        Assert.NotEmpty(unreadable);
    }

    [Fact]
    public void The_conformance_suites_keyless_bundles_are_refused_by_name_and_its_broken_ones_as_malformed()
    {
        var folder = SharedFiles.Require("vectors/sigstore/conformance/bundle-verify");
        var seen = 0;
        foreach (var file in Directory.GetFiles(folder, "bundle.sigstore.json", SearchOption.AllDirectories))
        {
            var because = Path.GetFileName(Path.GetDirectoryName(file))!;
            if (because.StartsWith("managed-key", StringComparison.Ordinal))
                continue;

            seen++;
            Assert.False(Bundle.TryRead(File.ReadAllBytes(file), out _, out var problem), because);
            var isBroken = because is "bundle-malformed-json_fail" or "bundle-unknown-version_fail";
            Refused.With(isBroken ? ReasonCode.SignatureMalformed : ReasonCode.KeyNotTrusted, isBroken ? "" : "keyless", problem, because);
        }

        Assert.True(seen > 30, $"{seen} bundles");
    }

    private static void LimitIs(string what, Func<int, string> json)
    {
        Read(json(Limits.BundleEntries));
        Assert.False(Bundle.TryRead(Encoding.UTF8.GetBytes(json(Limits.BundleEntries + 1)), out _, out var problem));
        Refused.With(ReasonCode.EvidenceLimit, what, problem, what);
    }

    private static Artifact Pieces(byte[] content)
    {
        using var digests = new ArtifactDigests();
        foreach (var piece in content.Chunk(3))
            digests.Append(piece);
        return digests.Finish();
    }

    private static string Objects(int count) => string.Join(',', Enumerable.Repeat("{\"x\":[{}]}", count));

    private static string With(
        string mediaType = $"\"{Bundle.MediaTypeV03}\"", string material = Key, string content = $",\"dsseEnvelope\":{Envelope}", string extra = "") =>
        $$"""{"mediaType":{{mediaType}},"verificationMaterial":{{material}}{{content}}{{extra}}}""";

    private static Bundle Read(string json)
    {
        Assert.True(Bundle.TryRead(Encoding.UTF8.GetBytes(json), out var bundle, out var problem), problem?.Message);
        return bundle;
    }
}
