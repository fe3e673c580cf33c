// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads durations and times of policies.</summary>
internal static class Times
{
    private const int LongestDays = 3_650;

    private static readonly string[] Rfc3339 =
    [
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>
    /// A number of minutes, hours or days such as <c>30m</c>, <c>24h</c> or <c>7d</c>; more than none, at most ten
    /// years.
    /// </summary>
    internal static TimeSpan? Duration(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        var unit = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => default,
        };
        if (unit == default || text.Length > 8
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return field!.Error<TimeSpan?>($"'{Printable.Escape(text)}' is not a duration; expected a number and m, h or d, such as 30m, 24h or 7d");

        return number == 0 || number * unit > TimeSpan.FromDays(LongestDays)
            ? field!.Error<TimeSpan?>($"{text} is out of range; expected more than nothing and at most {LongestDays}d")
            : number * unit;
    }

    /// <summary>
    /// The first moment at which something that holds <c>until</c> no longer does. A date includes its whole day in
    /// UTC; a time with zone is that moment itself.
    /// </summary>
    internal static DateTimeOffset? End(Field? field) => Values.Line(field) is { } text
        ? IsDay(text, out var day)
            ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero)
            : Moment(field!, text)
        : null;

    /// <summary>The moment from which something holds: a time with zone, or the start of a day in UTC.</summary>
    internal static DateTimeOffset? Start(Field? field) => Values.Line(field) is { } text
        ? IsDay(text, out var day) ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : Moment(field!, text)
        : null;

    /// <summary>Reads RFC 3339 text with a zone.</summary>
    internal static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Rfc3339, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>A moment as decisions and messages write it: UTC, to the second.</summary>
    internal static string Show(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A duration in the largest unit that shows it whole.</summary>
    internal static string Show(TimeSpan duration)
    {
        var (number, unit) = duration switch
        {
            _ when duration.Ticks % TimeSpan.TicksPerDay == 0 => (duration.Ticks / TimeSpan.TicksPerDay, "d"),
            _ when duration.Ticks % TimeSpan.TicksPerHour == 0 => (duration.Ticks / TimeSpan.TicksPerHour, "h"),
            _ when duration < TimeSpan.FromMinutes(1) => (duration.Ticks / TimeSpan.TicksPerSecond, "s"),
            _ => (duration.Ticks / TimeSpan.TicksPerMinute, "m"),
        };
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>An age for people: whole days above two days, else whole hours, minutes or seconds.</summary>
    internal static string ShowAge(TimeSpan age)
    {
        var (number, unit) = age switch
        {
            _ when age >= TimeSpan.FromDays(2) => (age.Ticks / TimeSpan.TicksPerDay, "d"),
            _ when age >= TimeSpan.FromHours(2) => (age.Ticks / TimeSpan.TicksPerHour, "h"),
            _ when age >= TimeSpan.FromMinutes(2) => (age.Ticks / TimeSpan.TicksPerMinute, "m"),
            _ => (age.Ticks / TimeSpan.TicksPerSecond, "s"),
        };
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static DateTimeOffset? Moment(Field field, string text) => TryParse(text, out var time)
        ? time
        : field.Error<DateTimeOffset?>(
            $"'{Printable.Escape(text)}' is neither a date such as 2027-01-31 nor a time with a zone such as 2027-01-31T12:00:00Z");

    private static bool IsDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            && day < DateOnly.MaxValue;
}
