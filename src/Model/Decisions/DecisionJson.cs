// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace SupplyChain.Model.Decisions;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(DigestConverter), typeof(ReasonCodeConverter), typeof(CheckResultConverter)])]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(IReadOnlyList<Decision>))]
[JsonSerializable(typeof(CheckResultDocument))]
internal sealed partial class DecisionJson : JsonSerializerContext
{
    private static readonly Lazy<DecisionJson> IndentedContext =
        new(() => new DecisionJson(new JsonSerializerOptions(Default!.Options) { WriteIndented = true }));

    internal static DecisionJson Indented => IndentedContext.Value;
}

internal sealed class DigestConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Digest.TryParse(reader.GetString(), out var digest, out var problem)
            ? digest
            : throw new JsonException("a digest was expected");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class ReasonCodeConverter : JsonConverter<ReasonCode>
{
    public override ReasonCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && ReasonCode.TryParse(reader.GetString(), out var code)
            ? code
            : throw new JsonException("a reason code of the closed list was expected");

    public override void Write(Utf8JsonWriter writer, ReasonCode value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}

/// <summary>The members of a check result in the order they are written.</summary>
internal sealed record CheckResultDocument(
    string Name, string Type, Verdict Verdict, ReasonCode? Reason, string Message, string? Expected, string? Actual,
    string? Remedy, IReadOnlyList<Digest> Evidence, FindingSummary? Findings);

internal sealed class CheckResultConverter : JsonConverter<CheckResult>
{
    public override CheckResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var read = JsonSerializer.Deserialize(ref reader, DecisionJson.Default.CheckResultDocument)
            ?? throw new JsonException("a check result is null");
        return CheckResult.FromDocument(read);
    }

    public override void Write(Utf8JsonWriter writer, CheckResult value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new CheckResultDocument(
            value.Name, value.Type, value.Verdict, value.Reason, value.Message, value.Expected, value.Actual,
            value.Remedy, value.Evidence, value.Findings), DecisionJson.Default.CheckResultDocument);
}
