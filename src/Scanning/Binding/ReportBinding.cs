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
        ArgumentNullException.ThrowIfNull(image);
        if (report.MalformedSubjects.Count > 0)
        {
            return BindingResult.Refused(
                ReasonCode.ReportUnbound, $"the report's own digests are not usable: {report.MalformedSubjects[0]}");
        }

        return report.Subjects.Count == 0 ? Assert(report, image) : Prove(report, image);
    }

    private static BindingResult Prove(ScanReport report, BindingImage image)
    {
        var proven = image.Platforms.Where(platform => IsProven(report, image, platform)).ToList();
        return proven switch
        {
            [var only] => BindingResult.Proven(only.Manifest, $"the report names {Describe(only)}"),
            [] when NamesOnlyTheIndex(report, image) => BindingResult.Refused(
                ReasonCode.ReportUnbound, "the report names the index, but not which of its platforms was scanned",
                Expected(image), Actual(report)),
            [] => BindingResult.Refused(
                ReasonCode.ReportSubjectMismatch, DescribeMismatch(report, image), Expected(image), Actual(report)),
            _ => BindingResult.Refused(
                ReasonCode.ReportUnbound, $"the report fits {proven.Count} platforms of the index alike",
                Expected(image), Actual(report)),
        };
    }

    private static BindingResult Assert(ScanReport report, BindingImage image)
    {
        var fitting = image.Platforms
            .Where(platform => image.Platforms.Count == 1 || report.Platform is not null)
            .Where(platform => !Contradicts(report.Platform, platform.Platform))
            .ToList();
        return fitting is [var only]
            ? BindingResult.Asserted(only.Manifest, "the report names no image digest")
            : BindingResult.Refused(
                ReasonCode.ReportUnbound,
                report.Platform is null
                    ? "the report names no image digest, and not which of the platforms was scanned"
                    : $"the report names no image digest, and {report.Platform} fits {fitting.Count} of the platforms",
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

    private static bool IsProven(ScanReport report, BindingImage image, BindingPlatform platform)
    {
        var answers = report.Subjects.Select(subject => (subject.Role, Answer: Ask(subject, report, image, platform))).ToList();
        var byConfig = answers.Contains((SubjectRole.Config, Answer.Proves));
        return !answers.Exists(given => given.Answer == Answer.Contradicts)
            && answers.Exists(given => given.Answer == Answer.Proves)
            && !answers.Exists(given => given.Answer == Answer.Unresolved && (!byConfig || given.Role == SubjectRole.Statement));
    }

    private static Answer Ask(ReportSubject subject, ScanReport report, BindingImage image, BindingPlatform platform)
    {
        if (subject.Role == SubjectRole.Config)
        {
            if (platform.Config is null)
                return Answer.Unresolved;
            return subject.Digest == platform.Config ? Answer.Proves : Answer.Contradicts;
        }

        if (subject.Digest == platform.Manifest)
            return Contradicts(report.Platform, platform.Platform) ? Answer.Contradicts : Answer.Proves;

        if (image.IsIndex && subject.Digest == image.Digest)
        {
            // A local tool names one platform's manifest so, never the index it came from.
            if (subject.Role == SubjectRole.Manifest || Contradicts(report.Platform, platform.Platform))
                return Answer.Contradicts;
            return image.Platforms.Count == 1 || (report.Platform is not null && platform.Platform is not null)
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

    private static bool NamesOnlyTheIndex(ScanReport report, BindingImage image) =>
        image.IsIndex && report.Platform is null && image.Platforms.Count > 0
        && report.Subjects.All(subject => subject.Role is SubjectRole.Repository or SubjectRole.Statement && subject.Digest == image.Digest);

    private static string DescribeMismatch(ScanReport report, BindingImage image)
    {
        var config = report.Subjects.FirstOrDefault(subject => subject.Role == SubjectRole.Config);
        if (config is not null && (config.Digest == image.Digest || image.Platforms.Any(platform => platform.Manifest == config.Digest)))
            return $"the report names {config.Digest} as an image configuration, but the registry serves a manifest by it";

        var manifest = report.Subjects.FirstOrDefault(subject => subject.Role != SubjectRole.Config);
        if (manifest is not null && image.Platforms.Any(platform => platform.Config == manifest.Digest))
            return $"the report names {manifest.Digest} as a manifest, but it is an image configuration";

        if (report.Subjects.Any(subject => IsOfImage(subject.Digest, image)))
        {
            return report.Subjects.Count == 1
                ? $"the report names this image, but scanned {report.Platform?.ToString() ?? "an unnamed platform"}, which it does not have"
                : "the report names this image among others that do not lead to it";
        }

        return "the report is about another image";
    }

    private static bool IsOfImage(Digest digest, BindingImage image) =>
        digest == image.Digest || image.Platforms.Any(platform => digest == platform.Manifest || digest == platform.Config);

    private static string Describe(BindingPlatform platform) =>
        platform.Platform is null ? $"{platform.Manifest}" : $"{platform.Manifest} ({platform.Platform})";

    private static string Expected(BindingImage image) => string.Join(
        ", ",
        image.Platforms.Select(platform =>
            $"manifest {Describe(platform)}" + (platform.Config is null ? "" : $" with config {platform.Config}")));

    private static string Actual(ScanReport report) => string.Join(
        ", ",
        report.Subjects.Select(subject => $"{subject.Role.ToString().ToLowerInvariant()} {subject.Digest}"))
        + (report.Platform is null ? "" : $" on {report.Platform}");
}
