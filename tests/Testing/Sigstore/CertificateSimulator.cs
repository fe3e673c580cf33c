// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Sigstore;

/// <summary>A certificate authority at the wire, as Fulcio is one. It believes every token and checks that the key is held.</summary>
internal sealed class CertificateSimulator(TrustWorld world, TrustWorld strangers)
{
    public Reply Answer(SeenRequest request, byte[] content, SigstoreFault fault)
    {
        if (request.Method != "POST" || request.Path != "/api/v2/signingCert")
            return SigstoreServices.Say(405, "method not allowed");

        var asked = JsonNode.Parse(content)!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(asked["credentials"]!["oidcIdentityToken"]!.GetValue<string>().Split('.')[1]))!;
        using var key = ECDsa.Create();
        key.ImportFromPem(asked["publicKeyRequest"]!["publicKey"]!["content"]!.GetValue<string>());
        var proof = Convert.FromBase64String(asked["publicKeyRequest"]!["proofOfPossession"]!.GetValue<string>());
        if (!key.VerifyData(Encoding.UTF8.GetBytes(SubjectOf(claims)), proof, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            return SigstoreServices.Say(400, "the signature does not prove that the key is held");

        var leaf = new LeafDraft
        {
            Subject = WorkloadAuthority.Names((6, LeafDraft.Workflow)),
            Issuer = claims["iss"]!.GetValue<string>(),
            Age = fault == SigstoreFault.OldTime ? TimeSpan.FromHours(1) : default,
        };
        var by = fault == SigstoreFault.OtherAuthority ? strangers : world;
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = by.Authority.Issue(
            fault == SigstoreFault.OtherSigner ? another : key, leaf, fault switch
            {
                SigstoreFault.NoProof => [],
                SigstoreFault.OtherSignature => [strangers.CertificateLog],
                _ => [by.CertificateLog],
            });
        return Reply.Of(
            200, Encoding.UTF8.GetBytes(new JsonObject
            {
                ["signedCertificateEmbeddedSct"] = new JsonObject
                {
                    ["chain"] = new JsonObject
                    {
                        ["certificates"] = new JsonArray([.. by.Authority.Certificates.Prepend(certificate).Select(der =>
                            (JsonNode)(PemEncoding.WriteString("CERTIFICATE", der) + "\n"))]),
                    },
                },
            }.ToJsonString()),
            ("Content-Type", "application/json"));
    }

    private static string SubjectOf(JsonNode claims) =>
        claims["email_verified"]?.GetValue<bool>() == true ? claims["email"]!.GetValue<string>() : claims["sub"]!.GetValue<string>();
}
