// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.Cli.LedgerCommands;

/// <summary><c>ledger verify</c>: recomputes every hash; 0 if the ledger is whole, 1 if it is not.</summary>
internal static class LedgerVerifyCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var ledger = LedgerCommand.LedgerArgument();
        var expected = new Option<string?>("--expect-head")
        {
            Description = "An entry remembered from an earlier check, SEQUENCE:sha256:…; "
                + "a ledger cut or rewritten since does not hold it",
            HelpName = "HEAD",
        };
        var output = CommonOptions.Output();
        var command = new Command("verify", "Check that no entry was changed, removed, added or reordered")
        {
            ledger, expected, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = LedgerCommand.Existing(parsed.GetRequiredValue(ledger));
            var head = parsed.GetValue(expected) is { } text ? ParseHead(text) : null;
            using var reader = new LedgerReader(path);
            var found = await reader.VerifyAsync(head, cancellationToken);
            if (parsed.GetValue(output) == OutputFormat.Json)
                surroundings.Out.Write(Json(path, found) + "\n");
            else
                Write(surroundings.OutScreen(), path, found);
            return found.IsIntact ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    // A shell argument reads better without a space in it.
    private static LedgerHead ParseHead(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var spaced = colon > 0 && (space < 0 || colon < space) ? $"{text[..colon]} {text[(colon + 1)..]}" : text;
        return LedgerHead.TryParse(spaced, out var head, out _)
            ? head
            : throw CommandFailure.BadInput(
                $"'{Printable.Escape(text)}' is not a ledger head; expected SEQUENCE:sha256:…");
    }

    private static string Show(LedgerHead head) =>
        string.Create(CultureInfo.InvariantCulture, $"{head.Sequence}:{head.Hash}");

    private static void Write(Screen screen, string path, LedgerVerification found)
    {
        screen.Write(found.IsIntact ? "INTACT" : "BROKEN", found.IsIntact ? Tone.Good : Tone.Bad)
            .Write("  ").Write(path, Tone.Strong)
            .Line($"   {Counted.Of(found.Entries, "entry", "entries")}");
        foreach (var problem in found.Problems)
        {
            var place = problem.Sequence is { } sequence
                ? string.Create(CultureInfo.InvariantCulture, $"entry {sequence}: ")
                : "";
            screen.Write("  ").Write("✗", Tone.Bad).Line($" {place}{problem.Message}");
            screen.Write("      expected  ", Tone.Faint).Line(problem.Expected);
            screen.Write("      actual    ", Tone.Faint).Line(problem.Actual);
        }

        if (found.Problems.Count >= LedgerVerification.MostProblems)
            screen.Line("  the check stopped here; there may be more");
        if (found is { IsIntact: true, Head: { } head })
        {
            screen.Line($"Head {Show(head)}")
                .Line("Keep it elsewhere: with --expect-head, a later cut or rewrite cannot go unnoticed.", Tone.Faint);
        }
    }

    private static string Json(string path, LedgerVerification found) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteString("ledger", path);
        json.WriteBoolean("intact", found.IsIntact);
        json.WriteNumber("entries", found.Entries);
        if (found.Head is { } head)
            json.WriteString("head", Show(head));
        else
            json.WriteNull("head");
        json.WriteStartArray("problems");
        foreach (var problem in found.Problems)
            WriteProblem(json, problem);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteProblem(Utf8JsonWriter json, LedgerProblem problem)
    {
        json.WriteStartObject();
        if (problem.Sequence is { } sequence)
            json.WriteNumber("entry", sequence);
        else
            json.WriteNull("entry");
        json.WriteString("message", problem.Message);
        json.WriteString("expected", problem.Expected);
        json.WriteString("actual", problem.Actual);
        json.WriteEndObject();
    }
}
