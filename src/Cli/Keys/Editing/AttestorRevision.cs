// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Policies;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>A changed policy file that is not written yet.</summary>
internal sealed class AttestorRevision(
    PolicyFile before, PolicyFile after, MembersText text, PolicyLoadResult loaded, PolicySet set)
{
    private const int Context = 2;

    /// <summary>
    /// Refuses a result that no service would load, and shows the warnings that it would make and that there were not
    /// before.
    /// </summary>
    /// <exception cref="CommandFailure">
    /// The result cannot be used; why was written to <paramref name="complaints"/>.
    /// </exception>
    public void Check(Screen complaints, DateTimeOffset time)
    {
        if (!loaded.IsUsable)
        {
            PolicyProblems.Write(complaints, loaded.Problems);
            throw CommandFailure.BadInput($"after the change {before.Path} could not be used; nothing was written");
        }

        var known = set.Lint(time).Select(problem => problem.Message).ToHashSet(StringComparer.Ordinal);
        PolicyProblems.Write(complaints, [.. loaded.Set.Lint(time).Where(problem => !known.Contains(problem.Message))]);
    }

    /// <summary>The lines that differ, with some around them.</summary>
    public void WriteDiff(Screen screen)
    {
        screen.Line($"--- {before.Path}", Tone.Faint).Line($"+++ {after.Path}", Tone.Faint);
        var shown = 0;
        foreach (var edit in text.Edits)
        {
            var from = Math.Max(shown, edit.Line - Context);
            if (from > shown || shown == 0)
                screen.Line(string.Create(CultureInfo.InvariantCulture, $"@@ line {from + 1} @@"), Tone.Faint);
            for (var i = from; i < edit.Line; i++)
                screen.Line(" " + text.Lines[i]);
            foreach (var line in text.Lines.Skip(edit.Line).Take(edit.Removed))
                screen.Line("-" + line, Tone.Bad);
            foreach (var line in edit.Added)
                screen.Line("+" + line, Tone.Good);
            shown = edit.Line + edit.Removed;
            // What a last line feed leaves behind is no line.
            var count = text.Lines.Count - (text.Lines[^1].Length == 0 ? 1 : 0);
            var next = text.Edits.Where(other => other.Line >= shown && other != edit).Select(other => other.Line)
                .DefaultIfEmpty(count).Min();
            for (var end = Math.Min(shown + Context, Math.Min(next, count)); shown < end; shown++)
                screen.Line(" " + text.Lines[shown]);
        }
    }

    /// <summary>Puts the changed file in the old one's place, whole or not at all.</summary>
    /// <exception cref="CommandFailure">Somebody else changed the file meanwhile.</exception>
    public void Write()
    {
        // Where the name is a link, the file behind it is replaced and the link stays.
        var path = File.ResolveLinkTarget(before.Path, returnFinalTarget: true)?.FullName
            ?? Path.GetFullPath(before.Path);
        // No policy folder reads names that begin with a dot.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = File.GetUnixFileMode(path);
            using (var file = new FileStream(temporary, options))
            {
                file.Write(after.Content.Span);
                file.Flush(flushToDisk: true);
            }

            if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(before.Content.Span))
            {
                throw CommandFailure.BadInput(
                    $"{before.Path} was changed by somebody else meanwhile; nothing was written");
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
