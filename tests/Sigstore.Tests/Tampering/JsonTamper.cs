// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Sigstore.Tests;

/// <summary>What is done to one place of a document.</summary>
public enum Tampering
{
    /// <summary>The member or element is gone.</summary>
    Delete,

    /// <summary>The member is there twice with the same value, the element twice in its array.</summary>
    Duplicate,

    /// <summary>The value is of another type.</summary>
    Retype,

    /// <summary>The value is null.</summary>
    Null,

    /// <summary>One bit of text, or of the bytes that base64 text stands for, is another.</summary>
    Flip,

    /// <summary>The object has a member nobody knows.</summary>
    Add,
}

/// <summary>A document with one thing changed.</summary>
internal sealed record Tampered(string Path, Tampering Kind, byte[] Json)
{
    public override string ToString() => $"{Kind} {Path}";
}

/// <summary>Makes every one-place change of a JSON document.</summary>
internal static class JsonTamper
{
    /// <summary>The changes, with paths such as <c>a.b[0].c</c>; the document itself is <c>$</c>.</summary>
    public static IEnumerable<Tampered> Everything(byte[] json)
    {
        var root = JsonNode.Parse(json)!;
        foreach (var (path, node) in Places("$", root))
        {
            foreach (var kind in Enum.GetValues<Tampering>())
            {
                if (Applies(kind, path, node))
                    yield return new Tampered(path, kind, Render(root, path, kind));
            }
        }
    }

    private static bool Applies(Tampering kind, string path, JsonNode? node) => kind switch
    {
        Tampering.Delete or Tampering.Duplicate => path is not "$",
        Tampering.Flip => node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length > 0,
        Tampering.Null => node is not null,
        Tampering.Add => node is JsonObject,
        _ => true,
    };

    internal static IEnumerable<(string Path, JsonNode? Node)> Places(string path, JsonNode? node)
    {
        yield return (path, node);
        var children = node switch
        {
            JsonObject members => members.Select(member => ($"{path}.{member.Key}", member.Value)),
            JsonArray elements => elements.Select((element, i) => ($"{path}[{i}]", element)),
            _ => [],
        };
        foreach (var (childPath, child) in children)
        {
            foreach (var place in Places(childPath, child))
                yield return place;
        }
    }

    private static byte[] Render(JsonNode root, string target, Tampering kind)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            Write(writer, "$", root, target, kind);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string path, JsonNode? node, string target, Tampering kind)
    {
        var isTarget = path == target;
        switch (node)
        {
            case var _ when isTarget && kind == Tampering.Null:
                writer.WriteNullValue();
                break;
            case var _ when isTarget && kind == Tampering.Retype:
                WriteOtherType(writer, node);
                break;
            case var _ when isTarget && kind == Tampering.Flip:
                writer.WriteStringValue(Flip(node!.GetValue<string>()));
                break;
            case JsonObject members:
                writer.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    var member = $"{path}.{name}";
                    for (var times = Times(member, target, kind); times > 0; times--)
                    {
                        writer.WritePropertyName(name);
                        Write(writer, member, value, target, kind);
                    }
                }

                if (isTarget && kind == Tampering.Add)
                    writer.WriteString("unheard-of", "x");
                writer.WriteEndObject();
                break;
            case JsonArray elements:
                writer.WriteStartArray();
                for (var i = 0; i < elements.Count; i++)
                {
                    for (var times = Times($"{path}[{i}]", target, kind); times > 0; times--)
                        Write(writer, $"{path}[{i}]", elements[i], target, kind);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static int Times(string path, string target, Tampering kind) =>
        path != target ? 1 : kind switch { Tampering.Delete => 0, Tampering.Duplicate => 2, _ => 1 };

    private static void WriteOtherType(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node?.GetValueKind())
        {
            case JsonValueKind.String:
                writer.WriteNumberValue(1);
                break;
            case JsonValueKind.Array:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            case JsonValueKind.Object:
                writer.WriteStartArray();
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue("x");
                break;
        }
    }

    // Base64 and digests are flipped inside, so that they stay what they are; other text in its last character.
    private static string Flip(string text)
    {
        if (text.Length >= 64 && text.All(char.IsAsciiHexDigitLower))
            return text[..^1] + (text[^1] == '0' ? '1' : '0');

        var bytes = new byte[text.Length];
        if (text.Length > 40 && Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text)
        {
            bytes[length / 2] ^= 0x10;
            return Convert.ToBase64String(bytes, 0, length);
        }

        var characters = Encoding.UTF8.GetBytes(text);
        characters[^1] ^= 0x01;
        return Encoding.UTF8.GetString(characters);
    }
}
