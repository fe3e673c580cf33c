// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Writes bundles of version 0.3; what it writes, <see cref="BundleReader"/> reads.</summary>
internal static class BundleWriter
{
    private const int MaterialLength = 16 * 1024;

    public static byte[] Write(Envelope envelope, PublicKey key, BundleMaterial material)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        Check(key, material);
        if (envelope.KeyId.Length > 0 && !string.Equals(envelope.KeyId, key.Hint, StringComparison.Ordinal))
            throw new ArgumentException("The envelope's key id is not the key's hint.", nameof(envelope));
        if (envelope.EncodedLength > Limits.AttestationBytes)
            throw new ArgumentException($"A bundle has at most {Limits.AttestationBytes} bytes.", nameof(envelope));

        var bundle = Write(key, material, envelope.EncodedLength, writer =>
        {
            writer.WritePropertyName("dsseEnvelope"u8);
            envelope.Write(writer);
        });
        return bundle.Length <= Limits.AttestationBytes
            ? bundle
            : throw new ArgumentException($"A bundle has at most {Limits.AttestationBytes} bytes.", nameof(envelope));
    }

    public static byte[] Write(Digest artifact, ReadOnlySpan<byte> signature, PublicKey key, BundleMaterial material)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        Check(key, material);
        if (!artifact.IsSha256)
            throw new ArgumentException("The artifact is named by its SHA-256.", nameof(artifact));

        var copy = signature.ToArray();
        return Write(key, material, copy.Length * 2, writer =>
        {
            writer.WriteStartObject("messageSignature"u8);
            writer.WriteStartObject("messageDigest"u8);
            writer.WriteString("algorithm"u8, "SHA2_256"u8);
            writer.WriteBase64String("digest"u8, Convert.FromHexString(artifact.Hex));
            writer.WriteEndObject();
            writer.WriteBase64String("signature"u8, copy);
            writer.WriteEndObject();
        });
    }

    private static void Check(PublicKey key, BundleMaterial material)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(material);
        if (material.Certificate is { } certificate && !certificate.Key.Equals(key))
            throw new ArgumentException("The certificate is of another key.", nameof(material));
        if (material.LogEntries.Any(entry => entry.Proof?.Checkpoint is null))
            throw new ArgumentException("An entry of a bundle of this version has a proof with a checkpoint.", nameof(material));
    }

    private static byte[] Write(PublicKey key, BundleMaterial material, int length, Action<Utf8JsonWriter> writeContent)
    {
        var hasMaterial = material.LogEntries.Count + material.Timestamps.Count > 0 || material.Certificate is not null;
        var buffer = new ArrayBufferWriter<byte>(length + (hasMaterial ? MaterialLength : 0));
        using (var writer = new Utf8JsonWriter(buffer, Envelope.PlainJson))
        {
            writer.WriteStartObject();
            writer.WriteString("mediaType"u8, Bundle.MediaTypeV03);
            writer.WriteStartObject("verificationMaterial"u8);
            WriteSigner(writer, key, material.Certificate);
            WriteLogEntries(writer, material.LogEntries);
            WriteTimestamps(writer, material.Timestamps);
            writer.WriteEndObject();
            writeContent(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSigner(Utf8JsonWriter writer, PublicKey key, Certificate? certificate)
    {
        if (certificate is null)
        {
            writer.WriteStartObject("publicKey"u8);
            writer.WriteString("hint"u8, key.Hint);
        }
        else
        {
            writer.WriteStartObject("certificate"u8);
            writer.WriteBase64String("rawBytes"u8, certificate.Der.Span);
        }

        writer.WriteEndObject();
    }

    private static void WriteLogEntries(Utf8JsonWriter writer, IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0)
            return;

        writer.WriteStartArray("tlogEntries"u8);
        foreach (var entry in entries)
            WriteLogEntry(writer, entry);
        writer.WriteEndArray();
    }

    private static void WriteLogEntry(Utf8JsonWriter writer, LogEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("logIndex"u8, Text(entry.LogIndex));
        writer.WriteStartObject("logId"u8);
        writer.WriteBase64String("keyId"u8, entry.LogId.Span);
        writer.WriteEndObject();
        writer.WriteStartObject("kindVersion"u8);
        writer.WriteString("kind"u8, entry.Kind);
        writer.WriteString("version"u8, entry.Version);
        writer.WriteEndObject();
        if (entry.IntegratedTime > 0)
            writer.WriteString("integratedTime"u8, Text(entry.IntegratedTime));
        if (entry.Promise is { } promise)
        {
            writer.WriteStartObject("inclusionPromise"u8);
            writer.WriteBase64String("signedEntryTimestamp"u8, promise.Span);
            writer.WriteEndObject();
        }

        WriteProof(writer, entry.Proof!);
        writer.WriteBase64String("canonicalizedBody"u8, entry.Body.Span);
        writer.WriteEndObject();
    }

    private static void WriteProof(Utf8JsonWriter writer, LogEntryProof proof)
    {
        writer.WriteStartObject("inclusionProof"u8);
        writer.WriteString("logIndex"u8, Text(proof.LogIndex));
        writer.WriteBase64String("rootHash"u8, proof.Root.Span);
        writer.WriteString("treeSize"u8, Text(proof.Size));
        writer.WriteStartArray("hashes"u8);
        foreach (var node in proof.Nodes)
            writer.WriteBase64StringValue(node.Span);
        writer.WriteEndArray();
        writer.WriteStartObject("checkpoint"u8);
        writer.WriteString("envelope"u8, proof.Checkpoint);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTimestamps(Utf8JsonWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> timestamps)
    {
        if (timestamps.Count == 0)
            return;

        writer.WriteStartObject("timestampVerificationData"u8);
        writer.WriteStartArray("rfc3161Timestamps"u8);
        foreach (var timestamp in timestamps)
        {
            writer.WriteStartObject();
            writer.WriteBase64String("signedTimestamp"u8, timestamp.Span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    // 64-bit numbers are text in protobuf's JSON.
    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
