// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Rendering;

/// <summary>
/// A decision as people read it: the outcome, one line a check with the worst first, and what would help.
/// </summary>
internal static class DecisionTable
{
    private const int ShortDigits = 12;

    /// <summary>Writes <paramref name="decision"/>.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="note">A remark behind the outcome, such as that nothing was signed.</param>
    public static void Write(Screen screen, Decision decision, string? note = null)
    {
        WriteHeading(screen, decision, note);
        screen.Line();
        WriteChecks(screen, decision.Checks);
        WriteArtifacts(screen, decision.Artifacts);
        if (!decision.IsPositive)
        {
            WriteUnused(screen, decision.Evidence);
            WriteRemedies(screen, decision.Checks);
        }

        screen.Line().Write("Decision ", Tone.Faint).Line(decision.Id, Tone.Faint);
    }

    private static void WriteHeading(Screen screen, Decision decision, string? note)
    {
        var (word, tone) = decision.Outcome switch
        {
            Outcome.Approved => ("APPROVED", Tone.Good),
            Outcome.Allowed => ("ALLOWED", Tone.Good),
            Outcome.Refused => ("REFUSED", Tone.Bad),
            Outcome.Denied => ("DENIED", Tone.Bad),
            _ => ("ERROR", Tone.Doubt),
        };
        screen.Write(word, tone).Write("  ").Write(decision.Subject.ToString(), Tone.Strong);
        if (decision.Policy is { } policy)
        {
            screen.Write($"   policy {policy.Name} ({policy.Revision.Hex[..ShortDigits]})", Tone.Faint);
            if (policy.Rule is { } rule)
                screen.Write($" rule {rule}", Tone.Faint);
        }

        if (ModeNote(decision.Mode) is { } mode)
            screen.Write("   " + mode, Tone.Doubt);
        if (note is not null)
            screen.Write("   " + note, Tone.Doubt);
        screen.Line();
    }

    private static string? ModeNote(EnforcementMode mode) => mode switch
    {
        EnforcementMode.Enforce => null,
        EnforcementMode.Observe => "(observed only)",
        EnforcementMode.Warn => "(warned about only)",
        _ => "(dry run)",
    };

    private static void WriteChecks(Screen screen, IReadOnlyList<CheckResult> checks)
    {
        if (checks.Count == 0)
            screen.Line("  no check ran", Tone.Bad);

        var width = checks.Select(check => Printable.Escape(check.Name).Length).DefaultIfEmpty(0).Max() + 3;
        foreach (var check in checks.OrderByDescending(check => check.Verdict))
        {
            var (mark, tone) = check.Verdict switch
            {
                Verdict.Pass => ("✓", Tone.Good),
                Verdict.Fail => ("✗", Tone.Bad),
                Verdict.Error => ("!", Tone.Doubt),
                _ => ("-", Tone.Faint),
            };
            screen.Write("  ").Write(mark, tone).Write(" ")
                .Write(Printable.Escape(check.Name).PadRight(width)).Write(check.Message);
            if (check.Reason is { } reason)
                screen.Write($"  {reason}", Tone.Faint);
            screen.Line();
            WriteDetails(screen, check);
        }
    }

    private static void WriteDetails(Screen screen, CheckResult check)
    {
        if (check.Verdict is Verdict.Pass or Verdict.Skipped)
            return;

        if (check.Findings is { Total: > 0 } findings)
        {
            WriteFindings(screen, findings);
            return;
        }

        if (check.Expected is { } expected)
            screen.Write("      expected  ", Tone.Faint).Line(expected);
        if (check.Actual is { } actual)
            screen.Write("      actual    ", Tone.Faint).Line(actual);
    }

    private static void WriteFindings(Screen screen, FindingSummary findings)
    {
        var severalPlatforms = AreSeveral(findings.First.Select(line => line.Platform));
        // A scanner that names one file for all findings says it once.
        var common = findings.First.Count > 1 && !AreSeveral(findings.First.Select(line => line.Location))
            ? findings.First[0].Location
            : null;
        var rows = new Columns();
        foreach (var line in findings.First)
        {
            rows.Add(
                indent: 6,
                Cut(line.Id),
                new Cell(Cut(line.Severity), SeverityTone(line.Severity)),
                line.Installed is null ? Cut(line.Package) : $"{Cut(line.Package)} {Cut(line.Installed)}",
                "→",
                line.Fixed is null ? new Cell("no fix known", Tone.Faint) : Cut(line.Fixed),
                line.Location is null || common is not null ? "" : new Cell(Cut(line.Location), Tone.Faint),
                severalPlatforms && line.Platform is not null ? new Cell(Cut(line.Platform), Tone.Faint) : "",
                line.Note is null ? "" : new Cell(Cut(line.Note), Tone.Bad));
        }

        rows.WriteTo(screen);
        if (common is not null)
            screen.Line($"      all in {Cut(common)}", Tone.Faint);
        var more = findings.Total - findings.First.Count;
        if (more > 0)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"      and {more} more"), Tone.Faint);
    }

    private static bool AreSeveral(IEnumerable<string?> texts) => texts.Distinct(StringComparer.Ordinal).Count() > 1;

    private static string Cut(string text) => Printable.Escape(text);

    private static Tone SeverityTone(string severity) => severity switch
    {
        "CRITICAL" or "HIGH" => Tone.Bad,
        "MEDIUM" or "UNKNOWN" => Tone.Doubt,
        _ => Tone.Plain,
    };

    private static void WriteArtifacts(Screen screen, IReadOnlyList<DecisionArtifact> artifacts)
    {
        if (artifacts.Count == 0)
            return;

        screen.Line().Line("Stored beside the image:");
        var rows = new Columns();
        foreach (var artifact in artifacts)
        {
            rows.Add(
                indent: 2,
                Cut(artifact.Purpose.Split(':')[0]),
                artifact.Digest.ToString(),
                new Cell(Cut(artifact.Tag ?? artifact.MediaType), Tone.Faint));
        }

        rows.WriteTo(screen);
    }

    private static void WriteUnused(Screen screen, IReadOnlyList<DecisionEvidence> evidence)
    {
        var rows = new Columns();
        foreach (var piece in evidence.Where(piece => !piece.Used && piece.Note is not null))
        {
            rows.Add(
                indent: 2,
                Cut(piece.Kind),
                $"{piece.Digest.Algorithm}:{piece.Digest.Hex[..ShortDigits]}",
                Cut(piece.Producer ?? ""),
                piece.Note!);
        }

        if (rows.IsEmpty)
            return;

        screen.Line().Line("Evidence that did not count:");
        rows.WriteTo(screen);
    }

    private static void WriteRemedies(Screen screen, IReadOnlyList<CheckResult> checks)
    {
        var remedies = checks.OrderByDescending(check => check.Verdict)
            .Where(check => check.Verdict is Verdict.Fail or Verdict.Error)
            .Select(check => check.Remedy ?? check.Reason?.Remedy)
            .OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (remedies.Count == 0)
            return;

        screen.Line().Line("What would help:");
        foreach (var remedy in remedies)
            screen.Write("  ").Line(remedy);
    }
}
