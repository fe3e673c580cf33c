// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// Versions, such as the installed ones an exception is for: comparisons that must all hold, joined by commas, such as
/// <c>&gt;=3.0.0, &lt;3.0.20</c>. Where the order of a package's versions is not known, only <c>=</c> on the very same
/// text holds, and the exception otherwise does not apply.
/// </summary>
public sealed class VersionRange
{
    private const int MostComparisons = 8;

    private static readonly string[] Operators = ["<=", ">=", "<", ">", "="];

    private readonly IReadOnlyList<(string Operator, string Version)> _comparisons;

    private VersionRange(string text, IReadOnlyList<(string Operator, string Version)> comparisons)
    {
        Text = text;
        _comparisons = comparisons;
    }

    /// <summary>The range as written.</summary>
    public string Text { get; }

    /// <summary>Reads a range.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out VersionRange? range, [NotNullWhen(false)] out string? problem)
    {
        range = null;
        var comparisons = new List<(string, string)>();
        foreach (var part in (text ?? "").Split(','))
        {
            var written = part.Trim(' ');
            var comparison = Array.Find(Operators, candidate =>
                written.StartsWith(candidate, StringComparison.Ordinal));
            var version = written[(comparison?.Length ?? 0)..].TrimStart(' ');
            if (comparison is null || version.Length == 0 || !version.All(IsVersionCharacter)
                || comparisons.Count == MostComparisons)
            {
                problem = $"'{Printable.Escape(text)}' is not a version range; expected up to {MostComparisons} of <, <=, =, >=, > "
                    + "each with a version, joined by commas";
                return false;
            }

            comparisons.Add((comparison, version));
        }

        range = new VersionRange(text!, comparisons);
        problem = null;
        return true;
    }

    /// <summary>Whether the installed version of <paramref name="package"/> is known to be in the range.</summary>
    public bool Contains(Package package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return package.Version.Length > 0
            && _comparisons.All(comparison => Holds(comparison.Operator, package, comparison.Version));
    }

    /// <summary>The versions it compares with.</summary>
    internal IEnumerable<string> Ends => _comparisons.Select(comparison => comparison.Version);

    /// <summary>Whether all its versions have a place in the order of Semantic Versioning.</summary>
    internal bool IsSemantic =>
        _comparisons.All(comparison => SemanticVersion.Compare(comparison.Version, comparison.Version) is not null);

    /// <summary>Whether a program's version is in the range, in the order of Semantic Versioning.</summary>
    internal bool Contains(string version) => _comparisons.All(comparison =>
        SemanticVersion.Compare(version, comparison.Version) is { } order && Holds(comparison.Operator, order));

    /// <summary>The range as written.</summary>
    public override string ToString() => Text;

    private static bool Holds(string comparison, Package package, string version)
    {
        if (comparison is "=" && string.Equals(package.Version, version, StringComparison.Ordinal))
            return true;

        return VersionOrdering.Compare(package, version) is { } order && Holds(comparison, order);
    }

    private static bool Holds(string comparison, int order) => comparison switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        "=" => order == 0,
        ">=" => order >= 0,
        _ => order > 0,
    };

    private static bool IsVersionCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or ':' or '_';
}
