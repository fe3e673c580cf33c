// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Tests;

/// <summary>Decisions to show and to answer with.</summary>
internal static class Decisions
{
    public const string Name = "registry.example.com/payments/api";

    public static readonly Digest Image = Digest.Compute("an image"u8);

    public static readonly Digest Revision = Digest.Compute("a policy"u8);

    public static readonly Digest Report = Digest.Compute("a report"u8);

    public static string Reference => $"{Name}@{Image}";

    public static CheckResult Passed =>
        CheckResult.Pass("built-by-us", "provenance", "github-hosted, github.com/example/payments");

    public static CheckResult Vulnerable => CheckResult.Fail(
        "no-serious-vulnerabilities", "vulnerabilities", ReasonCode.FindingOverLimit,
        "2 fixable findings above LOW") with
    {
        Expected = "fixable severity at most LOW",
        Actual = "CRITICAL",
        Remedy = "update openssl to 3.0.20-1 (CVE-2026-0001), zlib1g to 1:1.3.2 (CVE-2026-0002)",
        Evidence = [Report],
        Findings = new FindingSummary(2,
        [
            new FindingLine("CVE-2026-0001", "CRITICAL", "openssl", "3.0.11-1", "3.0.20-1", "libssl3", null),
            new FindingLine("CVE-2026-0002", "HIGH", "zlib1g", "1:1.2.13", "1:1.3.2", null, null),
        ]),
    };

    public static CheckResult Unknown => CheckResult.Error(
        "knows-its-parts", "sbom", ReasonCode.EvidenceUnreachable, "no SBOM for linux/arm64 could be read");

    public static CheckResult Skipped => CheckResult.Skipped(
        "freshness", "evidence", ReasonCode.EvidenceMissing, "there is no report that counts");

    public static Decision Of(DecisionKind kind, params CheckResult[] checks) => new()
    {
        Id = "0198c0de-0000-7000-8000-000000000001",
        Kind = kind,
        Outcome = Decision.OutcomeOf(kind, checks),
        Mode = EnforcementMode.Enforce,
        Time = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
        Subject = new DecisionSubject(Name, Image, ["linux/amd64", "linux/arm64"]),
        Policy = new DecisionPolicy("payments-release", Revision, Rule: null),
        Checks = checks,
    };

    public static Decision Approved => Of(DecisionKind.Signing, Passed);

    public static Decision Refused => Of(DecisionKind.Signing, Passed, Vulnerable);
}
