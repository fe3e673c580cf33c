// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier;

/// <summary>Writes for people who read kubectl: what is wrong with which image, where it is named and what would help.</summary>
internal static class DenialText
{
    // The API server passes a message on whole; this is what a person still reads.
    private const int LongestMessage = 7 * 1024;
    private const int LongestImage = 5 * 1024;
    private const int LongestWarning = 120;
    private const int MostWarnings = 20;
    private const int MostFields = 5;
    private const int MostFindings = 3;

    /// <summary>The denial of a workload, image by image, at most 8 KiB of UTF-8.</summary>
    public static string Write(WorkloadVerdict verdict)
    {
        var blocking = verdict.Images.Where(image => image.Verdict.IsBlocking).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{blocking.Count} of {verdict.Images.Count} images may not run\n");
        for (var i = 0; i < blocking.Count; i++)
        {
            var block = new StringBuilder();
            WriteImage(block, blocking[i]);
            if (Bytes(text) + Bytes(block) > LongestMessage)
            {
                text.Append(CultureInfo.InvariantCulture, $"… and {blocking.Count - i} more\n");
                break;
            }

            text.Append(block);
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>One line for each image that may not run although its workload does.</summary>
    public static IReadOnlyList<string> Warnings(WorkloadVerdict verdict)
    {
        List<string>? warnings = null;
        foreach (var image in verdict.Images)
        {
            var decision = image.Verdict.Decision;
            if (decision.IsPositive || image.Verdict.IsBlocking)
                continue;

            warnings ??= [];
            if (warnings.Count == MostWarnings)
            {
                warnings[^1] = "more images would be denied; ask for the decisions in the audit annotations";
                break;
            }

            warnings.Add(Cut(
                $"would be denied ({ReasonOf(decision)}): {Short(decision.Subject)}", LongestWarning));
        }

        return (IReadOnlyList<string>?)warnings ?? [];
    }

    private static void WriteImage(StringBuilder text, JudgedImage image)
    {
        var decision = image.Verdict.Decision;
        text.Append(decision.Outcome == Outcome.Error ? "\nERROR   " : "\nDENIED  ")
            .Append(Cut(decision.Subject.ToString(), Limits.ImageReferenceLength)).Append('\n');
        foreach (var field in image.Fields.Take(MostFields))
            text.Append("        ").Append(Cut(field.ToString(), 200)).Append('\n');
        if (image.Fields.Count > MostFields)
            text.Append(CultureInfo.InvariantCulture, $"        and {image.Fields.Count - MostFields} more places\n");
        if (decision.Policy is { } policy)
        {
            text.Append("        policy ").Append(policy.Name);
            if (policy.Rule is not null)
                text.Append(", rule ").Append(policy.Rule);
            text.Append(" (").Append(policy.Revision.Hex.AsSpan(0, 12)).Append(")\n");
        }

        WriteChecks(text, decision);
        text.Append("  Decision ").Append(decision.Id).Append('\n');
    }

    private static void WriteChecks(StringBuilder text, Decision decision)
    {
        var failed = decision.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Error)
            .OrderByDescending(check => check.Verdict).ToList();
        if (failed.Count == 0)
            text.Append("  ✗ no check passed\n");
        for (var i = 0; i < failed.Count; i++)
        {
            var check = Write(failed[i]);
            // The worst one is always told.
            if (i > 0 && Bytes(text) + Bytes(check) > LongestImage)
            {
                text.Append(CultureInfo.InvariantCulture, $"  and {failed.Count - i} more checks\n");
                break;
            }

            text.Append(check);
        }
    }

    private static StringBuilder Write(CheckResult check)
    {
        var text = new StringBuilder();
        text.Append(check.Verdict == Verdict.Fail ? "  ✗ " : "  ! ").Append(Cut(check.Name, 100)).Append("   ")
            .Append(Cut(check.Message, 300)).Append(CultureInfo.InvariantCulture, $" ({check.Reason})\n");
        foreach (var finding in check.Findings?.First.Take(MostFindings) ?? [])
        {
            var change = $"{finding.Package} {finding.Installed}  →  {finding.Fixed ?? "no fix"}";
            text.Append("      ").Append(Cut($"{finding.Id}  {finding.Severity}  {change}", 150)).Append('\n');
        }

        if (check.Remedy is not null)
            text.Append("    ").Append(Cut(check.Remedy, 200)).Append('\n');
        return text;
    }

    private static string ReasonOf(Decision decision) =>
        decision.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Error)
            .OrderByDescending(check => check.Verdict).FirstOrDefault()?.Reason?.Name ?? ReasonCode.NoChecks.Name;

    // The digest's beginning is enough to recognise an image by; the decision has it all.
    private static string Short(DecisionSubject subject) => subject.Digest is { } digest
        ? $"{subject.Name}@{digest.Algorithm}:{digest.Hex.AsSpan(0, 12)}"
        : subject.ToString();

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;

        var kept = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(text.AsSpan(0, kept), "…");
    }

    private static int Bytes(StringBuilder text)
    {
        var count = 0;
        foreach (var chunk in text.GetChunks())
            count += Encoding.UTF8.GetByteCount(chunk.Span);
        return count;
    }
}
