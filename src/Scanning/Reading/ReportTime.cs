// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Scanning.Reading;

/// <summary>Reads the times that scanners write. What is no time in one reading only is none: a policy says what a missing time means.</summary>
internal static class ReportTime
{
    private const int FractionDigits = 7;

    /// <summary>
    /// Reads RFC 3339, also with a space for the T, with any number of fractional digits (below 100 ns they are cut). A
    /// time without a zone is none, because it would mean another moment on another machine; so is a time of year 1,
    /// which is how Go writes "never".
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 20 || text[10] is not ('T' or 't' or ' '))
            return false;

        var fraction = text[19..];
        var digits = 0;
        if (fraction[0] == '.')
        {
            while (digits + 1 < fraction.Length && char.IsAsciiDigit(fraction[digits + 1]))
                digits++;
            if (digits == 0)
                return false;
            fraction = fraction[(digits + 1)..];
        }

        // The framework reads seven digits; the zone follows in one of two forms.
        var written = string.Concat(
            text[..10], "T", text[11..19],
            digits == 0 ? "" : string.Concat(".", text.Slice(20, Math.Min(digits, FractionDigits))));
        var zone = fraction is "Z" or "z" ? "+00:00" : fraction.ToString();
        return IsOffset(zone)
            && DateTimeOffset.TryParseExact(
                written + zone, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"],
                CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time)
            && time.Year > 1;
    }

    /// <summary>The older of two times; one that is missing counts for nothing.</summary>
    public static DateTimeOffset? Older(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    /// <summary>Reads a day alone, <c>yyyy-MM-dd</c>, as its first moment in UTC; for what is dated by days, never for a scan.</summary>
    public static bool TryParseDay(ReadOnlySpan<char> text, out DateTimeOffset day)
    {
        day = default;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year <= 1)
            return false;
        day = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        return true;
    }

    /// <summary>Reads seconds since 1970, as older tools write them.</summary>
    public static bool TryFromSeconds(double seconds, out DateTimeOffset time)
    {
        var isTime = seconds is > 0 and < 253_402_300_800;
        time = isTime ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : default;
        return isTime;
    }

    private static bool IsOffset(string zone) =>
        zone is [('+' or '-'), >= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', >= '0' and <= '9'];
}
