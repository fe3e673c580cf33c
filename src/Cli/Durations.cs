// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Cli;

/// <summary>Spans of time as options take them: <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>.</summary>
internal static class Durations
{
    private const int LongestDigits = 6;

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || text.Length > LongestDigits + 1
            || !long.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count == 0)
        {
            return false;
        }

        span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => TimeSpan.Zero,
        };
        return span > TimeSpan.Zero;
    }
}
