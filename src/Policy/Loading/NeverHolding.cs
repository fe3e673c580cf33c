// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Warnings of what a policy says and no image, report or requester can ever meet.</summary>
internal static class NeverHolding
{
    internal static IEnumerable<PolicyProblem> Check(SigningPolicy policy) =>
    [
        .. policy.Checks.OfType<TrustedDirectoryCheck>().SelectMany(check => CheckPlaces(policy, check)),
        .. policy.Evidence.Scanners.Where(scanner => IsEmpty(scanner))
            .Select(scanner => Warn(scanner.Location, $"no version of {Printable.Escape(scanner.Name)} is {scanner.Versions}"
                + (scanner.MinimumVersion is null ? "" : $" and {scanner.MinimumVersion} or newer"))),
        .. policy.Checks.OfType<VulnerabilityCheck>().SelectMany(check => check.Exceptions).Where(IsOfNoOrder)
            .Select(exception => Warn(
                exception.Location,
                $"the exception for {Printable.Escape(exception.Id)} never applies: how versions of {Printable.Escape(exception.Package!.Text)} are ordered is not known; only = with the very text does")),
    ];

    /// <summary>Two policies that one request is for are none, unless it names one of them.</summary>
    internal static IEnumerable<PolicyProblem> CheckAmbiguity(PolicySet set) =>
        from first in set.SigningPolicies
        from second in set.SigningPolicies
        where string.CompareOrdinal(first.Name, second.Name) < 0
            && first.Subjects.Any(pattern => second.Subjects.Any(pattern.Overlaps))
            && first.Requesters.Any(rule => second.Requesters.Any(other => MayBeOne(rule, other)))
        select Warn(second.Location, $"{second.Name} and {first.Name} may cover the same request, which then has to name one of them");

    private static IEnumerable<PolicyProblem> CheckPlaces(SigningPolicy policy, TrustedDirectoryCheck check)
    {
        var places = check.Images.Select(pattern => (Text: pattern.ToString(), Patterns: new[] { pattern }))
            .Concat(check.Directories.Select(directory => (directory.Text, PatternsOf(directory))));
        foreach (var (text, patterns) in places)
        {
            if (!policy.Subjects.Any(subject => patterns.Any(subject.Overlaps)))
                yield return Warn(policy.Location, $"{check.Name}: {text} is outside spec.subjects, so that it never matches");
        }
    }

    // A directory is itself, where that can be a repository, and all below it.
    private static ImagePattern[] PatternsOf(RepositoryPrefix directory) =>
    [
        .. new[] { directory.Text, directory.Text + "/**" }
            .Select(text => ImagePattern.TryParse(text, out var pattern, out _) ? pattern : null).OfType<ImagePattern>(),
    ];

    // Versions have an order here, so that the range is empty if its own ends are outside of it, each way.
    private static bool IsEmpty(ScannerRule scanner) => scanner.Versions is { } range
        && !range.Ends.Append(scanner.MinimumVersion).OfType<string>()
            .SelectMany(end => new[] { end, end + ".1", end + "-0" })
            .Append("0.0.0-0")
            .Any(version => range.Contains(version)
                && (scanner.MinimumVersion is not { } minimum || SemanticVersion.Compare(version, minimum) >= 0));

    private static bool IsOfNoOrder(FindingException exception) => exception is { Package: { } package, Versions: { } range }
        && package.Text.StartsWith("pkg:", StringComparison.Ordinal)
        && range.Text.AsSpan().ContainsAny('<', '>')
        && VersionOrdering.Compare(new Package("any", "1.0", package.Text + "@1.0", null), "1.0") is null;

    private static bool MayBeOne(RequesterRule rule, RequesterRule other) =>
        string.Equals(rule.Issuer, other.Issuer, StringComparison.Ordinal)
        && rule.Claims.All(claim => !other.Claims.TryGetValue(claim.Key, out var value)
            || string.Equals(value, claim.Value, StringComparison.Ordinal));

    private static PolicyProblem Warn(SourceLocation location, string message) => new(location, ProblemSeverity.Warning, message);
}
