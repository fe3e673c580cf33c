// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Testing.Sigstore;

/// <summary>All that speaks for a signature made without a key of one's own: authorities and logs, their trust root, and bundles they vouch for.</summary>
public sealed class TrustWorld : IDisposable
{
    public TrustWorld(TimeProvider clock)
    {
        Clock = clock;
        Authority = new WorkloadAuthority(clock);
        CertificateLog = new CertificateLog(clock);
        Rekor1 = new SignatureLog(clock, "rekor.example.com", isVersion2: false);
        Rekor2 = new SignatureLog(clock, "log2026.rekor.example.com", isVersion2: true);
        Timestamps = new TimestampAuthority(clock);
    }

    public TimeProvider Clock { get; }

    public WorkloadAuthority Authority { get; }

    public CertificateLog CertificateLog { get; init; }

    public SignatureLog Rekor1 { get; }

    public SignatureLog Rekor2 { get; }

    public TimestampAuthority Timestamps { get; }

    /// <summary>The trust root, as a document that may be changed before it is read.</summary>
    public JsonObject Root() => new()
    {
        ["mediaType"] = TrustedRoot.MediaType,
        ["tlogs"] = new JsonArray(Log(Rekor1.Host, Rekor1.PublicKey, Rekor1.KeyDetails, Rekor1.Id), Log(Rekor2.Host, Rekor2.PublicKey, Rekor2.KeyDetails, Rekor2.Id)),
        ["certificateAuthorities"] = new JsonArray(Chain(Authority.Certificates)),
        ["ctlogs"] = new JsonArray(Log("ctfe.example.com", CertificateLog.PublicKey, "PKIX_ECDSA_P256_SHA_256", CertificateLog.Id)),
        ["timestampAuthorities"] = new JsonArray(Chain(Timestamps.Certificates)),
    };

    /// <summary>A bundle of <paramref name="statement"/>, signed just now with a certificate.</summary>
    /// <param name="statement">An in-toto statement.</param>
    /// <param name="log">The log that records it.</param>
    /// <param name="leaf">What is wrong with the certificate, if anything is.</param>
    /// <param name="another">Another log that records it too.</param>
    public JsonObject Sign(byte[] statement, SignatureLog log, LeafDraft? leaf = null, SignatureLog? another = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Authority.Issue(key, leaf, CertificateLog);
        var signed = Envelope.ToBeSigned(Envelope.InTotoPayloadType, statement);
        var signature = key.SignData(signed.Message.ToArray(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var digest = SHA256.HashData(signed.Message);
        var signatory = new Signatory(certificate, IsCertificate: true);
        JsonNode Record(SignatureLog to) => ReferenceEquals(to, Rekor2)
            ? to.Record("hashedrekord", "0.0.2", RecordBodies.HashedRekord2(digest, signature, signatory))
            : to.Record("dsse", "0.0.1", RecordBodies.Dsse(statement, signature, signatory));
        return new JsonObject
        {
            ["mediaType"] = Bundle.MediaTypeV03,
            ["verificationMaterial"] = new JsonObject
            {
                ["certificate"] = new JsonObject { ["rawBytes"] = Base64(certificate) },
                ["tlogEntries"] = new JsonArray(another is null ? [Record(log)] : [Record(log), Record(another)]),
                ["timestampVerificationData"] = new JsonObject
                {
                    ["rfc3161Timestamps"] = new JsonArray(new JsonObject { ["signedTimestamp"] = Base64(Timestamps.Stamp(signature)) }),
                },
            },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Base64(statement),
                ["payloadType"] = Envelope.InTotoPayloadType,
                ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Base64(signature) }),
            },
        };
    }

    public void Dispose()
    {
        Authority.Dispose();
        CertificateLog.Dispose();
        Rekor1.Dispose();
        Rekor2.Dispose();
        Timestamps.Dispose();
    }

    private JsonObject ValidFor() => new() { ["start"] = Clock.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) };

    private JsonObject Log(string host, byte[] key, string details, byte[] id) => new()
    {
        ["baseUrl"] = $"https://{host}",
        ["hashAlgorithm"] = "SHA2_256",
        ["publicKey"] = new JsonObject { ["rawBytes"] = Base64(key), ["keyDetails"] = details, ["validFor"] = ValidFor() },
        ["logId"] = new JsonObject { ["keyId"] = Base64(id) },
    };

    private JsonObject Chain(IEnumerable<byte[]> certificates) => new()
    {
        ["certChain"] = new JsonObject
        {
            ["certificates"] = new JsonArray([.. certificates.Select(certificate => (JsonNode)new JsonObject { ["rawBytes"] = Base64(certificate) })]),
        },
        ["validFor"] = ValidFor(),
    };

    private static string Base64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);
}
