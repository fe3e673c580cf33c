// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Attest;

/// <summary>One line for each wait; a build log wants to know why nothing happens, and nothing else.</summary>
internal sealed class LoggedProgress(Screen screen) : IAttestProgress
{
    public void Sending(long total)
    {
    }

    public void Sent(long count)
    {
    }

    public void Waiting(string why, TimeSpan wait) => screen.Line(Text(why, wait));

    internal static string Text(string why, TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $"{why}; trying again in {wait.TotalSeconds:0.#} s");
}

/// <summary>One line that is written over, for people who watch.</summary>
internal sealed class TerminalProgress(TextWriter writer, Screen screen, TimeProvider clock)
    : IAttestProgress, IDisposable
{
    private const string EraseLine = "\r\u001b[2K";
    private const double Megabyte = 1_000_000;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    private long _total;
    private long _sent;
    private long _drawn;
    private bool _isDrawn;

    public void Sending(long total)
    {
        _total = total;
        _sent = 0;
        Draw($"Sending reports, {total / Megabyte:0.0} MB …");
    }

    public void Sent(long count)
    {
        _sent += count;
        if (_sent >= _total)
            Draw("Waiting for the decision …");
        else if (clock.GetElapsedTime(_drawn) >= Redraw)
            Draw($"Sending reports, {_sent / Megabyte:0.0} of {_total / Megabyte:0.0} MB …");
    }

    public void Waiting(string why, TimeSpan wait) => Draw(LoggedProgress.Text(why, wait));

    public void Dispose()
    {
        if (_isDrawn)
            writer.Write(EraseLine);
    }

    private void Draw(FormattableString text) => Draw(text.ToString(CultureInfo.InvariantCulture));

    private void Draw(string text)
    {
        writer.Write(EraseLine);
        screen.Write(text, Tone.Faint);
        writer.Flush();
        _drawn = clock.GetTimestamp();
        _isDrawn = true;
    }
}
