// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class EnvelopeVerifierTests
{
    private static readonly TestSigner Signer = TestSigner.P256;

    [Fact]
    public void A_statement_about_the_image_by_a_trusted_key_counts()
    {
        var payload = Samples.Statement;

        Assert.True(EnvelopeVerifier.TryVerify(
            Signer.Envelope(payload), Samples.Image, [TestSigner.OtherP256.Key, Signer.Key], Samples.Stored, out var statement, out _));

        Assert.Equal(Signer.Key, statement.Key);
        Assert.Equal(Samples.Image, statement.Image);
        Assert.Equal(Samples.Stored, statement.Digest);
        Assert.Equal(PredicateTypes.ImageSignature, statement.PredicateType);
        Assert.Equal(payload, statement.Payload.ToArray());
        Assert.Equal("{}", Encoding.UTF8.GetString(statement.PredicateContent.Span));
        Assert.Equal(JsonValueKind.Object, statement.Predicate.ValueKind);
        var subject = Assert.Single(statement.Subjects);
        Assert.Equal("registry.example.com/payments/api", subject.Name);
        Assert.Equal(Samples.Image, subject.Sha256);
    }

    [Fact]
    public void Every_algorithm_signs_statements()
    {
        foreach (var algorithm in TestSigner.Algorithms)
            Assert.Equal(algorithm, Samples.Verify(Samples.Statement, TestSigner.Of(algorithm)).Key.Algorithm);
    }

    [Fact]
    public void Without_keys_nothing_counts() => RefusedWith(
        ReasonCode.KeyNotTrusted, "no key", Signer.Envelope(Samples.Statement), []);

    [Fact]
    public void Another_key_does_not_count() => RefusedWith(
        ReasonCode.SignatureInvalid, "trusted key", Signer.Envelope(Samples.Statement), [TestSigner.OtherP256.Key]);

    [Fact]
    public void A_key_of_another_kind_does_not_count() => RefusedWith(
        ReasonCode.SignatureInvalid, "any of the 2", Signer.Envelope(Samples.Statement),
        [TestSigner.Of(SigningAlgorithm.Ed25519).Key, TestSigner.Of(SigningAlgorithm.RsaPkcs1Sha256).Key]);

    [Fact]
    public void No_more_keys_are_tried_than_the_limit()
    {
        var others = Enumerable.Repeat(TestSigner.OtherP256.Key, Limits.KeyTrials - 1).ToList();

        Assert.True(EnvelopeVerifier.TryVerify(
            Signer.Envelope(Samples.Statement), Samples.Image, [.. others, Signer.Key], Samples.Stored, out _, out _));
        RefusedWith(
            ReasonCode.TooManySignatures, "257 keys", Signer.Envelope(Samples.Statement),
            [.. others, TestSigner.OtherP256.Key, Signer.Key]);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/vnd.in-toto+json;v=1")]
    [InlineData("application/vnd.in-toto+json ")]
    [InlineData("Application/vnd.in-toto+json")]
    [InlineData("application/vnd.in-toto+jsonx")]
    public void A_good_signature_over_another_payload_type_does_not_count(string payloadType)
    {
        var problem = RefusedWith(
            ReasonCode.PayloadType, "no in-toto statement", Signer.Envelope(Samples.Statement, payloadType), [Signer.Key]);

        Assert.Equal(Envelope.InTotoPayloadType, problem.Expected);
        Assert.Equal(payloadType, problem.Actual);
    }

    [Fact]
    public void A_good_signature_does_not_move_to_another_payload_type()
    {
        var envelope = Signer.Envelope(Samples.Statement, "text/plain") with { PayloadType = Envelope.InTotoPayloadType };

        RefusedWith(ReasonCode.SignatureInvalid, "trusted key", envelope, [Signer.Key]);
    }

    [Fact]
    public void A_signature_over_the_payload_alone_does_not_count()
    {
        var payload = Samples.Statement;
        var bare = Signer.Sign(new ToBeSigned([], payload));

        RefusedWith(
            ReasonCode.SignatureInvalid, "trusted key", new Envelope(Envelope.InTotoPayloadType, payload, bare, ""), [Signer.Key]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody else's key")]
    [InlineData("the trusted key's own hint")]
    [InlineData("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")]
    public void A_key_id_changes_no_verdict(string keyId)
    {
        var id = keyId == "the trusted key's own hint" ? Signer.Key.Hint : keyId;
        var envelope = Signer.Envelope(Samples.Statement, keyId: id);

        Assert.True(EnvelopeVerifier.TryVerify(envelope, Samples.Image, [Signer.Key], Samples.Stored, out _, out _));
        RefusedWith(ReasonCode.SignatureInvalid, "trusted key", envelope, [TestSigner.OtherP256.Key]);
    }

    [Fact]
    public void A_statement_about_another_image_does_not_count()
    {
        Assert.False(EnvelopeVerifier.TryVerify(
            Signer.Envelope(Samples.Statement), Samples.OtherImage, [Signer.Key], Samples.Stored, out _, out var problem));

        Refused.With(ReasonCode.SubjectMismatch, "another image", problem, "another image");
        Assert.Equal(Samples.OtherImage.ToString(), problem!.Expected);
        Assert.Equal(Samples.Image.ToString(), problem.Actual);
    }

    [Fact]
    public void Any_subject_may_be_the_image_and_only_its_digest_says_so()
    {
        var many = StatementWriter.Write(
            [StatementSubject.Of(Samples.OtherImage, Samples.Repository), StatementSubject.Of(Samples.Image)],
            "https://example.com/type", writer => writer.WriteNullValue());
        var namesake = StatementWriter.Write(
            [new StatementSubject(Samples.Image.ToString(), Samples.OtherImage, Samples.Verify(Samples.Statement).Subjects[0].Annotations)],
            "https://example.com/type", writer => writer.WriteNullValue());

        Assert.Equal(2, Samples.Verify(many).Subjects.Count);
        RefusedWith(ReasonCode.SubjectMismatch, "another image", Signer.Envelope(namesake), [Signer.Key]);
    }

    [Theory]
    [InlineData("sha512")]
    [InlineData("SHA256")]
    [InlineData("sha-256")]
    [InlineData("gitCommit")]
    public void A_digest_of_another_algorithm_is_not_the_image_even_with_its_value(string algorithm)
    {
        var statement = Encoding.UTF8.GetBytes(
            $$$"""{"_type":"{{{Statement.TypeV1}}}","subject":[{"digest":{"{{{algorithm}}}":"{{{Samples.Image.Hex}}}"}}],"predicateType":"t"}""");

        var problem = RefusedWith(ReasonCode.SubjectMismatch, "another image", Signer.Envelope(statement), [Signer.Key]);
        Assert.Equal("no sha256 digest", problem.Actual);
    }

    [Fact]
    public void An_image_named_by_sha512_is_no_subject()
    {
        var image = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData("the image"u8));

        Assert.False(EnvelopeVerifier.TryVerify(
            Signer.Envelope(Samples.Statement), image, [Signer.Key], Samples.Stored, out _, out var problem));
        Refused.With(ReasonCode.SubjectMismatch, "another image", problem, "sha512");
    }

    [Fact]
    public void A_statement_is_read_only_after_its_signature_was_verified()
    {
        var garbage = "no statement"u8.ToArray();

        RefusedWith(ReasonCode.SignatureInvalid, "trusted key", TestSigner.OtherP256.Envelope(garbage), [Signer.Key]);
        RefusedWith(ReasonCode.SignatureMalformed, "statement is malformed", Signer.Envelope(garbage), [Signer.Key]);
    }

    [Fact]
    public void A_missing_predicate_is_undefined_and_not_an_error()
    {
        var verified = Samples.Verify(Encoding.UTF8.GetBytes(
            $$$"""{"_type":"{{{Statement.TypeV01}}}","subject":[{"digest":{"sha256":"{{{Samples.Image.Hex}}}"}}],"predicateType":"t"}"""));

        Assert.Equal(JsonValueKind.Undefined, verified.Predicate.ValueKind);
        Assert.True(verified.PredicateContent.IsEmpty);
    }

    [Fact]
    public void Cosigns_own_subject_cases_come_out_as_in_cosign()
    {
        // cosign's fixtures carry no key; the payloads are signed again, which is what its own test leaves out.
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/dsse/cosign-intoto-subject-claim.json")));
        var judged = 0;
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var shouldFail = vector.GetProperty("shouldFail").GetBoolean();
            var because = vector.ToString();
            var isEnvelope = Envelope.TryRead(Encoding.UTF8.GetBytes(vector.GetProperty("payload").GetString()!), out var envelope, out _);
            var isDigest = TryDigest(vector, out var image);
            var isAccepted = isEnvelope && isDigest && EnvelopeVerifier.TryVerify(
                Signer.Envelope(envelope!.Payload.ToArray(), envelope.PayloadType), image!, [Signer.Key], Samples.Stored, out _, out _);

            Assert.True(shouldFail != isAccepted, because);
            judged++;
        }

        Assert.Equal(6, judged);
    }

    private static bool TryDigest(JsonElement vector, out Digest? image)
    {
        image = null;
        return vector.TryGetProperty("digest", out var digest)
            && Digest.TryParse($"{digest.GetProperty("Algorithm")}:{digest.GetProperty("Hex")}", out image, out _);
    }

    private static SignatureProblem RefusedWith(ReasonCode reason, string text, Envelope envelope, IReadOnlyList<PublicKey> keys)
    {
        Assert.False(EnvelopeVerifier.TryVerify(envelope, Samples.Image, keys, Samples.Stored, out var statement, out var problem));
        Assert.Null(statement);
        Refused.With(reason, text, problem, text);
        return problem!;
    }
}
