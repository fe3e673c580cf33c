// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Sigstore;

/// <summary>Rekor 1 at the wire: it verifies what it is sent before it records it, and keeps one entry for one record.</summary>
internal sealed class Rekor1Simulator(SignatureLog log, TrustWorld strangers)
{
    private const string Entries = "/api/v1/log/entries";

    private readonly ConcurrentDictionary<string, byte[]> _entries = new(StringComparer.Ordinal);

    public Reply Answer(SeenRequest request, byte[] content, SigstoreFault fault)
    {
        if (request.Method == "GET" && request.Path.StartsWith(Entries + "/", StringComparison.Ordinal))
        {
            return _entries.TryGetValue(request.Path[(Entries.Length + 1)..], out var known)
                ? Reply.Of(200, known, ("Content-Type", "application/json"))
                : SigstoreServices.Say(404, "entry not found");
        }

        if (request.Method != "POST" || request.Path != Entries)
            return SigstoreServices.Say(405, "method not allowed");
        var proposed = JsonNode.Parse(content)!.AsObject();
        if (proposed["apiVersion"]!.GetValue<string>() != "0.0.1" || Record(proposed, fault) is not { } body)
            return SigstoreServices.Say(400, "the signature does not verify");
        if (fault == SigstoreFault.ConflictElsewhere)
            return Conflict("http://198.51.100.7/entries/nothing");

        if (fault == SigstoreFault.PaddedBody && proposed["kind"]!.GetValue<string>() == "hashedrekord")
            body = [.. body, .. Enumerable.Repeat((byte)' ', 256 * 1024)];
        var id = Convert.ToHexStringLower(SHA256.HashData([0, .. body]));
        if (_entries.ContainsKey(id))
            return Conflict($"{Entries}/{id}");

        var entry = LogFaults.Record(log, strangers, proposed["kind"]!.GetValue<string>(), "0.0.1", body, fault);
        var answer = LogFaults.Write(new JsonObject { [id] = Translate(entry) });
        // What was answered wrongly is not known later.
        if (fault == SigstoreFault.None)
            _entries[id] = answer;
        return Reply.Of(201, answer, ("Content-Type", "application/json"), ("Location", $"{Entries}/{id}"));
    }

    private static Reply Conflict(string location)
    {
        var said = SigstoreServices.Say(409, "an equivalent entry already exists in the transparency log");
        return said with { Headers = new Dictionary<string, string>(said.Headers) { ["Location"] = location } };
    }

    private static byte[]? Record(JsonObject proposed, SigstoreFault fault) => proposed["kind"]!.GetValue<string>() switch
    {
        "dsse" => RecordEnvelope(proposed["spec"]!["proposedContent"]!, fault),
        "hashedrekord" => RecordArtifact(proposed["spec"]!, fault),
        _ => null,
    };

    private static byte[]? RecordEnvelope(JsonNode proposed, SigstoreFault fault)
    {
        var text = Encoding.UTF8.GetBytes(proposed["envelope"]!.GetValue<string>());
        var pem = proposed["verifiers"]!.AsArray().Single()!.GetValue<string>();
        if (!Envelope.TryRead(text, out var envelope, out _) || KeyOf(pem) is not { } key
            || !key.Verify(envelope.ToBeSigned(), envelope.Signature.Span))
        {
            return null;
        }

        var payload = SHA256.HashData(envelope.Payload.Span);
        var signature = envelope.Signature.ToArray();
        return LogFaults.Write(new JsonObject
        {
            ["apiVersion"] = "0.0.1",
            ["kind"] = "dsse",
            ["spec"] = new JsonObject
            {
                ["envelopeHash"] = Digest(SHA256.HashData(text)),
                ["payloadHash"] = Digest(fault == SigstoreFault.OtherContent ? LogFaults.Other(payload) : payload),
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["signature"] = LogFaults.Base64(fault == SigstoreFault.OtherSignature ? LogFaults.Other(signature) : signature),
                    ["verifier"] = fault == SigstoreFault.OtherSigner ? OtherPem() : pem,
                }),
            },
        });
    }

    private static byte[]? RecordArtifact(JsonNode spec, SigstoreFault fault)
    {
        var digest = Convert.FromHexString(spec["data"]!["hash"]!["value"]!.GetValue<string>());
        var signature = Convert.FromBase64String(spec["signature"]!["content"]!.GetValue<string>());
        var pem = spec["signature"]!["publicKey"]!["content"]!.GetValue<string>();
        if (KeyOf(pem) is not { } key || !SignedDigests.IsSigned(key, digest, signature))
            return null;

        return LogFaults.Write(new JsonObject
        {
            ["apiVersion"] = "0.0.1",
            ["kind"] = "hashedrekord",
            ["spec"] = new JsonObject
            {
                ["data"] = new JsonObject { ["hash"] = Digest(fault == SigstoreFault.OtherContent ? LogFaults.Other(digest) : digest) },
                ["signature"] = new JsonObject
                {
                    ["content"] = LogFaults.Base64(fault == SigstoreFault.OtherSignature ? LogFaults.Other(signature) : signature),
                    ["publicKey"] = new JsonObject { ["content"] = fault == SigstoreFault.OtherSigner ? OtherPem() : pem },
                },
            },
        });
    }

    // The form that version 1 answers in: under the entry's id, with hexadecimal text and numbers.
    private static JsonObject Translate(JsonObject entry)
    {
        var verification = new JsonObject { ["signedEntryTimestamp"] = entry["inclusionPromise"]?["signedEntryTimestamp"]?.GetValue<string>() };
        if (entry["inclusionProof"] is { } proof)
        {
            verification["inclusionProof"] = new JsonObject
            {
                ["checkpoint"] = proof["checkpoint"]!["envelope"]!.GetValue<string>(),
                ["hashes"] = new JsonArray([.. proof["hashes"]!.AsArray().Select(node => (JsonNode)Hex(node!))]),
                ["logIndex"] = Number(proof["logIndex"]!),
                ["rootHash"] = Hex(proof["rootHash"]!),
                ["treeSize"] = Number(proof["treeSize"]!),
            };
        }

        return new JsonObject
        {
            ["body"] = entry["canonicalizedBody"]!.GetValue<string>(),
            ["integratedTime"] = Number(entry["integratedTime"]!),
            ["logID"] = Hex(entry["logId"]!["keyId"]!),
            ["logIndex"] = Number(entry["logIndex"]!),
            ["verification"] = verification,
        };
    }

    private static PublicKey? KeyOf(string pemBase64)
    {
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(pemBase64));
        if (PublicKey.TryParsePem(pem, out var key, out _))
            return key;
        return PemEncoding.TryFind(pem, out var block) && Certificate.TryRead(Convert.FromBase64String(pem[block.Base64Data]), out var certificate, out _)
            ? certificate.Key
            : null;
    }

    private static string OtherPem() =>
        LogFaults.Base64(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", LogFaults.OtherKey()) + "\n"));

    private static JsonObject Digest(byte[] value) => new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(value) };

    private static string Hex(JsonNode base64) => Convert.ToHexStringLower(Convert.FromBase64String(base64.GetValue<string>()));

    private static long Number(JsonNode text) => long.Parse(text.GetValue<string>(), NumberStyles.None, CultureInfo.InvariantCulture);
}
