// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>What keeps an image from passing: each finding, each other check, each with what would help.</summary>
internal static class DecisionIssues
{
    /// <summary>The issues of a decision, worst first; none for a yes.</summary>
    public static IReadOnlyList<Issue> Of(Decision decision) => decision.IsPositive
        ? []
        : decision.Checks.Count == 0
            ? [Whole(decision)]
            : [.. decision.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Error)
                .OrderByDescending(check => check.Verdict).SelectMany(check => Of(decision, check))];

    private static IEnumerable<Issue> Of(Decision decision, CheckResult check)
    {
        if (check.Findings is not { First.Count: > 0 } findings)
        {
            yield return Issue(decision, check, $"{Escape(check.Name)}: {Escape(check.Message)}", Help(check), []);
            yield break;
        }

        foreach (var line in findings.First)
            yield return Finding(decision, check, line);

        var more = findings.Total - findings.First.Count;
        if (more > 0)
        {
            yield return Issue(
                decision, check, string.Create(CultureInfo.InvariantCulture, $"{Escape(check.Name)}: {more} more findings are not listed"),
                Help(check), ["more"]);
        }
    }

    private static Issue Finding(Decision decision, CheckResult check, FindingLine line)
    {
        var package = Escape(line.Package) + (line.Installed is null ? "" : " " + Escape(line.Installed));
        var details = new List<string> { $"check {Escape(check.Name)}, reason {check.Reason}" };
        Add(details, "expected", check.Expected);
        details.Add($"found: {Escape(line.Severity)}" + (line.Note is null ? "" : $", {Escape(line.Note)}"));
        Add(details, "location", line.Location);
        Add(details, "platform", line.Platform);
        details.Add(line.Fixed is null ? "no fix is known" : $"update {Escape(line.Package)} to {Escape(line.Fixed)}");
        details.AddRange(ExceptionSnippet.For(decision, line));
        return Issue(
            decision, check, $"{Escape(line.Id)} ({Escape(line.Severity)}) in {package}", details,
            [line.Id, line.Package, line.Installed ?? "", line.Platform ?? "", line.Location ?? ""]);
    }

    private static List<string> Help(CheckResult check)
    {
        var details = new List<string>();
        Add(details, "expected", check.Expected);
        Add(details, "found", check.Actual);
        Add(details, "what would help", check.Remedy ?? check.Reason?.Remedy);
        return details;
    }

    private static void Add(List<string> details, string what, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            details.Add($"{what}: {Escape(text)}");
    }

    private static Issue Issue(
        Decision decision, CheckResult check, string title, IReadOnlyList<string> details, IReadOnlyList<string> identity) => new()
    {
        Rule = check.Reason?.Name ?? check.Type,
        Meaning = check.Reason?.Meaning ?? Escape(check.Message),
        Level = Issues.Issue.LevelOf(check.Verdict),
        Title = title,
        Details = details,
        Path = decision.Subject.Name,
        Identity = [decision.Subject.Name, check.Name, .. identity],
    };

    private static Issue Whole(Decision decision) => new()
    {
        Rule = ReasonCode.NoChecks.Name,
        Meaning = ReasonCode.NoChecks.Meaning,
        Level = IssueLevel.Error,
        Title = "no check ran",
        Path = decision.Subject.Name,
        Identity = [decision.Subject.Name],
    };

    private static string Escape(string text) => Screen.Escape(text);
}
