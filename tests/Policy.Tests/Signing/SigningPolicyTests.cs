// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>Who may ask for what: threats 12 and 15.</summary>
public sealed class SigningPolicyTests
{
    private static readonly PolicySet Set = PolicyText.LoadSigning();

    public static TheoryData<string, string, string, string, string, bool> Requests => new()
    {
        { "exactly as the policy has it", "registry.example.com/payments/api", "https://ci.example.com", "482193", "refs/heads/main", true },
        { "another repository", "registry.example.com/billing/api", "https://ci.example.com", "482193", "refs/heads/main", false },
        { "a sibling of the repository's folder", "registry.example.com/payments-evil/api", "https://ci.example.com", "482193", "refs/heads/main", false },
        { "another registry", "registry.example.com.evil.org/payments/api", "https://ci.example.com", "482193", "refs/heads/main", false },
        { "another issuer", "registry.example.com/payments/api", "https://ci.example.com/", "482193", "refs/heads/main", false },
        { "an issuer in other letters", "registry.example.com/payments/api", "https://CI.example.com", "482193", "refs/heads/main", false },
        { "a recreated project of the same name", "registry.example.com/payments/api", "https://ci.example.com", "482194", "refs/heads/main", false },
        { "an id with the right one as prefix", "registry.example.com/payments/api", "https://ci.example.com", "4821930", "refs/heads/main", false },
        { "a pull request", "registry.example.com/payments/api", "https://ci.example.com", "482193", "refs/pull/1/merge", false },
        { "a branch with a trailing line feed", "registry.example.com/payments/api", "https://ci.example.com", "482193", "refs/heads/main\n", false },
        { "a branch with a soft hyphen", "registry.example.com/payments/api", "https://ci.example.com", "482193", "refs/heads/ma\u00ADin", false },
    };

    [Theory, MemberData(nameof(Requests))]
    public void A_requester_is_matched_character_by_character(string because, string repository, string issuer, string id, string branch, bool granted)
    {
        var match = Set.FindSigning(Repository.Parse(repository), Requester(issuer, ("repository_id", id), ("ref", branch)));

        Assert.True(granted == match.Policy is not null, because);
        Assert.Equal(granted ? null : ReasonCode.NotAuthorised, match.Reason);
    }

    [Fact]
    public void Every_claim_is_needed_and_others_do_not_matter()
    {
        Assert.NotNull(Find(Requester("https://ci.example.com", ("repository_id", "482193"), ("ref", "refs/heads/main"), ("actor", "x"))).Policy);
        Assert.Null(Find(Requester("https://ci.example.com", ("repository_id", "482193"))).Policy);
        Assert.Null(Find(Requester("https://ci.example.com")).Policy);
    }

    [Fact]
    public void A_rule_without_claims_matches_nobody() =>
        Assert.False(new RequesterRule("https://ci.example.com", NoClaims, new SourceLocation("x", 1, 1)).IsMatch(Good));

    [Fact]
    public void The_claim_sub_is_the_subject_and_nothing_else()
    {
        var set = PolicyText.LoadSigning(("spec.requesters[0].claims", JsonNode.Parse("""{ "sub": "pipeline" }""")));

        Assert.NotNull(set.FindSigning(Evidence.Deployed, new Requester("https://ci.example.com", "pipeline", NoClaims)).Policy);
        Assert.Null(set.FindSigning(Evidence.Deployed, new Requester("https://ci.example.com", "other", Claims(("sub", "pipeline")))).Policy);
    }

    [Fact]
    public void Any_requester_of_the_list_may_ask()
    {
        var set = PolicyText.LoadSigning(("spec.requesters[+]", JsonNode.Parse("""{ "issuer": "urn:supplychain:local", "claims": { "sub": "me" } }""")));

        Assert.NotNull(set.FindSigning(Evidence.Deployed, new Requester("urn:supplychain:local", "me", NoClaims)).Policy);
        Assert.NotNull(set.FindSigning(Evidence.Deployed, Good).Policy);
    }

    [Fact]
    public void Several_policies_are_ambiguous_until_one_is_named()
    {
        var set = PolicyText.Load(
            PolicyText.Signing, PolicyText.Edit(PolicyText.Signing, ("metadata.name", "second")), PolicyText.ApprovalAttestor);

        var match = set.FindSigning(Evidence.Deployed, Good);
        Assert.Equal((null, ReasonCode.PolicyAmbiguous), (match.Policy, match.Reason));
        Assert.Equal(["payments", "second"], match.Candidates.Select(policy => policy.Name), StringComparer.Ordinal);

        Assert.Equal("second", set.FindSigning(Evidence.Deployed, Good, "second").Policy!.Name);
        Assert.Equal(ReasonCode.NotAuthorised, set.FindSigning(Evidence.Deployed, Good, "third").Reason);
    }

    [Fact]
    public void Naming_a_policy_grants_nothing() =>
        Assert.Equal(ReasonCode.NotAuthorised, Set.FindSigning(Evidence.Deployed, Requester("https://evil.example.com"), "payments").Reason);

    [Fact]
    public void Observing_ends_by_itself()
    {
        var policy = PolicyText.LoadSigning(("spec.mode", "observe"), ("spec.until", "2026-11-22")).SigningPolicies[0];

        Assert.Equal(EnforcementMode.Observe, policy.ModeAt(Evidence.Now));
        Assert.Equal(EnforcementMode.Observe, policy.ModeAt(new DateTimeOffset(2026, 11, 22, 23, 59, 59, TimeSpan.Zero)));
        Assert.Equal(EnforcementMode.Enforce, policy.ModeAt(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_policy_that_checks_nothing_approves_nothing()
    {
        var evaluation = SigningEvaluation.Evaluate(
            Set.SigningPolicies[0] with { Checks = [] }, Set, Evidence.Set(Evidence.Scan()), Evidence.Now);

        Assert.Equal(Outcome.Refused, evaluation.Outcome());
        Assert.Equal(["checks: NO_CHECKS"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("the policy has no check", evaluation.Check("checks").Message);
    }

    private static readonly IReadOnlyDictionary<string, string> NoClaims = new Dictionary<string, string>(StringComparer.Ordinal);

    private static Requester Good => Requester("https://ci.example.com", ("repository_id", "482193"), ("ref", "refs/heads/main"));

    private static SigningMatch Find(Requester requester) => Set.FindSigning(Evidence.Deployed, requester);

    private static Requester Requester(string issuer, params (string Name, string Value)[] claims) => new(issuer, "pipeline", Claims(claims));

    private static Dictionary<string, string> Claims(params (string Name, string Value)[] claims) =>
        claims.ToDictionary(claim => claim.Name, claim => claim.Value, StringComparer.Ordinal);
}
