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
}
