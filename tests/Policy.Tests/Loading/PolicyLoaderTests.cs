// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Loading;

public sealed class PolicyLoaderTests
{
    [Fact]
    public void Reports_every_problem_of_every_file_with_its_place()
    {
        const string First = """
            apiVersion: supplychain/v1
            kind: SigningPolicy
            metadata: { name: Payments }
            spec:
              subjects: []
              requesters: none
              atestor: release
              evidence:
                scanners:
                  - { name: trivy, source: submited }
                maximumScanAge: 1
              checks:
                - vulnerabilities:
                    maximumFixableSeverity: low
            """;
        const string Second = "kind: *x\n";

        var result = PolicyText.TryLoad(First, Second);

        Assert.Null(result.Set);
        Assert.Equal(
            [
                "policy-0.yaml:3:19: error: metadata.name: 'Payments' is not a name; expected up to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
                "policy-0.yaml:5:3: error: spec: attestor is required",
                "policy-0.yaml:5:13: error: spec.subjects: is an empty list; name at least one entry or leave the field out",
                "policy-0.yaml:6:15: error: spec.requesters: expected a list, found a text",
                "policy-0.yaml:7:3: error: spec.atestor: unknown field; did you mean attestor?",
                "policy-0.yaml:9:5: error: spec.evidence: maximumDatabaseAge is required",
                "policy-0.yaml:10:32: error: spec.evidence.scanners[0].source: 'submited' is not accepted; did you mean submitted?",
                "policy-0.yaml:11:21: error: spec.evidence.maximumScanAge: '1' is not a duration; expected a number and m, h or d, such as 30m, 24h or 7d",
                "policy-0.yaml:13:7: error: spec.checks[0]: name is required",
                "policy-0.yaml:14:9: error: spec.checks[0].vulnerabilities: maximumUnfixableSeverity is required",
                "policy-0.yaml:14:33: error: spec.checks[0].vulnerabilities.maximumFixableSeverity: 'low' is not accepted; did you mean LOW?",
                "policy-1.yaml:1:7: error: the alias *x is not accepted; write the value out",
            ],
            result.Problems.Select(problem => problem.ToString()), StringComparer.Ordinal);
    }

    [Fact]
    public void One_bad_file_leaves_no_set_at_all()
    {
        var result = PolicyText.TryLoad(PolicyText.Signing, PolicyText.ApprovalAttestor, "nonsense");

        Assert.False(result.IsUsable);
        Assert.Equal("policy-2.yaml", Assert.Single(result.Problems).Location.File);
    }

    [Fact]
    public void No_file_is_no_policy() => Assert.Contains("no policy file", Assert.Single(PolicyLoader.Load([]).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void More_files_than_are_read_are_refused()
    {
        var result = PolicyLoader.Load([.. Enumerable.Repeat(PolicyText.File("a: 1"), Limits.PolicyDocuments + 1)]);

        Assert.Contains("at most 1000", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_is_read_like_YAML_with_places()
    {
        var json = PolicyText.ToJson(PolicyText.Signing);
        json["spec"]!["mode"] = "enforced";

        var problem = Assert.Single(PolicyText.TryLoad(json.ToJsonString(new() { WriteIndented = true })).Problems);

        Assert.Contains("spec.mode: 'enforced' is not accepted; did you mean enforce?", problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Location is { File: "policy-0.json", Line: > 40, Column: 13 }, problem.Location.ToString());
    }

    /// <summary>The field decides the type: whatever another reader makes of unquoted text, here it is the text.</summary>
    [Fact]
    public void Unquoted_text_is_text_where_text_is_expected()
    {
        var policy = PolicyText.Signing
            .Replace("{ repository_id: \"482193\", ref: refs/heads/main }", "{ repository_id: 482193, production: yes, protected: true }", StringComparison.Ordinal)
            .Replace("{ name: trivy, source: submitted }", "{ name: trivy, source: submitted, minimumVersion: 0.50 }", StringComparison.Ordinal);

        var set = PolicyText.Load(policy, PolicyText.ApprovalAttestor);

        var requester = Assert.Single(set.SigningPolicies[0].Requesters);
        Assert.Equal("482193", requester.Claims["repository_id"]);
        Assert.Equal("yes", requester.Claims["production"]);
        Assert.Equal("true", requester.Claims["protected"]);
        Assert.Equal("0.50", set.SigningPolicies[0].Evidence.Scanners[0].MinimumVersion);
    }

    [Fact]
    public void Defaults_are_the_strict_ones()
    {
        var signing = PolicyText.LoadSigning().SigningPolicies[0];
        Assert.Equal(EnforcementMode.Enforce, signing.Mode);
        Assert.Equal(CombineRule.Union, signing.Evidence.Combine);
        Assert.Null(signing.Evidence.Platforms);
        Assert.Equal(EvidenceBinding.Proven, signing.Evidence.Scanners[0].Binding);
        Assert.Equal(MissingRule.Refuse, signing.Evidence.MaximumScanAge.WhenMissing);
        Assert.Equal(Scanning.Severity.Critical, Assert.IsType<VulnerabilityCheck>(signing.Checks[0]).UnknownSeverity);
        Assert.Equal(TimeSpan.FromDays(30), signing.Produce.ValidFor);

        var rule = PolicyText.LoadAdmission().AdmissionPolicies[0].Default!;
        Assert.Equal(EnforcementMode.Enforce, rule.Enforcement);
        Assert.Equal(TagRule.Deny, rule.Tags);
        Assert.False(rule.Repository.IsAny);
        Assert.Equal("default", rule.Name);
    }

    [Fact]
    public void An_attestor_has_a_verifier_id_of_its_own()
    {
        var set = PolicyText.Load(
            PolicyText.ApprovalAttestor, PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.verifierId", "https://attestor.example.com/security")));

        Assert.Equal("supplychain:attestor/release", set.FindAttestor("release")!.VerifierId);
        Assert.Equal("https://attestor.example.com/security", set.FindAttestor("security")!.VerifierId);
        Assert.Null(set.FindAttestor("Release"));
    }

    [Fact]
    public void A_member_with_a_key_signs_and_one_with_its_public_half_verifies()
    {
        var set = PolicyText.Load(PolicyText.ApprovalAttestor, PolicyText.SecurityAttestor);

        Assert.Equal("file:keys/release", set.FindAttestor("release")!.Signer!.KeyUri);
        Assert.Null(set.FindAttestor("security")!.Signer);
        Assert.Equal(["file:keys/release"], set.KeyUris, StringComparer.Ordinal);
    }

    [Fact]
    public void Keys_are_listed_once_and_in_one_order()
    {
        var set = PolicyText.Load(PolicyText.SecurityAttestor, PolicyText.Attestor("other", "approval", TestKey.Security), PolicyText.QaAttestor);

        Assert.Equal(2, set.Keys.Count);
        Assert.Equal(set.Keys, set.KeysOf(["qa", "other", "security", "nobody"]));
        Assert.Equal([TestKey.Qa.Public], set.KeysOf(["qa"]));
    }
}

/// <summary>Key URIs are resolved by the host; distinctness is checked again then.</summary>
public sealed class ResolvedKeysTests
{
    private const string TwoFiles = """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec:
          purpose: approval
          members:
            - key: file:keys/new
            - { key: file:keys/old, state: verifying }
        """;

    [Fact]
    public void Supply_the_public_halves()
    {
        var set = PolicyText.Load(TwoFiles);
        Assert.Empty(set.Keys);

        var resolved = Resolve(set, ("file:keys/new", TestKey.Approval), ("file:keys/old", TestKey.Qa));

        Assert.True(resolved.IsUsable, string.Join("\n", resolved.Problems));
        Assert.Equal(2, resolved.Set.Keys.Count);
        Assert.Equal(set.Revision, resolved.Set.Revision);
        Assert.Equal(TestKey.Approval.Public, resolved.Set.FindAttestor("release")!.Signer!.PublicKey);
    }

    [Fact]
    public void That_are_one_key_under_two_names_are_refused() => AssertRefused(
        Resolve(PolicyText.Load(TwoFiles), ("file:keys/new", TestKey.Approval), ("file:keys/old", TestKey.Approval)), "twice");

    [Fact]
    public void That_are_missing_are_refused() => AssertRefused(
        Resolve(PolicyText.Load(TwoFiles), ("file:keys/new", TestKey.Approval)), "the public key of file:keys/old could not be had");

    [Fact]
    public void That_are_of_another_purpose_are_refused() => AssertRefused(
        Resolve(
            PolicyText.Load(TwoFiles, PolicyText.ScannerAttestor), ("file:keys/new", TestKey.Scanner), ("file:keys/old", TestKey.Qa)),
        "a key has one purpose");

    [Fact]
    public void That_differ_from_the_pinned_one_are_refused() => AssertRefused(
        Resolve(PolicyText.Load(PolicyText.ApprovalAttestor), ("file:keys/release", TestKey.Stranger)), "but file:keys/release holds");

    [Fact]
    public void That_do_not_fit_the_algorithm_are_refused() => AssertRefused(
        Resolve(
            PolicyText.Load(PolicyText.Edit(TwoFiles, ("spec.members[0].algorithm", "ed25519"))),
            ("file:keys/new", TestKey.Approval), ("file:keys/old", TestKey.Qa)),
        "cannot be used with ed25519");

    [Fact]
    public void Are_used_with_the_algorithm_that_the_policy_names()
    {
        var p384 = TestKey.New(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var set = PolicyText.Load(PolicyText.Edit(TwoFiles, ("spec.members[0].algorithm", "ecdsa-p384-sha256")));

        var resolved = Resolve(set, ("file:keys/new", p384), ("file:keys/old", TestKey.Qa));

        Assert.Equal(SigningAlgorithm.EcdsaP384Sha256, resolved.Set!.FindAttestor("release")!.Signer!.PublicKey!.Algorithm);
    }

    [Fact]
    public void Whose_holder_does_not_sign_with_the_algorithm_that_the_policy_names_are_refused()
    {
        var p384 = TestKey.New(System.Security.Cryptography.ECCurve.NamedCurves.nistP384).Public.LimitedTo(SigningAlgorithm.EcdsaP384Sha384);
        var set = PolicyText.Load(PolicyText.Edit(TwoFiles, ("spec.members[0].algorithm", "ecdsa-p384-sha256")));

        AssertRefused(
            set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal)
            {
                ["file:keys/new"] = p384,
                ["file:keys/old"] = TestKey.Qa.Public,
            }),
            "cannot be used with ecdsa-p384-sha256, only with ecdsa-p384-sha384");
    }

    private static PolicyLoadResult Resolve(PolicySet set, params (string Uri, TestKey Key)[] keys) =>
        set.WithResolvedKeys(keys.ToDictionary(key => key.Uri, key => key.Key.Public, StringComparer.Ordinal));

    private static void AssertRefused(PolicyLoadResult result, string expected)
    {
        Assert.False(result.IsUsable);
        Assert.Contains(expected, Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }
}

/// <summary>A revision names what a policy says, not how it is written.</summary>
public sealed class RevisionTests
{
    [Fact]
    public void Comments_quotes_order_and_form_make_no_difference()
    {
        var original = Revision(PolicyText.Signing);
        var lines = PolicyText.Signing.Split('\n');

        Assert.Equal(original, Revision("# a comment\n" + PolicyText.Signing + " # another\n"));
        Assert.Equal(original, Revision(PolicyText.Signing.Replace("name: payments", "name: \"payments\"", StringComparison.Ordinal)));
        Assert.Equal(original, Revision(PolicyText.ToJson(PolicyText.Signing).ToJsonString()));
        Assert.Equal(original, Revision(string.Join('\n', lines[5..].Concat(lines[..5]))));
        Assert.Equal(original, Revision(PolicyText.Signing.Replace("\n", "\r\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_value_makes_another_revision()
    {
        var json = PolicyText.ToJson(PolicyText.Signing);
        var revisions = new HashSet<string>(StringComparer.Ordinal) { CanonicalRevision(json) };

        foreach (var leaf in Leaves(json).ToList())
        {
            var changed = json.DeepClone();
            Leaves(changed).Single(other => other.GetPath() == leaf.GetPath()).ReplaceWith("changed");
            Assert.True(revisions.Add(CanonicalRevision(changed)), leaf.GetPath());
        }

        Assert.True(revisions.Count > 15);
    }

    [Fact]
    public void Of_a_set_do_not_depend_on_files_or_their_order()
    {
        var one = PolicyText.Load(PolicyText.Signing, PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor);
        var other = PolicyText.Load(PolicyText.ScannerAttestor, PolicyText.ToJson(PolicyText.Signing).ToJsonString(), PolicyText.ApprovalAttestor);
        var fewer = PolicyText.Load(PolicyText.Signing, PolicyText.ApprovalAttestor);

        Assert.Equal(one.Revision, other.Revision);
        Assert.NotEqual(one.Revision, fewer.Revision);
        Assert.NotEqual(one.Revision, one.SigningPolicies[0].Revision);
    }

    private static Digest Revision(string policy) => PolicyText.Load(policy, PolicyText.ApprovalAttestor).SigningPolicies[0].Revision;

    private static string CanonicalRevision(JsonNode json)
    {
        Assert.True(SupplyChain.Policy.Yaml.JsonTree.TryRead(Encoding.UTF8.GetBytes(json.ToJsonString()), out var node, out _));
        return CanonicalForm.RevisionOf(node).ToString();
    }

    private static IEnumerable<JsonValue> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value)),
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value => [value],
        _ => [],
    };
}
