// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Spectre.Console;
using SupplyChain.Model;

namespace SupplyChain.Cli.Rendering;

/// <summary>What a piece of text means to its reader; colours follow from it, where there are colours.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Doubt,
}

/// <summary>
/// Lines of text for people. Everything written passes through <see cref="Printable"/> here, so that no report, image
/// name or answer can forge a line or move the cursor, whoever forgets to think of it.
/// </summary>
internal sealed class Screen
{
    private const int Piece = 128;

    private readonly IAnsiConsole? _console;
    private readonly TextWriter _writer;

    public Screen(TextWriter writer, bool colours)
    {
        _writer = writer;
        if (!colours)
            return;

        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        // Lines are cut by the terminal, not by us: a wrapped digest cannot be copied.
        _console.Profile.Width = int.MaxValue / 4;
    }

    /// <summary>Writes text within the line.</summary>
    public Screen Write(string text, Tone tone = Tone.Plain)
    {
        var safe = Escape(text);
        if (_console is null || tone == Tone.Plain)
            _writer.Write(safe);
        else
            _console.Write(new Text(safe, StyleOf(tone)));
        return this;
    }

    /// <summary>Ends the line, after <paramref name="text"/> if there is any.</summary>
    public Screen Line(string text = "", Tone tone = Tone.Plain)
    {
        if (text.Length > 0)
            Write(text, tone);
        _writer.Write('\n');
        return this;
    }

    /// <summary>Escapes the whole of a text that may be longer than <see cref="Printable"/> shows.</summary>
    public static string Escape(string text)
    {
        if (text.Length <= Piece)
            return Printable.Escape(text);

        var whole = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = Math.Min(text.Length, start + Piece);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
                end--;
            whole.Append(Printable.Escape(text[start..end]));
            start = end;
        }

        return whole.ToString();
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        Tone.Doubt => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
