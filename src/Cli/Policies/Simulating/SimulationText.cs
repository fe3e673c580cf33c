// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>A simulation for people.</summary>
internal static class SimulationText
{
    public static void Write(Screen screen, SimulationSummary summary)
    {
        screen.Line(SimulationWords.Headline(summary), ToneOf(summary));
        foreach (var warning in SimulationWords.Warnings(summary))
            screen.Line(warning, Tone.Doubt);

        foreach (var (toRefused, check, group) in summary.Flips)
        {
            screen.Line().Line($"{check}: {SimulationWords.Flips(toRefused, group)}", Tone.Strong);
            WriteExamples(screen, group, withWhy: true);
        }

        foreach (var (why, group) in summary.NotReplayed)
        {
            screen.Line().Line($"not replayed: {SimulationWords.Number(group.Count)}, {why}", Tone.Doubt);
            WriteExamples(screen, group, withWhy: false);
        }
    }

    private static Tone ToneOf(SimulationSummary summary) =>
        summary.ToRefused > 0 ? Tone.Bad
        : summary.ToApproved > 0 || summary.Missing > 0 ? Tone.Doubt
        : Tone.Good;

    private static void WriteExamples(Screen screen, SimulationSummary.Group group, bool withWhy)
    {
        foreach (var example in group.Examples)
        {
            var decision = example.Decision;
            screen.Line($"  {decision.Id}  {example.Image}", Tone.Faint);
            screen.Line(
                $"    {PolicyTime.Show(decision.Time)}, policy {decision.Policy?.Name}, "
                + $"asked by {decision.Requester?.Subject} of {decision.Requester?.Issuer}",
                Tone.Faint);
            if (withWhy)
                screen.Line($"    {example.Why}");
        }

        if (group.More > 0)
            screen.Line($"  {SimulationWords.More(group)}", Tone.Faint);
    }
}
