// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace SupplyChain.Policy.Yaml;

/// <summary>Writes nodes as JSON, resolving plain scalars by the core schema (YAML 1.2.2, §10.3).</summary>
public static class YamlJson
{
    /// <summary>The node as UTF-8 JSON. What the core schema calls a number and JSON cannot write stays text.</summary>
    public static byte[] Write(YamlNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, node);

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var member in mapping.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                    Write(writer, item);

                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                Write(writer, scalar);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, YamlScalar scalar)
    {
        if (scalar.IsNull)
            writer.WriteNullValue();
        else if (!scalar.IsPlain)
            writer.WriteStringValue(scalar.Text);
        else if (scalar.Text is "true" or "True" or "TRUE")
            writer.WriteBooleanValue(true);
        else if (scalar.Text is "false" or "False" or "FALSE")
            writer.WriteBooleanValue(false);
        else if (NumberOf(scalar.Text) is { } number)
            writer.WriteRawValue(number);
        else
            writer.WriteStringValue(scalar.Text);
    }

    private static string? NumberOf(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return Integer(text[2..], 16);
        if (text.StartsWith("0o", StringComparison.Ordinal))
            return Integer(text[2..], 8);

        var (sign, digits) = text[0] switch { '-' => ("-", text[1..]), '+' => ("", text[1..]), _ => ("", text) };
        return SplitDecimal(digits) is var (whole, fraction, exponent)
            ? sign + whole + (fraction.Length == 0 ? "" : "." + fraction) + (exponent.Length == 0 ? "" : "e" + exponent)
            : null;
    }

    // [0-9]* (. [0-9]*)? ([eE][-+]?[0-9]+)? with a digit before the exponent, in the spelling JSON has for it.
    private static (string Whole, string Fraction, string Exponent)? SplitDecimal(string text)
    {
        var e = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? "" : text[(e + 1)..];
        if (e >= 0 && !IsDigits(exponent is ['+' or '-', ..] ? exponent[1..] : exponent))
            return null;

        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var fraction = dot < 0 ? "" : mantissa[(dot + 1)..];
        if (whole.Length + fraction.Length == 0 || !IsDigits(whole + fraction))
            return null;

        var trimmed = whole.TrimStart('0');
        return (trimmed.Length == 0 ? "0" : trimmed, fraction, exponent);
    }

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static string? Integer(string digits, int radix)
    {
        const int LongestSeen = 64;
        if (digits.Length is 0 or > LongestSeen)
            return null;

        var value = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
