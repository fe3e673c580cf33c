// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Model.Tests.Decisions;

public sealed class DecisionTests
{
    public static TheoryData<string, Verdict[], Outcome, Outcome> Outcomes => new()
    {
        { "nothing ran", [], Outcome.Refused, Outcome.Denied },
        { "nothing applied", [Verdict.Skipped, Verdict.Skipped], Outcome.Refused, Outcome.Denied },
        { "all passed", [Verdict.Pass, Verdict.Pass], Outcome.Approved, Outcome.Allowed },
        { "one passed, one did not apply", [Verdict.Skipped, Verdict.Pass], Outcome.Approved, Outcome.Allowed },
        { "one failed", [Verdict.Pass, Verdict.Fail, Verdict.Pass], Outcome.Refused, Outcome.Denied },
        { "one erred", [Verdict.Error, Verdict.Pass], Outcome.Error, Outcome.Error },
        { "one erred, nothing passed", [Verdict.Error, Verdict.Skipped], Outcome.Error, Outcome.Error },
        { "a failure outranks an error", [Verdict.Error, Verdict.Fail], Outcome.Refused, Outcome.Denied },
    };

    [Theory, MemberData(nameof(Outcomes))]
    public void The_worst_check_decides_and_no_check_is_a_no(
        string because, Verdict[] verdicts, Outcome signing, Outcome admission)
    {
        var checks = verdicts.Select(Check).ToList();

        Assert.True(signing == Decision.OutcomeOf(DecisionKind.Signing, checks), because);
        Assert.True(admission == Decision.OutcomeOf(DecisionKind.Admission, checks), because);
        Assert.Equal(signing is Outcome.Approved, Sample(signing).IsPositive);
    }

    [Fact]
    public void Is_written_and_read_back_whole()
    {
        var decision = Sample(Outcome.Refused);

        var read = Decision.FromJson(decision.ToJson());

        Assert.Equal(decision.ToJson(), read.ToJson());
        Assert.Equal(decision.ToJson(), Sample(Outcome.Refused).ToJson());
        Assert.Equal(decision.Checks[0].Findings?.First[0], read.Checks[0].Findings?.First[0]);
        Assert.Same(ReasonCode.FindingOverLimit, read.Checks[0].Reason);
        Assert.Equal(decision.Subject.Digest, read.Subject.Digest);
    }

    [Fact]
    public void Is_written_as_the_contract_shows_it()
    {
        var json = Encoding.UTF8.GetString(Sample(Outcome.Refused).ToJson());

        Assert.Contains("\"kind\":\"signing\",\"outcome\":\"refused\",\"mode\":\"enforce\",\"time\":\"2026-11-22T10:00:00+00:00\"", json, StringComparison.Ordinal);
        Assert.Contains("\"verdict\":\"FAIL\",\"reason\":\"FINDING_OVER_LIMIT\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("isPositive", json, StringComparison.Ordinal);
        Assert.Contains(
            "\n", Encoding.UTF8.GetString(Sample(Outcome.Refused).ToJson(indented: true)), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?> Tampered => new()
    {
        { "an unknown member", "x", "1" },
        { "an unknown outcome", "outcome", "\"permitted\"" },
        { "an outcome that is a number", "outcome", "3" },
        { "an unknown kind", "kind", "\"other\"" },
        { "no checks", "checks", null },
        { "checks that are null", "checks", "null" },
        { "no subject", "subject", null },
        { "no id", "id", null },
        { "an id that is a number", "id", "1" },
        { "a time that is none", "time", "\"yesterday\"" },
    };

    [Theory, MemberData(nameof(Tampered))]
    public void What_this_product_did_not_write_is_not_read(string because, string member, string? value)
    {
        var json = JsonNode.Parse(Sample(Outcome.Refused).ToJson())!.AsObject();
        json.Remove(member);
        if (value is not null)
            json[member] = JsonNode.Parse(value);

        Assert.True(Throws(json.ToJsonString()), because);
    }

    [Fact]
    public void Neither_duplicates_nor_unknown_codes_are_read()
    {
        var json = Encoding.UTF8.GetString(Sample(Outcome.Refused).ToJson());

        Assert.True(Throws(json.Replace("\"kind\":\"signing\"", "\"kind\":\"signing\",\"kind\":\"admission\"", StringComparison.Ordinal)));
        Assert.True(Throws(json.Replace("FINDING_OVER_LIMIT", "FINDING_UNDER_LIMIT", StringComparison.Ordinal)));
        Assert.True(Throws(json.Replace("sha256:", "sha257:", StringComparison.Ordinal)));
        Assert.True(Throws("null"));
    }

    [Fact]
    public void Only_an_error_with_a_retryable_reason_is_worth_another_try()
    {
        Assert.True(CheckResult.Error("x", "x", ReasonCode.RegistryUnavailable, "x").IsRetryable);
        Assert.False(CheckResult.Error("x", "x", ReasonCode.DigestMismatch, "x").IsRetryable);
        Assert.False(CheckResult.Fail("x", "x", ReasonCode.RegistryUnavailable, "x").IsRetryable);
        Assert.False(CheckResult.Pass("x", "x", "x").IsRetryable);
    }

    [Fact]
    public void A_subject_is_printed_as_an_image_name()
    {
        var digest = Digest.Compute("x"u8);
        Assert.Equal($"r.example.com/a:v1@{digest}", new DecisionSubject("r.example.com/a", digest, []) { Tag = "v1" }.ToString());
        Assert.Equal("r.example.com/a", new DecisionSubject("r.example.com/a", null, []).ToString());
    }

    private static bool Throws(string json)
    {
        try
        {
            Decision.FromJson(Encoding.UTF8.GetBytes(json));
            return false;
        }
        catch (JsonException refused)
        {
            return refused.Message.Length > 0;
        }
    }

    private static CheckResult Check(Verdict verdict) => verdict switch
    {
        Verdict.Pass => CheckResult.Pass("name", "type", "fine"),
        Verdict.Fail => CheckResult.Fail("name", "type", ReasonCode.FindingOverLimit, "not fine"),
        Verdict.Error => CheckResult.Error("name", "type", ReasonCode.RegistryUnavailable, "cannot tell"),
        _ => CheckResult.Skipped("name", "type", ReasonCode.EvidenceMissing, "nothing to check"),
    };

    [Fact]
    public void What_a_finding_violates_beside_its_severity_is_written_only_where_there_is_something()
    {
        var plain = Sample(Outcome.Refused);
        var line = plain.Checks[0].Findings!.First[0] with { Note = "known exploited" };
        var noted = plain with { Checks = [plain.Checks[0] with { Findings = new FindingSummary(1, [line]) }] };

        Assert.Contains("\"note\":\"known exploited\"", Encoding.UTF8.GetString(noted.ToJson()), StringComparison.Ordinal);
        Assert.Equal(line, Decision.FromJson(noted.ToJson()).Checks[0].Findings!.First[0]);
        Assert.Contains("\"platform\":\"linux/amd64\"}", Encoding.UTF8.GetString(plain.ToJson()), StringComparison.Ordinal);
    }

    private static Decision Sample(Outcome outcome) => new()
    {
        Id = "0198c0de-0000-7000-8000-000000000000",
        Kind = DecisionKind.Signing,
        Outcome = outcome,
        Mode = EnforcementMode.Enforce,
        Time = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
        Subject = new DecisionSubject("r.example.com/team/app", Digest.Compute("image"u8), ["linux/amd64"]),
        Requester = new DecisionRequester("urn:supplychain:local", "ci"),
        Policy = new DecisionPolicy("payments", Digest.Compute("policy"u8), null),
        Checks =
        [
            CheckResult.Fail("vulnerabilities", "vulnerabilities", ReasonCode.FindingOverLimit, "1 finding") with
            {
                Expected = "LOW",
                Actual = "CRITICAL",
                Remedy = "update openssl",
                Evidence = [Digest.Compute("report"u8)],
                Findings = new FindingSummary(1, [new FindingLine("CVE-2026-0001", "CRITICAL", "openssl", "3.0.11", "3.0.20", null, "linux/amd64")]),
            },
        ],
        Evidence = [new DecisionEvidence { Digest = Digest.Compute("report"u8), Kind = "scan", Producer = "trivy 0.58.1", Used = true }],
        Artifacts = [new DecisionArtifact("signature", Digest.Compute("image"u8), "a/b", Digest.Compute("bundle"u8), 7)],
        Considered = ["rule a: another namespace"],
    };
}
