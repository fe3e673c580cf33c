// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests;

/// <summary>A key pair that can sign what a test needs; its public half as policies write it.</summary>
internal sealed class TestKey
{
    private readonly ECDsa _key;

    private TestKey(ECDsa key)
    {
        _key = key;
        Pem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        Assert.True(PublicKey.TryParsePem(Pem, out var publicKey, out var problem), problem);
        Public = publicKey;
    }

    // Made once for the whole run: what key it is never matters, only that they differ.
    public static TestKey Approval { get; } = New();

    public static TestKey Security { get; } = New();

    public static TestKey Qa { get; } = New();

    public static TestKey Scanner { get; } = New();

    public static TestKey Stranger { get; } = New();

    public PublicKey Public { get; }

    public string Pem { get; }

    /// <summary>The PEM as a YAML block, indented to stand below a key at <paramref name="indent"/> columns.</summary>
    public string Block(int indent) => "|\n" + string.Concat(Pem.TrimEnd().Split('\n').Select(line => new string(' ', indent + 2) + line + "\n")).TrimEnd();

    public static TestKey New(ECCurve? curve = null) => new(ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256));

    public VerifiedSignature SignImage(Repository repository, Digest image)
    {
        var payload = SimpleSigning.WritePayload(repository, image);
        var signature = Convert.ToBase64String(Sign(SimpleSigning.ToBeSigned(payload)));
        Assert.True(SimpleSigning.TryVerify(payload, signature, image, [Public], out var verified, out var problem), problem?.Message);
        return verified;
    }

    /// <summary>An image signature in statement form, which may name no repository.</summary>
    public VerifiedSignature SignImageStatement(Repository? repository, Digest image)
    {
        var statement = Attest(StatementWriter.WriteImageSignature(image, repository), image);
        Assert.True(VerifiedSignature.TryFromStatement(statement, out var signature, out var problem), problem?.Message);
        return signature;
    }

    public VerifiedStatement Attest(
        string predicateType, string? subjectName, Digest image, Action<Utf8JsonWriter>? predicate = null)
    {
        var subject = StatementSubject.Of(image, null) with { Name = subjectName };
        return Attest(StatementWriter.Write([subject], predicateType, predicate ?? WriteEmpty), image);
    }

    /// <summary>An envelope around a statement.</summary>
    public byte[] Seal(byte[] payload) => Enclose(payload).Write();

    private Envelope Enclose(byte[] payload) => new(
        Envelope.InTotoPayloadType, payload, Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, payload)), "");

    private VerifiedStatement Attest(byte[] payload, Digest image)
    {
        var envelope = Enclose(payload);
        var stored = Digest.Compute(envelope.Write());
        Assert.True(EnvelopeVerifier.TryVerify(envelope, image, [Public], stored, out var statement, out var problem), problem?.Message);
        return statement;
    }

    public byte[] Sign(ToBeSigned message) =>
        _key.SignData(message.Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private static void WriteEmpty(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }
}
