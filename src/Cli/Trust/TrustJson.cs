// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Trust;

/// <summary>A trust root, for programs.</summary>
internal static class TrustJson
{
    public static string Write(TrustView view, DateTimeOffset now) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteString("digest", Digest.Compute(view.Document.Span).ToString());
        json.WriteBoolean("builtIn", view.IsBuiltIn);
        json.WriteStartObject("metadata");
        foreach (var metadata in view.Metadata)
        {
            json.WriteStartObject(metadata.Role.Name());
            json.WriteNumber("version", metadata.Version);
            json.WriteString("expires", PolicyTime.Show(metadata.Expires));
            json.WriteBoolean("expired", now >= metadata.Expires);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteList(json, "logs", view.Root.Logs, WriteLog);
        WriteList(json, "certificateLogs", view.Root.CertificateLogs, WriteLog);
        WriteList(json, "certificateAuthorities", view.Root.CertificateAuthorities, WriteAuthority);
        WriteList(json, "timestampAuthorities", view.Root.TimestampAuthorities, WriteAuthority);
        WriteList(json, "warnings", view.Warnings(now), static (to, warning) => to.WriteStringValue(warning));
        json.WriteEndObject();
    });

    private static void WriteLog(Utf8JsonWriter json, TrustedLog log)
    {
        json.WriteStartObject();
        json.WriteString("url", log.BaseUrl);
        WriteOptional(json, "operator", log.Operator);
        json.WriteString("algorithm", log.Key.Algorithm.Name());
        json.WriteString("key", log.Key.Id.ToString());
        json.WriteString("id", Convert.ToBase64String(log.Id.Span));
        WritePeriod(json, log.ValidFor);
        json.WriteEndObject();
    }

    private static void WriteAuthority(Utf8JsonWriter json, TrustedAuthority authority)
    {
        json.WriteStartObject();
        WriteOptional(json, "url", authority.Uri);
        WriteOptional(json, "operator", authority.Operator);
        WriteList(json, "certificates", authority.Certificates, static (to, certificate) => to.WriteStringValue(certificate.Id.ToString()));
        WritePeriod(json, authority.ValidFor);
        json.WriteEndObject();
    }

    private static void WritePeriod(Utf8JsonWriter json, ValidityPeriod period)
    {
        json.WriteStartObject("validFor");
        WriteOptional(json, "start", period.Start is { } start ? PolicyTime.Show(start) : null);
        WriteOptional(json, "end", period.End is { } end ? PolicyTime.Show(end) : null);
        json.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
