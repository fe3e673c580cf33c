// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads bundles. A bundle's version says which members there are, so an unknown one is refused; as in every protobuf
/// JSON document, <see langword="null"/> means that a member is absent.
/// </summary>
internal ref struct BundleReader
{
    private readonly ReadOnlyMemory<byte> _utf8;
    private string? _mediaType;
    private string? _unknown;
    private bool _hasMaterial;
    private bool _hasPublicKey;
    private ReadOnlyMemory<byte> _certificate;
    private ReadOnlyMemory<byte> _chain;
    private ReadOnlyMemory<byte> _logEntries;
    private ReadOnlyMemory<byte> _timestamps;
    private string? _hint;
    private Envelope? _envelope;
    private MessageSignature? _message;

    private BundleReader(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>Reads a bundle.</summary>
    /// <param name="utf8">The bundle.</param>
    /// <param name="withMaterial">
    /// Whether certificates, log entries and timestamps are read too. Without, a bundle that was signed with a certificate is refused.
    /// </param>
    /// <param name="bundle">The bundle, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, bool withMaterial, [NotNullWhen(true)] out Bundle? bundle,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        bundle = null;
        if (utf8.Length > Limits.AttestationBytes)
        {
            problem = SignatureProblem.Limit(
                $"a bundle has at most {Limits.AttestationBytes} bytes, found {utf8.Length}");
            return false;
        }

        if (!StrictScan.TryCheck(utf8, out var malformed))
        {
            problem = Malformed($"is malformed: {malformed}");
            return false;
        }

        var read = new BundleReader(utf8);
        problem = read.ReadMembers() ?? read.ProblemOfContent(withMaterial);
        BundleMaterial? material = null;
        if (problem is null && withMaterial
            && !BundleMaterial.TryRead(
                read._certificate, read._chain, read._logEntries, read._timestamps, HasPromises(read._mediaType!), out material, out var why))
        {
            problem = SignatureProblem.Malformed(why);
        }

        bundle = problem is null ? new Bundle(read._mediaType!, read._hint, read._envelope, read._message) { Material = material } : null;
        return bundle is not null;
    }

    private static SignatureProblem Malformed(string what) => SignatureProblem.Malformed($"the bundle {what}");

    private SignatureProblem? ReadMembers()
    {
        var reader = new Utf8JsonReader(_utf8.Span);
        if (!reader.BeginObject())
            return Malformed("is not an object");

        SignatureProblem? problem = null;
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("mediaType"u8))
                problem = reader.TryReadText(out _mediaType) ? null : Malformed("has a mediaType that is not text");
            else if (reader.ValueTextEquals("verificationMaterial"u8))
                problem = ReadMaterial(ref reader);
            else if (reader.ValueTextEquals("dsseEnvelope"u8))
                problem = IsAbsent(reader, out var next) ? Skip(ref reader, next) : ReadEnvelope(ref reader);
            else if (reader.ValueTextEquals("messageSignature"u8))
                problem = IsAbsent(reader, out var next) ? Skip(ref reader, next) : ReadMessage(ref reader);
            else
                Ignore(ref reader, "");
        }

        return problem;
    }

    private SignatureProblem? ReadEnvelope(ref Utf8JsonReader reader) =>
        EnvelopeReader.TryRead(ref reader, out _envelope, out var problem) ? null : problem;

    private SignatureProblem? ReadMessage(ref Utf8JsonReader reader) => MessageSignature.Read(ref reader, out _message);

    private SignatureProblem? ReadMaterial(ref Utf8JsonReader reader)
    {
        if (!reader.BeginObject())
            return Malformed("has a verificationMaterial that is not an object");

        _hasMaterial = true;
        SignatureProblem? problem = null;
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("publicKey"u8))
                problem = IsAbsent(reader, out var next) ? Skip(ref reader, next) : ReadPublicKey(ref reader);
            else if (reader.ValueTextEquals("certificate"u8))
                _certificate = ReadPresent(ref reader);
            else if (reader.ValueTextEquals("x509CertificateChain"u8))
                _chain = ReadPresent(ref reader);
            else if (reader.ValueTextEquals("tlogEntries"u8))
                problem = CountEntries(ref reader, "tlogEntries", out _logEntries);
            else if (reader.ValueTextEquals("timestampVerificationData"u8))
                problem = IsAbsent(reader, out var next) ? Skip(ref reader, next) : ReadTimestamps(ref reader);
            else
                Ignore(ref reader, "verificationMaterial.");
        }

        return problem;
    }

    private SignatureProblem? ReadPublicKey(ref Utf8JsonReader reader)
    {
        if (!reader.BeginObject())
            return Malformed("has a publicKey that is not an object");

        _hasPublicKey = true;
        while (reader.NextMember())
        {
            if (!reader.ValueTextEquals("hint"u8))
                Ignore(ref reader, "verificationMaterial.publicKey.");
            else if (!reader.TryReadOptionalText(out _hint))
                return Malformed("has a key hint that is not text");
            else if (_hint?.Length > Limits.KeyIdLength)
                return Malformed($"has a key hint of more than {Limits.KeyIdLength} characters");
        }

        return null;
    }

    private SignatureProblem? ReadTimestamps(ref Utf8JsonReader reader)
    {
        if (!reader.BeginObject())
            return Malformed("has a timestampVerificationData that is not an object");

        SignatureProblem? problem = null;
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("rfc3161Timestamps"u8))
                problem = CountEntries(ref reader, "rfc3161Timestamps", out _timestamps);
            else
                Ignore(ref reader, "verificationMaterial.timestampVerificationData.");
        }

        return problem;
    }

    private readonly SignatureProblem? CountEntries(ref Utf8JsonReader reader, string name, out ReadOnlyMemory<byte> entries)
    {
        entries = default;
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.Null))
            return Malformed($"has {name} that are not an array");
        if (reader.TokenType == JsonTokenType.Null)
            return null;

        var start = (int)reader.TokenStartIndex;
        var count = 0;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Malformed($"has an entry of {name} that is not an object");
            if (++count > Limits.BundleEntries)
                return SignatureProblem.Limit($"the bundle has more than {Limits.BundleEntries} {name}");
            reader.Skip();
        }

        entries = _utf8[start..(int)reader.BytesConsumed];
        return null;
    }

    private readonly bool HasCertificate => !_certificate.IsEmpty || !_chain.IsEmpty;

    private readonly SignatureProblem? ProblemOfContent(bool withMaterial) =>
        _mediaType is null ? Malformed("has no mediaType")
        : !Bundle.MediaTypes.Contains(_mediaType, StringComparer.Ordinal) ? Malformed(
            $"has the unknown mediaType '{Printable.Escape(_mediaType)}'; expected version 0.1, 0.2 or 0.3")
        : _unknown is not null ? Malformed($"has an unknown member {_unknown}")
        : !_hasMaterial ? Malformed("has no verificationMaterial")
        : !_certificate.IsEmpty && !_chain.IsEmpty ? Malformed("has both a certificate and a chain of them")
        : HasCertificate && _hasPublicKey ? Malformed("has both a public key and a certificate")
        : withMaterial && HasCertificate && _chain.IsEmpty != IsSingle(_mediaType) ? Malformed(
            $"of this version holds {(IsSingle(_mediaType) ? "one certificate, and not" : "not one certificate, but")} a chain")
        : HasCertificate && !withMaterial ? new SignatureProblem(
            ReasonCode.KeyNotTrusted, "the bundle is signed with a certificate (keyless), and no trust root is given for those")
        : !_hasPublicKey && !HasCertificate ? Malformed("names neither a public key nor a certificate")
        : (_envelope is null) == (_message is null) ? Malformed(
            $"must hold either a dsseEnvelope or a messageSignature; it holds {(_envelope is null ? "neither" : "both")}")
        : NamesTwoKeys() ? Malformed("names two different keys in its hint and its envelope's keyid")
        : null;

    // Version 0.1 had promises, the later ones have proofs.
    private static bool HasPromises(string mediaType) => mediaType.EndsWith("=0.1", StringComparison.Ordinal);

    // Since version 0.3 the certificate stands alone.
    private static bool IsSingle(string mediaType) => mediaType.Contains("0.3", StringComparison.Ordinal);

    // cosign writes a hint and no keyid, others the same text in both places.
    private readonly bool NamesTwoKeys() =>
        _envelope is { KeyId.Length: > 0 } && _hint is { Length: > 0 }
        && !string.Equals(_envelope.KeyId, _hint, StringComparison.Ordinal);

    private void Ignore(ref Utf8JsonReader reader, string where)
    {
        _unknown ??= where + Printable.Escape(reader.GetString());
        reader.SkipValue();
    }

    private readonly ReadOnlyMemory<byte> ReadPresent(ref Utf8JsonReader reader)
    {
        var value = reader.ReadRaw(_utf8);
        return reader.TokenType == JsonTokenType.Null ? default : value;
    }

    // A copy of the reader looks one token ahead.
    private static bool IsAbsent(Utf8JsonReader reader, out Utf8JsonReader next)
    {
        reader.Read();
        next = reader;
        return reader.TokenType == JsonTokenType.Null;
    }

    private static SignatureProblem? Skip(ref Utf8JsonReader reader, Utf8JsonReader next)
    {
        reader = next;
        return null;
    }
}
