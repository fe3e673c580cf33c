// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

public sealed class SimpleSigningTests
{
    private static readonly TestSigner Signer = TestSigner.P256;

    public static TheoryData<string, string, string> MalformedPayloads => new()
    {
        { "not JSON", "&", "malformed" },
        { "a number", "1", "not an object" },
        { "a duplicate", Payload(extra: ",\"optional\":null"), "twice" },
        { "no critical", """{"optional":null}""", "critical.type" },
        { "critical that is null", """{"critical":null,"optional":null}""", "critical member" },
        { "no optional", Payload(optional: ""), "no optional" },
        { "optional that is text", Payload(optional: ",\"optional\":\"x\""), "annotations" },
        { "an unknown member", Payload(extra: ",\"x\":1"), "unknown member x" },
        { "an unknown member of critical", Payload(critical: ",\"x\":1"), "unknown member critical.x" },
        { "an unknown member of identity", Payload(identity: "\"docker-reference\":\"r\",\"x\":1"), "unknown member critical.identity.x" },
        { "an unknown member of image", Payload(image: $"\"docker-manifest-digest\":\"{Samples.Image}\",\"x\":1"), "unknown member critical.image.x" },
        { "no type", Payload(type: ""), "no critical.type" },
        { "a type that is a number", Payload(type: ",\"type\":1"), "not text" },
        { "no digest", Payload(image: ""), "no critical.image.docker-manifest-digest" },
        { "a digest that is a number", Payload(image: "\"docker-manifest-digest\":1"), "not text" },
        { "a digest without algorithm", Payload(image: $"\"docker-manifest-digest\":\"{Samples.Image.Hex}\""), "wrong docker-manifest-digest" },
        { "a digest in capitals", Payload(image: $"\"docker-manifest-digest\":\"sha256:{Samples.Image.Hex.ToUpperInvariant()}\""), "lower-case" },
        { "two digests", Payload(image: $"\"docker-manifest-digest\":\"{Samples.Image}\",\"Docker-manifest-digest\":\"{Samples.OtherImage}\""), "twice" },
        { "an image that is text", """{"critical":{"image":"x"},"optional":null}""", "critical.image" },
        { "an identity that is text", """{"critical":{"identity":"x"},"optional":null}""", "critical.identity" },
        { "no reference", Payload(identity: ""), "no critical.identity.docker-reference" },
        { "a reference that is null", Payload(identity: "\"docker-reference\":null"), "not text" },
        { "a digest member of another alphabet", Payload(image: $"\"doc\u212Aer-manifest-digest\":\"{Samples.Image}\""), "unknown member critical.image" },
    };

    public static TheoryData<string, string> MalformedSignatures => new()
    {
        { "nothing", "" },
        { "no base64", "*" },
        { "white space around", " " + Signer.SignPayload(Samples.Payload) },
        { "a line feed at the end", Signer.SignPayload(Samples.Payload) + "\n" },
        { "the URL-safe alphabet", "-_8=" },
        { "unused bits set", "AR==" },
        { "too long", new string('A', Limits.SignatureLength + 4) },
    };

    [Fact]
    public void The_payload_is_written_as_cosign_writes_it() => Assert.Equal(
        $$$"""{"critical":{"identity":{"docker-reference":"registry.example.com/payments/api"},"image":{"docker-manifest-digest":"{{{Samples.Image}}}"},"type":"cosign container image signature"},"optional":null}""",
        Encoding.UTF8.GetString(Samples.Payload));

    [Fact]
    public void A_signature_by_a_trusted_key_counts()
    {
        foreach (var algorithm in TestSigner.Algorithms)
        {
            var signer = TestSigner.Of(algorithm);

            Assert.True(SimpleSigning.TryVerify(
                Samples.Payload, signer.SignPayload(Samples.Payload), Samples.Image, [TestSigner.OtherP256.Key, signer.Key],
                out var signature, out var problem), problem?.Message);

            Assert.Equal(signer.Key, signature.Key);
            Assert.Equal(Samples.Image, signature.Image);
            Assert.Equal("registry.example.com/payments/api", signature.Repository);
            Assert.Equal(Digest.Compute(Samples.Payload), signature.Digest);
            Assert.Empty(signature.Annotations);
        }
    }

    [Fact]
    public void Annotations_and_either_spelling_of_the_digest_are_read()
    {
        var payload = Bytes(Payload(
            image: $"\"Docker-Manifest-Digest\":\"{Samples.Image}\"", identity: "\"docker-reference\":\"\"",
            optional: ",\"optional\":{\"env\":\"prod\",\"timestamp\":1484683104,\"o\":{\"env\":\"x\"}}"));

        var signature = Verify(payload);

        Assert.Equal(new KeyValuePair<string, string>("env", "prod"), Assert.Single(signature.Annotations));
        Assert.Null(signature.Repository);
    }

    [Theory, MemberData(nameof(MalformedPayloads))]
    public void Says_what_is_wrong_with_a_payload(string because, string payload, string expected)
    {
        RefusedWith(ReasonCode.SignatureMalformed, expected, Bytes(payload), Signer.SignPayload(Bytes(payload)));

        // What is no payload is never signed either.
        var refused = Assert.Throws<ArgumentException>(() => SimpleSigning.ToBeSigned(Bytes(payload)));
        Assert.True(refused.Message.Contains(expected, StringComparison.Ordinal), because);
    }

    [Theory, MemberData(nameof(MalformedSignatures))]
    public void A_signature_has_one_spelling(string because, string signature) =>
        Assert.NotNull(RefusedWith(ReasonCode.SignatureMalformed, "canonical base64", Samples.Payload, signature).Message + because);

    [Theory]
    [InlineData("atomic container signature")]
    [InlineData("Cosign container image signature")]
    [InlineData("cosign container image signature ")]
    [InlineData("https://sigstore.dev/cosign/sign/v1")]
    [InlineData("")]
    public void A_payload_of_another_type_is_no_image_signature(string type)
    {
        var payload = Bytes(Payload(type: $",\"type\":\"{type}\""));

        var problem = RefusedWith(ReasonCode.PayloadType, "no image signature", payload, Signer.SignPayload(payload));
        Assert.Equal(SimpleSigning.PayloadKind, problem.Expected);
    }

    [Fact]
    public void Without_keys_nothing_counts()
    {
        Assert.False(SimpleSigning.TryVerify(
            Samples.Payload, Signer.SignPayload(Samples.Payload), Samples.Image, [], out _, out var problem));
        Refused.With(ReasonCode.KeyNotTrusted, "no key", problem, "no keys");
    }

    [Fact]
    public void Another_key_does_not_count() => RefusedWith(
        ReasonCode.SignatureInvalid, "trusted key", Samples.Payload, TestSigner.OtherP256.SignPayload(Samples.Payload));

    [Fact]
    public void More_keys_than_the_limit_are_not_tried()
    {
        var keys = Enumerable.Repeat(Signer.Key, Limits.KeyTrials + 1).ToList();

        Assert.False(SimpleSigning.TryVerify(
            Samples.Payload, Signer.SignPayload(Samples.Payload), Samples.Image, keys, out _, out var problem));
        Refused.With(ReasonCode.TooManySignatures, "257 keys", problem, "too many keys");
    }

    [Fact]
    public void A_payload_is_read_only_after_its_signature_was_verified() => RefusedWith(
        ReasonCode.SignatureInvalid, "trusted key", "&"u8.ToArray(), TestSigner.OtherP256.SignPayload("&"u8.ToArray()));

    [Fact]
    public void A_signature_for_another_image_does_not_count()
    {
        var payload = SimpleSigning.WritePayload(Samples.Repository, Samples.OtherImage);

        var problem = RefusedWith(ReasonCode.SubjectMismatch, "another image", payload, Signer.SignPayload(payload));
        Assert.Equal(Samples.Image.ToString(), problem.Expected);
        Assert.Equal(Samples.OtherImage.ToString(), problem.Actual);
    }

    [Fact]
    public void A_signature_over_an_envelope_is_no_signature_over_its_payload()
    {
        var envelope = Signer.Envelope(Samples.Payload);

        RefusedWith(ReasonCode.SignatureInvalid, "trusted key", Samples.Payload, Convert.ToBase64String(envelope.Signature.Span));
    }

    [Fact]
    public void One_byte_more_than_allowed_is_not_looked_at()
    {
        var payload = new byte[Limits.SignaturePayloadBytes + 1];

        RefusedWith(ReasonCode.EvidenceLimit, "at most", payload, Signer.SignPayload(payload));
    }

    [Fact]
    public void More_annotations_than_allowed_are_not_kept()
    {
        var payload = Bytes(Payload(optional:
            $",\"optional\":{{{string.Join(',', Enumerable.Range(0, Limits.SignatureAnnotations + 1).Select(i => $"\"a{i}\":1"))}}}"));

        RefusedWith(ReasonCode.EvidenceLimit, "annotations", payload, Signer.SignPayload(payload));
    }

    [Fact]
    public void Only_images_named_by_sha256_are_signed() => Assert.Throws<ArgumentException>(
        () => SimpleSigning.WritePayload(Samples.Repository, Digest.FromSha512(new byte[64])));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Payload(
        string identity = "\"docker-reference\":\"r\"", string? image = null, string type = ",\"type\":\"cosign container image signature\"",
        string critical = "", string optional = ",\"optional\":null", string extra = "") =>
        $$"""{"critical":{"identity":{ {{identity}} },"image":{ {{image ?? $"\"docker-manifest-digest\":\"{Samples.Image}\""}} }{{type}}{{critical}}}{{optional}}{{extra}}}""";

    private static VerifiedSignature Verify(byte[] payload)
    {
        Assert.True(SimpleSigning.TryVerify(
            payload, Signer.SignPayload(payload), Samples.Image, [Signer.Key], out var signature, out var problem), problem?.Message);
        return signature;
    }

    private static SignatureProblem RefusedWith(ReasonCode reason, string text, byte[] payload, string signature)
    {
        Assert.False(SimpleSigning.TryVerify(payload, signature, Samples.Image, [Signer.Key], out var verified, out var problem));
        Assert.Null(verified);
        Refused.With(reason, text, problem, text);
        return problem!;
    }
}
