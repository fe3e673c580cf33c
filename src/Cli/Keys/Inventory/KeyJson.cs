// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;
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

    /// <summary>Keys with the images that were signed with them; null where no ledger was asked.</summary>
    public static string Write(IReadOnlyList<(KeyRecord Key, IReadOnlyList<SignedImage>? Images)> keys) =>
        JsonText.Write(indented: true, json =>
        {
            json.WriteStartArray();
            foreach (var (key, images) in keys)
            {
                json.WriteStartObject();
                WriteMembers(json, key);
                json.WriteString("publicKey", key.PublicKey?.ToPem());
                json.WritePropertyName("images");
                if (images is not null)
                    WriteImages(json, images);
                else
                    json.WriteNullValue();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    public static void WriteImages(Utf8JsonWriter json, IReadOnlyList<SignedImage> images)
    {
        json.WriteStartArray();
        foreach (var image in images)
        {
            json.WriteStartObject();
            json.WriteString("repository", image.Repository);
            json.WriteString("digest", image.Image.ToString());
            json.WriteString("decision", image.Request);
            json.WriteString("time", image.Time);
            json.WriteBoolean("published", image.IsPublished);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

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
        WriteTime(json, "lastUsed", key.Use?.Last);
        if (key.Pins is not null)
            json.WriteNumber("signedImages", key.Use?.Images ?? 0);
        else
            json.WriteNull("signedImages");
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
}
