// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// The forms as JSON: every member, in the order of its declaration, what is computed from others left out. A member that is added to
/// one of these types is written by itself, and asks for another <see cref="EvidenceFormat.Version"/>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowDuplicateProperties = false,
    IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(FindingForm),
        typeof(DigestText), typeof(RepositoryText), typeof(ImageReferenceText), typeof(ReasonCodeText), typeof(PublicKeyText),
        typeof(Words<Severity>), typeof(Words<SubjectRole>), typeof(Words<VulnerabilityCoverage>), typeof(Words<OtherFindingKind>), typeof(Words<ReportKind>),
        typeof(Words<VexStatus>), typeof(Words<EvidenceSource>), typeof(Words<EvidenceBinding>), typeof(Words<StorageLayout>), typeof(Words<DocumentKind>),
    ])]
[JsonSerializable(typeof(BasisForm))]
[JsonSerializable(typeof(ScanReport))]
internal sealed partial class EvidenceJson : JsonSerializerContext
{
    private static readonly Lazy<EvidenceJson> Plain = new(() => new EvidenceJson(
        new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    /// <summary>The forms without escapes that only HTML needs.</summary>
    internal static EvidenceJson Form => Plain.Value;
}

/// <summary>An enumeration by the names of its members.</summary>
internal sealed class Words<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Something that is written as its text and read by its own parser.</summary>
internal abstract class TextConverter<T>(Func<string, T?> parse, Func<T, string> write) : JsonConverter<T>
    where T : class
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && parse(reader.GetString()!) is { } value
            ? value
            : throw new JsonException($"a {typeof(T).Name} was expected");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(write(value));
}

internal sealed class DigestText() : TextConverter<Digest>(
    text => Digest.TryParse(text, out var digest, out _) ? digest : null, digest => digest.ToString());

internal sealed class RepositoryText() : TextConverter<Repository>(
    text => Repository.TryParse(text, out var repository, out _) ? repository : null, repository => repository.ToString());

internal sealed class ImageReferenceText() : TextConverter<ImageReference>(
    text => ImageReference.TryParse(text, out var image, out _) ? image : null, image => image.ToString());

internal sealed class ReasonCodeText() : TextConverter<ReasonCode>(
    text => ReasonCode.TryParse(text, out var code) ? code : null, code => code.Name);

/// <summary>The algorithm, a space, the SubjectPublicKeyInfo in base64.</summary>
internal sealed class PublicKeyText() : TextConverter<PublicKey>(
    Parse, key => $"{key.Algorithm.Name()} {Convert.ToBase64String(key.Spki.Span)}")
{
    private static PublicKey? Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var spki = new byte[text.Length];
        return space > 0 && SigningAlgorithms.TryParse(text[..space], out var algorithm)
            && Convert.TryFromBase64String(text[(space + 1)..], spki, out var length)
            && PublicKey.TryReadSpki(spki.AsSpan(0, length), out var key, out _) && key.Algorithms.Contains(algorithm)
                ? key.With(algorithm)
                : null;
    }
}
