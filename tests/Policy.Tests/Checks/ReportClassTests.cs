// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What reports carry beside vulnerabilities: secrets, misconfigurations, licences.</summary>
public sealed class ReportClassTests
{
    [Theory]
    [InlineData("secrets", "secret", "SECRETS_FOUND")]
    [InlineData("misconfigurations", "config", "MISCONFIGURATIONS_FOUND")]
    [InlineData("licenses", "license", "LICENSES_FOUND")]
    public void More_than_are_accepted_fail_and_not_having_looked_is_no_proof(string kind, string found, string reason)
    {
        var none = Checking(kind, """{ "maximumCount": 0 }""");
        var one = Checking(kind, """{ "maximumCount": 1 }""");
        var lenient = Checking(kind, """{ "maximumCount": 0, "whenMissing": "accept" }""");

        AssertPasses(Judge(none, Report(kind, 0, found)));
        AssertPasses(Judge(one, Report(kind, 1, found)));
        var over = Judge(none, Report(kind, 1, found));
        Assert.Equal(reason, over.Reason?.Name);
        AssertFails(over, over.Reason!, $"at most 0 {kind}", $"1 {kind}");
        AssertFails(Judge(lenient, Report(kind, 2, found)), over.Reason!, $"at most 0 {kind}", $"2 {kind}");
        AssertFails(Judge(none, Report(kind, 0, "os-pkgs")), ReasonCode.NotScannedFor, $"a report that looked for {kind}", "none");
        AssertPasses(Judge(lenient, Report(kind, 0, "os-pkgs")));
    }

    [Fact]
    public void Every_platform_has_to_be_looked_at()
    {
        var set = Checking("secrets", """{ "maximumCount": 0 }""");
        var looked = Scan().With(report => report with { Coverage = report.Coverage with { Classes = ["secret"] } });

        AssertPasses(Judge(set, Set(TwoPlatforms, looked.For("manifest-amd64"), looked.For("manifest-arm64"))));
        var check = Judge(set, Set(TwoPlatforms, looked.For("manifest-amd64"), Scan().For("manifest-arm64")));
        AssertFails(check, ReasonCode.NotScannedFor, "a report that looked for secrets", "none");
        Assert.Contains("linux/arm64", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_does_not_count_proves_nothing()
    {
        var stranger = Scan("grype", "0.90.0").With(report => report with { Coverage = report.Coverage with { Classes = ["secret"] } });

        AssertFails(Judge(Checking("secrets", """{ "maximumCount": 0 }"""), Set(Scan(), stranger)), ReasonCode.NotScannedFor, "secrets", "none");
    }

    [Theory]
    [InlineData("{}", "maximumCount is required")]
    [InlineData("""{ "maximumCount": -1 }""", "expected a whole number")]
    [InlineData("""{ "maximumCount": 0, "maximumSeverity": "HIGHEST" }""", "'HIGHEST' is not accepted")]
    [InlineData("""{ "maximumCount": 0, "denied": ["MIT"] }""", "denied")]
    [InlineData("""{ "maximumCount": 0, "whenMissing": "ignore" }""", "'ignore' is not accepted")]
    public void A_check_that_says_nothing_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("secrets", body), StringComparison.Ordinal);

    [Theory]
    [InlineData("secrets", OtherFindingKind.Secret, "SECRETS_FOUND")]
    [InlineData("misconfigurations", OtherFindingKind.Misconfiguration, "MISCONFIGURATIONS_FOUND")]
    public void Only_what_is_worse_than_the_limit_or_unknown_is_counted(string kind, OtherFindingKind found, string reason)
    {
        var set = Checking(kind, """{ "maximumCount": 0, "maximumSeverity": "MEDIUM" }""");

        AssertPasses(Judge(set, With(kind, new OtherFinding(found, "rule", Severity.Medium, null, "/etc/key"))));
        foreach (var severity in (Severity[])[Severity.High, Severity.Critical, Severity.Unknown])
        {
            var check = Judge(set, With(kind, new OtherFinding(found, "rule\n1", severity, null, "/etc/key")));
            Assert.Equal(reason, check.Reason?.Name);
            AssertFails(check, check.Reason!, $"at most 0 {kind} above MEDIUM", $"1 {kind}");
            Assert.Contains(@"rule\u{a}1 in /etc/key", check.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GPL-3.0-only", true)]
    [InlineData("MIT OR GPL-3.0", true)]
    [InlineData("MIT", false)]
    public void Of_licences_only_the_denied_are_counted_where_they_are_named(string license, bool fails)
    {
        var set = Checking("licenses", """{ "maximumCount": 0, "denied": ["GPL-3.0-only"] }""");

        var check = Judge(set, With("licenses", new OtherFinding(OtherFindingKind.License, license, Severity.Low, "bash", null)));

        Assert.Equal(fails ? ReasonCode.LicensesFound : null, check.Reason);
    }

    [Fact]
    public void What_a_report_counts_and_does_not_list_is_counted_whatever_it_may_be()
    {
        var set = Checking("secrets", """{ "maximumCount": 0, "maximumSeverity": "CRITICAL" }""");

        AssertFails(Judge(set, Report("secrets", 1, "secret")), ReasonCode.SecretsFound, "at most 0 secrets above CRITICAL", "1 secrets");
    }

    private static EvidenceSet With(string kind, OtherFinding finding)
    {
        var counted = Report(kind, 1, kind switch { "secrets" => "secret", "misconfigurations" => "config", _ => "license" });
        return counted with { Scans = [counted.Scans[0].With(report => report with { OtherFindings = [finding] })] };
    }

    private static EvidenceSet Report(string kind, int count, string found) => Set(Scan().With(report => report with
    {
        Coverage = report.Coverage with
        {
            Classes = [found],
            Secrets = kind is "secrets" ? count : 0,
            Misconfigurations = kind is "misconfigurations" ? count : 0,
            Licenses = kind is "licenses" ? count : 0,
        },
    }));
}
