// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Makes every one-place change of what a JSON document holds in base64: DER encodings, other documents; and of notes.</summary>
internal static class NestedTamper
{
    /// <summary>A document with one thing inside one of its texts changed.</summary>
    /// <param name="Path">The text's place in the document.</param>
    /// <param name="Change">What is changed inside.</param>
    /// <param name="Json">The document.</param>
    public sealed record Nested(string Path, string Change, byte[] Json)
    {
        public override string ToString() => $"{Path}: {Change}";
    }

    /// <summary>The changes of the texts at places that <paramref name="isWanted"/> says.</summary>
    public static IEnumerable<Nested> Everything(byte[] json, Func<string, bool> isWanted)
    {
        var root = JsonNode.Parse(json)!;
        foreach (var (path, node) in JsonTamper.Places("$", root).ToList())
        {
            if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.String || !isWanted(path))
                continue;
            foreach (var (change, text) in Inside(value.GetValue<string>()))
                yield return new Nested(path, change, Replace(root, value, text));
        }
    }

    private static IEnumerable<(string Change, string Text)> Inside(string text)
    {
        if (text.EndsWith('\n'))
            return Lines(text);

        var bytes = new byte[text.Length];
        if (text.Length < 16 || !Convert.TryFromBase64String(text, bytes, out var length))
            return [];

        var content = bytes[..length];
        return content switch
        {
            // A digest may begin like either of the others.
            { Length: 32 } => [],
            [0x30, ..] => DerTamper.Everything(content).Select(change => ($"{change}", Convert.ToBase64String(change.Der))),
            [(byte)'{', ..] => JsonTamper.Everything(content).Select(change => ($"{change}", Convert.ToBase64String(change.Json))),
            _ => [],
        };
    }

    // Of a note: each line gone, twice, or with its first or last character changed.
    private static IEnumerable<(string Change, string Text)> Lines(string note)
    {
        var lines = note.Split('\n')[..^1];
        for (var i = 0; i < lines.Length; i++)
        {
            yield return ($"Drop line {i}", Join([.. lines[..i], .. lines[(i + 1)..]]));
            yield return ($"Duplicate line {i}", Join([.. lines[..(i + 1)], .. lines[i..]]));
            if (lines[i].Length == 0)
                continue;
            yield return ($"FlipFirst line {i}", Join([.. lines[..i], (char)(lines[i][0] ^ 1) + lines[i][1..], .. lines[(i + 1)..]]));
            yield return ($"FlipLast line {i}", Join([.. lines[..i], lines[i][..^1] + (char)(lines[i][^1] ^ 1), .. lines[(i + 1)..]]));
            yield return ($"FlipMiddle line {i}", Join([.. lines[..i], FlipMiddle(lines[i]), .. lines[(i + 1)..]]));
        }
    }

    private static string FlipMiddle(string line) =>
        $"{line[..(line.Length / 2)]}{(char)(line[line.Length / 2] ^ 2)}{line[((line.Length / 2) + 1)..]}";

    private static string Join(string[] lines) => string.Concat(lines.Select(line => line + "\n"));

    private static byte[] Replace(JsonNode root, JsonValue value, string text)
    {
        // The tree is put back as it was: making a copy for each of thousands of changes takes longer than all else.
        var changed = JsonValue.Create(text);
        value.ReplaceWith(changed);
        var json = Encoding.UTF8.GetBytes(root.ToJsonString());
        changed.ReplaceWith(value);
        return json;
    }
}
