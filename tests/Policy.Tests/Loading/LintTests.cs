// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Policy.Tests.Loading;

public sealed class LintTests
{
    private const string ExceptionPath = "spec.checks[0].vulnerabilities.exceptions";

    public static TheoryData<string, string, string, string> Signing => new()
    {
        { "an exception that ended", ExceptionPath, Exception("2026-11-21"), "the exception for CVE-2026-1 ended 2026-11-22T00:00:00Z; platform owns it" },
        { "an exception that ends soon", ExceptionPath, Exception("2026-11-30"), "the exception for CVE-2026-1 ends 2026-12-01T00:00:00Z, in 8d" },
        { "an exception outside the subjects", ExceptionPath, Exception("2027-06-30", "registry.example.com/other/**"), "registry.example.com/other/** is outside spec.subjects" },
        { "an exception for years", ExceptionPath, Exception("2027-12-31"), "the exception for CVE-2026-1 ends in more than a year, 2028-01-01T00:00:00Z" },
        {
            "an exception that has not begun", ExceptionPath,
            """[{ "id": "CVE-2026-1", "notBefore": "2026-12-01", "until": "2027-01-31", "owner": "platform", "reason": "r" }]""",
            "the exception for CVE-2026-1 waives nothing before 2026-12-01T00:00:00Z"
        },
        { "a slip in a scanner's name", "spec.evidence.scanners[0].name", "\"trivvy\"", "no report may ever be of trivvy; did you mean trivy?" },
        { "versions that exclude each other", "spec.evidence.scanners[0].versions", "\">=0.70, <0.58\"", "no version of trivy is >=0.70, <0.58" },
        { "a place outside the subjects", "spec.checks[+]", """{ "name": "place", "trustedDirectory": { "directories": ["registry.example.com/web"] } }""", "place: registry.example.com/web is outside spec.subjects, so that it never matches" },
        {
            "an exception by versions of no known order", ExceptionPath,
            """[{ "id": "CVE-2026-1", "package": "pkg:rpm/redhat/openssl", "versions": "<3.0.20", "until": "2027-01-31", "owner": "platform", "reason": "r" }]""",
            "the exception for CVE-2026-1 never applies: how versions of pkg:rpm/redhat/openssl are ordered is not known"
        },
        { "a claim with a star", "spec.requesters[0].claims.ref", "\"refs/heads/*\"", "the claim ref has a *" },
        { "provenance of whoever asks", "spec.checks[+]", """{ "name": "built", "provenance": { "builders": ["https://ci.example.com"], "source": "submitted" } }""", "whoever asks says who built the image" },
        { "no approval", "spec.produce", """{ "vsa": false }""", "admission by approval, the default, lets none of it run" },
        { "SBOMs that no check uses", "spec.produce", """{ "attestations": ["sbom"] }""", "no SBOM is ever attested" },
        { "an issuer with a star", "spec.requesters[0].issuer", "\"https://*.example.com\"", "the issuer has a *" },
    };

    [Theory, MemberData(nameof(Signing))]
    public void Warns_of(string because, string path, string value, string expected)
    {
        var set = PolicyText.Load(PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(value))), PolicyText.ApprovalAttestor);

        var warning = Assert.Single(set.Lint(Evidence.Now));
        Assert.True(warning.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {warning}");
        Assert.Equal(ProblemSeverity.Warning, warning.Severity);
        Assert.Equal("policy-0.json", warning.Location.File);
    }

    public static TheoryData<string, string, string> Fine => new()
    {
        { "versions of one number", "spec.evidence.scanners[0].versions", "\">=0.58, <=0.58\"" },
        { "versions between two releases", "spec.evidence.scanners[0].versions", "\">0.58, <0.59\"" },
        { "a place that is a repository", "spec.checks[+]", """{ "name": "place", "trustedDirectory": { "directories": ["registry.example.com/payments/api"] } }""" },
        { "a place above the subjects", "spec.checks[+]", """{ "name": "place", "trustedDirectory": { "directories": ["registry.example.com"] } }""" },
        {
            "an exception by versions of known order", ExceptionPath,
            """[{ "id": "CVE-2026-1", "package": "pkg:deb/debian/openssl", "versions": "<3.0.20", "until": "2027-01-31", "owner": "platform", "reason": "r" }]"""
        },
        {
            "an exception by one version of no known order", ExceptionPath,
            """[{ "id": "CVE-2026-1", "package": "pkg:rpm/redhat/openssl", "versions": "=3.0.20", "until": "2027-01-31", "owner": "platform", "reason": "r" }]"""
        },
    };

    [Theory, MemberData(nameof(Fine))]
    public void Does_not_warn_of(string because, string path, string value)
    {
        var set = PolicyText.Load(PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(value))), PolicyText.ApprovalAttestor);

        Assert.True(set.Lint(Evidence.Now).Count == 0, $"{because}: {string.Join("; ", set.Lint(Evidence.Now))}");
    }

    [Fact]
    public void Warns_of_two_policies_for_one_request_unless_claims_tell_them_apart()
    {
        var same = PolicyText.Edit(PolicyText.Signing, ("metadata.name", "web"), ("spec.subjects[0]", "registry.example.com/*/api"), ("spec.requesters[0].claims.ref", null));
        var other = PolicyText.Edit(PolicyText.Signing, ("metadata.name", "web"), ("spec.requesters[0].claims.ref", "refs/heads/other"));

        Assert.Equal(
            "web and payments may cover the same request, which then has to name one of them",
            Assert.Single(PolicyText.Load(PolicyText.Signing, same, PolicyText.ApprovalAttestor).Lint(Evidence.Now)).Message);
        Assert.Empty(PolicyText.Load(PolicyText.Signing, other, PolicyText.ApprovalAttestor).Lint(Evidence.Now));
    }

    [Fact]
    public void Warns_of_a_revocation_after_which_nothing_signs_but_lets_it_come_into_force()
    {
        var set = PolicyText.Load(
            PolicyText.Signing,
            PolicyText.Edit(
                PolicyText.ApprovalAttestor, ("spec.members[0].state", "revoked"), ("spec.members[0].revokedAt", "2026-11-20")));

        Assert.Contains(
            "spec.attestor: release has no member that signs, so that nothing is approved", set.Lint(Evidence.Now).Select(warning => warning.Message));
    }

    [Fact]
    public void Warns_of_observing_that_ends()
    {
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Signing, ("spec.mode", "observe"), ("spec.until", "2026-11-25")), PolicyText.ApprovalAttestor);

        Assert.Contains("observing ends 2026-11-26T00:00:00Z", Assert.Single(set.Lint(Evidence.Now)).Message, StringComparison.Ordinal);
        Assert.Contains("observing ended", Assert.Single(set.Lint(Evidence.Now.AddDays(9))).Message, StringComparison.Ordinal);
        Assert.Empty(set.Lint(Evidence.Now.AddDays(-30)));
    }

    [Fact]
    public void Warns_of_leniency_that_ends_exemptions_of_everything_and_attestors_without_use()
    {
        var set = PolicyText.LoadAdmission(("spec.rules[0].enforcement", "warn"), ("spec.rules[0].until", "2026-11-25"));

        Assert.Equal(
            [
                "registry.k8s.io/** exempts the whole registry", "rule payments: its leniency ends 2026-11-26T00:00:00Z, in 3d; it enforces from then on",
                "no policy refers to qa", "no policy refers to scanner-service",
            ],
            set.Lint(Evidence.Now).Select(warning => warning.Message), StringComparer.Ordinal);
    }

    [Fact]
    public void Warns_of_keys_that_end_or_are_shared()
    {
        var set = PolicyText.Load(
            PolicyText.Signing, PolicyText.Edit(PolicyText.ApprovalAttestor, ("spec.members[0].validUntil", "2026-11-25")),
            PolicyText.Attestor("second", "approval", TestKey.Approval));

        var warnings = set.Lint(Evidence.Now).Select(warning => warning.Message).ToList();
        Assert.Contains(warnings, warning => warning.StartsWith("a key of release ends 2026-11-26", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("is a member of release and of second", StringComparison.Ordinal));

        Assert.Contains(set.Lint(Evidence.Now.AddYears(1)), warning => warning.Message.StartsWith("no key of release is valid now", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("trivy")]
    [InlineData("clair")]
    [InlineData("A scanner of our own")]
    public void Is_silent_about_scanners_of_any_other_name(string name) => Assert.Empty(
        PolicyText.Load(PolicyText.Edit(PolicyText.Signing, ("spec.evidence.scanners[0].name", name)), PolicyText.ApprovalAttestor).Lint(Evidence.Now));

    [Fact]
    public void An_attestor_whose_vex_counts_is_used() => Assert.Empty(PolicyText.LoadSigning(
        ("spec.evidence.vex", JsonNode.Parse("""
            [{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d" }]
            """))).Lint(Evidence.Now));

    [Fact]
    public void Is_silent_about_a_policy_as_it_should_be() =>
        Assert.Empty(PolicyText.Load(PolicyText.Signing, PolicyText.ApprovalAttestor).Lint(Evidence.Now));

    private static string Exception(string until, string subject = "registry.example.com/payments/api") => $$"""
        [{ "id": "CVE-2026-1", "until": "{{until}}", "owner": "platform", "reason": "r", "subjects": ["{{subject}}"] }]
        """;
}
