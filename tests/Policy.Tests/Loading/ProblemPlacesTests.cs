// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy.Tests.Loading;

/// <summary>Slips as newcomers make them: every problem is told, with its place, and nothing else.</summary>
public sealed class ProblemPlacesTests
{
    private const string Builders = """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: builders }
        spec:
          purpose: approval
          members:
            - identity:
                issuer: https://token.actions.githubusercontent.com
                subject: https://github.com/example/build/.github/workflows/image.yml@refs/heads/main
                sourceRepositoryId: "482193"
              trustRoot: sigstore-public-good
        """;

    private const string Cluster = """
        apiVersion: supplychain/v1
        kind: AdmissionPolicy
        metadata: { name: cluster }
        spec:
          registries: [registry.example.com]
          default:
            require:
              signature:
                attestor: builders
        """;

    public static TheoryData<string, string, string, string[]> Identities => new()
    {
        {
            "a field misspelt", "subject:", "sujbect:",
            [
                "policy-0.yaml:8:9: error: spec.members[0].identity: needs either subject or subjectPattern",
                "policy-0.yaml:9:9: error: spec.members[0].identity.sujbect: unknown field; did you mean subject?",
            ]
        },
        {
            "both misspelt beside a third", "issuer: https://token.actions.githubusercontent.com\n        subject:", "isuer: a\n        subjects:",
            [
                "policy-0.yaml:8:9: error: spec.members[0].identity.isuer: unknown field; did you mean issuer?",
                "policy-0.yaml:8:9: error: spec.members[0].identity: needs either issuer or issuerPattern",
                "policy-0.yaml:8:9: error: spec.members[0].identity: needs either subject or subjectPattern",
                "policy-0.yaml:9:9: error: spec.members[0].identity.subjects: unknown field; did you mean subject?",
            ]
        },
        {
            "an empty claim beside a missing name", "subject: https://github.com/example/build/.github/workflows/image.yml@refs/heads/main\n        sourceRepositoryId: \"482193\"",
            "sourceRepositoryId: \"\"",
            [
                "policy-0.yaml:8:9: error: spec.members[0].identity: needs either subject or subjectPattern",
                "policy-0.yaml:9:29: error: spec.members[0].identity.sourceRepositoryId: expected a text, found an empty one",
            ]
        },
        {
            "both forms", "sourceRepositoryId: \"482193\"", "subjectPattern: a",
            ["policy-0.yaml:8:9: error: spec.members[0].identity: has both subject and subjectPattern; expected one of them"]
        },
        {
            "a trust root that is none", "sigstore-public-good", "sigstore-public-god",
            ["policy-0.yaml:11:18: error: spec.members[0].trustRoot: there is no TrustRoot sigstore-public-god; did you mean sigstore-public-good?"]
        },
        {
            "one that signs", "trustRoot:", "state: signing\n      trustRoot:",
            ["policy-0.yaml:11:14: error: spec.members[0].state: nothing is signed with an identity here; expected verifying, retired or revoked"]
        },
        {
            "one that is revoked", "trustRoot:", "state: revoked\n      trustRoot:",
            [
                "policy-0.yaml:11:14: error: spec.members[0].state: a member that is revoked needs revokedAt: since when somebody else may sign as this identity",
            ]
        },
        {
            "a lookahead", "subject: https://github.com/example/build/.github/workflows/image.yml@refs/heads/main", "subjectPattern: https://github\\.com/example/(?!fork).*",
            [
                "policy-0.yaml:9:25: error: spec.members[0].identity.subjectPattern: is not a pattern: names are matched without backtracking, in time that is linear "
                + "in their length; expected one without lookaheads, lookbehinds, backreferences, atomic groups, conditions and huge repetitions",
            ]
        },
    };

    [Theory, MemberData(nameof(Identities))]
    public void An_identity_is_refused_for(string because, string written, string slip, string[] expected) =>
        AssertProblems(because, expected, Replace(Builders, written, slip));

    public static TheoryData<string, string, string, string[]> Requirements => new()
    {
        {
            "a form misspelt", "signature:", "signatures:",
            [
                "policy-1.yaml:8:7: error: spec.default.require.signatures: unknown field; did you mean signature?",
                "policy-1.yaml:8:7: error: spec.default.require: needs exactly one of all, any, atLeast, approval, signature and attestation",
            ]
        },
        { "an attestation without a type", "signature:", "attestation:", ["policy-1.yaml:9:9: error: spec.default.require.attestation: type is required"] },
        {
            "a rule that cannot be read and no default", "default:\n    require:", "rules:\n  - scope: { namespace: a }\n    require:",
            ["policy-1.yaml:7:5: error: spec.rules[0]: name is required"]
        },
        { "rules that are no list", "default:", "rules:", ["policy-1.yaml:7:5: error: spec.rules: expected a list, found a mapping"] },
        {
            "neither", "  default:\n    require:\n      signature:\n        attestor: builders", "  exempt: [{ images: [registry.example.com/a], reason: r }]",
            ["policy-1.yaml:5:3: error: spec: has no rule and no default, so that everything is denied; give it at least one"]
        },
        {
            "a registry that cannot be read, which another field names", "registries: [registry.example.com]",
            "registries: [registry.example.com, mirror.example.com/a]\n  exempt: [{ images: [mirror.example.com/a/b], reason: r }]",
            [
                "policy-1.yaml:5:38: error: spec.registries[1]: 'mirror.example.com/a' is not a registry's host, such as registry.example.com or localhost:5000",
            ]
        },
        {
            "an attestor that is none", "attestor: builders", "attestor: bilders",
            ["policy-1.yaml:9:19: error: spec.default.require.signature.attestor: there is no attestor bilders; did you mean builders?"]
        },
        {
            "one of several attestors that is none", "      signature:\n        attestor: builders", "      any:\n      - approval: { attestor: builders }\n      - attestation:\n          type: https://slsa.dev/provenance/v1\n          attestor: bilders",
            ["policy-1.yaml:12:21: error: spec.default.require.any[1].attestation.attestor: there is no attestor bilders; did you mean builders?"]
        },
    };

    [Theory, MemberData(nameof(Requirements))]
    public void A_requirement_is_refused_for(string because, string written, string slip, string[] expected) =>
        AssertProblems(because, expected, Builders, Replace(Cluster, written, slip));

    public static TheoryData<string, string, string, string[]> SigningPolicies => new()
    {
        {
            "an attestor that is none", "attestor: release", "attestor: releas",
            ["policy-1.yaml:11:13: error: spec.attestor: there is no attestor releas; did you mean release?"]
        },
        {
            "an attestor that does not sign", "attestor: release", "attestor: security",
            ["policy-1.yaml:11:13: error: spec.attestor: security has no member that signs; give one of its members a key and state: signing"]
        },
        {
            "a scanner's signer that is none", "source: submitted }", "source: attested, signedBy: [scanner-service, nobody] }",
            ["policy-1.yaml:14:70: error: spec.evidence.scanners[0].signedBy[1]: there is no attestor nobody; expected one of release, scanner-service, security"]
        },
        {
            "a VEX author that is none", "    maximumScanAge:", "    vex: [{ signedBy: [nobody], products: [pkg:oci/a], statuses: [fixed], maximumAge: 90d }]\n    maximumScanAge:",
            ["policy-1.yaml:15:24: error: spec.evidence.vex[0].signedBy[0]: there is no attestor nobody; expected one of release, scanner-service, security"]
        },
        {
            "a scanner's signer of another purpose", "source: submitted }", "source: attested, signedBy: [release] }",
            [
                "policy-1.yaml:14:53: error: spec.evidence.scanners[0].signedBy[0]: release is for approval, which does not count here; expected one for evidence",
            ]
        },
        { "provenance of nobody", "    - name: no-", "    - name: built\n      provenance:\n        signedBy:\n        - nobody\n        builders: [https://ci.example.com]\n    - name: no-", [Nobody("checks[0].provenance", "21:11")] },
        { "a statement of nobody", "    - name: no-", "    - name: tests\n      predicate:\n        type: https://a.example.com\n        signedBy: [nobody]\n    - name: no-", [Nobody("checks[0].predicate", "21:20")] },
        { "an SBOM of nobody", "    - name: no-", "    - name: parts\n      sbom: { formats: [spdx], requiredFields: [purl], signedBy: [nobody] }\n    - name: no-", [Nobody("checks[0].sbom", "19:67")] },
    };

    [Theory, MemberData(nameof(SigningPolicies))]
    public void A_signing_policy_is_refused_for(string because, string written, string slip, string[] expected) => AssertProblems(
        because, expected, PolicyText.ApprovalAttestor, Replace(PolicyText.Signing, written, slip), PolicyText.SecurityAttestor, PolicyText.ScannerAttestor);

    [Fact]
    public void A_key_that_is_revoked_needs_a_time_too() => AssertProblems(
        "revoked", ["policy-0.yaml:7:14: error: spec.members[0].state: a member that is revoked needs revokedAt: since when its key may be in other hands"],
        Replace(PolicyText.SecurityAttestor, "- publicKey", "- state: revoked\n      publicKey"));

    private static string Nobody(string check, string place) =>
        $"policy-1.yaml:{place}: error: spec.{check}.signedBy[0]: there is no attestor nobody; expected one of release, scanner-service, security";

    private static string Replace(string document, string written, string slip)
    {
        Assert.Contains(written, document, StringComparison.Ordinal);
        return document.Replace(written, slip, StringComparison.Ordinal);
    }

    private static void AssertProblems(string because, string[] expected, params string[] documents)
    {
        var loaded = PolicyText.TryLoad(documents);

        Assert.False(loaded.IsUsable, because);
        Assert.Equal(expected, loaded.Problems.Select(problem => problem.ToString()));
    }
}
