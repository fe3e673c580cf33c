// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SupplyChain.Sigstore.Clients;

/// <summary>What logs are asked to record: Rekor 1's dsse 0.0.1 and hashedrekord 0.0.1, Rekor 2's hashedrekord 0.0.2.</summary>
internal static class LogRequest
{
    // Base64 is full of '+', and nothing here is ever put into HTML.
    private static readonly JsonWriterOptions PlainJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kind of record that version 1 of a log makes of a signature.</summary>
    public static string KindOf(LoggedSignature signature) => signature.Envelope is null ? "hashedrekord" : "dsse";

    /// <summary>A proposed entry of version 1.</summary>
    public static byte[] WriteVersion1(LoggedSignature signature) => Write(writer =>
    {
        writer.WriteString("apiVersion"u8, "0.0.1"u8);
        writer.WriteString("kind"u8, KindOf(signature));
        writer.WriteStartObject("spec"u8);
        if (signature.Envelope is { } envelope)
        {
            writer.WriteStartObject("proposedContent"u8);
            writer.WriteString("envelope"u8, envelope.Write());
            writer.WriteStartArray("verifiers"u8);
            writer.WriteBase64StringValue(PemOf(signature));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else
        {
            WriteArtifact(writer, signature);
        }

        writer.WriteEndObject();
    });

    /// <summary>A request to version 2.</summary>
    public static byte[] WriteVersion2(LoggedSignature signature) => Write(writer =>
    {
        writer.WriteStartObject("hashedRekordRequestV002"u8);
        writer.WriteBase64String("digest"u8, DigestOf(signature));
        writer.WriteStartObject("signature"u8);
        writer.WriteBase64String("content"u8, signature.Signature.Span);
        writer.WriteStartObject("verifier"u8);
        writer.WriteStartObject(signature.Certificate is null ? "publicKey"u8 : "x509Certificate"u8);
        writer.WriteBase64String("rawBytes"u8, (signature.Certificate?.Der ?? signature.Key.Spki).Span);
        writer.WriteEndObject();
        writer.WriteString("keyDetails"u8, KeyDetails.NameOf(signature.Key));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static void WriteArtifact(Utf8JsonWriter writer, LoggedSignature signature)
    {
        writer.WriteStartObject("data"u8);
        writer.WriteStartObject("hash"u8);
        writer.WriteString("algorithm"u8, signature.Key.Algorithm.DigestAlgorithm().Name!.ToLowerInvariant());
        writer.WriteString("value"u8, Convert.ToHexStringLower(DigestOf(signature)));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("signature"u8);
        writer.WriteBase64String("content"u8, signature.Signature.Span);
        writer.WriteStartObject("publicKey"u8);
        writer.WriteBase64String("content"u8, PemOf(signature));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> DigestOf(LoggedSignature signature) => signature.Envelope is { } envelope
        ? envelope.ToBeSigned().DigestFor(signature.Key.Algorithm)
        : signature.Artifact!.DigestFor(signature.Key.Algorithm.DigestAlgorithm());

    private static byte[] PemOf(LoggedSignature signature) => Encoding.ASCII.GetBytes(signature.Certificate is { } certificate
        ? PemEncoding.WriteString("CERTIFICATE", certificate.Der.Span) + "\n"
        : signature.Key.ToPem());

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, PlainJson))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
