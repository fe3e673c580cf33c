// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Scanning.Reading;

/// <summary>Finds half surrogate pairs in JSON strings, which the framework's reader lets pass until a string is decoded.</summary>
internal static class Surrogates
{
    /// <summary>Whether every escaped surrogate in <paramref name="escaped"/> has its other half. The text is one the JSON reader accepted.</summary>
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
}
