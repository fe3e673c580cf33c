// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Judges when an image was built, by the time in its configuration.</summary>
internal static class BuildFreshnessEvaluation
{
    private const string Type = "freshness";

    // No image is older than containers: reproducible builds write the year 1, 1970 or 1980 where they mean no time.
    private static readonly DateTimeOffset FirstImages = new(2013, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static CheckResult Evaluate(BuildFreshnessCheck check, CheckContext context) =>
        PlatformJudgement.ToResult(
            check, Type, context, Pass(check, context),
            configuration => Judge(check.MaximumBuildAge, configuration.Created, context.Time));

    private static Rejection? Judge(AgeLimit limit, string? created, DateTimeOffset time)
    {
        var expected = $"built at most {Times.Show(limit.Limit)} ago";
        if (TimeOf(created) is not { } built)
        {
            return limit.WhenMissing == MissingRule.Accept
                ? null
                : new Rejection(ReasonCode.BuildUndated, "it does not tell when it was built")
                {
                    Expected = expected,
                    Actual = created is null ? "no time" : $"{Printable.Escape(created)}, which is no time of a build",
                };
        }

        if (built - time <= Limits.ClockSkew && time - built <= limit.Limit)
            return null;

        return new Rejection(ReasonCode.BuildTooOld, built > time
            ? $"it is dated {Times.Show(built)}, ahead of the clock"
            : $"it was built {Times.ShowAge(time - built)} ago, on {Times.Show(built)}")
        {
            Expected = expected,
            Actual = Times.Show(built),
        };
    }

    private static string Pass(BuildFreshnessCheck check, CheckContext context)
    {
        var times = context.Platforms.Select(platform => TimeOf(platform.Configuration?.Created)).OfType<DateTimeOffset>().ToList();
        return times.Count == 0 || times.Min() > context.Time
            ? $"nothing shows it to be older than {Times.Show(check.MaximumBuildAge.Limit)}"
            : $"built {Times.ShowAge(context.Time - times.Min())} ago";
    }

    private static DateTimeOffset? TimeOf(string? created) =>
        created is not null && Times.TryParse(WithoutNanoseconds(created), out var time) && time >= FirstImages ? time : null;

    // Builders write nine digits, the framework reads seven.
    private static string WithoutNanoseconds(string text)
    {
        const int second = 19;
        const int kept = 7;
        if (text.Length <= second + 1 + kept || text[second] != '.')
            return text;

        var digits = text.AsSpan(second + 1).IndexOfAnyExceptInRange('0', '9');
        return digits > kept ? text.Remove(second + 1 + kept, digits - kept) : text;
    }
}
