// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Admission;

/// <summary>The checks of a SLSA verification summary's consumer, each alone.</summary>
public sealed class ApprovalTests
{
    private static readonly PolicySet Rule = PolicyText.LoadAdmission();

    [Fact]
    public void A_passed_unexpired_approval_of_this_image_in_this_repository_admits_it()
    {
        var evaluation = Admit(Rule, With(Approval()));

        Assert.Equal(Outcome.Allowed, evaluation.Outcome(DecisionKind.Admission));
        var check = Assert.Single(evaluation.Checks);
        Assert.Equal(("approval release", "approval", Verdict.Pass), (check.Name, check.Type, check.Verdict));
        Assert.Equal($"approval by release, at most 30d old: key {TestKey.Approval.Public.Id.Hex[..12]}", check.Message);
        var line = Assert.Single(evaluation.Evidence);
        Assert.True(line is { Kind: "approval", Producer: "release", Used: true, Note: null });
        Assert.Equal([line.Digest], check.Evidence);
        Assert.Equal(Now - TimeSpan.FromHours(1), line.Time);
        Assert.Equal(Now.AddDays(1), evaluation.Expires);
    }

    [Fact]
    public void None_at_all_denies_it()
    {
        var check = Assert.Single(Admit(Rule, With()).Checks);

        Assert.Equal((Verdict.Fail, ReasonCode.ApprovalMissing), (check.Verdict, check.Reason));
        Assert.Equal("there is no approval by release", check.Message);
        Assert.Equal("approval by release, at most 30d old", check.Expected);
        Assert.Equal(ReasonCode.ApprovalMissing.Remedy, check.Remedy);
    }

    /// <summary>One thing wrong with a good approval, and what is said of it.</summary>
    public static TheoryData<string, Func<StoredStatement>, string, string> Wrong => new()
    {
        { "by a stranger", () => Approval(TestKey.Stranger), "KEY_NOT_TRUSTED", "signed by a key that no attestor has" },
        { "by another attestor", () => Approval(TestKey.Security), "KEY_NOT_TRUSTED", "it is signed by security" },
        { "by a key of another purpose", () => Approval(TestKey.Scanner), "KEY_PURPOSE", "a key of scanner-service, which is for another purpose" },
        { "stored by tag", () => Approval() with { Layout = StorageLayout.Tag }, "APPROVAL_MISSING", "it is no bundle, and approvals are" },
        { "about another image", () => Approval(image: DigestOf("other")), "SUBJECT_MISMATCH", "about another image" },
        { "naming another verifier", () => Change(summary => summary with { VerifierId = "supplychain:attestor/other" }), "APPROVAL_WRONG_VERIFIER", "another verifier" },
        { "naming its verifier with a suffix", () => Change(summary => summary with { VerifierId = "supplychain:attestor/release/x" }), "APPROVAL_WRONG_VERIFIER", "another verifier" },
        { "for another repository", () => Change(summary => summary with { ResourceUri = Resource("registry.example.com/payments/other") }), "REPOSITORY_MISMATCH", "another repository" },
        { "for the repository's parent", () => Change(summary => summary with { ResourceUri = Resource("registry.example.com/payments") }), "REPOSITORY_MISMATCH", "another repository" },
        { "for the same path on another registry", () => Change(summary => summary with { ResourceUri = Resource("evil.example.com/payments/api") }), "REPOSITORY_MISMATCH", "another repository" },
        { "for a resource that cannot be read", () => Change(summary => summary with { ResourceUri = "https://registry.example.com/payments/api" }), "REPOSITORY_MISMATCH", "resourceUri cannot be read" },
        { "for another digest", () => Change(summary => summary with { ResourceUri = new ImageResource(Deployed, DigestOf("other")).ToString() }), "SUBJECT_MISMATCH", "names another digest" },
        { "that says FAILED", () => Change(summary => summary with { Result = VerificationResult.Failed, VerifiedLevels = [] }), "APPROVAL_FAILED", "says FAILED" },
        { "of no time", () => Change(summary => summary with { TimeVerified = null }), "APPROVAL_EXPIRED", "does not tell when" },
        { "of tomorrow", () => Change(summary => summary with { TimeVerified = Now.AddDays(1) }), "APPROVAL_EXPIRED", "ahead of the clock" },
        { "further ahead than clocks may be", () => Change(summary => summary with { TimeVerified = Now.AddSeconds(301) }), "APPROVAL_EXPIRED", "ahead of the clock" },
        { "older than the rule accepts", () => Change(summary => summary with { TimeVerified = Now.AddDays(-30).AddSeconds(-1) }), "APPROVAL_EXPIRED", "it is 30d old" },
        { "that ended this second", () => Until("2026-11-22T10:00:00Z"), "APPROVAL_EXPIRED", "it ended 2026-11-22T10:00:00Z" },
        { "that ended long ago", () => Until("2026-01-01T00:00:00Z"), "APPROVAL_EXPIRED", "it ended 2026-01-01" },
        { "whose end has no zone", () => Until("2027-01-01T00:00:00"), "APPROVAL_EXPIRED", "its end cannot be read" },
        { "whose end is empty", () => Until(""), "APPROVAL_EXPIRED", "its end cannot be read" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void An_approval_does_not_count(string because, Func<StoredStatement> approval, string code, string expected)
    {
        var evaluation = Admit(Rule, With(approval()));

        Assert.Equal(Outcome.Denied, evaluation.Outcome(DecisionKind.Admission));
        var check = Assert.Single(evaluation.Checks);
        Assert.True(code == check.Reason!.Name, $"{because}: {check.Reason} {check.Message}");
        Assert.StartsWith("no approval by release counts: ", check.Message, StringComparison.Ordinal);
        Assert.Contains(expected, check.Message, StringComparison.Ordinal);
        var line = Assert.Single(evaluation.Evidence);
        Assert.False(line.Used);
        Assert.Contains(expected, line.Note, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<StoredStatement>> Right => new()
    {
        { "as far ahead as clocks may be", () => Change(summary => summary with { TimeVerified = Now.AddSeconds(300) }) },
        { "as old as the rule accepts", () => Change(summary => summary with { TimeVerified = Now.AddDays(-30) }) },
        { "that ends in a second", () => Until("2026-11-22T10:00:01Z") },
        { "that ends in a second elsewhere", () => Until("2026-11-22T11:00:01+01:00") },
        { "without an end of its own, under a rule that sets an age", () => Change(summary => summary with { Extensions = NoExtensions }) },
    };

    [Theory, MemberData(nameof(Right))]
    public void An_approval_counts(string because, Func<StoredStatement> approval) =>
        Assert.True(Admit(Rule, With(approval())).Outcome(DecisionKind.Admission) == Outcome.Allowed, because);

    [Fact]
    public void An_approval_that_never_ends_needs_a_rule_that_sets_an_age()
    {
        var ageless = PolicyText.LoadAdmission(("spec.rules[0].require.approval.maximumAge", null));

        Assert.Equal(Outcome.Allowed, Admit(ageless, With(Approval())).Outcome(DecisionKind.Admission));
        var check = Assert.Single(Admit(ageless, With(Change(summary => summary with { Extensions = NoExtensions }))).Checks);
        Assert.Equal(ReasonCode.ApprovalExpired, check.Reason);
        Assert.Contains("never ends", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_predicate_that_is_no_summary_does_not_count()
    {
        var nonsense = new StoredStatement(
            TestKey.Approval.Attest(PredicateTypes.VerificationSummary, null, Image.Manifest.Digest), StorageLayout.Bundle);

        Assert.Equal(ReasonCode.SignatureMalformed, Assert.Single(Admit(Rule, With(nonsense)).Checks).Reason);
    }

    [Fact]
    public void Another_predicate_type_is_no_approval() // threat 38
    {
        var other = Attestation(TestKey.Approval, PredicateTypes.VerificationSummary + ".1");

        Assert.Equal(ReasonCode.ApprovalMissing, Assert.Single(Admit(Rule, With(other)).Checks).Reason);
    }

    [Fact]
    public void A_bare_signature_is_no_approval() // threat 48
    {
        var evidence = With() with { Signatures = [Signature(TestKey.Approval)] };

        Assert.Equal(ReasonCode.ApprovalMissing, Assert.Single(Admit(Rule, evidence).Checks).Reason);
        Assert.Equal("the rule does not ask for it", Assert.Single(Admit(Rule, evidence).Evidence).Note);
    }

    [Fact]
    public void A_bad_approval_beside_a_good_one_does_no_harm()
    {
        var evaluation = Admit(Rule, With(Until("2026-01-01T00:00:00Z"), Approval(), Approval(TestKey.Stranger)));

        Assert.Equal(Outcome.Allowed, evaluation.Outcome(DecisionKind.Admission));
        Assert.Single(evaluation.Evidence, line => line.Used);
    }

    [Fact]
    public void The_approval_that_came_furthest_explains_the_denial() =>
        Assert.Contains(
            "it ended", Assert.Single(Admit(Rule, With(Approval(TestKey.Stranger), Until("2026-01-01T00:00:00Z"), Approval(TestKey.Security))).Checks).Message,
            StringComparison.Ordinal);

    public static TheoryData<string, string?, string?, bool> Windows => new()
    {
        { "not yet valid", "2026-11-23", null, false },
        { "valid since today", "2026-11-22", null, true },
        { "no longer valid", null, "2026-11-22T10:00:00Z", false },
        { "valid for another second", null, "2026-11-22T10:00:01Z", true },
    };

    [Theory, MemberData(nameof(Windows))]
    public void A_key_counts_only_inside_its_window(string because, string? from, string? until, bool counts) // threat 73
    {
        List<(string, JsonNode?)> changes = [];
        if (from is not null)
            changes.Add(("spec.members[0].validFrom", from));
        if (until is not null)
            changes.Add(("spec.members[0].validUntil", until));
        var set = PolicyText.Load(
            PolicyText.Admission, PolicyText.Edit(PolicyText.ApprovalAttestor, [.. changes]), PolicyText.SecurityAttestor);

        var evaluation = Admit(set, With(Approval()));

        Assert.True(counts == (evaluation.Outcome(DecisionKind.Admission) == Outcome.Allowed), because);
        if (!counts)
            Assert.Equal(["approval release: KEY_NOT_VALID_AT_TIME"], evaluation.Refusals(), StringComparer.Ordinal);
        else if (until is not null)
            Assert.Equal(Now.AddSeconds(1), evaluation.Expires);
    }

    public static TheoryData<string, bool, string?> States => new()
    {
        { "announced", true, null },
        { "signing", true, null },
        { "verifying", true, null },
        { "retired", false, "KEY_NOT_VALID_AT_TIME" },
        { "revoked", false, "KEY_REVOKED" },
    };

    [Theory, MemberData(nameof(States))]
    public void A_key_counts_in_every_state_but_the_last_two(string state, bool counts, string? reason) // threats 73, 74
    {
        List<(string, JsonNode?)> changes = [("spec.members[0].state", state)];
        if (state is "revoked")
            changes.Add(("spec.members[0].revokedAt", "2026-11-22T09:59:59Z"));
        var set = PolicyText.Load(
            PolicyText.Admission, PolicyText.Edit(PolicyText.ApprovalAttestor, [.. changes]), PolicyText.SecurityAttestor);

        var evaluation = Admit(set, With(Approval()));

        Assert.Equal(counts, evaluation.Outcome(DecisionKind.Admission) == Outcome.Allowed);
        if (!counts)
            Assert.Equal([$"approval release: {reason}"], evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_revocation_that_lies_ahead_already_counts_since_what_was_signed_bears_no_trusted_time()
    {
        var set = PolicyText.Load(
            PolicyText.Admission,
            PolicyText.Edit(
                PolicyText.ApprovalAttestor,
                ("spec.members[0].state", "revoked"), ("spec.members[0].revokedAt", "2027-01-01")),
            PolicyText.SecurityAttestor);

        var check = Assert.Single(Admit(set, With(Approval())).Checks);

        Assert.Equal(ReasonCode.KeyRevoked, check.Reason);
        Assert.Equal("revoked since 2027-01-01T00:00:00Z", check.Actual);
    }

    [Fact]
    public void An_approval_for_another_repository_counts_where_the_rule_says_so()
    {
        var elsewhere = With(Change(summary => summary with { ResourceUri = Resource("other.example.com/a") }));
        var unreadable = With(Change(summary => summary with { ResourceUri = "https://example.com/a" }));
        var any = PolicyText.LoadAdmission(("spec.rules[0].repository", "any"));

        Assert.Equal(Outcome.Allowed, Admit(any, elsewhere).Outcome(DecisionKind.Admission));
        Assert.Equal(Outcome.Allowed, Admit(any, unreadable).Outcome(DecisionKind.Admission));
        var otherDigest = With(Change(summary => summary with { ResourceUri = new ImageResource(Deployed, DigestOf("other")).ToString() }));
        Assert.Equal(["approval release: SUBJECT_MISMATCH"], Admit(any, otherDigest).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void An_approval_for_the_mirrored_repository_counts_in_its_mirror()
    {
        var remap = PolicyText.LoadAdmission(
            ("spec.rules[0].repository", JsonNode.Parse("""{ "remap": [{ "from": "registry.example.com/payments", "to": "origin.example.com/p" }] }""")));
        var origin = With(Change(summary => summary with { ResourceUri = Resource("origin.example.com/p/api") }));

        Assert.Equal(Outcome.Allowed, Admit(remap, origin).Outcome(DecisionKind.Admission));
        Assert.Equal(["approval release: REPOSITORY_MISMATCH"], Admit(remap, With(Approval())).Refusals(), StringComparer.Ordinal);
        Assert.Equal("origin.example.com/p/api", Assert.Single(Admit(remap, With(Approval())).Checks).Expected);
    }

    private static readonly IReadOnlyDictionary<string, string> NoExtensions = new Dictionary<string, string>(StringComparer.Ordinal);

    private static EvidenceSet With(params StoredStatement[] statements) => Set() with { Statements = statements };

    private static StoredStatement Change(Func<VerificationSummary, VerificationSummary> change) => Approval(change: change);

    private static StoredStatement Until(string end) => Change(summary => summary with
    {
        Extensions = new Dictionary<string, string>(StringComparer.Ordinal) { [ApprovalExtensions.ValidUntil] = end },
    });

    private static string Resource(string repository) => new ImageResource(Repository.Parse(repository), Image.Manifest.Digest).ToString();
}
