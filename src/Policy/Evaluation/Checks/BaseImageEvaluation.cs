// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// Judges what an image was built on: the content of its lowest layers, which runtimes check, has to be that of an approved image. A
/// label or annotation that names a base proves nothing. What lies above may replace or hide any file of it.
/// </summary>
internal static class BaseImageEvaluation
{
    private const string Type = "baseImage";

    internal static CheckResult Evaluate(BaseImageCheck check, CheckContext context)
    {
        var bases = context.Evidence.BaseImages
            .Where(found => check.Approved.Any(approved => string.Equals(approved.ToString(), found.Reference.ToString(), StringComparison.Ordinal)))
            .ToList();
        var approved = string.Join(" or ", check.Approved);
        var result = PlatformJudgement.ToResult(
            check, Type, context, "it begins with the layers of an approved base image",
            configuration => bases.Exists(found => IsBaseOf(found, configuration))
                ? null
                : new Rejection(ReasonCode.BaseImageNotApproved, "it does not begin with the layers of an approved base image")
                {
                    Expected = $"the layers of {approved}",
                    Actual = configuration.DiffIds.Count == 0 ? "no layers" : $"{configuration.DiffIds.Count} layers, the first {configuration.DiffIds[0]}",
                });

        // It may be the very one that nobody could look at.
        return result.Reason == ReasonCode.BaseImageNotApproved
            && check.Approved.FirstOrDefault(image => !bases.Exists(found => found.Image is not null && found.Reference.ToString() == image.ToString())) is { } unseen
            ? ToError(check, bases.Find(found => found.Reference.ToString() == unseen.ToString())?.Reason ?? ReasonCode.EvidenceUnreachable, unseen)
            : result;
    }

    private static CheckResult ToError(BaseImageCheck check, ReasonCode reason, ImageReference image)
    {
        var message = $"the base image {image} could not be fetched";
        var result = reason.IsRetryable
            ? CheckResult.Error(check.Name, Type, reason, message)
            : CheckResult.Fail(check.Name, Type, reason, message);
        return result with { Expected = image.ToString(), Actual = "not to be had", Remedy = reason.Remedy };
    }

    // An image without layers is the beginning of every image.
    private static bool IsBaseOf(BaseImage found, ImageConfiguration image) => found.Image?.Platforms.Any(platform =>
        platform.Configuration is { DiffIds: { Count: > 0 } layers }
        && layers.Count <= image.DiffIds.Count && layers.SequenceEqual(image.DiffIds.Take(layers.Count))) ?? false;
}
