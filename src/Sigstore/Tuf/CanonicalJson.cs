// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SupplyChain.Sigstore;

/// <summary>
/// The canonical form of JSON that TUF signs (OLPC): members in the order of their names' bytes, no white space, only quotation mark and
/// backslash escaped, whole numbers alone.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>The canonical bytes of <paramref name="value"/>.</summary>
    /// <exception cref="ProtoException">It holds a number that is not whole, which has no canonical form.</exception>
    public static byte[] Write(ProtoElement value)
    {
        var canonical = new ArrayBufferWriter<byte>();
        Write(canonical, value.Value, value.Path);
        return canonical.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> to, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(to, value, path);
                break;
            case JsonValueKind.Array:
                to.Write("["u8);
                var separator = ""u8;
                foreach (var item in value.EnumerateArray())
                {
                    to.Write(separator);
                    Write(to, item, path);
                    separator = ","u8;
                }

                to.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteText(to, Encoding.UTF8.GetBytes(value.GetString()!));
                break;
            case JsonValueKind.Number:
                to.Write(WholeNumber(value, path));
                break;
            default:
                to.Write(Encoding.ASCII.GetBytes(value.GetRawText()));
                break;
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> to, JsonElement value, string path)
    {
        var members = value.EnumerateObject().Select(member => (Name: Encoding.UTF8.GetBytes(member.Name), member.Value)).ToList();
        members.Sort(static (one, other) => one.Name.AsSpan().SequenceCompareTo(other.Name));
        to.Write("{"u8);
        var separator = ""u8;
        foreach (var (name, content) in members)
        {
            to.Write(separator);
            WriteText(to, name);
            to.Write(":"u8);
            Write(to, content, path);
            separator = ","u8;
        }

        to.Write("}"u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        to.Write("\""u8);
        for (var special = text.IndexOfAny("\"\\"u8); special >= 0; special = text.IndexOfAny("\"\\"u8))
        {
            to.Write(text[..special]);
            to.Write("\\"u8);
            to.Write(text.Slice(special, 1));
            text = text[(special + 1)..];
        }

        to.Write(text);
        to.Write("\""u8);
    }

    private static byte[] WholeNumber(JsonElement value, string path)
    {
        var text = value.GetRawText();
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.IndexOfAnyExceptInRange('0', '9') < 0 && text is not "-0"
            ? Encoding.ASCII.GetBytes(text)
            : throw new ProtoException($"{path} holds the number {Model.Printable.Escape(text)}; expected whole numbers");
    }
}
