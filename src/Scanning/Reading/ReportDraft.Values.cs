// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <content>What single values become.</content>
internal sealed partial class ReportDraft
{
    private readonly TextPool _pool = new();
    private int _texts;
    private long _textLength;

    /// <summary>The text of a string, kept within the limits.</summary>
    public string Text(ref Utf8JsonReader value)
    {
        if (!IsWithinLength(ref value))
            return "";

        if (!value.ValueIsEscaped)
            return Keep(value.ValueSpan);

        var unescaped = ArrayPool<byte>.Shared.Rent(value.ValueSpan.Length);
        try
        {
            return Keep(unescaped.AsSpan(0, value.CopyString(unescaped)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    /// <summary>The time of a string or number; null, with a note, when it is none.</summary>
    public DateTimeOffset? Time(ref Utf8JsonReader value, string name)
    {
        DateTimeOffset time;
        switch (value.TokenType)
        {
            case JsonTokenType.String:
                var text = Text(ref value);
                if (ReportTime.TryParse(text, out time))
                    return time;
                if (text.Length > 0)
                    Note($"{name} '{Printable.Escape(text)}' is no time that could be used");
                return null;
            case JsonTokenType.Number:
                if (value.TryGetDouble(out var seconds) && ReportTime.TryFromSeconds(seconds, out time))
                    return time;
                Note($"{name} is a number that is no time");
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                Note($"{name} is not a time");
                return null;
        }
    }

    /// <summary>The time of a string, or the first moment of the day (UTC) that it names; null, with a note, when it is neither.</summary>
    public DateTimeOffset? Day(ref Utf8JsonReader value, string name) =>
        value.TokenType == JsonTokenType.String && ReportTime.TryParseDay(Text(ref value), out var day) ? day : Time(ref value, name);

    /// <summary>The characters of a string that is looked at and not kept; none when it is longer than what is kept.</summary>
    /// <param name="value">The string.</param>
    /// <param name="buffer">Room for as many characters as the string has bytes.</param>
    public ReadOnlySpan<char> Characters(ref Utf8JsonReader value, Span<char> buffer) =>
        IsWithinLength(ref value) ? buffer[..value.CopyString(buffer)] : [];

    /// <summary>A part of such a string, kept within the limits.</summary>
    public string Text(ReadOnlySpan<char> part)
    {
        var text = _pool.Get(part, out var isNew);
        Charge(isNew ? text.Length : 0);
        return text;
    }

    /// <summary>The text of a member's name, kept within the limits.</summary>
    public string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= Limits.ReportStringLength)
            return Keep(utf8);
        RefuseTextLength();
        return "";
    }

    /// <summary>
    /// A number from 0 to <paramref name="highest"/>, also one written as text; null, with a note where it is no number.
    /// A number beyond the scale is refused: whatever it stands for, it is not the lowest.
    /// </summary>
    public double? Number(ref Utf8JsonReader value, double highest, string name)
    {
        switch (value.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number:
                return Within(value.TryGetDouble(out var number) ? number : double.PositiveInfinity, highest, name);
            case JsonTokenType.String:
                return Number(Text(ref value), highest, name);
            default:
                Note($"{name} is no number");
                return null;
        }
    }

    /// <summary>The same of a text.</summary>
    public double? Number(string text, double highest, string name)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return Within(number, highest, name);
        Note($"{name} is no number");
        return null;
    }

    private double? Within(double number, double highest, string name)
    {
        if (number >= 0 && number <= highest)
            return number;

        Refuse(ReasonCode.ReportFormat, string.Create(CultureInfo.InvariantCulture, $"{name} is not from 0 {(highest < double.MaxValue ? $"to {highest}" : "up")}"));
        return null;
    }

    private bool IsWithinLength(ref Utf8JsonReader value)
    {
        if (value.ValueSpan.Length <= Limits.ReportStringLength)
            return true;

        RefuseTextLength();
        return false;
    }

    private void RefuseTextLength() =>
        Refuse(ReasonCode.ReportLimit, $"a text is longer than {Limits.ReportStringLength} bytes");

    private string Keep(ReadOnlySpan<byte> utf8)
    {
        var text = _pool.Get(utf8, out var isNew);
        Charge(isNew ? text.Length : 0);
        return text;
    }

    private void Charge(int length)
    {
        _textLength += length;
        if (++_texts > Limits.ReportTexts || _textLength > Limits.ReportTextLength)
            Refuse(ReasonCode.ReportLimit, "the report holds more text than is kept");
    }
}
