// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Testing.Sigstore;

/// <summary>A client that signs, has the signature recorded and the time told, and bundles it all; of every kind there is.</summary>
public sealed class BundleAuthor(TrustWorld world) : IDisposable
{
    private readonly ECDsa _ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The key that signs where there is no certificate, SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => _ownKey.ExportSubjectPublicKeyInfo();

    /// <summary>Signs and bundles.</summary>
    /// <param name="draft">What kind of bundle it becomes.</param>
    /// <param name="content">The artifact, or the statement that an envelope carries.</param>
    /// <param name="alter">What becomes of the certificate's signed part before the authority signs it once more.</param>
    public JsonObject Sign(BundleDraft draft, byte[] content, Func<byte[], byte[]>? alter = null)
    {
        using var passing = draft.IsByKey ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = passing ?? _ownKey;
        var by = passing is null ? new Signatory(PublicKey, IsCertificate: false) : new Signatory(Certify(passing, alter), IsCertificate: true);
        var message = draft.IsMessage ? content : Envelope.ToBeSigned(Envelope.InTotoPayloadType, content).Message.ToArray();
        var signature = key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var material = new JsonObject
        {
            [by.IsCertificate ? (draft.MediaType == Bundle.MediaTypeV03 ? "certificate" : "x509CertificateChain") : "publicKey"] = Describe(draft, by),
            ["tlogEntries"] = new JsonArray(Record(draft, content, SHA256.HashData(message), signature, by)),
        };
        if (draft.HasTimestamp)
        {
            material["timestampVerificationData"] = new JsonObject
            {
                ["rfc3161Timestamps"] = new JsonArray(new JsonObject { ["signedTimestamp"] = Base64(world.Timestamps.Stamp(signature)) }),
            };
        }

        return new JsonObject
        {
            ["mediaType"] = draft.MediaType,
            ["verificationMaterial"] = material,
            [draft.IsMessage ? "messageSignature" : "dsseEnvelope"] = draft.IsMessage ? Message(content, signature) : Enclose(content, signature),
        };
    }

    public void Dispose() => _ownKey.Dispose();

    private byte[] Certify(ECDsa key, Func<byte[], byte[]>? alter)
    {
        var certificate = world.Authority.Issue(key, null, world.CertificateLog);
        return alter is null ? certificate : world.Authority.SignAgain(alter(WorkloadAuthority.SignedPart(certificate)));
    }

    private JsonObject Describe(BundleDraft draft, Signatory by)
    {
        if (!by.IsCertificate)
            return new JsonObject { ["hint"] = Base64(SHA256.HashData(by.Der)) };
        if (draft.MediaType == Bundle.MediaTypeV03)
            return new JsonObject { ["rawBytes"] = Base64(by.Der) };

        return new JsonObject
        {
            ["certificates"] = new JsonArray(
                new JsonObject { ["rawBytes"] = Base64(by.Der) }, new JsonObject { ["rawBytes"] = Base64(world.Authority.Certificates[0]) }),
        };
    }

    private JsonObject Record(BundleDraft draft, byte[] content, byte[] digest, byte[] signature, Signatory by)
    {
        var entry = draft switch
        {
            { IsInRekor2: true } => world.Rekor2.Record("hashedrekord", "0.0.2", RecordBodies.HashedRekord2(digest, signature, by)),
            { IsMessage: true } => world.Rekor1.Record("hashedrekord", "0.0.1", RecordBodies.HashedRekord1(digest, signature, by)),
            { IsInToto: true } => world.Rekor1.Record("intoto", "0.0.2", RecordBodies.InToto(content, signature, by)),
            _ => world.Rekor1.Record("dsse", "0.0.1", RecordBodies.Dsse(content, signature, by)),
        };
        if (!draft.HasPromise)
            entry.Remove("inclusionPromise");
        if (!draft.HasProof)
            entry.Remove("inclusionProof");
        return entry;
    }

    private static JsonObject Message(byte[] content, byte[] signature) => new()
    {
        ["messageDigest"] = new JsonObject { ["algorithm"] = "SHA2_256", ["digest"] = Base64(SHA256.HashData(content)) },
        ["signature"] = Base64(signature),
    };

    private static JsonObject Enclose(byte[] content, byte[] signature) => new()
    {
        ["payload"] = Base64(content),
        ["payloadType"] = Envelope.InTotoPayloadType,
        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Base64(signature) }),
    };

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);
}
