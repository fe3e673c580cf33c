// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>What a bundle shows, for programs. What is not proven is null.</summary>
internal static class BundleJson
{
    public static string Write(Artifact artifact, VerifiedMaterial verified) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("verified", true);
        json.WriteString("artifact", artifact.ToString());
        json.WriteStartObject("signer");
        json.WriteString("publicKeyId", verified.Key.Id.ToString());
        json.WriteString("algorithm", verified.Key.Algorithm.Name());
        if (verified.Identity is { } identity)
        {
            foreach (var (_, member, value) in SignerFacts.Of(identity))
                json.WriteString(member, value);
        }

        json.WriteEndObject();
        WriteCertificate(json, verified);
        json.WriteString("predicateType", verified.Statement?.PredicateType);
        WriteLogs(json, verified.LogEntries);
        json.WriteStartArray("timestamps");
        foreach (var timestamp in verified.Timestamps)
        {
            json.WriteStartObject();
            json.WriteString("authority", SignerFacts.NameOf(timestamp.Authority));
            json.WriteString("time", timestamp.Time);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static string Write(Artifact artifact, SignatureProblem problem) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("verified", false);
        json.WriteString("artifact", artifact.ToString());
        json.WriteString("reason", problem.Reason.Name);
        json.WriteString("message", Screen.Escape(problem.Message));
        json.WriteString("expected", problem.Expected);
        json.WriteString("actual", problem.Actual);
        json.WriteEndObject();
    });

    private static void WriteCertificate(Utf8JsonWriter json, VerifiedMaterial verified)
    {
        if (verified.Certificate is not { } certificate)
        {
            json.WriteNull("certificate");
            return;
        }

        json.WriteStartObject("certificate");
        json.WriteString("digest", certificate.Id.ToString());
        json.WriteString("notBefore", certificate.NotBefore);
        json.WriteString("notAfter", certificate.NotAfter);
        json.WriteStartArray("logs");
        foreach (var log in verified.CertificateLogs)
            json.WriteStringValue(log.BaseUrl);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLogs(Utf8JsonWriter json, IReadOnlyList<VerifiedLogEntry> entries)
    {
        json.WriteStartArray("logs");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("log", entry.Log.Host);
            json.WritePropertyName("index");
            if (entry.Index is { } index)
                json.WriteNumberValue(index);
            else
                json.WriteNullValue();
            json.WritePropertyName("time");
            if (entry.Time is { } time)
                json.WriteStringValue(time);
            else
                json.WriteNullValue();
            json.WriteBoolean("included", entry.IsIncluded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
