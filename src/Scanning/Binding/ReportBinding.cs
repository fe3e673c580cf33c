// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning;

/// <summary>
/// Ties a report to the one platform of an image that it proves to be about. The image is what we fetched; the report's
/// digests are claims that have to lead there, each by its own kind: a configuration's digest is never taken for a
/// manifest's.
/// </summary>
public static class ReportBinding
{
    /// <summary>Binds <paramref name="report"/> to <paramref name="image"/>.</summary>
    /// <remarks>
    /// A configuration digest that matches proves the platform, because the manifest we fetched names it; digests beside
    /// it may then be ones we cannot resolve, as those of another registry or of a local rebuild, but none may lead to
    /// another platform, and that of a statement around the report has to lead to this one. Without such a match every
    /// digest has to lead to the same platform. The digest of the index leads to the platform that the report names.
    /// </remarks>
    public static BindingResult Bind(ScanReport report, BindingImage image)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Bind(new BindingClaim("report", report.Subjects, report.MalformedSubjects, report.Platform), image);
    }

    /// <summary>Binds an SBOM by the same rules: it names its image as a report does, and no platform.</summary>
    public static BindingResult Bind(Sbom sbom, BindingImage image)
    {
        ArgumentNullException.ThrowIfNull(sbom);
        return Bind(
            new BindingClaim("SBOM", sbom.Subjects, sbom.MalformedSubjects, Platform: null)
            {
                Unbound = ReasonCode.DocumentUnbound,
                Mismatch = ReasonCode.DocumentSubjectMismatch,
            },
            image);
    }

    private static BindingResult Bind(BindingClaim claim, BindingImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (claim.Malformed.Count > 0)
        {
            return BindingResult.Refused(
                claim.Unbound, $"the {claim.What}'s own digests are not usable: {claim.Malformed[0]}");
        }

        return claim.Subjects.Count == 0 ? Assert(claim, image) : Prove(claim, image);
    }

    private static BindingResult Prove(BindingClaim claim, BindingImage image)
    {
        var proven = image.Platforms.Where(platform => IsProven(claim, image, platform)).ToList();
        return proven switch
        {
            [var only] => BindingResult.Proven(only.Manifest, $"the {claim.What} names {Describe(only)}"),
            [] when NamesOnlyTheIndex(claim, image) => BindingResult.Refused(
                claim.Unbound, $"the {claim.What} names the index, but not which of its platforms was scanned",
                Expected(image), Actual(claim)),
            [] => BindingResult.Refused(
                claim.Mismatch, DescribeMismatch(claim, image), Expected(image), Actual(claim)),
            _ => BindingResult.Refused(
                claim.Unbound, $"the {claim.What} fits {proven.Count} platforms of the index alike",
                Expected(image), Actual(claim)),
        };
    }

    private static BindingResult Assert(BindingClaim claim, BindingImage image)
    {
        var fitting = image.Platforms
            .Where(platform => image.Platforms.Count == 1 || claim.Platform is not null)
            .Where(platform => !Contradicts(claim.Platform, platform.Platform))
            .ToList();
        return fitting is [var only]
            ? BindingResult.Asserted(only.Manifest, claim.Unbound, $"the {claim.What} names no image digest")
            : BindingResult.Refused(
                claim.Unbound,
                claim.Platform is null
                    ? $"the {claim.What} names no image digest, and not which of the platforms was scanned"
                    : $"the {claim.What} names no image digest, and {claim.Platform} fits {fitting.Count} of the platforms",
                Expected(image));
    }

    private enum Answer
    {
        /// <summary>The digest leads to something we did not fetch.</summary>
        Unresolved,

        /// <summary>It names what holds this platform, but not this one alone.</summary>
        Compatible,

        Proves,
        Contradicts,
    }

    private static bool IsProven(BindingClaim claim, BindingImage image, BindingPlatform platform)
    {
        var answers = claim.Subjects.Select(subject => (subject.Role, Answer: Ask(subject, claim, image, platform))).ToList();
        var byConfig = answers.Contains((SubjectRole.Config, Answer.Proves));
        return !answers.Exists(given => given.Answer == Answer.Contradicts)
            && answers.Exists(given => given.Answer == Answer.Proves)
            && !answers.Exists(given => given.Answer == Answer.Unresolved && (!byConfig || given.Role == SubjectRole.Statement));
    }

    private static Answer Ask(ReportSubject subject, BindingClaim claim, BindingImage image, BindingPlatform platform)
    {
        if (subject.Role == SubjectRole.Config)
        {
            if (platform.Config is null)
                return Answer.Unresolved;
            return subject.Digest == platform.Config ? Answer.Proves : Answer.Contradicts;
        }

        if (subject.Digest == platform.Manifest)
            return Contradicts(claim.Platform, platform.Platform) ? Answer.Contradicts : Answer.Proves;

        if (image.IsIndex && subject.Digest == image.Digest)
        {
            // A local tool names one platform's manifest so, never the index it came from.
            if (subject.Role == SubjectRole.Manifest || Contradicts(claim.Platform, platform.Platform))
                return Answer.Contradicts;
            return image.Platforms.Count == 1 || (claim.Platform is not null && platform.Platform is not null)
                ? Answer.Proves
                : Answer.Compatible;
        }

        return image.Platforms.Any(other => other.Manifest == subject.Digest) ? Answer.Contradicts : Answer.Unresolved;
    }

    // A variant that one side leaves out says nothing: Trivy writes none where the index says v8.
    private static bool Contradicts(Platform? claimed, Platform? actual) =>
        claimed is not null && actual is not null
        && (!string.Equals(claimed.Os, actual.Os, StringComparison.Ordinal)
            || !string.Equals(claimed.Architecture, actual.Architecture, StringComparison.Ordinal)
            || (claimed.Variant is not null && actual.Variant is not null
                && !string.Equals(claimed.Variant, actual.Variant, StringComparison.Ordinal)));

    private static bool NamesOnlyTheIndex(BindingClaim claim, BindingImage image) =>
        image.IsIndex && claim.Platform is null && image.Platforms.Count > 0
        && claim.Subjects.All(subject => subject.Role is SubjectRole.Repository or SubjectRole.Statement && subject.Digest == image.Digest);

    private static string DescribeMismatch(BindingClaim claim, BindingImage image)
    {
        var config = claim.Subjects.FirstOrDefault(subject => subject.Role == SubjectRole.Config);
        if (config is not null && (config.Digest == image.Digest || image.Platforms.Any(platform => platform.Manifest == config.Digest)))
            return $"the {claim.What} names {config.Digest} as an image configuration, but the registry serves a manifest by it";

        var manifest = claim.Subjects.FirstOrDefault(subject => subject.Role != SubjectRole.Config);
        if (manifest is not null && image.Platforms.Any(platform => platform.Config == manifest.Digest))
            return $"the {claim.What} names {manifest.Digest} as a manifest, but it is an image configuration";

        if (claim.Subjects.Any(subject => IsOfImage(subject.Digest, image)))
        {
            return claim.Subjects.Count == 1
                ? $"the {claim.What} names this image, but scanned {claim.Platform?.ToString() ?? "an unnamed platform"}, which it does not have"
                : $"the {claim.What} names this image among others that do not lead to it";
        }

        return $"the {claim.What} is about another image";
    }

    private static bool IsOfImage(Digest digest, BindingImage image) =>
        digest == image.Digest || image.Platforms.Any(platform => digest == platform.Manifest || digest == platform.Config);

    private static string Describe(BindingPlatform platform) =>
        platform.Platform is null ? $"{platform.Manifest}" : $"{platform.Manifest} ({platform.Platform})";

    private static string Expected(BindingImage image) => string.Join(
        ", ",
        image.Platforms.Select(platform =>
            $"manifest {Describe(platform)}" + (platform.Config is null ? "" : $" with config {platform.Config}")));

    private static string Actual(BindingClaim claim) => string.Join(
        ", ",
        claim.Subjects.Select(subject => $"{subject.Role.ToString().ToLowerInvariant()} {subject.Digest}"))
        + (claim.Platform is null ? "" : $" on {claim.Platform}");
}
