// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <summary>
/// The bodies of entries: JSON without white space, members in the order written here, absent members left out,
/// everything but ASCII escaped.
/// </summary>
internal static class EntryBody
{
    internal static byte[] Intent(RequestLease lease, SigningIntent intent) => Write(json =>
    {
        WriteIdentity(json, lease);
        json.WriteString("keyId", intent.KeyId);
        json.WriteStartArray("statements");
        foreach (var statement in intent.Statements)
        {
            json.WriteStartObject();
            WriteStatement(json, statement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteBasis(json, intent.Basis);
        WriteDecision(json, intent.Decision);
    });

    internal static byte[] Signature(RecordedSignature signature) => Write(json =>
    {
        WriteStatement(json, signature.Statement);
        json.WriteString("keyId", signature.KeyId);
        json.WriteString("publicKey", signature.PublicKey.ToString());
        json.WriteString("mediaType", signature.MediaType);
        json.WriteStartObject("annotations");
        foreach (var (name, value) in signature.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(name, value);
        json.WriteEndObject();
        WriteContent(json, signature.Content.Span);
    });

    internal static byte[] End(RequestLease lease, Decision decision, DecisionBasis? basis) => Write(json =>
    {
        WriteIdentity(json, lease);
        WriteBasis(json, basis);
        WriteDecision(json, decision);
    });

    internal static byte[] Review(Decision decision, DecisionBasis? basis) => Write(json =>
    {
        WriteBasis(json, basis);
        WriteDecision(json, decision);
    });

    internal static byte[] Document(PackedDocument document) => Write(json =>
    {
        json.WriteString("form", document.Form);
        json.WriteString("document", document.Digest.ToString());
        json.WriteNumber("length", document.Length);
        WriteContent(json, document.Packed.Span);
    });

    internal static PackedDocument ReadDocument(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> packed)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        return new PackedDocument(
            Digest.Parse(Text(root, "document")), Text(root, "form"), root.GetProperty("length").GetInt64(), packed);
    }

    internal static byte[] Evidence(KnownEvidence evidence) => Write(json =>
    {
        json.WriteString("image", evidence.Image.ToString());
        json.WriteString("config", evidence.Config.ToString());
        json.WriteString("scanner", evidence.Scanner);
        json.WriteString("scanTime", Sortable(evidence.ScanTime));
        json.WriteString("report", evidence.Report.ToString());
    });

    internal static byte[] Key(PinnedKey key) => Write(json =>
    {
        json.WriteString("keyUri", key.KeyUri);
        json.WriteString("keyId", key.KeyId);
        json.WriteString("publicKey", key.PublicKey.ToString());
        json.WriteString("attestor", key.Attestor);
        if (key.Spki is { } spki)
            json.WriteString("spki", spki);
        if (key.Algorithm is { } algorithm)
            json.WriteString("algorithm", algorithm);
    });

    internal static PinnedKey ReadKey(ReadOnlyMemory<byte> body, DateTimeOffset time)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        return new PinnedKey(
            Text(root, "attestor"), Text(root, "keyUri"), Text(root, "keyId"), Digest.Parse(Text(root, "publicKey")))
        {
            FirstUsed = time,
            Spki = root.TryGetProperty("spki", out var spki) ? spki.GetString() : null,
            Algorithm = root.TryGetProperty("algorithm", out var algorithm) ? algorithm.GetString() : null,
        };
    }

    internal static byte[] Rejected(Rejection rejection) => Write(json =>
    {
        json.WriteString("reason", rejection.Reason.Name);
        json.WriteString("message", Printable.Escape(rejection.Message));
        if (rejection.Requester is { } requester)
        {
            json.WriteStartObject("requester");
            json.WriteString("issuer", requester.Issuer);
            json.WriteString("subject", requester.Subject);
            json.WriteEndObject();
        }

        if (rejection.Image is { } image)
            json.WriteString("image", Printable.Escape(image));
    });

    internal static SigningIntent ReadIntent(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        return new SigningIntent(
            Text(root, "keyId"),
            Decision.FromJson(RawDecision(root)),
            [.. root.GetProperty("statements").EnumerateArray().Select(ReadStatement)])
        {
            Basis = root.TryGetProperty("basis", out _) ? new DecisionBasis(Digest.Parse(Text(root, "basis")), []) : null,
        };
    }

    internal static RecordedSignature ReadSignature(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> content)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        return new RecordedSignature
        {
            Statement = ReadStatement(root),
            KeyId = Text(root, "keyId"),
            PublicKey = Digest.Parse(Text(root, "publicKey")),
            MediaType = Text(root, "mediaType"),
            Annotations = root.GetProperty("annotations").EnumerateObject()
                .ToDictionary(member => member.Name, member => member.Value.GetString()!, StringComparer.Ordinal),
            Content = content,
        };
    }

    internal static RecordedDecision ReadDecision(long sequence, EntryKind kind, string request, ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return new RecordedDecision(request, sequence, kind, RawDecision(document.RootElement));
    }

    internal static KnownEvidence ReadEvidence(ReadOnlyMemory<byte> body, DateTimeOffset received)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        return new KnownEvidence(
            Digest.Parse(Text(root, "image")), Digest.Parse(Text(root, "config")), Text(root, "scanner"),
            DateTimeOffset.Parse(Text(root, "scanTime"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            Digest.Parse(Text(root, "report"))) { Received = received };
    }

    /// <summary>The content that a body names, or null: only entries of signatures and documents carry any.</summary>
    internal static (string Digest, long Size)? ReadContent(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("content", out var content)
                ? (Text(content, "digest"), content.GetProperty("size").GetInt64())
                : null;
    }

    /// <summary>A time in UTC whose text sorts as the time does.</summary>
    internal static string Sortable(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.Length <= Limits.LedgerBodyBytes
            ? buffer.ToArray()
            : throw new ArgumentException(
                $"A ledger entry has at most {Limits.LedgerBodyBytes} bytes, not {buffer.Length}.", nameof(members));
    }

    private static void WriteIdentity(Utf8JsonWriter json, RequestLease lease)
    {
        json.WriteString("key", lease.Key.ToString());
        json.WriteString("fingerprint", lease.Fingerprint.ToString());
    }

    private static void WriteStatement(Utf8JsonWriter json, IntendedStatement statement)
    {
        json.WriteString("purpose", statement.Purpose);
        json.WriteString("subject", statement.Subject.ToString());
        json.WriteString("payload", statement.Payload.ToString());
    }

    private static void WriteContent(Utf8JsonWriter json, ReadOnlySpan<byte> content)
    {
        json.WriteStartObject("content");
        json.WriteString("digest", Digest.Compute(content).ToString());
        json.WriteNumber("size", content.Length);
        json.WriteEndObject();
    }

    private static void WriteBasis(Utf8JsonWriter json, DecisionBasis? basis)
    {
        if (basis is not null)
            json.WriteString("basis", basis.Root.ToString());
    }

    private static void WriteDecision(Utf8JsonWriter json, Decision decision)
    {
        json.WritePropertyName("decision");
        json.WriteRawValue(decision.ToJson());
    }

    private static IntendedStatement ReadStatement(JsonElement statement) => new(
        Text(statement, "purpose"), Digest.Parse(Text(statement, "subject")), Digest.Parse(Text(statement, "payload")));

    private static byte[] RawDecision(JsonElement root) =>
        System.Text.Encoding.UTF8.GetBytes(root.GetProperty("decision").GetRawText());

    private static string Text(JsonElement parent, string name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static JsonDocument Parse(ReadOnlyMemory<byte> body) =>
        StrictJson.TryParse(body, out var document, out var problem) ? document : throw new FormatException(problem);
}
