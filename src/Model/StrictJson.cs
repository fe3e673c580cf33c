// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

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
        problem = JsonRules.FindProblem(utf8.Span);
        if (problem is not null)
            return false;

        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException malformed)
        {
            problem = JsonRules.Describe(malformed);
            return false;
        }
        catch (InvalidOperationException unpaired)
        {
            // A lone surrogate in a member name surfaces while names are compared for duplicates.
            problem = $"not JSON text: {unpaired.Message}";
            return false;
        }

        if (JsonRules.ArePaired(utf8.Span))
            return true;

        document.Dispose();
        document = null;
        problem = JsonRules.HalfPair;
        return false;
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

    // The only two letters outside ASCII that fold into it: the long s and the Kelvin sign.
    private static string Fold(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k');
}
