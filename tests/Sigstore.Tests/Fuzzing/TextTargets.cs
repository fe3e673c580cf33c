// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Transparency;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>Envelopes, statements, payloads of the tag layout, checkpoints and records of logs.</summary>
internal static class TextTargets
{
    private static readonly TestSigner Signer = TestSigner.P256;

    /// <summary>Envelopes: one that is accepted carries the seed's statement.</summary>
    public static FuzzTarget Envelopes()
    {
        var statement = Samples.Statement;
        return new FuzzTarget("envelope", [Signer.Envelope(statement).Write(), Signer.Envelope(statement, keyId: "key").Write()], (input, place) =>
        {
            if (!Envelope.TryRead(input, out var envelope, out var problem))
                return problem.Reason.Name;
            if (!EnvelopeVerifier.TryVerify(envelope, Samples.Image, [Signer.Key], Samples.Stored, out _, out problem))
                return problem.Reason.Name;

            return envelope.Payload.Span.SequenceEqual(statement) ? BundleCase.Accepted : throw new FuzzException("another statement is believed to be signed");
        });
    }

    /// <summary>Statements that a trusted key did sign, and that say what they say: each has to be about the image.</summary>
    public static FuzzTarget Statements()
    {
        const string Provenance = """
            {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"IMAGE"},"annotations":{"x":"y"}}],
            "predicateType":"https://slsa.dev/provenance/v1",
            "predicate":{"buildDefinition":{"buildType":"https://example.com/t"},"runDetails":{"builder":{"id":"https://example.com/b"}}}}
            """;
        byte[][] seeds = [Samples.Statement, Encoding.UTF8.GetBytes(Provenance.Replace("IMAGE", Samples.Image.Hex, StringComparison.Ordinal))];
        return new FuzzTarget("statement", seeds, (input, place) =>
        {
            if (!EnvelopeVerifier.TryVerify(Signer.Envelope(input), Samples.Image, [Signer.Key], Samples.Stored, out var verified, out var problem))
                return problem.Reason.Name;

            _ = BuildProvenance.TryRead(verified.PredicateType, verified.Predicate, out _, out _);
            _ = VerificationSummary.TryRead(verified, out _, out _);
            _ = VerifiedSignature.TryFromStatement(verified, out _, out _);
            return Encoding.UTF8.GetString(input).Contains(Samples.Image.Hex, StringComparison.Ordinal)
                ? "read" : throw new FuzzException("a statement is about an image that it does not name");
        });
    }

    /// <summary>Payloads: one that is accepted is the seed, byte for byte.</summary>
    public static FuzzTarget Payloads()
    {
        var seed = Samples.Payload;
        var signature = Signer.SignPayload(seed);
        return new FuzzTarget("simple signing", [seed], (input, place) =>
        {
            // Signed again it may be anything that can be read, of this image.
            _ = SimpleSigning.TryVerify(input, Signer.SignPayload(input), Samples.Image, [Signer.Key], out _, out var problem);
            if (!SimpleSigning.TryVerify(input, signature, Samples.Image, [Signer.Key], out _, out _))
                return problem?.Reason.Name ?? "read";

            return input.AsSpan().SequenceEqual(seed) ? BundleCase.Accepted : throw new FuzzException("another payload is believed to be signed");
        });
    }

    /// <summary>Checkpoints: one that is accepted has the text of a seed.</summary>
    public static FuzzTarget Checkpoints()
    {
        var keys = OwnBundles.Instance.All[0].Trust.Root.Logs.Select(log => log.CheckpointKey).ToList();
        var seeds = OwnBundles.Instance.All
            .Select(known => Entry(known)["inclusionProof"]?["checkpoint"]?["envelope"]?.GetValue<string>())
            .OfType<string>().Select(Encoding.UTF8.GetBytes).ToList();
        var texts = seeds.Select(TextOf).ToHashSet(StringComparer.Ordinal);
        return new FuzzTarget("checkpoint", seeds, (input, place) =>
        {
            if (!SignedNote.TryRead(input, out var note, out var problem))
                return problem.Length > 0 ? "refused" : throw new FuzzException("refused without a word");

            var isCheckpoint = Checkpoint.TryParse(note.Text.Span, out _, out _);
            if (!note.TryVerify(keys, out _, out _))
                return isCheckpoint ? "read" : "no checkpoint";

            return texts.Contains(TextOf(input)) ? BundleCase.Accepted : throw new FuzzException("another text is believed to be signed");
        });
    }

    /// <summary>Records: one that is accepted says of digest, signature and signer what the seed says.</summary>
    public static FuzzTarget Records()
    {
        var read = OwnBundles.Instance.All.Select(ReadRecord).ToList();
        var said = read.Select(record => Said(ParseSeed(record.Entry.Body.Span))).ToList();
        return new FuzzTarget("log entry", [.. read.Select(record => record.Entry.Body.ToArray())], (input, place) =>
        {
            var (entry, signature) = read[place];
            var changed = new LogEntry
            {
                LogId = entry.LogId, LogIndex = entry.LogIndex, Kind = entry.Kind, Version = entry.Version, IntegratedTime = entry.IntegratedTime,
                Promise = entry.Promise, Proof = entry.Proof, Body = input,
            };
            if (LogEntryBody.Explain(changed, signature) is { } problem)
                return problem.Length > 0 ? "refused" : throw new FuzzException("refused without a word");

            return said[place].IsSubsetOf(Said(JsonNode.Parse(input))) ? BundleCase.Accepted : throw new FuzzException("a record of something else is believed");
        });
    }

    private static (LogEntry Entry, LoggedSignature Signature) ReadRecord(BundleCase known)
    {
        Assert.True(known.TryVerify(known.Json, known.Trust.Root, out var bundle, out var verified, out _));
        return (bundle!.Material!.LogEntries[0], new LoggedSignature
        {
            Signature = bundle.Envelope?.Signature ?? bundle.Message!.Signature,
            Key = verified!.Key,
            Certificate = verified.Certificate,
            Envelope = bundle.Envelope,
            Artifact = bundle.Envelope is null ? known.Artifact : null,
        });
    }

    // How the envelope was spelled when it was recorded is not kept anywhere, so that its digest compares with nothing.
    private static JsonNode? ParseSeed(ReadOnlySpan<byte> body)
    {
        var record = JsonNode.Parse(body);
        record?["spec"]?.AsObject().Remove("envelopeHash");
        return record;
    }

    // Every text of a record, without base64 around it and without the line feeds of PEM.
    private static HashSet<string> Said(JsonNode? record) => JsonTamper.Places("$", record).Select(place => place.Node).OfType<JsonValue>()
        .Where(value => value.GetValueKind() == System.Text.Json.JsonValueKind.String)
        .Select(value => Decode(value.GetValue<string>())).ToHashSet(StringComparer.Ordinal);

    private static string Decode(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/');
        var bytes = new byte[text.Length];
        if (text.Length < 32 || !Convert.TryFromBase64String(standard.PadRight((standard.Length + 3) / 4 * 4, '='), bytes, out var length))
            return string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

        var decoded = bytes.AsSpan(0, length);
        return decoded.ContainsAnyExceptInRange((byte)'\t', (byte)'~') ? Convert.ToHexString(decoded) : Decode(Encoding.ASCII.GetString(decoded));
    }

    private static string TextOf(byte[] note)
    {
        var text = Encoding.UTF8.GetString(note);
        return text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
    }

    private static JsonNode Entry(BundleCase known) => JsonNode.Parse(known.Json)!["verificationMaterial"]!["tlogEntries"]![0]!;
}
