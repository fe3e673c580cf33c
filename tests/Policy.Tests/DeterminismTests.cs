// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>The same inputs give the same bytes, and only more evidence or less harm ever helps.</summary>
public sealed class DeterminismTests
{
    private const int Seeds = 60;

    private static readonly PolicySet Signing = PolicyText.LoadSigning(
        ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")),
        ("spec.checks[0].vulnerabilities.exceptions", JsonNode.Parse("""
            [{ "id": "CVE-2026-1", "until": "2027-01-31", "owner": "a", "reason": "b" }, { "id": "CVE-2026-2", "until": "2026-01-31", "owner": "a", "reason": "b" }]
            """)));

    private static readonly PolicySet Admission = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse($$"""
        { "all": [
            { "approval": { "attestor": "release", "maximumAge": "30d" } },
            { "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "security" } }, { "signature": { "attestor": "qa" } }, { "signature": { "attestor": "release" } }] } },
            { "any": [{ "attestation": { "type": "{{PredicateTypes.VulnerabilityScan}}", "attestor": "scanner-service" } }, { "signature": { "attestor": "qa" } }] }] }
        """)));

    private static readonly ScanEvidence[] Scans =
    [
        .. from platform in new[] { "manifest-amd64", "manifest-arm64" }
           from scanner in new[] { "trivy", "grype" }
           from hours in new[] { 1, 2 }
           select Scan(scanner, "1.0", Finding($"CVE-2026-{hours}", Severity.High), Finding("CVE-2026-7", Severity.Medium, package: scanner))
               .With(report => report with { Time = Now.AddHours(-hours) }).For(platform),
        .. from scanner in new[] { "trivy", "grype" } from platform in new[] { "manifest-amd64", "manifest-arm64" } select Scan(scanner, "1.0").For(platform),
    ];

    private static readonly EvidenceProblem[] Problems =
    [
        new(ReasonCode.RegistryUnavailable, "a", IsError: true), new(ReasonCode.SignatureInvalid, "b", IsError: false),
        new(ReasonCode.ReportMalformed, "c", IsError: false), new(ReasonCode.TooManySignatures, "d", IsError: false),
    ];

    private static readonly StoredStatement[] Statements =
    [
        Approval(), Approval(TestKey.Security), Approval(change: summary => summary with { TimeVerified = Now.AddDays(-99) }),
        Attestation(TestKey.Scanner, PredicateTypes.VulnerabilityScan), Attestation(TestKey.Stranger, PredicateTypes.VulnerabilityScan),
    ];

    private static readonly StoredSignature[] Signatures =
    [
        Signature(TestKey.Security), Signature(TestKey.Qa), Signature(TestKey.Approval), Signature(TestKey.Stranger),
        Signature(TestKey.Qa, Repository.Parse("registry.example.com/other")),
    ];

    [Fact]
    public void The_order_in_which_evidence_was_gathered_makes_no_difference() => Check(Subsets(), taken =>
    {
        var forward = Evidence(taken);
        var backward = forward with
        {
            Scans = [.. forward.Scans.Reverse()],
            Statements = [.. forward.Statements.Reverse()],
            Signatures = [.. forward.Signatures.Reverse()],
            Problems = [.. forward.Problems.Reverse()],
        };

        Assert.Equal(Evaluate(Signing, forward).Text(), Evaluate(Signing, backward).Text());
        Assert.Equal(Admit(Admission, forward).Text(DecisionKind.Admission), Admit(Admission, backward).Text(DecisionKind.Admission));
    });

    [Fact]
    public void A_further_problem_never_turns_a_no_into_a_yes() => Check(Subsets(), taken =>
    {
        var evidence = Evidence(taken);
        foreach (var problem in Problems)
        {
            var worse = evidence with { Problems = [.. evidence.Problems, problem] };
            Assert.True(IsYes(Evaluate(Signing, evidence)) || !IsYes(Evaluate(Signing, worse)));
            Assert.True(IsYes(Admit(Admission, evidence)) || !IsYes(Admit(Admission, worse)));
        }
    });

    [Fact]
    public void A_further_finding_never_turns_a_refusal_into_an_approval() => Check(Subsets(), taken =>
    {
        var evidence = Evidence(taken);
        var worse = evidence with
        {
            Scans = [.. evidence.Scans.Select(scan => scan.With(report => report with { Findings = [.. report.Findings, Finding("CVE-2026-9", Severity.Critical)] }))],
        };

        Assert.True(IsYes(Evaluate(Signing, evidence)) || !IsYes(Evaluate(Signing, worse)));
    });

    [Fact]
    public void Less_evidence_never_turns_a_denial_into_an_admission() => Check(Subsets(), taken => // threat 31
    {
        var evidence = Evidence(taken);
        var before = IsYes(Admit(Admission, evidence));
        for (var i = 0; i < evidence.Statements.Count; i++)
            Assert.True(before || !IsYes(Admit(Admission, evidence with { Statements = Without(evidence.Statements, i) })));
        for (var i = 0; i < evidence.Signatures.Count; i++)
            Assert.True(before || !IsYes(Admit(Admission, evidence with { Signatures = Without(evidence.Signatures, i) })));
    });

    [Fact]
    public void Both_answers_occur_among_what_is_tried()
    {
        var all = Evidence(int.MaxValue) with { Problems = [] };
        var clean = all with { Scans = [.. Scans[^4..]] };

        Assert.True(IsYes(Evaluate(Signing, clean)));
        Assert.False(IsYes(Evaluate(Signing, all)));
        Assert.True(IsYes(Admit(Admission, all)));
        Assert.False(IsYes(Admit(Admission, all with { Signatures = [] })));
    }

    // One bit each for scans (12), statements (5), signatures (5) and problems (4).
    private static EvidenceSet Evidence(int taken) => Set(TwoPlatforms, Take(Scans, taken)) with
    {
        Subject = TwoPlatforms with { Manifest = Image.Manifest },
        Statements = Take(Statements, taken >> 12),
        Signatures = Take(Signatures, taken >> 17),
        Problems = Take(Problems, taken >> 22),
    };

    private static T[] Take<T>(T[] items, int bits) => [.. items.Where((_, i) => (bits >> i & 1) == 1)];

    private static T[] Without<T>(IReadOnlyList<T> items, int index) => [.. items.Where((_, i) => i != index)];

    private static bool IsYes(Evaluation evaluation) => evaluation.Outcome() == SupplyChain.Model.Decisions.Outcome.Approved;

    // Half of them without problems: with some, hardly anything is a yes.
    private static Arbitrary<int> Subsets() =>
        Gen.OneOf(Gen.Choose(0, (1 << 26) - 1), Gen.Choose(0, (1 << 22) - 1), Gen.Choose(0, (1 << 10) - 1).Select(bits => (bits << 12) | 0xF00)).ToArbitrary();

    private static void Check(Arbitrary<int> inputs, Action<int> property) =>
        Prop.ForAll(inputs, property).Check(Config.QuickThrowOnFailure.WithMaxTest(Seeds).WithQuietOnSuccess(true));
}
