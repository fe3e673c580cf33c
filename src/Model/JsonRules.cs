// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace SupplyChain.Model;

/// <summary>
/// The rules about JSON's text that hold however a document is read: as a tree by <see cref="StrictJson"/>, or token by token
/// where no tree may be built.
/// </summary>
public static class JsonRules
{
    /// <summary>What is said of a string with half of a surrogate pair in it.</summary>
    public const string HalfPair = "a string holds half of a surrogate pair";

    /// <summary>What keeps <paramref name="utf8"/> from being read at all: a byte order mark, bytes that are no UTF-8.</summary>
    /// <returns>The problem, or null when there is none.</returns>
    public static string? FindProblem(ReadOnlySpan<byte> utf8) => utf8 switch
    {
        [0xEF, 0xBB, 0xBF, ..] => "the document starts with a byte order mark",
        _ when !Utf8.IsValid(utf8) => "the document is not valid UTF-8",
        _ => null,
    };

    /// <summary>Where a document stops being JSON, and why, without what the framework quotes of it.</summary>
    public static string Describe(JsonException malformed)
    {
        ArgumentNullException.ThrowIfNull(malformed);

        var line = (malformed.LineNumber ?? 0) + 1;
        return $"not JSON at line {line}, byte {(malformed.BytePositionInLine ?? 0) + 1}: {Sentence(malformed.Message)}";
    }

    /// <summary>
    /// Whether every escaped surrogate has its other half, which the framework's reader does not ask before a string is decoded.
    /// In valid UTF-8 half a pair can only be written as an escape.
    /// </summary>
    /// <param name="escaped">A string as written, or a whole document; the JSON reader accepted it.</param>
    public static bool ArePaired(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOf("\\ud"u8) < 0 && escaped.IndexOf("\\uD"u8) < 0)
            return true;

        var afterHigh = false;
        for (var rest = escaped; ;)
        {
            var escape = rest.IndexOf((byte)'\\');
            if (escape < 0)
                return !afterHigh;
            if (afterHigh && escape != 0)
                return false;

            rest = rest[(escape + 1)..];
            if (rest[0] != (byte)'u')
            {
                if (afterHigh)
                    return false;
                rest = rest[1..];
                continue;
            }

            var unit = Read(rest.Slice(1, 4));
            if (char.IsLowSurrogate(unit) != afterHigh)
                return false;
            afterHigh = char.IsHighSurrogate(unit);
            rest = rest[5..];
        }
    }

    private static char Read(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // The framework appends path and position to its sentence, which may quote input.
    private static string Sentence(string message)
    {
        var path = message.IndexOf(" Path:", StringComparison.Ordinal);
        var line = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var end = path >= 0 ? path : line;
        return Printable.Escape(end > 0 ? message[..end] : message);
    }
}
