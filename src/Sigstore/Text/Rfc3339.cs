// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Sigstore;

/// <summary>Times as attestations write them: RFC 3339 with seconds and an offset, nothing looser.</summary>
internal static class Rfc3339
{
    private const int LongestText = 64;
    private const int DigitsKept = 7;

    /// <summary>Reads a time; fractions beyond a tenth of a microsecond are cut.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length is < 20 or > LongestText)
            return false;

        var rest = text.AsSpan(19);
        var fraction = ReadOnlySpan<char>.Empty;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits < 1)
                return false;
            fraction = rest.Slice(1, digits);
            rest = rest[(digits + 1)..];
        }

        // The framework's own pattern would take an offset without its colon.
        if (rest is not "Z" && (rest.Length != 6 || rest[3] != ':'))
            return false;

        var seconds = fraction[..Math.Min(fraction.Length, DigitsKept)];
        return DateTimeOffset.TryParseExact(
            $"{text.AsSpan(0, 19)}.{seconds}{"0000000".AsSpan(seconds.Length)}{rest}",
            rest is "Z" ? "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz",
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    /// <summary>The time in UTC, to the second when it has no fraction.</summary>
    public static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
