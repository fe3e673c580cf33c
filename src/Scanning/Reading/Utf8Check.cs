// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace SupplyChain.Scanning.Reading;

/// <summary>Checks text that arrives in pieces for being UTF-8; the framework's JSON reader does not look inside strings.</summary>
internal static class Utf8Check
{
    /// <summary>How many bytes at the start of <paramref name="bytes"/> are whole, valid characters.</summary>
    /// <param name="bytes">Bytes that start at a character.</param>
    /// <param name="isInvalid">Whether the byte after them can be no character, whatever follows.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    public static int CountValid(ReadOnlySpan<byte> bytes, bool isLast, out bool isInvalid)
    {
        var whole = isLast ? bytes.Length : bytes.Length - LengthOfCutCharacter(bytes);
        isInvalid = !Utf8.IsValid(bytes[..whole]);
        return isInvalid ? FindInvalid(bytes) : whole;
    }

    private static int LengthOfCutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            var lead = bytes[^length];
            if ((lead & 0xC0) == 0x80)
                continue;

            var needed = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return needed > length ? length : 0;
        }

        return 0;
    }

    private static int FindInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }
}
