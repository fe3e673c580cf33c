// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SupplyChain.Sigstore;

/// <summary>
/// Writes what speaks for a signature of the tag layout as <see cref="TagMaterial"/> reads it. A log's entry stands there with its promise
/// alone, which only version 1 of the logs gives.
/// </summary>
public static class TagMaterialWriter
{
    /// <summary>The annotations for <paramref name="material"/>; of several entries or timestamps the first, for there is room for one.</summary>
    /// <exception cref="ArgumentException">The log gave no promise, or there is a certificate, which is not written.</exception>
    public static IReadOnlyDictionary<string, string> Write(BundleMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        if (material.Certificate is not null)
            throw new ArgumentException("Signatures with certificates are written as bundles.", nameof(material));

        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        if (material.LogEntries is [var entry, ..])
        {
            var promise = entry.Promise ?? throw new ArgumentException("An entry of the tag layout has a promise.", nameof(material));
            annotations[TagMaterial.BundleAnnotation] = Write(writer => WriteEntry(writer, entry, promise));
        }

        if (material.Timestamps is [var timestamp, ..])
            annotations[TagMaterial.TimestampAnnotation] = Write(writer => writer.WriteBase64String("SignedRFC3161Timestamp"u8, timestamp.Span));
        return annotations;
    }

    private static void WriteEntry(Utf8JsonWriter writer, LogEntry entry, ReadOnlyMemory<byte> promise)
    {
        writer.WriteBase64String("SignedEntryTimestamp"u8, promise.Span);
        writer.WriteStartObject("Payload"u8);
        writer.WriteBase64String("body"u8, entry.Body.Span);
        writer.WriteNumber("integratedTime"u8, entry.IntegratedTime);
        writer.WriteNumber("logIndex"u8, entry.LogIndex);
        writer.WriteString("logID"u8, Convert.ToHexStringLower(entry.LogId.Span));
        writer.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Envelope.PlainJson))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
