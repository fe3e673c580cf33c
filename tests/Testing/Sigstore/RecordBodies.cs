// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Sigstore;

/// <summary>What logs record of a signature, kind by kind, with members in the order of canonical JSON.</summary>
internal static class RecordBodies
{
    // Base64 is full of '+', which records hold as it is.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>hashedrekord 0.0.1: of an artifact.</summary>
    public static byte[] HashedRekord1(byte[] artifact, byte[] signature, Signatory by) => Write("0.0.1", "hashedrekord", new JsonObject
    {
        ["data"] = new JsonObject { ["hash"] = Sha256(artifact) },
        ["signature"] = new JsonObject
        {
            ["content"] = Base64(signature),
            ["publicKey"] = new JsonObject { ["content"] = by.PemBase64 },
        },
    });

    /// <summary>hashedrekord 0.0.2: of an artifact or of what an envelope's signature covers.</summary>
    public static byte[] HashedRekord2(byte[] digest, byte[] signature, Signatory by) => Write("0.0.2", "hashedrekord", new JsonObject
    {
        ["hashedRekordV002"] = new JsonObject
        {
            ["data"] = new JsonObject { ["algorithm"] = "SHA2_256", ["digest"] = Base64(digest) },
            ["signature"] = new JsonObject
            {
                ["content"] = Base64(signature),
                ["verifier"] = new JsonObject
                {
                    ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
                    [by.IsCertificate ? "x509Certificate" : "publicKey"] = new JsonObject { ["rawBytes"] = Base64(by.Der) },
                },
            },
        },
    });

    /// <summary>dsse 0.0.1: of an envelope.</summary>
    public static byte[] Dsse(byte[] payload, byte[] signature, Signatory by) => Write("0.0.1", "dsse", new JsonObject
    {
        ["envelopeHash"] = Sha256(SHA256.HashData(
            new SupplyChain.Sigstore.Envelope(SupplyChain.Sigstore.Envelope.InTotoPayloadType, payload, signature, "").Write())),
        ["payloadHash"] = Sha256(SHA256.HashData(payload)),
        ["signatures"] = new JsonArray(new JsonObject { ["signature"] = Base64(signature), ["verifier"] = by.PemBase64 }),
    });

    /// <summary>intoto 0.0.2: of an envelope whose signature it holds in base64 twice.</summary>
    public static byte[] InToto(byte[] payload, byte[] signature, Signatory by) => Write("0.0.2", "intoto", new JsonObject
    {
        ["content"] = new JsonObject
        {
            ["envelope"] = new JsonObject
            {
                ["payloadType"] = SupplyChain.Sigstore.Envelope.InTotoPayloadType,
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["publicKey"] = by.PemBase64,
                    ["sig"] = Base64(Encoding.ASCII.GetBytes(Base64(signature))),
                }),
            },
            ["payloadHash"] = Sha256(SHA256.HashData(payload)),
        },
    });

    private static JsonObject Sha256(byte[] digest) => new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(digest) };

    private static byte[] Write(string version, string kind, JsonObject spec) => Encoding.UTF8.GetBytes(
        new JsonObject { ["apiVersion"] = version, ["kind"] = kind, ["spec"] = spec }.ToJsonString(Plain));

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);
}

/// <summary>Who signed, as logs record it: a certificate or a bare key.</summary>
/// <param name="Der">The certificate, or the key's SubjectPublicKeyInfo.</param>
/// <param name="IsCertificate">Which of the two.</param>
internal sealed record Signatory(byte[] Der, bool IsCertificate)
{
    public string PemBase64 => Convert.ToBase64String(
        Encoding.ASCII.GetBytes(PemEncoding.WriteString(IsCertificate ? "CERTIFICATE" : "PUBLIC KEY", Der) + "\n"));
}
