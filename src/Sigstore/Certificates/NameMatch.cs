// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Which names are expected in a certificate: one, character by character, or all that a pattern matches from end to end.</summary>
public sealed class NameMatch : IEquatable<NameMatch>
{
    private const string Backtracking =
        "names are matched without backtracking, in time that is linear in their length; expected one without lookaheads, lookbehinds, backreferences, "
        + "atomic groups, conditions and huge repetitions";

    private static readonly string[] Strangers =
    [
        "\u0001nobody\u0001", "nobody", "nobody@nobody.invalid", "https://nobody.invalid", "https://token.nobody.invalid/nobody",
        "https://nobody.invalid/nobody/nothing/.github/workflows/nothing.yml@refs/heads/nothing",
        "https://github.com/nobody-4c7e1a/nothing/.github/workflows/nothing.yml@refs/heads/nothing",
        "https://gitlab.com/nobody-4c7e1a/nothing//.gitlab-ci.yml@refs/heads/nothing",
    ];

    private readonly string _text;
    private readonly Regex? _pattern;

    private NameMatch(string text, Regex? pattern)
    {
        _text = text;
        _pattern = pattern;
    }

    /// <summary>Whether it is a pattern, which may match more than one name.</summary>
    public bool IsPattern => _pattern is not null;

    /// <summary>The name or the pattern, as it was given.</summary>
    public string Text => _text;

    /// <summary>Expects that name and no other; see <see cref="Exact"/>.</summary>
    public static implicit operator NameMatch(string text) => Exact(text);

    /// <summary>Expects that name and no other.</summary>
    /// <exception cref="ArgumentException">The name is empty: it would expect that nobody is named.</exception>
    public static NameMatch Exact(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new NameMatch(text, pattern: null);
    }

    /// <summary>
    /// Parses a .NET regular expression without backreferences and lookarounds. It has to match the whole name, whether its author anchored it
    /// or not, and takes time that is linear in the name.
    /// </summary>
    /// <param name="text">The pattern, of at most <see cref="Limits.PatternLength"/> characters.</param>
    /// <param name="match">The pattern, when the result is <see langword="true"/>.</param>
    /// <param name="problem">Why it is none, when it is not; follows the name of where the pattern stands.</param>
    public static bool TryParsePattern(string? text, [NotNullWhen(true)] out NameMatch? match, [NotNullWhen(false)] out string? problem)
    {
        match = null;
        problem = text switch
        {
            null or "" => "is empty; expected a pattern",
            { Length: > Limits.PatternLength } => $"has {text.Length} characters; at most {Limits.PatternLength} are accepted",
            _ => null,
        };
        if (problem is not null)
            return false;

        try
        {
            // Of a text like a)|(?:b only the frame would make a pattern, and one that is not anchored.
            _ = Compile(text!);
            match = new NameMatch(text!, Compile($@"\A(?:{text})\z"));
            return true;
        }
        catch (NotSupportedException)
        {
            problem = "is not a pattern: " + Backtracking;
            return false;
        }
        catch (ArgumentException unusable)
        {
            problem = $"is not a pattern: {Printable.Escape(unusable.Message)}";
            return false;
        }
    }

    /// <summary>Whether <paramref name="name"/> is expected; no name never is.</summary>
    public bool Matches([NotNullWhen(true)] string? name) =>
        name is not null && (_pattern?.IsMatch(name) ?? string.Equals(name, _text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool Equals(NameMatch? other) => other is not null && IsPattern == other.IsPattern && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NameMatch);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsPattern, _text);

    /// <summary>
    /// Whether it is a pattern that matches names of anybody: of hosts that nobody has, of any repository of a public forge, of any mailbox.
    /// </summary>
    public bool MatchesStrangers => IsPattern && Strangers.Any(Matches);

    /// <summary>The name, or the pattern between slashes; escaped, for messages.</summary>
    public override string ToString() => _pattern is null ? Printable.Escape(_text) : $"/{Printable.Escape(_text)}/";

    private static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
}
