// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>What evidence counts at all, before any check looks at it.</summary>
public sealed record EvidenceRules
{
    /// <summary>The scanners whose reports count; at least one.</summary>
    public required IReadOnlyList<ScannerRule> Scanners { get; init; }

    /// <summary>Whether every scanner has to report.</summary>
    public required CombineRule Combine { get; init; }

    /// <summary>How many of the scanners have to report on each platform, for <see cref="CombineRule.AtLeast"/>.</summary>
    public int AtLeast { get; init; } = 1;

    /// <summary>How old a scan may be.</summary>
    public required AgeLimit MaximumScanAge { get; init; }

    /// <summary>How old the vulnerability database of a scan may be.</summary>
    public required AgeLimit MaximumDatabaseAge { get; init; }

    /// <summary>The platforms that need a report; null for every runnable one.</summary>
    public IReadOnlyList<Platform>? Platforms { get; init; }

    /// <summary>Whose VEX statements count; nobody's where it is empty.</summary>
    public IReadOnlyList<VexRule> Vex { get; init; } = [];

    /// <summary>
    /// Who may post reports on images that need not be asked for: what is posted binds later requests. Nobody where it is empty.
    /// </summary>
    public IReadOnlyList<RequesterRule> Posters { get; init; } = [];

    /// <summary>
    /// The platforms of an image that need a report: those that are listed, and what a node of a listed platform falls back
    /// to where the image does not have its own. One that is not known is never outside the list.
    /// </summary>
    public IReadOnlyList<PlatformManifest> Judged(ImageSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (Platforms is null)
            return subject.Platforms;

        var served = Platforms.Where(listed => subject.Platforms.Any(manifest => Is(manifest.Platform, listed))).ToList();
        return served.Count == 0
            ? []
            : [.. subject.Platforms.Where(manifest =>
                served.Exists(listed => Is(manifest.Platform, listed))
                || Platforms.Except(served).Any(listed => IsFallback(manifest.Platform!, listed)))];
    }

    // A variant that the policy leaves out may be any.
    private static bool Is(Platform? found, Platform listed)
    {
        if (found is null)
            return true;

        var (platform, wanted) = (found.Canonical, listed.Canonical);
        return string.Equals(platform.Os, wanted.Os, StringComparison.Ordinal)
            && string.Equals(platform.Architecture, wanted.Architecture, StringComparison.Ordinal)
            && (listed.Variant is null || wanted.Variant is null
                || string.Equals(platform.Variant, wanted.Variant, StringComparison.Ordinal));
    }

    // Processors run what their forebears ran, and runtimes choose it where there is nothing better.
    private static bool IsFallback(Platform found, Platform listed)
    {
        var (platform, wanted) = (found.Canonical, listed.Canonical);
        return string.Equals(platform.Os, wanted.Os, StringComparison.Ordinal)
            && (string.Equals(platform.Architecture, wanted.Architecture, StringComparison.Ordinal)
                || (wanted.Architecture, platform.Architecture) is ("amd64", "386") or ("arm64", "arm"));
    }
}

/// <summary>A scanner whose reports count.</summary>
public sealed record ScannerRule
{
    /// <summary>The scanner's name as its reports give it.</summary>
    public required string Name { get; init; }

    /// <summary>The lowest version that counts, if there is one.</summary>
    public string? MinimumVersion { get; init; }

    /// <summary>The versions that count, where they are limited otherwise than from below.</summary>
    public VersionRange? Versions { get; init; }

    /// <summary>
    /// The kinds of format that count: unless others are named only the scanner's own, since the others tell less of what was
    /// looked at.
    /// </summary>
    public IReadOnlyList<ReportKind> Formats { get; init; } = [ReportKind.Native];

    /// <summary>Who has to vouch for the report.</summary>
    public required EvidenceSource Source { get; init; }

    /// <summary>The attestors whose signature vouches, for <see cref="EvidenceSource.Attested"/>.</summary>
    public IReadOnlyList<string> SignedBy { get; init; } = [];

    /// <summary>Where each of <see cref="SignedBy"/> is written.</summary>
    internal IReadOnlyList<FieldPlace> SignedByPlaces { get; init; } = [];

    /// <summary>How firmly the report has to be tied to the image.</summary>
    public required EvidenceBinding Binding { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }
}

/// <summary>Who vouches for a piece of evidence.</summary>
public enum EvidenceSource
{
    /// <summary>A signer that a policy can name.</summary>
    Attested,

    /// <summary>The requester alone.</summary>
    Submitted,
}

/// <summary>How firmly a piece of evidence is tied to the image.</summary>
public enum EvidenceBinding
{
    /// <summary>By a digest in it.</summary>
    Proven,

    /// <summary>Only by whoever sent it.</summary>
    Asserted,
}

/// <summary>How reports of several scanners come together. Findings of all that count always count.</summary>
public enum CombineRule
{
    /// <summary>Every listed scanner has to report on every platform.</summary>
    Union,

    /// <summary>One of the listed scanners suffices for each platform.</summary>
    Any,

    /// <summary>A number of the listed scanners has to report on each platform.</summary>
    AtLeast,
}

/// <summary>A bound on an age.</summary>
/// <param name="Limit">The greatest age.</param>
/// <param name="WhenMissing">What an unknown age means.</param>
public sealed record AgeLimit(TimeSpan Limit, MissingRule WhenMissing);

/// <summary>What a missing fact means.</summary>
public enum MissingRule
{
    /// <summary>The evidence does not count.</summary>
    Refuse,

    /// <summary>The policy lets it count.</summary>
    Accept,
}
