// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>Keys and images as JSON. What nobody knows, or no ledger was asked for, is null.</summary>
internal static class KeyJson
{
    /// <summary>Keys without their images.</summary>
    public static string Write(IReadOnlyList<KeyRecord> keys) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var key in keys)
        {
            json.WriteStartObject();
            WriteMembers(json, key);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Keys with the images that depend on them; null where no ledger was asked.</summary>
    public static string Write(IReadOnlyList<(KeyRecord Key, KeyDependents? Dependents)> keys) =>
        JsonText.Write(indented: true, json =>
        {
            json.WriteStartArray();
            foreach (var (key, dependents) in keys)
            {
                json.WriteStartObject();
                WriteMembers(json, key);
                json.WriteString("publicKey", key.PublicKey?.ToPem());
                KeyDependents.Write(json, dependents);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private static void WriteMembers(Utf8JsonWriter json, KeyRecord key)
    {
        json.WriteString("attestor", key.Attestor);
        json.WriteString("purpose", key.Purpose is { } purpose ? KeyWords.Of(purpose) : null);
        json.WriteString("state", key.State);
        WriteTime(json, "validFrom", key.Member?.ValidFrom);
        WriteTime(json, "validUntil", key.Member?.ValidUntil);
        WriteTime(json, "revokedAt", key.Member?.RevokedAt);
        json.WriteString("algorithm", key.PublicKey is { } known ? known.Algorithm.Name() : null);
        json.WriteString("key", key.Uri);
        json.WriteString("keyId", key.Pins is [.., var last] ? last.KeyId : null);
        json.WriteString("publicKeyId", key.Id?.ToString());
        WriteTime(json, "firstUsed", key.FirstUsed);
        WriteTime(json, "lastUsed", key.LastUsed);
        WriteCount(json, "signedImages", key.Pins is null ? null : key.Use?.Images ?? 0);
        WriteCount(json, "vouchedImages", key.Vouched?.Named.DistinctBy(image => image.Image).Count());
        WriteCount(json, "unattributedImages", key.Vouched?.Unnamed.DistinctBy(image => image.Image).Count());
        json.WriteStartArray("warnings");
        foreach (var warning in key.Warnings)
        {
            json.WriteStartObject();
            json.WriteString("reason", warning.Reason?.Name);
            json.WriteString("message", Screen.Escape(warning.Message));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            json.WriteString(name, known);
        else
            json.WriteNull(name);
    }

    private static void WriteCount(Utf8JsonWriter json, string name, int? count)
    {
        if (count is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}
