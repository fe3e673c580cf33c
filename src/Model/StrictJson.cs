// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace SupplyChain.Model;

/// <summary>
/// Reads JSON from outside the way this product reads it everywhere: valid UTF-8 without a byte order mark, one
/// document, no comments, no trailing commas, no duplicate members in any spelling, bounded depth.
/// </summary>
public static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = Limits.Depth,
    };

    /// <summary>Parses <paramref name="utf8"/>; the caller disposes the document and must not change the bytes meanwhile.</summary>
    /// <param name="utf8">The whole document.</param>
    /// <param name="document">The document, whose strings are all valid text.</param>
    /// <param name="problem">What was wrong, with line and position, when the result is <see langword="false"/>.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document,
        [NotNullWhen(false)] out string? problem)
    {
        document = null;
        if (utf8.Span is [0xEF, 0xBB, 0xBF, ..])
        {
            problem = "the document starts with a byte order mark";
            return false;
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            problem = "the document is not valid UTF-8";
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException malformed)
        {
            problem = $"not JSON at line {(malformed.LineNumber ?? 0) + 1}, byte {(malformed.BytePositionInLine ?? 0) + 1}: "
                + Describe(malformed);
            return false;
        }
        catch (InvalidOperationException unpaired)
        {
            // A lone surrogate in a member name surfaces while names are compared for duplicates.
            problem = $"not JSON text: {unpaired.Message}";
            return false;
        }

        // In valid UTF-8 half a pair can only be written as an escape.
        if (utf8.Span.IndexOf("\\u"u8) >= 0 && FindLoneSurrogate(document.RootElement))
        {
            document.Dispose();
            document = null;
            problem = "a string holds half of a surrogate pair";
            return false;
        }

        problem = null;
        return true;
    }

    /// <summary>
    /// The first member that another reader could take for one of <paramref name="known"/>: most of this field's
    /// programs are written in Go, whose JSON package matches names regardless of case, by Unicode's simple folding.
    /// </summary>
    public static string? FindCaseVariant(JsonElement element, IReadOnlyList<string> known)
    {
        foreach (var member in element.EnumerateObject())
        {
            var folded = Fold(member.Name);
            if (known.Any(name =>
                string.Equals(name, folded, StringComparison.OrdinalIgnoreCase)
                && !string.Equals(name, member.Name, StringComparison.Ordinal)))
            {
                return member.Name;
            }
        }

        return null;
    }

    // The framework's message may quote input; keep the sentence, escape the rest.
    private static string Describe(JsonException malformed)
    {
        var text = malformed.Message;
        var path = text.IndexOf(" Path:", StringComparison.Ordinal);
        var line = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var end = path >= 0 ? path : line;
        return Printable.Escape(end > 0 ? text[..end] : text);
    }

    private static bool FindLoneSurrogate(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => !IsText(element),
        JsonValueKind.Array => element.EnumerateArray().Any(FindLoneSurrogate),
        JsonValueKind.Object => element.EnumerateObject().Any(member => !IsText(member) || FindLoneSurrogate(member.Value)),
        _ => false,
    };

    private static bool IsText(JsonElement text)
    {
        try
        {
            return text.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsText(JsonProperty member)
    {
        try
        {
            return member.Name is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // The only two letters outside ASCII that fold into it: the long s and the Kelvin sign.
    private static string Fold(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k');
}
