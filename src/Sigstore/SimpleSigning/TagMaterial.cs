// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// What stands beside a signature or envelope of the tag layout, in annotations of its layer: certificate, chain, the
/// promise of a log and a timestamp; cosign SIGNATURE_SPEC, with the names that cosign really writes.
/// </summary>
public static class TagMaterial
{
    /// <summary>The signer's certificate, PEM.</summary>
    public const string CertificateAnnotation = "dev.sigstore.cosign/certificate";

    /// <summary>The certificates above it, PEM.</summary>
    public const string ChainAnnotation = "dev.sigstore.cosign/chain";

    /// <summary>What Rekor answered when it took the entry, JSON.</summary>
    public const string BundleAnnotation = "dev.sigstore.cosign/bundle";

    /// <summary>A timestamp, JSON.</summary>
    public const string TimestampAnnotation = "dev.sigstore.cosign/rfc3161timestamp";

    private static readonly ProtoDocument Bundle = new(BundleAnnotation);
    private static readonly ProtoDocument Timestamp = new(TimestampAnnotation);

    private static readonly string[] Names =
        [CertificateAnnotation, ChainAnnotation, BundleAnnotation, TimestampAnnotation];

    /// <summary>Reads it from a layer's annotations. Nothing of it is proven.</summary>
    /// <param name="annotations">The annotations; others are ignored, and an empty one is as good as none.</param>
    /// <param name="material">What there is, when the result is <see langword="true"/>.</param>
    /// <param name="problem">SIGNATURE_MALFORMED or EVIDENCE_LIMIT, when it is not.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> annotations, [NotNullWhen(true)] out BundleMaterial? material,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        material = null;
        problem = Names.Select(name => ExplainLength(annotations, name)).FirstOrDefault(found => found is not null);
        if (problem is not null)
            return false;

        problem = ProtoDocument.Try(() => Read(annotations), out material, out var malformed)
            ? null
            : SignatureProblem.Malformed(malformed);
        return material is not null;
    }

    private static BundleMaterial Read(IReadOnlyDictionary<string, string> annotations)
    {
        var certificate = Find(annotations, CertificateAnnotation) is { } pem
            ? ReadCertificates(pem, CertificateAnnotation, 1)[0]
            : null;
        var chain = Find(annotations, ChainAnnotation);
        if (chain is not null)
            ReadCertificates(chain, ChainAnnotation, Limits.ChainCertificates);
        if (chain is not null && certificate is null)
            throw new ProtoException($"{ChainAnnotation} stands without {CertificateAnnotation}");

        return new BundleMaterial(
            certificate, isChain: chain is not null, hasPromises: true,
            Find(annotations, BundleAnnotation) is { } bundle ? [ReadEntry(bundle)] : [],
            Find(annotations, TimestampAnnotation) is { } timestamp ? [ReadTimestamp(timestamp)] : []);
    }

    private static string? Find(IReadOnlyDictionary<string, string> annotations, string name) =>
        annotations.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static SignatureProblem? ExplainLength(IReadOnlyDictionary<string, string> annotations, string name) =>
        annotations.TryGetValue(name, out var value) && value.Length > Limits.TagMaterialLength
            ? SignatureProblem.Limit(
                $"{name} has {value.Length} characters; at most {Limits.TagMaterialLength} are read")
            : null;

    // The chain counts for nothing, since authorities come with the trust root; it only has to be one.
    private static List<Certificate> ReadCertificates(string pem, string name, int most)
    {
        var read = new List<Certificate>();
        var rest = pem.AsSpan();
        while (!rest.IsWhiteSpace())
        {
            if (!PemEncoding.TryFind(rest, out var fields)
                || !rest[..fields.Location.Start].IsWhiteSpace()
                || !rest[fields.Label].SequenceEqual("CERTIFICATE"))
                throw new ProtoException($"{name} is not PEM of certificates alone");

            if (read.Count == most)
                throw new ProtoException($"{name} has more than {most} {(most == 1 ? "certificate" : "certificates")}");

            var der = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out var length) || length != der.Length)
                throw new ProtoException($"{name} is not base64 inside");
            if (!Certificate.TryRead(der, out var certificate, out var problem))
                throw new ProtoException($"{name}: {problem}");
            read.Add(certificate);
            rest = rest[fields.Location.End..];
        }

        return read.Count > 0 ? read : throw new ProtoException($"{name} holds no certificate");
    }

    private static LogEntry ReadEntry(string json) => Bundle.Read(Encoding.UTF8.GetBytes(json), bundle =>
    {
        bundle.AllowOnly("SignedEntryTimestamp", "Payload");
        var payload = bundle.Required("Payload");
        payload.AllowOnly("body", "integratedTime", "logIndex", "logID");
        var body = payload.Required("body").Bytes;
        // Bytes that are no text are refused where the body is compared with the signature.
        var text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));
        var (kind, version) = LogEntryBody.Document.Read(text, entry =>
            (entry.Required("kind").Text, entry.Required("apiVersion").Text));
        return new LogEntry
        {
            LogId = ReadHex(payload.Required("logID")),
            LogIndex = ReadNumber(payload.Required("logIndex")),
            Kind = kind,
            Version = version,
            IntegratedTime = ReadNumber(payload.Required("integratedTime")),
            Promise = bundle.Required("SignedEntryTimestamp").Bytes,
            Proof = null,
            Body = body,
        };
    });

    private static ReadOnlyMemory<byte> ReadTimestamp(string json) =>
        Timestamp.Read(Encoding.UTF8.GetBytes(json), timestamp =>
        {
            timestamp.AllowOnly("SignedRFC3161Timestamp");
            return (ReadOnlyMemory<byte>)timestamp.Required("SignedRFC3161Timestamp").Bytes;
        });

    // Numbers are numbers here, and not text as in protobuf's JSON.
    private static ulong ReadNumber(ProtoElement element) =>
        element.Value.ValueKind == JsonValueKind.Number && element.Value.TryGetUInt64(out var number)
            ? number
            : throw new ProtoException($"{element.Path} is not a number from 0 up");

    private static byte[] ReadHex(ProtoElement element)
    {
        var text = element.Text;
        return text.Length % 2 == 0 && text.Length <= 2 * 64 && text.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(text)
            : throw new ProtoException($"{element.Path} is not lowercase hexadecimal");
    }
}
