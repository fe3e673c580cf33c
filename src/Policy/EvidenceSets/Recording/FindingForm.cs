// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// A finding as JSON: every member, in the order written here and no other. There are hundreds in a scan, and a simulation reads
/// thousands of scans; what reads any order takes three times as long.
/// </summary>
internal sealed class FindingForm : JsonConverter<Finding>
{
    private static readonly JsonEncodedText[] Severities = [.. Enum.GetNames<Severity>().Select(name => JsonEncodedText.Encode(name))];

    public override Finding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(JsonTokenType.StartObject, ref reader);
        var finding = new Finding(
            Text(ref reader, "id"u8), Texts(ref reader, "aliases"u8), ReadSeverity(ref reader),
            TextOrNull(ref reader, "severityWord"u8), ReadPackage(ref reader), TextOrNull(ref reader, "fixedVersion"u8),
            TextOrNull(ref reader, "status"u8), Texts(ref reader, "locations"u8))
        {
            IsFixUnknown = Flag(ref reader, "isFixUnknown"u8),
            Cvss = ReadCvss(ref reader),
            IsKnownExploited = Flag(ref reader, "isKnownExploited"u8),
            Epss = IsNull(ref reader, "epss"u8) ? null : reader.GetDouble(),
            FixedSince = IsNull(ref reader, "fixedSince"u8) ? null : reader.GetDateTimeOffset(),
        };
        End(ref reader);
        return finding;
    }

    public override void Write(Utf8JsonWriter writer, Finding value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, value.Id);
        Write(writer, "aliases"u8, value.Aliases);
        writer.WriteString("severity"u8, Severities[(int)value.Severity]);
        writer.WriteString("severityWord"u8, value.SeverityWord);
        writer.WriteStartObject("package"u8);
        writer.WriteString("name"u8, value.Package.Name);
        writer.WriteString("version"u8, value.Package.Version);
        writer.WriteString("purl"u8, value.Package.Purl);
        writer.WriteString("type"u8, value.Package.Type);
        writer.WriteEndObject();
        writer.WriteString("fixedVersion"u8, value.FixedVersion);
        writer.WriteString("status"u8, value.Status);
        Write(writer, "locations"u8, value.Locations);
        writer.WriteBoolean("isFixUnknown"u8, value.IsFixUnknown);
        Write(writer, value.Cvss);
        writer.WriteBoolean("isKnownExploited"u8, value.IsKnownExploited);
        writer.WritePropertyName("epss"u8);
        Write(writer, value.Epss);
        writer.WritePropertyName("fixedSince"u8);
        if (value.FixedSince is { } since)
            writer.WriteStringValue(since);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
    }

    private static Package ReadPackage(ref Utf8JsonReader reader)
    {
        Name(ref reader, "package"u8);
        Expect(JsonTokenType.StartObject, ref reader);
        var package = new Package(
            Text(ref reader, "name"u8), Text(ref reader, "version"u8), TextOrNull(ref reader, "purl"u8), TextOrNull(ref reader, "type"u8));
        End(ref reader);
        return package;
    }

    private static CvssScore? ReadCvss(ref Utf8JsonReader reader)
    {
        if (IsNull(ref reader, "cvss"u8))
            return null;

        Expect(JsonTokenType.StartObject, ref reader);
        Name(ref reader, "score"u8);
        var score = new CvssScore(reader.GetDouble(), TextOrNull(ref reader, "vector"u8));
        End(ref reader);
        return score;
    }

    private static Severity ReadSeverity(ref Utf8JsonReader reader)
    {
        Name(ref reader, "severity"u8);
        Expect(JsonTokenType.String, ref reader);
        for (var severity = 0; severity < Severities.Length; severity++)
        {
            if (reader.ValueTextEquals(Severities[severity].EncodedUtf8Bytes))
                return (Severity)severity;
        }

        throw new JsonException("a severity was expected");
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        TextOrNull(ref reader, name) ?? throw new JsonException($"{Encoding.UTF8.GetString(name)} is null");

    private static string? TextOrNull(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        return reader.GetString();
    }

    private static List<string> Texts(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        Expect(JsonTokenType.StartArray, ref reader);
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
            return [];

        var texts = new List<string>(1);
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
            texts.Add(reader.GetString() ?? throw new JsonException($"{Encoding.UTF8.GetString(name)} holds a null"));
        return texts;
    }

    private static bool Flag(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        return reader.GetBoolean();
    }

    private static bool IsNull(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        return reader.TokenType == JsonTokenType.Null;
    }

    // Goes to the value of the next member, which has to be this one.
    private static void Name(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name))
            throw new JsonException($"{Encoding.UTF8.GetString(name)} was expected");
        reader.Read();
    }

    private static void End(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(JsonTokenType.EndObject, ref reader);
    }

    private static void Expect(JsonTokenType token, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != token)
            throw new JsonException($"{token} was expected, found {reader.TokenType}");
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, CvssScore? score)
    {
        writer.WritePropertyName("cvss"u8);
        if (score is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteNumber("score"u8, score.Score);
        writer.WriteString("vector"u8, score.Vector);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, double? number)
    {
        if (number is { } known)
            writer.WriteNumberValue(known);
        else
            writer.WriteNullValue();
    }
}
