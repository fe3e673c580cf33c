// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>A simulation for a merge request: tables, whose cells stay text whatever a report or a requester is called.</summary>
internal static class SimulationMarkdown
{
    private const int LongestWhy = 160;

    public static void Write(TextWriter writer, SimulationSummary summary)
    {
        writer.Write($"**{SimulationWords.Headline(summary)}**\n");
        foreach (var warning in SimulationWords.Warnings(summary))
            writer.Write($"\n{Prose(warning)}\n");

        if (summary.Flips.Any())
            writer.Write("\n| check | would be | decisions | such as |\n|---|---|---|---|\n");
        foreach (var (toRefused, check, group) in summary.Flips)
        {
            var count = SimulationWords.Number(group.Count) + (group.Shared == 0 ? "" : $" ({SimulationWords.Shared(group)})");
            writer.Write($"| {Prose(check)} | {(toRefused ? "refused" : "approved")} | {count} | {Examples(group, withWhy: true)} |\n");
        }

        if (summary.NotReplayed.Any())
            writer.Write("\n| not replayed | decisions | such as |\n|---|---|---|\n");
        foreach (var (why, group) in summary.NotReplayed)
            writer.Write($"| {Prose(why)} | {SimulationWords.Number(group.Count)} | {Examples(group, withWhy: false)} |\n");
    }

    private static string Examples(SimulationSummary.Group group, bool withWhy)
    {
        var lines = group.Examples.Select(example => Example(example) + (withWhy ? $"<br>{Prose(Cut(example.Why))}" : ""));
        return string.Join("<br>", group.More > 0 ? lines.Append(SimulationWords.More(group)) : lines);
    }

    private static string Example(SimulationSummary.Example example)
    {
        var decision = example.Decision;
        return $"{Code(example.Image)} {PolicyTime.Show(decision.Time)}, policy {Code(decision.Policy?.Name)}, "
            + $"asked by {Code(decision.Requester?.Subject)} of {Code(decision.Requester?.Issuer)}, decision {Code(decision.Id)}";
    }

    private static string Cut(string why)
    {
        if (why.Length <= LongestWhy)
            return why;

        // Half a character would be shown as an escape.
        var end = char.IsHighSurrogate(why[LongestWhy - 1]) ? LongestWhy - 1 : LongestWhy;
        return why[..end] + "…";
    }

    private static string Code(string? text) => text is null ? "" : $"`{Cell(text)}`";

    private static string Prose(string text) => Cell(text)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);

    private static string Cell(string text) =>
        Screen.Escape(text).Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);
}
