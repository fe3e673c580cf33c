// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>The sentences of a simulation, the same in every form.</summary>
internal static class SimulationWords
{
    public static string Headline(SimulationSummary summary)
    {
        if (summary.Decisions == 0)
            return "no decision is on record for that time";

        if (summary.Replayed == 0)
            return $"none of {Count(summary.Decisions, "decision")} replayed";

        var replayed = $"{Count(summary.Replayed, "decision")} of {Count(summary.Images, "image")} replayed";
        var flips = summary.ToRefused + summary.ToApproved == 0
            ? ", none changes"
            : $": {Number(summary.ToRefused)} approved would be refused, {Number(summary.ToApproved)} refused would be approved";
        return replayed + flips + (summary.Missing == 0 ? "" : $"; {Number(summary.Missing)} not replayed");
    }

    /// <summary>What the simulation cannot tell, a sentence each.</summary>
    public static IEnumerable<string> Warnings(SimulationSummary summary)
    {
        if (summary.RequestersChanged.Count > 0)
            yield return $"requesters of {string.Join(", ", summary.RequestersChanged)} changed: who may ask is not simulated";
        if (summary.Reviews > 0)
            yield return $"{Count(summary.Reviews, "review")} not replayed";
    }

    /// <summary>How many decisions flip by a check, and how many of them by others as well.</summary>
    public static string Flips(bool toRefused, SimulationSummary.Group group) =>
        $"{Number(group.Count)} {(toRefused ? "approved, would be refused" : "refused, would be approved")}"
        + (group.Shared == 0 ? "" : $" ({Shared(group)})");

    public static string Shared(SimulationSummary.Group group) => $"{Number(group.Shared)} of them under other checks too";

    public static string More(SimulationSummary.Group group) => $"and {Number(group.More)} more";

    public static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Count(int count, string what) => Number(count) + " " + what + (count == 1 ? "" : "s");
}
