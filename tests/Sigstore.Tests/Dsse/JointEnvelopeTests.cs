// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

public sealed class JointEnvelopeTests
{
    private const string Type = "application/vnd.example+json";
    private const string Signature = """{"sig":"AQID"}""";

    private static readonly byte[] Payload = "{}"u8.ToArray();

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "not JSON", "{", "malformed" },
        { "an array", "[]", "not an object" },
        { "no payload", $$"""{"payloadType":"t","signatures":[{{Signature}}]}""", "no payload" },
        { "no payloadType", $$"""{"payload":"aGVs","signatures":[{{Signature}}]}""", "no payloadType" },
        { "no signatures", """{"payload":"aGVs","payloadType":"t"}""", "expected at least one" },
        { "an empty list", """{"payload":"aGVs","payloadType":"t","signatures":[]}""", "expected at least one" },
        { "signatures that are an object", $$"""{"payload":"aGVs","payloadType":"t","signatures":{{Signature}}}""", "not an array" },
        { "a signature that is text", """{"payload":"aGVs","payloadType":"t","signatures":["AQID"]}""", "not an object" },
        { "a signature without value", """{"payload":"aGVs","payloadType":"t","signatures":[{"keyid":"k"}]}""", "without a value" },
        { "an empty signature", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":""}]}""", "without a value" },
        { "a signature with unused bits", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AR=="}]}""", "base64" },
        { "a second signature that is none", $$"""{"payload":"aGVs","payloadType":"t","signatures":[{{Signature}},{"sig":1}]}""", "base64" },
        { "a keyid that is a number", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","keyid":1}]}""", "keyid" },
        { "a keyid too long", $$"""{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","keyid":"{{new string('k', Limits.KeyIdLength + 1)}}"}]}""", "at most 256" },
        { "a payload that is null", $$"""{"payload":null,"payloadType":"t","signatures":[{{Signature}}]}""", "base64" },
        { "a payloadType that is a number", $$"""{"payload":"aGVs","payloadType":1,"signatures":[{{Signature}}]}""", "payloadType" },
        { "two payloads", $$"""{"payload":"aGVs","payload":"aGVs","payloadType":"t","signatures":[{{Signature}}]}""", "twice" },
        { "an unknown member", $$"""{"payload":"aGVs","payloadType":"t","signatures":[{{Signature}}],"x":1}""", "unknown member 'x'" },
        { "an unknown member of a signature", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","cert":"x"}]}""", "unknown member 'cert'" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong(string because, string json, string expected)
    {
        Assert.False(JointEnvelope.TryRead(Encoding.UTF8.GetBytes(json), out _, out var problem), because);
        Refused.With(ReasonCode.SignatureMalformed, expected, problem, because);
    }

    [Fact]
    public void Reads_back_what_it_writes()
    {
        var read = Read(new JointEnvelope(Type, Payload, [new byte[] { 1, 2 }, new byte[] { 3 }]).Write());

        Assert.Equal((Type, "{}"), (read.PayloadType, Encoding.UTF8.GetString(read.Payload.Span)));
        Assert.Equal([[1, 2], [3]], read.Signatures.Select(signature => signature.ToArray()));
    }

    [Fact]
    public void Too_many_signatures_or_bytes_are_refused()
    {
        var many = new JointEnvelope(Type, Payload, [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[] { 1 }, Limits.JointSignatures + 1)]).Write();
        Assert.False(JointEnvelope.TryRead(many, out _, out var problem));
        Refused.With(ReasonCode.TooManySignatures, $"more than {Limits.JointSignatures}", problem, "signatures");

        Assert.False(JointEnvelope.TryRead(new byte[Limits.JointEnvelopeBytes + 1], out _, out problem));
        Refused.With(ReasonCode.EvidenceLimit, $"at most {Limits.JointEnvelopeBytes} bytes", problem, "bytes");
    }

    [Fact]
    public void Every_key_that_signed_is_named_once_however_often_it_signed()
    {
        var (first, second) = (TestSigner.P256, TestSigner.OtherP256);
        var envelope = Sign(first, second, first);

        Assert.True(envelope.TryVerify(Type, [first.Key, second.Key, first.Key], out var verified, out var problem), problem?.Message);

        Assert.Equal([first.Key.Id, second.Key.Id], verified.Signers.Select(key => key.Id));
        Assert.Equal(Payload, verified.Content.ToArray());
    }

    [Fact]
    public void A_signature_by_a_stranger_counts_for_nothing_and_takes_nothing_away()
    {
        var envelope = Sign(TestSigner.OtherP256, TestSigner.P256);

        Assert.True(envelope.TryVerify(Type, [TestSigner.P256.Key], out var verified, out _));
        Assert.Equal(TestSigner.P256.Key, Assert.Single(verified.Signers));

        Assert.False(Sign(TestSigner.OtherP256).TryVerify(Type, [TestSigner.P256.Key], out _, out var problem));
        Refused.With(ReasonCode.SignatureInvalid, "does not verify", problem, "a stranger");
    }

    [Fact]
    public void Another_type_and_no_keys_and_too_many_pairs_are_refused()
    {
        var envelope = Sign(TestSigner.P256, TestSigner.P256);
        Assert.False(envelope.TryVerify(Type + "x", [TestSigner.P256.Key], out _, out var problem));
        Refused.With(ReasonCode.PayloadType, "something else", problem, "type");
        Assert.Equal((Type + "x", Type), (problem!.Expected, problem.Actual));

        Assert.False((envelope with { PayloadType = Type + "x" }).TryVerify(Type + "x", [TestSigner.P256.Key], out _, out problem));
        Refused.With(ReasonCode.SignatureInvalid, "does not verify", problem, "the type is signed");

        Assert.False(envelope.TryVerify(Type, [], out _, out problem));
        Refused.With(ReasonCode.KeyNotTrusted, "no key", problem, "no keys");

        Assert.False(envelope.TryVerify(Type, [.. Enumerable.Repeat(TestSigner.P256.Key, (Limits.KeyTrials / 2) + 1)], out _, out problem));
        Refused.With(ReasonCode.TooManySignatures, "at most 256 pairs", problem, "pairs");
    }

    private static JointEnvelope Sign(params TestSigner[] signers) => new(
        Type, Payload, [.. signers.Select(signer => (ReadOnlyMemory<byte>)signer.Sign(Envelope.ToBeSigned(Type, Payload)))]);

    private static JointEnvelope Read(byte[] json)
    {
        Assert.True(JointEnvelope.TryRead(json, out var envelope, out var problem), problem?.Message);
        return envelope;
    }
}
