// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Scanning;

namespace SupplyChain.Bench;

/// <summary>Judging many findings. There is no floor to compare with, so an allowance stands for it.</summary>
internal static class EvaluateBenchmarks
{
    private const int Findings = 10_000;
    private const int Exceptions = 200;

    // Four of five exceptions fit the finding that they name, each by other members; the fifth is for another package.
    private const int Waived = Exceptions / 5 * 4;

    // Of twenty findings one is critical and four are high, as in reports of distributions.
    private const int Over = Findings / 4;
    private const double AllowedMilliseconds = 5;

    /// <summary>
    /// A quarter of the findings is over the limit and looked for among the exceptions, all of which name one of these. Each third finding
    /// has the CVE as an alias.
    /// </summary>
    public static async Task<Result> ExceptionsAsync()
    {
        var policies = SampleEvidence.Policies(
            "- name: no-serious-vulnerabilities\n  vulnerabilities:\n    maximumFixableSeverity: MEDIUM\n    maximumUnfixableSeverity: MEDIUM\n    exceptions:\n"
            + string.Concat(Enumerable.Range(0, Exceptions).Select(Exception)));
        var evidence = SampleEvidence.Of(1, [.. Enumerable.Range(0, Findings).Select(Finding)]);
        var nanoseconds = await Pairing.MeasureAsync(() =>
        {
            var checks = SigningEvaluation.Evaluate(policies.SigningPolicies[0], policies, evidence, SampleEvidence.Now).Checks;
            if (checks.Single(check => check.Reason == ReasonCode.FindingOverLimit).Findings!.Total != Over - Waived)
                throw new InvalidOperationException("exceptions were not applied");
            return ValueTask.CompletedTask;
        });
        return new Result(
            "Evaluate.Exceptions", AllowedMilliseconds * 1e6 / nanoseconds, 1.0, nanoseconds / 1e6,
            $"ms-of-processor-time-for-{Findings}-findings-against-{Exceptions}-exceptions");
    }

    private static Finding Finding(int row)
    {
        var finding = SampleEvidence.FindingOf(1, row, SeverityOf(row));
        return row % 3 == 0 ? finding with { Id = SampleFinding.Text($"GHSA-{row:x4}-xxxx-xxxx"), Aliases = [finding.Id] } : finding;
    }

    private static Severity SeverityOf(int row) => (row % 20) switch
    {
        1 => Severity.Critical,
        0 or 5 or 10 or 15 => Severity.High,
        < 12 => Severity.Medium,
        _ => Severity.Low,
    };

    private static string Exception(int number)
    {
        var row = number * (Findings / Exceptions);
        var finding = SampleEvidence.FindingOf(1, row, SeverityOf(row));
        var where = (number % 5) switch
        {
            0 => "",
            1 => $", package: {finding.Package.Name}",
            2 => $", package: \"pkg:deb/debian/{finding.Package.Name}\", versions: \"= {finding.Package.Version}\"",
            3 => ", subjects: [registry.example.com/bench/app]",
            _ => ", package: another",
        };
        return $"      - {{ id: {finding.Id}, until: 2026-12-31, owner: team-{number}, reason: \"not reachable from outside\"{where} }}\n";
    }
}
