// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Comparing;

/// <summary>How two values of a field compare.</summary>
internal enum Measure
{
    /// <summary>Not at all.</summary>
    Other,
    Duration,
    Number,
    Probability,
    Severity,
    Time,
    Version,

    /// <summary>Two words, the stricter first.</summary>
    Words,
}

/// <summary>What a greater value, another entry or the presence of a field leads to.</summary>
/// <param name="Measure">How values compare.</param>
/// <param name="More">What a greater value, or one more entry of a list, leads to.</param>
/// <param name="Presence">What naming the field leads to, where it was left out.</param>
/// <param name="Default">What leaving it out means, where that is a value.</param>
/// <param name="DefaultEntries">The same, where that is a list.</param>
/// <param name="Words">The words, for <see cref="Measure.Words"/>.</param>
internal sealed record FieldMeaning(
    Measure Measure, ChangeDirection More = ChangeDirection.Changed, ChangeDirection Presence = ChangeDirection.Changed,
    string? Default = null, string[]? DefaultEntries = null, string[]? Words = null)
{
    private const ChangeDirection Stricter = ChangeDirection.Stricter;
    private const ChangeDirection Laxer = ChangeDirection.Laxer;
    private const ChangeDirection Changed = ChangeDirection.Changed;

    private static readonly FieldMeaning Unknown = new(Measure.Other);

    // By the end of a path, longer ends first. What is not here is "changed".
    private static readonly (string End, FieldMeaning Meaning)[] Known =
    [
        ("spec.subjects", List(Laxer)),
        ("spec.requesters", List(Laxer)),
        ("requesters[].claims.*", new(Measure.Other, Presence: Stricter)),
        ("spec.mode", new(Measure.Other, Default: "enforce")),
        ("evidence.posters", List(Laxer, Laxer)),
        ("posters[].claims.*", new(Measure.Other, Presence: Stricter)),
        ("scanners[].minimumVersion", new(Measure.Version, Stricter, Stricter)),
        ("scanners[].versions", new(Measure.Other, Presence: Stricter)),
        ("scanners[].formats", new(Measure.Other, Laxer, DefaultEntries: ["native"])),
        ("scanners[].source", new(Measure.Words, Laxer, Words: ["attested", "submitted"])),
        ("scanners[].binding", new(Measure.Words, Laxer, Default: "proven", Words: ["proven", "asserted"])),
        ("scanners[].signedBy", List(Laxer)),
        ("evidence.combine", new(Measure.Other, Default: "union")),
        ("combine.word", new(Measure.Words, Laxer, Words: ["union", "any"])),
        ("combine.atLeast", new(Measure.Number, Stricter)),
        ("evidence.platforms", new(Measure.Other, Default: "all")),
        ("evidence.vex", new(Measure.Other, Presence: Laxer)),
        ("vex[].predicateTypes",
            new(Measure.Other, DefaultEntries: [PredicateTypes.OpenVex, PredicateTypes.OpenVexV020])),
        ("vex[].statuses", List(Laxer)),
        ("vex[].maximumAge", new(Measure.Duration, Laxer)),
        ("vex[].blanket", new(Measure.Words, Laxer, Default: "deny", Words: ["deny", "accept"])),
        ("vex[].signedBy", Unknown),
        (".limit", new(Measure.Duration, Laxer)),
        (".whenMissing", new(Measure.Words, Laxer, Default: "refuse", Words: ["refuse", "accept"])),
        ("spec.checks", List(Stricter)),
        ("vulnerabilities.maximumFixableSeverity", new(Measure.Severity, Laxer)),
        ("vulnerabilities.maximumUnfixableSeverity", new(Measure.Severity, Laxer)),
        ("vulnerabilities.unknownSeverity", new(Measure.Severity, Stricter, Default: "CRITICAL")),
        ("vulnerabilities.severityFrom", new(Measure.Words, Laxer, Default: "label", Words: ["highest", "label"])),
        ("vulnerabilities.fixableGracePeriod", new(Measure.Other, Presence: Laxer)),
        ("vulnerabilities.maxCount", new(Measure.Other, Presence: Stricter)),
        ("maxCount.*", new(Measure.Number, Laxer, Stricter)),
        ("vulnerabilities.knownExploited", new(Measure.Other, Default: "allow")),
        ("knownExploited.action", new(Measure.Words, Laxer, Words: ["deny", "allow"])),
        ("knownExploited.maximumAge", new(Measure.Duration, Laxer, Default: "30d")),
        ("vulnerabilities.epss", new(Measure.Other, Presence: Stricter)),
        ("epss.maximum", new(Measure.Probability, Laxer)),
        ("epss.maximumAge", new(Measure.Duration, Laxer, Default: "7d")),
        ("vulnerabilities.blockedCves", List(Stricter, Stricter)),
        ("vulnerabilities.exceptions", List(Laxer, Laxer)),
        ("exceptions[].until", new(Measure.Time, Laxer)),
        ("exceptions[].notBefore", new(Measure.Time, Stricter, Stricter)),
        ("exceptions[].subjects", List(Laxer, Stricter)),
        ("exceptions[].package", new(Measure.Other, Presence: Stricter)),
        ("exceptions[].versions", new(Measure.Other, Presence: Stricter)),
        ("exceptions[].knownExploited", new(Measure.Words, Laxer, Default: "false", Words: ["false", "true"])),
        ("provenance.builders", List(Laxer)),
        ("provenance.sources", List(Laxer, Stricter)),
        ("provenance.refs", List(Laxer, Stricter)),
        ("provenance.buildTypes", List(Laxer, Stricter)),
        ("provenance.externalParameters", List(Laxer, Stricter)),
        ("imageConfig.user", new(Measure.Other, Presence: Stricter)),
        ("imageConfig.deniedPorts", List(Stricter, Stricter)),
        ("imageConfig.requiredLabels", List(Stricter, Stricter)),
        ("requiredLabels.*", new(Measure.Other, Presence: Stricter)),
        ("freshness.maximumBuildAge", new(Measure.Duration, Laxer)),
        ("trustedDirectory.directories", List(Laxer, Laxer)),
        ("trustedDirectory.images", List(Laxer, Laxer)),
        ("sbom.formats", List(Laxer)),
        ("sbom.deniedLicenses", List(Stricter, Stricter)),
        ("sbom.deniedPackages", List(Stricter, Stricter)),
        ("sbom.requiredFields", List(Stricter, Stricter)),
        ("baseImage.approved", List(Laxer)),
        (".source", new(Measure.Words, Laxer, Default: "attested", Words: ["attested", "submitted"])),
        ("sbom.binding", new(Measure.Words, Laxer, Default: "proven", Words: ["proven", "asserted"])),
        ("secrets.maximumSeverity", new(Measure.Severity, Laxer, Default: "BLOCK_ALL")),
        ("misconfigurations.maximumSeverity", new(Measure.Severity, Laxer, Default: "BLOCK_ALL")),
        (".maximumCount", new(Measure.Number, Laxer)),
        (".signedBy", List(Laxer)),
        ("produce.signature", new(Measure.Other, Default: "true")),
        ("produce.layouts", new(Measure.Other, DefaultEntries: ["bundle", "tag"])),
        ("produce.attestations", new(Measure.Other, DefaultEntries: ["vulnerabilities"])),
        ("produce.vsa", new(Measure.Other, Default: "true")),
        ("produce.validFor", new(Measure.Duration, Laxer, Default: "30d")),
        ("spec.transparency", new(Measure.Other, Presence: Stricter)),
        ("transparency.log", new(Measure.Words, Laxer, Default: "none", Words: ["required", "none"])),
        ("transparency.timestamp", new(Measure.Words, Laxer, Default: "none", Words: ["required", "none"])),
        ("spec.registries", List(Laxer)),
        ("spec.exempt", List(Laxer, Laxer)),
        ("exempt[].images", List(Laxer)),
        ("spec.default", new(Measure.Other, Presence: Laxer)),
        (".enforcement", new(Measure.Other, Default: "enforce")),
        ("rules[].until", new(Measure.Time, Laxer)),
        ("default.until", new(Measure.Time, Laxer)),
        (".tags", new(Measure.Other, Default: "deny")),
        (".repository", new(Measure.Words, Laxer, Default: "bound", Words: ["bound", "any"])),
        // No default: where it is written, signatures with certificates may count elsewhere than in bundles.
        ("rules[].layouts", List(Laxer)),
        ("default.layouts", List(Laxer)),
        (".all", List(Stricter)),
        (".any", List(Laxer)),
        ("atLeast.count", new(Measure.Number, Stricter)),
        ("atLeast.of", List(Laxer)),
        ("approval.maximumAge", new(Measure.Duration, Laxer, Stricter)),
        ("members[].validFrom", new(Measure.Time, Stricter, Stricter)),
        ("members[].validUntil", new(Measure.Time, Laxer, Stricter)),
        ("identity.*", new(Measure.Other, Presence: Stricter)),
        ("members[].transparencyLog", new(Measure.Words, Laxer, Words: ["required", "none"])),
        ("members[].timestamp", new(Measure.Words, Laxer, Default: "none", Words: ["required", "none"])),
        ("members[].certificateLog", new(Measure.Words, Laxer, Words: ["required", "none"])),
        ("transparencyLog.atLeast", new(Measure.Number, Stricter)),
        ("timestamp.atLeast", new(Measure.Number, Stricter)),
        ("certificateLog.atLeast", new(Measure.Number, Stricter)),
        ("spec.members", List(Laxer)),
    ];

    /// <summary>The meaning of the field at a path without names and numbers in its brackets.</summary>
    internal static FieldMeaning Of(string path) =>
        Find(path) ?? Find(path[..Math.Max(0, path.LastIndexOf('.'))] + ".*") ?? Unknown;

    private static FieldMeaning? Find(string path) => Known
        .Where(known => path.EndsWith(known.End, StringComparison.Ordinal)
            && (known.End[0] == '.' || path.Length == known.End.Length || path[^(known.End.Length + 1)] == '.'))
        .OrderByDescending(known => known.End.Length)
        .Select(known => known.Meaning)
        .FirstOrDefault();

    private static FieldMeaning List(ChangeDirection more, ChangeDirection presence = Changed) =>
        new(Measure.Other, more, presence);
}
