// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Policy.Tests.Testing;

/// <summary>A fixture that would prove less than it seems to is refused, at its place.</summary>
public sealed class PolicyTestReaderTests
{
    public const string Fixture = """
        apiVersion: supplychain/v1
        kind: PolicyTest
        metadata: { name: payments }
        spec:
          policies: [policies]
          given:
            image:
              name: registry.example.com/payments/api@sha256:1111111111111111111111111111111111111111111111111111111111111111
              platforms:
                - { platform: linux/amd64 }
            requester: { issuer: https://ci.example.com, claims: { repository_id: "482193", ref: refs/heads/main } }
            time: 2026-11-22T10:00:00Z
            reports: [{ file: trivy.json, source: submitted }]
          cases:
            - name: without findings it is signed
              expect: { outcome: approved, checks: { no-serious-vulnerabilities: PASS } }
        """;

    private const string Expectation = "expect: { outcome: approved, checks: { no-serious-vulnerabilities: PASS } }";

    [Fact]
    public void A_fixture_is_read_with_the_files_it_names()
    {
        var read = Read(Fixture);

        Assert.True(read.Test is not null, string.Join('\n', read.Problems));
        Assert.Equal("payments", read.Test.Name);
        Assert.Equal(["trivy.json"], read.Test.Files.Select(file => file.Path), StringComparer.Ordinal);
        Assert.Equal("without findings it is signed", Assert.Single(read.Test.Cases).Name);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { Expectation, "expects: { outcome: approved }", "13:3: error: spec.cases[0]: expect is required|unknown field; did you mean expect?" },
        { Expectation, "expect: {}", "outcome is required" },
        { Expectation, "expect: { outcome: refused }", "name the check that fails and its reason, as NAME: FAIL REASON_CODE" },
        { Expectation, "expect: { outcome: error }", "name the check that cannot be judged and its reason" },
        { Expectation, "expect: { outcome: refused, checks: { a: FAIL } }", "FAIL needs its reason code" },
        { Expectation, "expect: { outcome: refused, checks: { a: ERROR } }", "ERROR needs its reason code" },
        { Expectation, "expect: { outcome: refused, checks: { a: FAIL FINDING_OVER_LIMT } }", "did you mean FINDING_OVER_LIMIT?" },
        { Expectation, "expect: { outcome: approved, checks: { a: PASS FINDING_OVER_LIMIT } }", "a pass has no reason" },
        { Expectation, "expect: { outcome: approved, checks: { a: MAYBE } }", "'MAYBE' is no verdict" },
        { Expectation, "expect: { outcome: approved, checks: { a: FAIL CVE_BLOCKED } }", "with a check that fails the outcome is no yes" },
        { Expectation, "expect: { outcome: approved, checks: {} }", "expected a mapping of checks" },
        { Expectation, "expect: { outcome: allowed }", "'allowed' is not accepted" },
        { Expectation, "expect: { outcome: approved, rule: default }", "admission policies have rules" },
        { Expectation, "expect: { outcome: approved, signs: {} }", "expects nothing" },
        { Expectation, "expect: { outcome: refused, checks: { a: FAIL CVE_BLOCKED }, signs: { signature: true } }", "only an approved image is signed" },
        { "source: submitted", "source: submitted, attestor: scanner", "nobody signs a submitted report" },
        { "source: submitted", "source: attested", "say who signs" },
        { "source: submitted", "source: attested, attestor: scanner, stranger: true", "say who signs" },
        { "source: submitted", "source: sent", "'sent' is not accepted" },
        { "ref: refs/heads/main", "sub: pipeline", "spec.given.requester.claims: sub does not stand among the claims; write subject:" },
        { "ref: refs/heads/main", "iss: https://ci.example.com", "spec.given.requester.claims: iss does not stand among the claims; write issuer:" },
        { "file: trivy.json", "file: /etc/passwd", "is not a path from the fixture's folder" },
        { "policies: [policies]", "policies: []", "is an empty list" },
        { "time: 2026-11-22T10:00:00Z", "time: 2026-11-22", "is not a time with a zone" },
        { "    time: 2026-11-22T10:00:00Z\n", "", "time is required, here or in given" },
        { "@sha256:1111111111111111111111111111111111111111111111111111111111111111", ":1.0", "named by digest" },
        { "requester:", "workload: {}\n    requester:", "a case is about one gate" },
        { "without findings it is signed", "without findings it is signed\n      approvals: none", "approvals and signatures are judged before an image runs" },
        { "kind: PolicyTest", "kind: PolicyTests", "'PolicyTests' is not accepted" },
        { "apiVersion: supplychain/v1", "apiVersion: supplychain/v2", "is not supplychain/v1" },
        { "- name: without findings it is signed", "- name: a\n      expect: { outcome: approved }\n    - name: a", "'a' is the name of two cases" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Refuses(string old, string now, string expected)
    {
        Assert.Contains(old, Fixture, StringComparison.Ordinal);

        var read = Read(Fixture.Replace(old, now, StringComparison.Ordinal));

        Assert.Null(read.Test);
        Assert.Contains(read.Problems, problem => expected.Split('|').Any(part => problem.ToString().Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_line_and_column_of_an_unknown_field()
    {
        var read = Read(Fixture.Replace("    time:", "    clock: 1\n    time:", StringComparison.Ordinal));

        Assert.Equal("fixture.yaml:12:5: error: spec.given.clock: unknown field; expected one of approvals, attestations, baseImages, documents, image, policy, reports, requester, signatures, threatData, time, workload",
            Assert.Single(read.Problems).ToString());
    }

    [Fact]
    public void A_fixture_among_policies_is_refused_as_what_it_is()
    {
        var loaded = PolicyText.TryLoad(Fixture);

        Assert.Contains("a PolicyTest is no policy", Assert.Single(loaded.Problems).Message, StringComparison.Ordinal);
    }

    private static PolicyTestReadResult Read(string text) => PolicyTest.Read(new PolicyFile("fixture.yaml", Encoding.UTF8.GetBytes(text)));
}
