// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Testing.Sigstore;

/// <summary>
/// Signatures with certificates as cosign keeps them beside an image: a payload or an envelope, and in annotations what speaks for it.
/// </summary>
/// <param name="Content">The payload or envelope.</param>
/// <param name="Annotations">The annotations of its layer.</param>
public sealed record CosignAnnotations(byte[] Content, Dictionary<string, string> Annotations)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Signs a simple-signing payload.</summary>
    public static CosignAnnotations OfPayload(TrustWorld world, byte[] payload, LeafDraft? leaf = null, bool isLogged = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = world.Authority.Issue(key, leaf, world.CertificateLog);
        var signature = key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var body = new JsonObject
        {
            ["apiVersion"] = "0.0.1",
            ["kind"] = "hashedrekord",
            ["spec"] = new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["hash"] = new JsonObject { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(payload)) },
                },
                ["signature"] = new JsonObject
                {
                    ["content"] = Convert.ToBase64String(signature),
                    ["publicKey"] = new JsonObject { ["content"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Pem(certificate))) },
                },
            },
        };
        return Of(world, payload, certificate, signature, isLogged ? ("hashedrekord", "0.0.1", body) : null, Convert.ToBase64String(signature));
    }

    /// <summary>Signs a statement, in an envelope; cosign has the whole envelope timestamped.</summary>
    public static CosignAnnotations OfStatement(TrustWorld world, byte[] statement, LeafDraft? leaf = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = world.Authority.Issue(key, leaf, world.CertificateLog);
        var message = Envelope.ToBeSigned(Envelope.InTotoPayloadType, statement).Message.ToArray();
        var signature = key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var envelope = new Envelope(Envelope.InTotoPayloadType, statement, signature, "").Write();
        var body = new JsonObject
        {
            ["apiVersion"] = "0.0.1",
            ["kind"] = "dsse",
            ["spec"] = new JsonObject
            {
                ["envelopeHash"] = new JsonObject { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(envelope)) },
                ["payloadHash"] = new JsonObject { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(statement)) },
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["signature"] = Convert.ToBase64String(signature),
                    ["verifier"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Pem(certificate))),
                }),
            },
        };
        return Of(world, envelope, certificate, envelope, ("dsse", "0.0.1", body), "");
    }

    private static CosignAnnotations Of(
        TrustWorld world, byte[] content, byte[] certificate, byte[] stamped, (string Kind, string Version, JsonObject Body)? entry, string signature)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SimpleSigning.SignatureAnnotation] = signature,
            [TagMaterial.CertificateAnnotation] = Pem(certificate),
            [TagMaterial.ChainAnnotation] = string.Concat(world.Authority.Certificates.Select(Pem)),
            [TagMaterial.TimestampAnnotation] = new JsonObject
            {
                ["SignedRFC3161Timestamp"] = Convert.ToBase64String(world.Timestamps.Stamp(stamped)),
            }.ToJsonString(Plain),
        };
        if (entry is var (kind, version, body))
        {
            var recorded = world.Rekor1.Record(kind, version, Encoding.UTF8.GetBytes(body.ToJsonString(Plain)));
            annotations[TagMaterial.BundleAnnotation] = new JsonObject
            {
                ["SignedEntryTimestamp"] = recorded["inclusionPromise"]!["signedEntryTimestamp"]!.DeepClone(),
                ["Payload"] = new JsonObject
                {
                    ["body"] = recorded["canonicalizedBody"]!.DeepClone(),
                    ["integratedTime"] = long.Parse(recorded["integratedTime"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
                    ["logIndex"] = long.Parse(recorded["logIndex"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
                    ["logID"] = Convert.ToHexStringLower(world.Rekor1.Id),
                },
            }.ToJsonString(Plain);
        }

        return new CosignAnnotations(content, annotations);
    }

    private static string Pem(byte[] certificate) => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";
}
