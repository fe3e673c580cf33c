// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Comparing;

/// <summary>Whether a value is stricter or laxer than another, where that can be told.</summary>
internal static class Directions
{
    private static readonly string[] Severities = ["BLOCK_ALL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "CRITICAL", "ALLOW_ALL"];

    /// <summary>Where a change from one text to another leads; null when both mean the same.</summary>
    internal static ChangeDirection? Compare(FieldMeaning meaning, string old, string now)
    {
        if (string.Equals(old, now, StringComparison.Ordinal))
            return null;

        return Order(meaning, old, now) switch
        {
            null => ChangeDirection.Changed,
            0 => null,
            < 0 => meaning.More,
            _ => Opposite(meaning.More),
        };
    }

    internal static ChangeDirection Opposite(ChangeDirection direction) => direction switch
    {
        ChangeDirection.Laxer => ChangeDirection.Stricter,
        ChangeDirection.Stricter => ChangeDirection.Laxer,
        _ => direction,
    };

    // Less than 0 when the new one is more; null when they have no order.
    private static int? Order(FieldMeaning meaning, string old, string now) => meaning.Measure switch
    {
        Measure.Duration => Order(Duration(old), Duration(now)),
        Measure.Number => Order(Number(old), Number(now)),
        Measure.Probability => Order(Probability(old), Probability(now)),
        Measure.Severity => Order(Place(Severities, old), Place(Severities, now)),
        Measure.Time => Order(Time(old), Time(now)),
        Measure.Version => SemanticVersion.Compare(old, now),
        Measure.Words => Order(Place(meaning.Words!, old), Place(meaning.Words!, now)),
        _ => null,
    };

    private static int? Order<T>(T? old, T? now)
        where T : struct, IComparable<T> => old is { } a && now is { } b ? a.CompareTo(b) : null;

    private static TimeSpan? Duration(string text) => Times.Duration(FieldOf(text));

    private static DateTimeOffset? Time(string text) => Times.End(FieldOf(text));

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double? Probability(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Place(string[] words, string word) => Array.IndexOf(words, word) is >= 0 and var place ? place : null;

    private static Field FieldOf(string text) =>
        new(new YamlScalar(new Position(1, 1), text, isPlain: true), "", new ProblemList(""));
}
