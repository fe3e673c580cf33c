// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci.Http;

/// <summary>One way to authenticate that a registry offers. RFC 9110 §11.6.1.</summary>
/// <param name="Scheme">The scheme in lower case, such as <c>bearer</c>.</param>
/// <param name="Parameters">Its parameters, names in lower case.</param>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int LongestHeader = 8192;

    /// <summary>
    /// Reads the values of <c>WWW-Authenticate</c>. What does not follow the grammar, or names a parameter twice, ends
    /// the reading of that value: a challenge that can be read in two ways is none.
    /// </summary>
    public static IReadOnlyList<Challenge> ReadAll(IEnumerable<string> values)
    {
        var challenges = new List<Challenge>();
        foreach (var value in values)
        {
            if (value.Length <= LongestHeader)
                new Reader(value).ReadInto(challenges);
        }

        return challenges;
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public void ReadInto(List<Challenge> challenges)
        {
            while (true)
            {
                SkipSeparators();
                var scheme = ReadToken();
                if (scheme.Length == 0 || !ReadParameters(out var parameters))
                    return;

                challenges.Add(new Challenge(scheme.ToLowerInvariant(), parameters));
            }
        }

        // Parameters go on until the text ends or a word comes that no '=' follows: the next scheme.
        private bool ReadParameters(out Dictionary<string, string> parameters)
        {
            parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            while (true)
            {
                SkipSeparators();
                if (_at == text.Length)
                    return true;

                var before = _at;
                var name = ReadToken();
                if (name.Length == 0)
                    return false;

                SkipSpace();
                if (_at == text.Length || text[_at] != '=')
                {
                    _at = before;
                    return true;
                }

                _at++;
                SkipSpace();
                if (ReadValue() is not { } value || !parameters.TryAdd(name.ToLowerInvariant(), value))
                    return false;
            }
        }

        private string? ReadValue()
        {
            if (_at == text.Length || text[_at] != '"')
                return ReadToken() is { Length: > 0 } token ? token : null;

            var value = new System.Text.StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '"')
                {
                    _at++;
                    return value.ToString();
                }

                if (text[_at] == '\\' && ++_at == text.Length)
                    return null;

                value.Append(text[_at]);
            }

            return null;
        }

        private string ReadToken()
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at])
                || "!#$%&'*+-.^_`|~".Contains(text[_at], StringComparison.Ordinal)))
                _at++;
            return text[start.._at];
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t')
                _at++;
        }

        private void SkipSeparators()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or ',')
                _at++;
        }
    }
}
