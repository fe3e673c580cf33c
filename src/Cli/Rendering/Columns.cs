// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Rendering;

/// <summary>Rows of cells, written with every column as wide as its widest cell.</summary>
internal sealed class Columns
{
    private readonly List<(Cell[] Cells, int Indent)> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(int indent, params Cell[] cells) =>
        _rows.Add(([.. cells.Select(cell => cell with { Text = Screen.Escape(cell.Text) })], indent));

    public void WriteTo(Screen screen)
    {
        var widths = new List<int>();
        foreach (var (cells, _) in _rows)
        {
            for (var i = 0; i < cells.Length; i++)
            {
                if (i == widths.Count)
                    widths.Add(0);
                widths[i] = Math.Max(widths[i], cells[i].Text.Length);
            }
        }

        foreach (var (cells, indent) in _rows)
            WriteRow(screen, indent, cells, widths);
    }

    private static void WriteRow(Screen screen, int indent, Cell[] cells, List<int> widths)
    {
        screen.Write(new string(' ', indent));
        var last = Array.FindLastIndex(cells, cell => cell.Text.Length > 0);
        for (var i = 0; i <= last; i++)
        {
            screen.Write(cells[i].Text, cells[i].Tone);
            if (i < last)
                screen.Write(new string(' ', widths[i] - cells[i].Text.Length + 2));
        }

        screen.Line();
    }
}

/// <summary>One cell of a row.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}
