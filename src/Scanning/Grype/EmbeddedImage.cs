// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Grype;

/// <summary>The manifest that a Grype report carries in base64: its digest, and the configuration it names.</summary>
internal sealed record EmbeddedManifest(Digest Digest, string? ConfigDigest);

/// <summary>The image configuration that a Grype report carries in base64: its digest, and the platform it is for.</summary>
internal sealed record EmbeddedConfig(Digest Digest, Platform? Platform);

/// <summary>
/// Re-hashes what a report carries, so that its digests can be held against each other. This proves that nobody changed
/// one of them alone; that a registry serves such an image it does not prove.
/// </summary>
internal static class EmbeddedImage
{
    /// <summary>Reads a base64 manifest; null when it is none.</summary>
    public static EmbeddedManifest? ReadManifest(ref Utf8JsonReader base64) => Decode(ref base64, content =>
        new EmbeddedManifest(
            Digest.Compute(content.Span),
            StrictJson.TryParse(content, out var document, out _) ? ReadConfigDigest(document) : null));

    /// <summary>Reads a base64 configuration; null when it is none.</summary>
    public static EmbeddedConfig? ReadConfig(ref Utf8JsonReader base64) => Decode(ref base64, content =>
        new EmbeddedConfig(
            Digest.Compute(content.Span),
            StrictJson.TryParse(content, out var document, out _) ? ReadPlatform(document) : null));

    private static T? Decode<T>(ref Utf8JsonReader base64, Func<ReadOnlyMemory<byte>, T> read)
        where T : class
    {
        var text = ArrayPool<byte>.Shared.Rent(base64.ValueSpan.Length);
        try
        {
            var length = base64.CopyString(text);
            return Base64.DecodeFromUtf8InPlace(text.AsSpan(0, length), out var decoded) == OperationStatus.Done && decoded > 0
                ? read(text.AsMemory(0, decoded))
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static string? ReadConfigDigest(JsonDocument manifest)
    {
        using (manifest)
        {
            return TryGet(manifest.RootElement, "config", out var config) && TryGet(config, "digest", out var digest)
                && digest.ValueKind == JsonValueKind.String
                    ? digest.GetString()
                    : null;
        }
    }

    private static Platform? ReadPlatform(JsonDocument config)
    {
        using (config)
            return SubjectList.ReadPlatform(Text(config, "os"), Text(config, "architecture"), Text(config, "variant"));
    }

    private static string? Text(JsonDocument document, string name) =>
        TryGet(document.RootElement, name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryGet(JsonElement element, string name, [NotNullWhen(true)] out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value);
    }
}
