// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Guesses what was meant by a word that nobody knows.</summary>
internal static class Suggestion
{
    private const int LongestGuessed = 64;

    /// <summary>A question naming the nearest known word, or all of them when none is near.</summary>
    internal static string For(string word, IEnumerable<string> known)
    {
        var words = known.Order(StringComparer.Ordinal).ToList();
        return Nearest(word, words) is { } nearest
            ? $"did you mean {Printable.Escape(nearest)}?"
            : $"expected one of {string.Join(", ", words)}";
    }

    /// <summary>The known word that <paramref name="word"/> is a slip of; null when it resembles none.</summary>
    internal static string? Nearest(string word, IEnumerable<string> known) => word.Length > LongestGuessed
        ? null
        : known.Order(StringComparer.Ordinal)
            .Select(candidate => (candidate, Distance: Distance(word, candidate)))
            .Where(guess => guess.Distance <= Math.Max(1, guess.candidate.Length / 3))
            .OrderBy(guess => guess.Distance)
            .Select(guess => guess.candidate)
            .FirstOrDefault();

    // Levenshtein, ignoring case: a wrong capital is the commonest slip.
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
