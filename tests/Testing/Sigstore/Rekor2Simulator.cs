// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Sigstore;

/// <summary>Rekor 2 at the wire: one kind of record, answered with a whole entry. A record that is sent twice is recorded twice.</summary>
internal sealed class Rekor2Simulator(SignatureLog log, TrustWorld strangers)
{
    public Reply Answer(SeenRequest request, byte[] content, SigstoreFault fault)
    {
        if (request.Method != "POST" || request.Path != "/api/v2/log/entries")
            return SigstoreServices.Say(405, "method not allowed");

        var proposed = JsonNode.Parse(content)!["hashedRekordRequestV002"]!;
        var digest = Convert.FromBase64String(proposed["digest"]!.GetValue<string>());
        var signature = Convert.FromBase64String(proposed["signature"]!["content"]!.GetValue<string>());
        var verifier = proposed["signature"]!["verifier"]!.AsObject();
        var details = verifier["keyDetails"]!.GetValue<string>();
        if (KeyOf(verifier) is not { } key || !SignedDigests.IsSigned(key, digest, signature))
            return SigstoreServices.Say(400, "the signature does not verify");

        if (fault == SigstoreFault.OtherContent)
            digest = LogFaults.Other(digest);
        if (fault == SigstoreFault.OtherSignature)
            signature = LogFaults.Other(signature);
        var body = LogFaults.Write(BodyOf(digest, signature, details, SignerOf(verifier, fault)));
        var entry = LogFaults.Record(log, strangers, "hashedrekord", "0.0.2", body, fault);
        entry["integratedTime"] = "0";
        entry["inclusionPromise"] = null;
        return Reply.Of(201, LogFaults.Write(entry), ("Content-Type", "application/json"));
    }

    // Members in the order of canonical JSON.
    private static JsonObject BodyOf(byte[] digest, byte[] signature, string details, (string Name, string Content) signer) => new()
    {
        ["apiVersion"] = "0.0.2",
        ["kind"] = "hashedrekord",
        ["spec"] = new JsonObject
        {
            ["hashedRekordV002"] = new JsonObject
            {
                ["data"] = new JsonObject { ["algorithm"] = $"SHA2_{digest.Length * 8}", ["digest"] = LogFaults.Base64(digest) },
                ["signature"] = new JsonObject
                {
                    ["content"] = LogFaults.Base64(signature),
                    ["verifier"] = new JsonObject { ["keyDetails"] = details, [signer.Name] = new JsonObject { ["rawBytes"] = signer.Content } },
                },
            },
        },
    };

    private static (string Name, string Content) SignerOf(JsonObject verifier, SigstoreFault fault)
    {
        var name = verifier.ContainsKey("publicKey") ? "publicKey" : "x509Certificate";
        return fault == SigstoreFault.OtherSigner
            ? ("publicKey", LogFaults.Base64(LogFaults.OtherKey()))
            : (name, verifier[name]!["rawBytes"]!.GetValue<string>());
    }

    private static PublicKey? KeyOf(JsonObject verifier)
    {
        if (verifier["publicKey"] is { } given)
            return PublicKey.TryReadSpki(Convert.FromBase64String(given["rawBytes"]!.GetValue<string>()), out var key, out _) ? key : null;
        return Certificate.TryRead(Convert.FromBase64String(verifier["x509Certificate"]!["rawBytes"]!.GetValue<string>()), out var certificate, out _)
            ? certificate.Key
            : null;
    }
}
