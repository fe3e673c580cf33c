// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class EnvelopeTests
{
    private const string Signature = """{"sig":"AQID","keyid":""}""";

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "not JSON", "{", "malformed" },
        { "text", "\"x\"", "not an object" },
        { "an array", "[]", "not an object" },
        { "null", "null", "not an object" },
        { "nothing inside", "{}", "no payload" },
        { "no payload", $$"""{"payloadType":"t","signatures":[{{Signature}}]}""", "no payload" },
        { "no payloadType", $$"""{"payload":"aGVs","signatures":[{{Signature}}]}""", "no payloadType" },
        { "an empty payloadType", $$"""{"payload":"aGVs","payloadType":"","signatures":[{{Signature}}]}""", "no payloadType" },
        { "no signatures", """{"payload":"aGVs","payloadType":"t"}""", "no signature" },
        { "an empty list of signatures", """{"payload":"aGVs","payloadType":"t","signatures":[]}""", "no signature" },
        { "two signatures", $$"""{"payload":"aGVs","payloadType":"t","signatures":[{{Signature}},{{Signature}}]}""", "several signatures" },
        { "signatures that are an object", $$"""{"payload":"aGVs","payloadType":"t","signatures":{{Signature}}}""", "not an array" },
        { "a signature that is text", """{"payload":"aGVs","payloadType":"t","signatures":["AQID"]}""", "not an object" },
        { "a signature without value", """{"payload":"aGVs","payloadType":"t","signatures":[{"keyid":"k"}]}""", "without a value" },
        { "an empty signature", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":""}]}""", "without a value" },
        { "a signature that is a number", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":1}]}""", "base64" },
        { "a signature with unused bits", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AR=="}]}""", "base64" },
        { "a keyid that is a number", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","keyid":1}]}""", "keyid" },
        { "a keyid too long", $$"""{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","keyid":"{{new string('k', Limits.KeyIdLength + 1)}}"}]}""", "more than 256 characters" },
        { "a payload with white space", $$"""{"payload":"aGVs\n","payloadType":"t","signatures":[{{Signature}}]}""", "base64" },
        { "a payload with unused bits", $$"""{"payload":"aGVsbG9=","payloadType":"t","signatures":[{{Signature}}]}""", "base64" },
        { "a payload in both alphabets", $$"""{"payload":"-/-/","payloadType":"t","signatures":[{{Signature}}]}""", "base64" },
        { "a payload that is null", $$"""{"payload":null,"payloadType":"t","signatures":[{{Signature}}]}""", "base64" },
        { "a payloadType that is a number", $$"""{"payload":"aGVs","payloadType":1,"signatures":[{{Signature}}]}""", "payloadType" },
        { "two payloads", $$"""{"payload":"aGVs","payload":"aGVs","payloadType":"t","signatures":[{{Signature}}]}""", "twice" },
        { "two payloads in two spellings", $$"""{"payload":"aGVs","p\u0061yload":"aGVs","payloadType":"t","signatures":[{{Signature}}]}""", "twice" },
        { "two sigs", """{"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","sig":"AQID"}]}""", "twice" },
        { "a duplicate in a member nobody reads", $$$"""{"payload":"aGVs","payloadType":"t","signatures":[{{{Signature}}}],"x":{"a":1,"a":1}}""", "twice" },
        { "names in capitals", $$"""{"Payload":"aGVs","PayloadType":"t","Signatures":[{{Signature}}]}""", "no payload" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong(string because, string json, string expected)
    {
        Assert.False(Envelope.TryRead(Encoding.UTF8.GetBytes(json), out _, out var problem), because);
        Refused.With(ReasonCode.SignatureMalformed, expected, problem, because);
    }

    [Fact]
    public void Reads_back_what_it_writes()
    {
        var written = new Envelope("application/x+y", new byte[] { 1, 2, 250 }, new byte[] { 9, 8, 7, 255 }, "ключ");

        var read = Read(written.Write());

        Assert.Equal(written.PayloadType, read.PayloadType);
        Assert.Equal(written.Payload.ToArray(), read.Payload.ToArray());
        Assert.Equal(written.Signature.ToArray(), read.Signature.ToArray());
        Assert.Equal(written.KeyId, read.KeyId);
    }

    [Fact]
    public void Is_written_as_other_tools_write_it()
    {
        var envelope = new Envelope(Envelope.InTotoPayloadType, "hello"u8.ToArray(), new byte[] { 251, 255, 191 }, "");

        Assert.Equal(
            """{"payload":"aGVsbG8=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"+/+/"}]}""",
            Encoding.UTF8.GetString(envelope.Write()));
    }

    [Fact]
    public void Members_that_dsse_does_not_define_are_ignored()
    {
        var read = Read(
            """{"x":{"payload":"AAAA"},"payload":"aGVs","payloadType":"t","signatures":[{"sig":"AQID","ext":[1]}],"y":null}"""u8.ToArray());

        Assert.Equal("hel"u8.ToArray(), read.Payload.ToArray());
        Assert.Equal("", read.KeyId);
    }

    [Fact]
    public void Escapes_and_the_url_safe_alphabet_change_nothing()
    {
        var plain = Read("""{"payload":"+/+/","payloadType":"t","signatures":[{"sig":"+/8="}]}"""u8.ToArray());
        var escaped = Read("""{"payload":"\u002b\/+\/","payloadType":"\u0074","signatures":[{"sig":"\u002B\/8="}]}"""u8.ToArray());
        var urlSafe = Read("""{"payload":"-_-_","payloadType":"t","signatures":[{"sig":"-_8="}]}"""u8.ToArray());

        Assert.Equal(plain.Payload.ToArray(), escaped.Payload.ToArray());
        Assert.Equal(plain.Payload.ToArray(), urlSafe.Payload.ToArray());
        Assert.Equal(plain.Signature.ToArray(), escaped.Signature.ToArray());
        Assert.Equal(plain.Signature.ToArray(), urlSafe.Signature.ToArray());
        Assert.Equal("t", escaped.PayloadType);
    }

    [Fact]
    public void One_byte_more_than_allowed_is_not_looked_at()
    {
        // Zeroes: had it been read, it would be malformed.
        Assert.False(Envelope.TryRead(new byte[Limits.AttestationBytes + 1], out _, out var problem));
        Refused.With(ReasonCode.EvidenceLimit, "at most", problem, "one byte too many");
    }

    [Fact]
    public void Encodes_lengths_in_bytes()
    {
        using var vectors = Open("vectors/dsse/sigstore-js-pae.json");
        foreach (var vector in vectors.RootElement.GetProperty("pae").EnumerateArray())
            Assert.Equal(Text(vector, "pae_utf8"), Pae(Text(vector, "payloadType"), Text(vector, "payload_utf8")));

        foreach (var vector in vectors.RootElement.GetProperty("distinct").EnumerateArray())
        {
            var payload = Text(vector, "payload_utf8");
            Assert.NotEqual(Pae(Text(vector, "a"), payload), Pae(Text(vector, "b"), payload));
        }
    }

    [Theory]
    [InlineData("", "", "DSSEv1 0  0 ")]
    [InlineData("t", "", "DSSEv1 1 t 0 ")]
    [InlineData("a b", "c d", "DSSEv1 3 a b 3 c d")]
    [InlineData("é", "ü", "DSSEv1 2 é 2 ü")]
    public void Encodes_what_the_protocol_describes(string payloadType, string payload, string expected) =>
        Assert.Equal(expected, Pae(payloadType, payload));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2010)]
    [InlineData(2020)]
    [InlineData(2030)]
    [InlineData(100_000)]
    public void A_digest_is_the_same_whether_the_message_was_copied_or_not(int length)
    {
        var message = Envelope.ToBeSigned("some/type", new byte[length]);

        Assert.Equal(System.Security.Cryptography.SHA256.HashData(message.Message), message.DigestFor(SigningAlgorithm.EcdsaP256Sha256).ToArray());
        Assert.Equal(System.Security.Cryptography.SHA384.HashData(message.Message), message.DigestFor(SigningAlgorithm.EcdsaP384Sha384).ToArray());
        Assert.Equal(System.Security.Cryptography.SHA512.HashData(message.Message), message.DigestFor(SigningAlgorithm.EcdsaP521Sha512).ToArray());
        Assert.Throws<ArgumentException>(() => message.DigestFor(SigningAlgorithm.Ed25519).Length);
    }

    [Fact]
    public void A_signature_in_fixed_width_is_no_ecdsa_signature_here()
    {
        using var vectors = Open("vectors/dsse/protocol-vector.json");
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var envelope = Read(Encoding.UTF8.GetBytes(vector.GetProperty("envelope").GetRawText()));
            var key = vectors.RootElement.GetProperty("cases")[0].GetProperty("key");
            var publicKey = PointKey(Text(key, "x_dec"), Text(key, "y_dec"));
            var digest = envelope.ToBeSigned().DigestFor(SigningAlgorithm.EcdsaP256Sha256);

            Assert.True(Assert.IsType<EcdsaKey>(publicKey.Material).VerifyFixedWidth(digest, envelope.Signature.Span), "the vector itself");
            Assert.False(publicKey.Verify(envelope.ToBeSigned(), envelope.Signature.Span), Text(vector, "id"));

            // The same numbers in DER are what this product, cosign and every key service mean.
            Span<byte> der = stackalloc byte[80];
            Assert.True(publicKey.Verify(envelope.ToBeSigned(), der[..EcdsaSignature.WriteDer(envelope.Signature.Span, der)]));
            if (vector.TryGetProperty("pae_utf8", out var pae))
                Assert.Equal(pae.GetString(), Encoding.UTF8.GetString(envelope.ToBeSigned().Message));
        }
    }

    [Fact]
    public void Envelopes_that_the_reference_library_refuses_are_refused()
    {
        using var vectors = Open("vectors/dsse/go-securesystemslib.json");
        foreach (var vector in vectors.RootElement.GetProperty("envelopes").EnumerateArray())
        {
            Assert.False(Envelope.TryRead(Encoding.UTF8.GetBytes(vector.GetProperty("envelope").GetRawText()), out _, out var problem));
            Refused.With(ReasonCode.SignatureMalformed, "", problem, Text(vector, "id"));
        }
    }

    [Fact]
    public void Payloads_that_cosign_refuses_are_refused()
    {
        using var vectors = Open("vectors/dsse/cosign-attestation-payload-failures.json");
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            Assert.False(Envelope.TryRead(Encoding.UTF8.GetBytes(Text(vector, "input")), out _, out var problem));
            Refused.With(ReasonCode.SignatureMalformed, "the envelope", problem, Text(vector, "input"));
        }
    }

    private static Envelope Read(byte[] json)
    {
        Assert.True(Envelope.TryRead(json, out var envelope, out var problem), problem?.Message);
        return envelope;
    }

    private static string Pae(string payloadType, string payload) =>
        Encoding.UTF8.GetString(Envelope.ToBeSigned(payloadType, Encoding.UTF8.GetBytes(payload)).Message);

    private static PublicKey PointKey(string x, string y)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(new System.Security.Cryptography.ECParameters
        {
            Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256,
            Q = new System.Security.Cryptography.ECPoint { X = Coordinate(x), Y = Coordinate(y) },
        });
        Assert.True(PublicKey.TryReadSpki(key.ExportSubjectPublicKeyInfo(), out var publicKey, out var problem), problem);
        return publicKey;

        static byte[] Coordinate(string text)
        {
            var value = System.Numerics.BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[32 - value.Length], .. value];
        }
    }

    private static JsonDocument Open(string path) => JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(path)));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
