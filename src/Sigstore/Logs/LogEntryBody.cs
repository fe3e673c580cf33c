// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Compares what a log recorded with the signature at hand, kind by kind: Rekor's hashedrekord 0.0.1 and 0.0.2, dsse
/// 0.0.1 and intoto 0.0.2. A kind that is not known here is never taken for a match.
/// </summary>
internal static class LogEntryBody
{
    /// <summary>What bodies of entries are called where something in them is wrong.</summary>
    public static readonly ProtoDocument Document = new("the body of the log entry");

    /// <summary>What an entry says that the signature does not; null when they agree.</summary>
    public static string? Explain(LogEntry entry, LoggedSignature signature)
    {
        if (entry is { Kind: "hashedrekord", Version: "0.0.2" })
            return ExplainHashedRekord2(entry, signature);

        return Document.TryRead(
            entry.Body, body => new Comparison(Explain(entry, body, signature)), out var comparison, out var unreadable)
                ? comparison.Difference
                : unreadable;
    }

    private static string? Explain(LogEntry entry, ProtoElement body, LoggedSignature signature)
    {
        if (body.Required("kind").Text != entry.Kind || body.Required("apiVersion").Text != entry.Version)
        {
            return $"{body.Path} is of kind {Printable.Escape(body.Required("kind").Text)} "
                + $"{Printable.Escape(body.Required("apiVersion").Text)}; the bundle says {entry.Type}";
        }

        var spec = body.Required("spec");
        return (entry.Kind, entry.Version) switch
        {
            ("hashedrekord", "0.0.1") => ExplainHashedRekord(spec, signature),
            ("dsse", "0.0.1") => ExplainDsse(spec, signature),
            ("intoto", "0.0.2") => ExplainInToto(spec.Required("content"), signature),
            _ => $"log entries of kind {entry.Type} are not known here; "
                + "expected hashedrekord 0.0.1 or 0.0.2, dsse 0.0.1 or intoto 0.0.2",
        };
    }

    private static string? ExplainHashedRekord(ProtoElement spec, LoggedSignature signature)
    {
        if (signature.Artifact is not { } artifact)
            return "the log entry is of an artifact's signature; the bundle holds an envelope";

        var recorded = spec.Required("data").Required("hash");
        var digest = $"{recorded.Required("algorithm").Text}:{recorded.Required("value").Text}";
        if (!IsOf(artifact, recorded))
            return $"the log entry is of {Printable.Escape(digest)}; expected {artifact}";

        var signed = spec.Required("signature");
        return !signed.Required("content").Bytes.AsSpan().SequenceEqual(signature.Signature.Span)
                ? "the log entry is of another signature"
            : !signature.IsPemOfSigner(signed.Required("publicKey").Required("content").Bytes)
                ? "the log entry is of another signer's certificate or key"
            : null;
    }

    // Lower-case hexadecimal digits are the one spelling of a digest.
    private static bool IsOf(Artifact artifact, ProtoElement recorded)
    {
        HashAlgorithmName? algorithm = recorded.Required("algorithm").Text switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha384" => HashAlgorithmName.SHA384,
            "sha512" => HashAlgorithmName.SHA512,
            _ => null,
        };
        return algorithm is { } known && artifact.DigestFor(known) is { } digest
            && string.Equals(
                recorded.Required("value").Text, Convert.ToHexStringLower(digest), StringComparison.Ordinal);
    }

    private static string? ExplainDsse(ProtoElement spec, LoggedSignature signature)
    {
        if (ExplainPayload(spec, signature) is { } problem)
            return problem;
        if (spec.List("signatures", Limits.BundleEntries) is not [var only])
            return "the log entry is not of one signature";

        return !only.Required("signature").Bytes.AsSpan().SequenceEqual(signature.Signature.Span)
                ? "the log entry is of another signature"
            : !signature.IsPemOfSigner(only.Required("verifier").Bytes)
                ? "the log entry is of another signer's certificate or key"
            : null;
    }

    private static string? ExplainInToto(ProtoElement content, LoggedSignature signature)
    {
        if (ExplainPayload(content, signature) is { } problem)
            return problem;

        var envelope = content.Required("envelope");
        var type = envelope.Required("payloadType").Text;
        if (!string.Equals(type, signature.Envelope!.PayloadType, StringComparison.Ordinal))
        {
            return $"the log entry is of payload type '{Printable.Escape(type)}'; "
                + $"expected '{Printable.Escape(signature.Envelope.PayloadType)}'";
        }

        if (envelope.List("signatures", Limits.BundleEntries) is not [var only])
            return "the log entry is not of one signature";

        // This kind holds the envelope's own base64, in base64 once more.
        return !CanonicalBase64.TryDecodeEither(only.Required("sig").Bytes, out var recorded)
            || !recorded.AsSpan().SequenceEqual(signature.Signature.Span)
                ? "the log entry is of another signature"
            : !signature.IsPemOfSigner(only.Required("publicKey").Bytes)
                ? "the log entry is of another signer's certificate or key"
            : null;
    }

    private static string? ExplainPayload(ProtoElement spec, LoggedSignature signature)
    {
        if (signature.Envelope is not { } envelope)
            return "the log entry is of an envelope; the bundle holds the signature of an artifact";

        var recorded = spec.Required("payloadHash");
        var digest = $"{recorded.Required("algorithm").Text}:{recorded.Required("value").Text}";
        var expected = Digest.Compute(envelope.Payload.Span).ToString();
        return string.Equals(digest, expected, StringComparison.Ordinal)
            ? null
            : $"the log entry is of payload {Printable.Escape(digest)}; expected {expected}";
    }

    // Rekor v2 records canonical JSON (RFC 8785) of exactly these members: what it has to be is written here, and
    // compared.
    private static string? ExplainHashedRekord2(LogEntry entry, LoggedSignature signature)
    {
        if (KeyDetails.NameOf(signature.Key) is not { } details)
            return $"keys for {signature.Key.Algorithm.Name()} are not recorded by this kind of log";

        var algorithm = signature.Key.Algorithm;
        var digest = signature.Envelope is { } envelope ? envelope.ToBeSigned().DigestFor(algorithm).ToArray()
            : signature.Artifact!.DigestFor(algorithm.DigestAlgorithm());
        if (digest is null)
        {
            return $"only {signature.Artifact} is known of the artifact; "
                + $"a key for {algorithm.Name()} has another digest recorded";
        }

        var verifier = signature.Certificate is { } certificate
            ? $"\"x509Certificate\":{{\"rawBytes\":\"{Convert.ToBase64String(certificate.Der.Span)}\"}}"
            : $"\"publicKey\":{{\"rawBytes\":\"{Convert.ToBase64String(signature.Key.Spki.Span)}\"}}";
        // In canonical order keyDetails stands before both.
        var expected = "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{\"hashedRekordV002\":{"
            + $"\"data\":{{\"algorithm\":\"SHA2_{digest.Length * 8}\","
            + $"\"digest\":\"{Convert.ToBase64String(digest)}\"}},"
            + $"\"signature\":{{\"content\":\"{Convert.ToBase64String(signature.Signature.Span)}\","
            + $"\"verifier\":{{{Ordered(details, verifier)}}}}}}}}}}}";
        return Encoding.UTF8.GetBytes(expected).AsSpan().SequenceEqual(entry.Body.Span)
            ? null
            : "the log entry is not the record of this signature, digest and signer";
    }

    private static string Ordered(string details, string verifier) => $"\"keyDetails\":\"{details}\",{verifier}";

    private sealed record Comparison(string? Difference);
}
