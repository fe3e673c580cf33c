// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// Every one-place change of everything that is accepted, with the reason it is refused for. What is not signed is
/// listed by name; a change anywhere else that is accepted fails the test.
/// </summary>
public sealed class TamperTests
{
    private const string Accepted = "accepted";

    private static readonly TestSigner Signer = TestSigner.P256;

    [Fact]
    public void Of_a_bundle_only_the_key_hint_and_unknown_envelope_members_may_change()
    {
        string[] unsigned =
        [
            // Hints: nothing in a bundle selects a key.
            "Delete $.verificationMaterial.publicKey.hint", "Null $.verificationMaterial.publicKey.hint",
            "Flip $.verificationMaterial.publicKey.hint",
            // DSSE asks its readers to ignore what it does not define.
            "Add $.dsseEnvelope", "Add $.dsseEnvelope.signatures[0]",
        ];
        Check(Samples.Bundle, unsigned, VerifyBundle, change => change switch
        {
            "Flip $.dsseEnvelope.payload" or "Flip $.dsseEnvelope.signatures[0].sig" => ReasonCode.SignatureInvalid,
            "Flip $.dsseEnvelope.payloadType" => ReasonCode.PayloadType,
            _ => ReasonCode.SignatureMalformed,
        });
    }

    [Fact]
    public void A_bundle_with_log_entries_and_timestamps_is_the_same_with_them_changed()
    {
        const string Entries = """
            "tlogEntries":[{"logIndex":"1","logId":{"keyId":"AAAA"}}],"timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"AAAA"}]}
            """;
        var bundle = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Samples.Bundle).Replace(
            "\"verificationMaterial\":{", $"\"verificationMaterial\":{{{Entries.Trim()},", StringComparison.Ordinal));

        foreach (var change in JsonTamper.Everything(bundle).Where(c => c.Path.Contains("tlogEntries", StringComparison.Ordinal)
            || c.Path.Contains("timestampVerificationData", StringComparison.Ordinal)))
        {
            // Only their shape is looked at: a list of objects, without duplicates.
            var isShape = change.Path.EndsWith(']') || change.Path.EndsWith("tlogEntries", StringComparison.Ordinal)
                || change.Path.EndsWith("timestampVerificationData", StringComparison.Ordinal)
                || change.Path.EndsWith("rfc3161Timestamps", StringComparison.Ordinal);
            var isDuplicate = change.Kind == Tampering.Duplicate && !change.Path.EndsWith(']');
            var isUnknown = change.ToString() == "Add $.verificationMaterial.timestampVerificationData";
            var mayBeNull = change.Kind == Tampering.Null && !change.Path.EndsWith(']');
            var isMalformed = isDuplicate || isUnknown
                || (isShape && (change.Kind == Tampering.Retype || (change.Kind == Tampering.Null && !mayBeNull)));

            Assert.True(
                (isMalformed ? ReasonCode.SignatureMalformed.Name : Accepted) == VerifyBundle(change.Json), change.ToString());
        }
    }

    [Fact]
    public void Of_a_statement_not_one_thing_may_change_without_its_signature()
    {
        var envelope = Signer.Envelope(Samples.Statement);
        foreach (var change in JsonTamper.Everything(Samples.Statement))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyEnvelope(envelope with { Payload = change.Json }));
    }

    [Fact]
    public void Of_a_statement_signed_again_what_is_wrong_has_its_own_reason()
    {
        string[] accepted =
        [
            // Other statements, but statements: what they say is compared by whoever reads them.
            "Delete $.subject[0].name", "Null $.subject[0].name", "Flip $.subject[0].name", "Flip $.predicateType",
            "Delete $.predicate", "Retype $.predicate", "Null $.predicate", "Duplicate $.subject[0]",
            // in-toto asks its readers to ignore what they do not know.
            "Add $", "Add $.subject[0]", "Add $.subject[0].digest", "Add $.predicate",
        ];
        Check(Samples.Statement, accepted, statement => VerifyEnvelope(Signer.Envelope(statement)), change => change switch
        {
            "Flip $._type" => ReasonCode.PayloadType,
            "Flip $.subject[0].digest.sha256" => ReasonCode.SubjectMismatch,
            _ => ReasonCode.SignatureMalformed,
        });
    }

    [Fact]
    public void Of_an_image_signature_in_statement_form_the_type_and_the_name_are_what_it_says()
    {
        foreach (var change in JsonTamper.Everything(Samples.Statement))
        {
            if (!EnvelopeVerifier.TryVerify(
                Signer.Envelope(change.Json), Samples.Image, [Signer.Key], Samples.Stored, out var statement, out _))
            {
                continue;
            }

            var isSignature = VerifiedSignature.TryFromStatement(statement, out var signature, out var problem);
            var expected = change.ToString() switch
            {
                "Flip $.predicateType" => ReasonCode.PayloadType.Name,
                "Duplicate $.subject[0]" => ReasonCode.SubjectMismatch.Name,
                "Delete $.subject[0].name" or "Null $.subject[0].name" => "no repository",
                "Flip $.subject[0].name" => "registry.example.com/payments/aph",
                _ => Samples.Repository.ToString(),
            };
            Assert.True(expected == (isSignature ? signature!.Repository ?? "no repository" : problem!.Reason.Name), change.ToString());
        }
    }

    [Fact]
    public void Of_a_simple_signing_payload_not_one_thing_may_change_without_its_signature()
    {
        var signature = Signer.SignPayload(Samples.Payload);
        foreach (var change in JsonTamper.Everything(Samples.Payload))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyPayload(change.Json, signature));
    }

    [Fact]
    public void Of_a_simple_signing_payload_signed_again_what_is_wrong_has_its_own_reason()
    {
        // The reference is compared by whoever binds repositories.
        string[] accepted = ["Flip $.critical.identity.docker-reference"];
        Check(Samples.Payload, accepted, payload => VerifyPayload(payload, Signer.SignPayload(payload)), change => change switch
        {
            "Flip $.critical.image.docker-manifest-digest" => ReasonCode.SubjectMismatch,
            "Flip $.critical.type" => ReasonCode.PayloadType,
            _ => ReasonCode.SignatureMalformed,
        });
    }

    [Fact]
    public void Of_a_verification_summary_what_is_wrong_has_its_own_reason()
    {
        const string Predicate = """
            {"verifier":{"id":"https://v"},"timeVerified":"2026-11-22T10:00:00Z","resourceUri":"r","policy":{"uri":"p","digest":{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}},"inputAttestations":[{"uri":"u","digest":{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}}],"verificationResult":"PASSED","verifiedLevels":["x"],"slsaVersion":"1.1"}
            """;
        string[] accepted =
        [
            "Flip $.verifier.id", "Flip $.resourceUri", "Flip $.policy.uri", "Flip $.policy.digest.sha256", "Delete $.policy.digest",
            "Delete $.timeVerified", "Null $.timeVerified",
            "Delete $.inputAttestations", "Null $.inputAttestations", "Delete $.inputAttestations[0]", "Duplicate $.inputAttestations[0]",
            "Delete $.inputAttestations[0].uri", "Null $.inputAttestations[0].uri", "Flip $.inputAttestations[0].uri",
            "Flip $.inputAttestations[0].digest.sha256",
            "Delete $.verifiedLevels[0]", "Duplicate $.verifiedLevels[0]", "Flip $.verifiedLevels[0]",
            "Delete $.slsaVersion", "Null $.slsaVersion", "Flip $.slsaVersion",
            "Add $", "Add $.verifier", "Add $.policy", "Add $.policy.digest", "Add $.inputAttestations[0]", "Add $.inputAttestations[0].digest",
        ];
        Check(Encoding.UTF8.GetBytes(Predicate.Trim()), accepted, ReadSummary, _ => ReasonCode.SignatureMalformed);
    }

    [Fact]
    public void Every_bit_of_payload_and_signature_counts()
    {
        var payload = Samples.Payload;
        var signature = Convert.FromBase64String(Signer.SignPayload(payload));
        foreach (var flipped in Flips(payload))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyPayload(flipped, Convert.ToBase64String(signature)));
        foreach (var flipped in Flips(signature))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyPayload(payload, Convert.ToBase64String(flipped)));

        var envelope = Signer.Envelope(Samples.Statement);
        foreach (var flipped in Flips(envelope.Payload.ToArray()))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyEnvelope(envelope with { Payload = flipped }));
        foreach (var flipped in Flips(envelope.Signature.ToArray()))
            Assert.Equal(ReasonCode.SignatureInvalid.Name, VerifyEnvelope(envelope with { Signature = flipped }));
    }

    [Fact]
    public void A_bundle_cut_anywhere_is_malformed()
    {
        var bundle = Samples.Bundle;
        for (var length = 0; length < bundle.Length; length++)
            Assert.Equal(ReasonCode.SignatureMalformed.Name, VerifyBundle(bundle[..length]));
    }

    [Fact]
    public void No_flipped_bit_of_a_bundles_text_makes_another_image_or_throws()
    {
        var bundle = Samples.Bundle;
        var accepted = 0;
        foreach (var flipped in Flips(bundle))
        {
            if (VerifyBundle(flipped) is not Accepted)
                continue;

            // What is accepted carries the very same statement: only a hint or an ignored name changed.
            accepted++;
            Assert.True(Bundle.TryRead(flipped, out var read, out _));
            Assert.Equal(Samples.Statement, read.Envelope!.Payload.ToArray());
        }

        Assert.InRange(accepted, 1, 8 * TestSigner.P256.Key.Hint.Length);
    }

    private static void Check(byte[] json, string[] accepted, Func<byte[], string> verify, Func<string, ReasonCode> reason)
    {
        Assert.Equal(Accepted, verify(json));
        var left = accepted.ToHashSet(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var change in JsonTamper.Everything(json))
        {
            var expected = left.Remove(change.ToString()) ? Accepted : reason(change.ToString()).Name;
            var actual = verify(change.Json);
            if (actual != expected)
                wrong.Add($"{change}: {actual} instead of {expected}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(left.Count == 0, $"changes that do not exist: {string.Join(", ", left)}");
    }

    private static string VerifyBundle(byte[] json) =>
        Bundle.TryRead(json, out var bundle, out var problem) ? VerifyEnvelope(bundle.Envelope!) : problem.Reason.Name;

    private static string VerifyEnvelope(Envelope envelope) => EnvelopeVerifier.TryVerify(
        envelope, Samples.Image, [TestSigner.OtherP256.Key, Signer.Key], Samples.Stored, out _, out var problem) ? Accepted : problem.Reason.Name;

    private static string VerifyPayload(byte[] payload, string signature) => SimpleSigning.TryVerify(
        payload, signature, Samples.Image, [Signer.Key], out _, out var problem) ? Accepted : problem.Reason.Name;

    private static string ReadSummary(byte[] predicate)
    {
        var statement = Encoding.UTF8.GetBytes(
            $$$"""{"_type":"{{{Statement.TypeV1}}}","subject":[{"digest":{"sha256":"{{{Samples.Image.Hex}}}"}}],"predicateType":"{{{PredicateTypes.VerificationSummary}}}","predicate":{{{Encoding.UTF8.GetString(predicate)}}}}""");
        return !EnvelopeVerifier.TryVerify(
            Signer.Envelope(statement), Samples.Image, [Signer.Key], Samples.Stored, out var verified, out var problem)
            ? problem.Reason.Name
            : VerificationSummary.TryRead(verified, out _, out problem) ? Accepted : problem.Reason.Name;
    }

    private static IEnumerable<byte[]> Flips(byte[] bytes)
    {
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }
    }
}
