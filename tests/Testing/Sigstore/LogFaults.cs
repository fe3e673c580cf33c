// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Sigstore;

/// <summary>What a simulated log does wrong with a record, and with what it shows of it.</summary>
internal static class LogFaults
{
    // Base64 is full of '+', which records hold as it is.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan Old = TimeSpan.FromHours(1);

    /// <summary>Records a body as the fault has it, and shows the entry as bundles hold it.</summary>
    public static JsonObject Record(SignatureLog log, TrustWorld strangers, string kind, string version, byte[] body, SigstoreFault fault)
    {
        var other = kind == "hashedrekord" && version == "0.0.2" ? strangers.Rekor2 : strangers.Rekor1;
        var entry = (fault == SigstoreFault.OtherAuthority ? other : log).Record(kind, version, body, fault == SigstoreFault.OldTime ? Old : default);
        switch (fault)
        {
            case SigstoreFault.WrongPromise:
                entry["inclusionPromise"]!["signedEntryTimestamp"] = Turned(entry["inclusionPromise"]!["signedEntryTimestamp"]!);
                break;
            case SigstoreFault.WrongRoot:
                entry["inclusionProof"]!["rootHash"] = Turned(entry["inclusionProof"]!["rootHash"]!);
                entry["inclusionProof"]!["hashes"]![0] = Turned(entry["inclusionProof"]!["hashes"]![0]!);
                break;
            case SigstoreFault.OtherCheckpoint:
                entry["inclusionProof"]!["checkpoint"] = other.Record(kind, version, body)["inclusionProof"]!["checkpoint"]!.DeepClone();
                break;
            case SigstoreFault.NoPromise:
                entry.Remove("inclusionPromise");
                break;
            case SigstoreFault.NoProof:
                entry.Remove("inclusionProof");
                break;
        }

        return entry;
    }

    public static byte[] Write(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString(Plain));

    public static string Base64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>Another signature, or digest, of the same length.</summary>
    public static byte[] Other(byte[] value) => [.. value[..^1], (byte)(value[^1] ^ 1)];

    /// <summary>A key that nobody knows.</summary>
    public static byte[] OtherKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static string Turned(JsonNode base64) => Base64(Other(Convert.FromBase64String(base64.GetValue<string>())));
}
