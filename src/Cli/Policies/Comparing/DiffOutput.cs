// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy.Comparing;

namespace SupplyChain.Cli.Policies.Comparing;

/// <summary>Changes of policies, for people, programs and merge requests.</summary>
internal static class DiffOutput
{
    private const string Nothing = "(none)";

    public static void Write(Screen screen, IReadOnlyList<PolicyChange> changes)
    {
        foreach (var policy in changes.GroupBy(change => (change.Kind, change.Policy)))
        {
            screen.Line($"{policy.Key.Kind} {policy.Key.Policy}", Tone.Strong);
            var rows = new Columns();
            foreach (var change in policy)
            {
                var (word, tone) = Word(change.Direction);
                rows.Add(
                    indent: 2, new Cell(word, tone), Path(change), Cut(change.Old) ?? Nothing, "→", Cut(change.New) ?? Nothing);
            }

            rows.WriteTo(screen);
        }

        screen.Line(Sum(changes), changes.Count == 0 ? Tone.Good : Tone.Plain);
    }

    public static string Json(IReadOnlyList<PolicyChange> changes) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("kind", change.Kind);
            json.WriteString("policy", change.Policy);
            json.WriteString("path", change.Path);
            json.WriteString("old", change.Old);
            json.WriteString("new", change.New);
            json.WriteString("direction", Word(change.Direction).Word);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }) + "\n";

    public static string Markdown(IReadOnlyList<PolicyChange> changes)
    {
        var text = new StringBuilder();
        foreach (var policy in changes.GroupBy(change => (change.Kind, change.Policy)))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {policy.Key.Kind} {Code(policy.Key.Policy)}\n\n");
            text.Append("| | field | old | new |\n|---|---|---|---|\n");
            foreach (var change in policy)
            {
                var word = change.Direction == ChangeDirection.Laxer ? "**laxer**" : Word(change.Direction).Word;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {word} | {Code(Path(change))} | {Code(Cut(change.Old) ?? Nothing)} | {Code(Cut(change.New) ?? Nothing)} |\n");
            }

            text.Append('\n');
        }

        return text.Append(Sum(changes)).Append('\n').ToString();
    }

    // Inside a code span markup means nothing; only what ends the span or the cell has to go.
    private static string Code(string text)
    {
        var safe = Screen.Escape(text).Replace("|", "\\u{7c}", StringComparison.Ordinal).Replace("`", "\\u{60}", StringComparison.Ordinal);
        return $"`{safe}`";
    }

    private static string Sum(IReadOnlyList<PolicyChange> changes)
    {
        if (changes.Count == 0)
            return "no difference";

        var parts = Enum.GetValues<ChangeDirection>()
            .Select(direction => (Word(direction).Word, Count: changes.Count(change => change.Direction == direction)))
            .Where(part => part.Count > 0)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Word}"));
        return $"{Counted.Of(changes.Count, "difference")}: {string.Join(", ", parts)}";
    }

    private static string Path(PolicyChange change) => change.Path.Length == 0 ? "(the document)" : change.Path;

    private static string? Cut(string? text) => text is null ? null : Printable.Escape(text);

    private static (string Word, Tone Tone) Word(ChangeDirection direction) => direction switch
    {
        ChangeDirection.Stricter => ("stricter", Tone.Good),
        ChangeDirection.Laxer => ("laxer", Tone.Bad),
        _ => ("changed", Tone.Doubt),
    };
}
