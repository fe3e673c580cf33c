// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>A simulation as text, as Markdown and as JSON; all three say the same.</summary>
internal static class SimulationOutput
{
    public static void WriteText(Screen screen, SimulationSummary summary)
    {
        screen.Line(Headline(summary), summary.ToRefused > 0 ? Tone.Bad : summary.ToApproved > 0 ? Tone.Doubt : Tone.Good);
        foreach (var (toRefused, check, group) in summary.Flips)
        {
            screen.Line().Line($"{check}: {Direction(toRefused, group.Count)}", Tone.Strong);
            WriteExamples(screen, group, withWhy: true);
        }

        foreach (var (why, group) in summary.NotReplayed)
        {
            screen.Line().Line($"not replayed: {Number(group.Count)}, {why}", Tone.Doubt);
            WriteExamples(screen, group, withWhy: false);
        }
    }

    public static void WriteMarkdown(TextWriter writer, SimulationSummary summary)
    {
        writer.Write($"**{Headline(summary)}**\n");
        if (summary.Flips.Any())
            writer.Write("\n| check | would be | decisions | such as |\n|---|---|---|---|\n");
        foreach (var (toRefused, check, group) in summary.Flips)
        {
            var examples = string.Join("<br>", group.Examples.Select(example => $"`{Cell(example.Image)}` {Cell(example.Why)}"));
            writer.Write($"| {Cell(check)} | {(toRefused ? "refused" : "approved")} | {Number(group.Count)} | {examples} |\n");
        }

        if (summary.NotReplayed.Any())
            writer.Write("\n| not replayed | decisions |\n|---|---|\n");
        foreach (var (why, group) in summary.NotReplayed)
            writer.Write($"| {Cell(why)} | {Number(group.Count)} |\n");
    }

    public static string Json(SimulationSummary summary) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("decisions", summary.Decisions);
        json.WriteNumber("replayed", summary.Replayed);
        json.WriteNumber("toRefused", summary.ToRefused);
        json.WriteNumber("toApproved", summary.ToApproved);
        json.WriteStartArray("flips");
        foreach (var (toRefused, check, group) in summary.Flips)
        {
            json.WriteStartObject();
            json.WriteString("check", check);
            json.WriteString("to", toRefused ? "refused" : "approved");
            WriteGroup(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notReplayed");
        foreach (var (why, group) in summary.NotReplayed)
        {
            json.WriteStartObject();
            json.WriteString("why", why);
            WriteGroup(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteGroup(System.Text.Json.Utf8JsonWriter json, SimulationSummary.Group group)
    {
        json.WriteNumber("count", group.Count);
        json.WriteStartArray("examples");
        foreach (var example in group.Examples)
        {
            json.WriteStartObject();
            json.WriteString("decision", example.Decision);
            json.WriteString("image", example.Image);
            json.WriteString("why", example.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteExamples(Screen screen, SimulationSummary.Group group, bool withWhy)
    {
        foreach (var example in group.Examples)
        {
            screen.Line($"  {example.Decision}  {example.Image}", Tone.Faint);
            if (withWhy)
                screen.Line($"    {example.Why}");
        }
    }

    private static string Headline(SimulationSummary summary) => summary.Decisions == 0
        ? "no decision is on record for that time"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Replayed} of {summary.Decisions} decisions replayed: {summary.ToRefused} would be refused, {summary.ToApproved} would be approved");

    private static string Direction(bool toRefused, int count) =>
        $"{Number(count)} {(toRefused ? "approved, would be refused" : "refused, would be approved")}";

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    // What stands in a decision may quote a report; in a table cell it must stay text.
    private static string Cell(string text) => Screen.Escape(text).Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);
}
