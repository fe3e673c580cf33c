// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Verifier.Tests;

/// <summary>A key that really signs, so that tests hold evidence as only verification makes it.</summary>
internal sealed class TestSigner : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestSigner()
    {
        Assert.True(PublicKey.TryReadSpki(_key.ExportSubjectPublicKeyInfo(), out var key, out var problem), problem);
        PublicKey = key;
    }

    public PublicKey PublicKey { get; }

    /// <summary>A simple-signing payload and the signature over it.</summary>
    public (byte[] Payload, string Signature) SignSimply(Repository repository, Digest image)
    {
        var payload = SimpleSigning.WritePayload(repository, image);
        return (payload, Convert.ToBase64String(Sign(SimpleSigning.ToBeSigned(payload))));
    }

    /// <summary>A simple-signing signature over the image, verified.</summary>
    public StoredSignature Sign(Repository repository, Digest image)
    {
        var (payload, signature) = SignSimply(repository, image);
        Assert.True(SimpleSigning.TryVerify(payload, signature, image, [PublicKey], out var verified, out var problem), problem?.Message);
        return new StoredSignature(verified, StorageLayout.Tag);
    }

    /// <summary>An approval of the image.</summary>
    public StoredStatement Approve(Repository repository, Digest image, string attestor, DateTimeOffset time, DateTimeOffset validUntil)
    {
        var summary = new VerificationSummary
        {
            VerifierId = $"supplychain:attestor/{attestor}",
            TimeVerified = time,
            ResourceUri = new ImageResource(repository, image).ToString(),
            PolicyUri = "supplychain:policy/any",
            PolicyDigest = Digest.Compute("policy"u8),
            Result = VerificationResult.Passed,
            VerifiedLevels = ["SUPPLYCHAIN_APPROVED"],
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ApprovalExtensions.ValidUntil] = validUntil.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        var statement = StatementWriter.Write(
            [StatementSubject.Of(image, repository)], PredicateTypes.VerificationSummary, (Utf8JsonWriter writer) => summary.Write(writer));
        var envelope = new Envelope(
            Envelope.InTotoPayloadType, statement, Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, statement)), "");
        Assert.True(
            EnvelopeVerifier.TryVerify(envelope, image, [PublicKey], Digest.Compute(envelope.Write()), out var verified, out var problem),
            problem?.Message);
        return new StoredStatement(verified, StorageLayout.Bundle);
    }

    public void Dispose() => _key.Dispose();

    private byte[] Sign(ToBeSigned message) =>
        _key.SignData(message.Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
