// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Judges every platform of an image by its configuration; all have to pass.</summary>
internal static class PlatformJudgement
{
    internal static CheckResult ToResult(
        PolicyCheck check, string type, CheckContext context, string pass, Func<ImageConfiguration, Rejection?> judge)
    {
        if (context.Platforms.Count == 0)
        {
            return ToFailure(check, type, new Rejection(ReasonCode.ImageConfigMissing, "the image has no platform that the policy judges"), []);
        }

        var rejected = context.Platforms.Select(platform => (Platform: platform, Why: Judge(platform, judge)))
            .Where(judged => judged.Why is not null).ToList();
        if (rejected.Count == 0)
            return CheckResult.Pass(check.Name, type, pass) with { Evidence = Configurations(context.Platforms) };

        var (first, why) = rejected[0];
        var others = rejected.Count > 1 ? $", and {rejected.Count - 1} more of {context.Platforms.Count} platforms" : "";
        return ToFailure(
            check, type, why! with { Message = $"{first}: {why.Message}{others}" }, rejected.Select(judged => judged.Platform));
    }

    private static Rejection? Judge(PlatformManifest platform, Func<ImageConfiguration, Rejection?> judge) =>
        platform.Configuration is { } configuration
            ? judge(configuration)
            : new Rejection(
                platform.ConfigurationProblem?.Reason ?? ReasonCode.ImageConfigMissing,
                platform.ConfigurationProblem?.Message ?? "its configuration is not known");

    private static CheckResult ToFailure(PolicyCheck check, string type, Rejection why, IEnumerable<PlatformManifest> platforms) =>
        CheckResult.Fail(check.Name, type, why.Reason, why.Message) with
        {
            Expected = why.Expected ?? "a configuration that can be judged",
            Actual = why.Actual ?? why.Message,
            Remedy = why.Reason.Remedy,
            Evidence = Configurations(platforms),
        };

    private static IReadOnlyList<Digest> Configurations(IEnumerable<PlatformManifest> platforms) =>
        [.. platforms.Select(platform => platform.Config).OfType<Digest>().Distinct()];
}
