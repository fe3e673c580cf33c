// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A document is not of the form that its type has; the message says where, what was expected and what was found.
/// </summary>
internal sealed class ProtoException(string message) : Exception(message);

/// <summary>
/// A value of a protobuf message in JSON form: <see langword="null"/> means absent, bytes are base64, 64-bit numbers
/// are text or numbers (ProtoJSON).
/// </summary>
internal readonly record struct ProtoElement(JsonElement Value, string Path)
{
    public string Text => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Unexpected("text");

    public byte[] Bytes => Value.ValueKind == JsonValueKind.String
        && CanonicalBase64.TryDecodeEither(System.Text.Encoding.UTF8.GetBytes(Value.GetString()!), out var bytes)
            ? bytes
            : throw Unexpected("bytes in canonical base64");

    public DateTimeOffset Time =>
        Value.ValueKind == JsonValueKind.String && Rfc3339.TryParse(Value.GetString(), out var time)
            ? time
            : throw Unexpected("a time such as 2026-11-22T10:00:00Z");

    public ulong Number => Value.ValueKind == JsonValueKind.Number && Value.TryGetUInt64(out var number)
        || Value.ValueKind == JsonValueKind.String
        && ulong.TryParse(Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? number
            : throw Unexpected("a number from 0 to 2^64 - 1");

    /// <summary>A version, a threshold: a whole number from 1, as a number.</summary>
    public int Whole => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number > 0
        ? number
        : throw Unexpected("a whole number from 1 to 2^31 - 1");

    /// <summary>A number of bytes, as a number.</summary>
    public int Length => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Unexpected("a whole number from 0 to 2^31 - 1");

    public bool Flag => Value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? Value.GetBoolean()
        : throw Unexpected("true or false");

    /// <summary>The member of that name.</summary>
    /// <exception cref="ProtoException">There is none.</exception>
    public ProtoElement Required(string name) => Optional(name) ?? throw new ProtoException($"{Path} has no {name}");

    /// <summary>The member of that name; null where it is absent.</summary>
    public ProtoElement? Optional(string name) =>
        Object.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new ProtoElement(member, $"{Path}.{name}")
            : null;

    /// <summary>Bytes in hexadecimal digits, of at most as many characters.</summary>
    public byte[] Hex(int most)
    {
        var text = Text;
        if (text.Length > most)
            throw new ProtoException($"{Path} has {text.Length} characters; expected at most {most}");

        return text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw Unexpected("hexadecimal digits");
    }

    /// <summary>The elements of the list of that name; none where it is absent.</summary>
    public IReadOnlyList<ProtoElement> List(string name, int most) =>
        Optional(name) is { } list ? list.Items(most) : [];

    /// <summary>The elements of this list.</summary>
    public IReadOnlyList<ProtoElement> Items(int most)
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Unexpected("a list");
        if (Value.GetArrayLength() > most)
            throw new ProtoException($"{Path} has {Value.GetArrayLength()} entries; expected at most {most}");

        var path = Path;
        return [.. Value.EnumerateArray().Select((item, i) =>
            new ProtoElement(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))];
    }

    /// <summary>The members of this object, which are named by whoever wrote it.</summary>
    public IReadOnlyList<(string Name, ProtoElement Value)> Members(int most)
    {
        if (Object.GetPropertyCount() > most)
            throw new ProtoException($"{Path} has {Value.GetPropertyCount()} members; expected at most {most}");

        var path = Path;
        return [.. Value.EnumerateObject().Select(member =>
            (member.Name, new ProtoElement(member.Value, $"{path}.{Printable.Escape(member.Name)}")))];
    }

    /// <summary>
    /// Refuses members of other names: what a version does not define might change what the rest means.
    /// </summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var member in Object.EnumerateObject())
        {
            if (!names.Contains(member.Name))
                throw new ProtoException($"{Path} has an unknown member {Printable.Escape(member.Name)}");
        }
    }

    private JsonElement Object => Value.ValueKind == JsonValueKind.Object ? Value : throw Unexpected("an object");

    private ProtoException Unexpected(string expected) => new($"{Path} is {Value.ValueKind}; expected {expected}");
}
