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
    [InlineData("""{ "maximumCount": 0, "maximumSeverity": "LOW" }""", "maximumSeverity is known but not built yet")]
    [InlineData("""{ "maximumCount": 0, "whenMissing": "ignore" }""", "'ignore' is not accepted")]
    public void A_check_that_says_nothing_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("secrets", body), StringComparison.Ordinal);

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
