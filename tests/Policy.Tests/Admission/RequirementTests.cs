// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Admission;

public sealed class RequirementTests
{
    private const string Vulnerabilities = PredicateTypes.VulnerabilityScan;
    private const string Signature1 = """{ "signature": { "attestor": "security" } }""";
    private const string Signature2 = """{ "signature": { "attestor": "qa" } }""";
    private const string Signature3 = """{ "signature": { "attestor": "release" } }""";

    [Fact]
    public void A_signature_by_the_attestor_satisfies()
    {
        var evaluation = Judge(Signature1, Signature(TestKey.Security));

        Assert.Equal(Outcome.Allowed, evaluation.Outcome(DecisionKind.Admission));
        Assert.Equal($"signature by security: key {TestKey.Security.Public.Id.Hex[..12]}", Assert.Single(evaluation.Checks).Message);
        Assert.Null(evaluation.Expires);
    }

    public static TheoryData<string, Func<StoredSignature?>, string, string> WrongSignatures => new()
    {
        { "none", () => null, "SIGNATURE_MISSING", "there is no signature by security" },
        { "by another attestor", () => Signature(TestKey.Qa), "KEY_NOT_TRUSTED", "no signature by security counts: it is signed by qa" },
        { "by a stranger", () => Signature(TestKey.Stranger), "KEY_NOT_TRUSTED", "signed by a key that no attestor has" },
        { "by a key of another purpose", () => Signature(TestKey.Scanner), "KEY_PURPOSE", "a key of scanner-service" },
        { "of another repository", () => Signature(TestKey.Security, Repository.Parse("registry.example.com/payments/other")), "REPOSITORY_MISMATCH", "another repository" },
        { "of another image", () => Signature(TestKey.Security, image: DigestOf("other")), "SUBJECT_MISMATCH", "another image" },
        { "that names no repository", () => new StoredSignature(TestKey.Security.SignImageStatement(null, Image.Manifest.Digest), StorageLayout.Bundle), "REPOSITORY_MISMATCH", "it names no repository" },
    };

    [Theory, MemberData(nameof(WrongSignatures))]
    public void A_signature_does_not_count(string because, Func<StoredSignature?> signature, string code, string expected)
    {
        var evaluation = Judge(Signature1, signature() is { } there ? [there] : []);

        var check = Assert.Single(evaluation.Checks);
        Assert.True(code == check.Reason!.Name, $"{because}: {check.Reason}");
        Assert.Contains(expected, check.Message, StringComparison.Ordinal);
        Assert.Equal(Outcome.Denied, evaluation.Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void A_signature_in_statement_form_counts_when_it_names_the_repository() => Assert.Equal(
        Outcome.Allowed,
        Judge(Signature1, new StoredSignature(TestKey.Security.SignImageStatement(Deployed, Image.Manifest.Digest), StorageLayout.Bundle)).Outcome(DecisionKind.Admission));

    [Fact]
    public void Where_any_repository_will_do_none_need_be_named()
    {
        var set = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(Signature1)), ("spec.rules[0].repository", "any"));
        var unnamed = new StoredSignature(TestKey.Security.SignImageStatement(null, Image.Manifest.Digest), StorageLayout.Bundle);

        Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Signatures = [unnamed] }).Outcome(DecisionKind.Admission));
    }

    public static TheoryData<string, string, StorageLayout, bool> Layouts => new()
    {
        { "both accepted, by tag", """["bundle", "tag"]""", StorageLayout.Tag, true },
        { "both accepted, a bundle", """["bundle", "tag"]""", StorageLayout.Bundle, true },
        { "only bundles accepted, by tag", """["bundle"]""", StorageLayout.Tag, false },
        { "only bundles accepted, a bundle", """["bundle"]""", StorageLayout.Bundle, true },
        { "only tags accepted, a bundle", """["tag"]""", StorageLayout.Bundle, false },
    };

    [Theory, MemberData(nameof(Layouts))]
    public void A_rule_says_where_signatures_and_attestations_may_lie(string because, string layouts, StorageLayout layout, bool counts)
    {
        var signed = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(Signature1)), ("spec.rules[0].layouts", JsonNode.Parse(layouts)));
        var attested = PolicyText.LoadAdmission(
            ("spec.rules[0].require", JsonNode.Parse(AttestationBy("release"))), ("spec.rules[0].layouts", JsonNode.Parse(layouts)));

        var signature = Admit(signed, Set() with { Signatures = [Signature(TestKey.Security) with { Layout = layout }] });
        var attestation = Admit(attested, Set() with { Statements = [Attestation(TestKey.Approval, Vulnerabilities) with { Layout = layout }] });

        Assert.True(counts == (signature.Outcome(DecisionKind.Admission) == Outcome.Allowed), because);
        Assert.True(counts == (attestation.Outcome(DecisionKind.Admission) == Outcome.Allowed), because);
        if (!counts)
            Assert.Contains("which the rule does not accept", Assert.Single(signature.Checks).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, TestKeyName, string, string?, string?> Attestations => new()
    {
        { "of the type, by the attestor", TestKeyName.Approval, Vulnerabilities, "registry.example.com/payments/api", null },
        { "that names the image as a package URL", TestKeyName.Approval, Vulnerabilities, "PURL", null },
        { "of another type", TestKeyName.Approval, "https://example.com/other", "registry.example.com/payments/api", "ATTESTATION_MISSING" },
        { "of a type with a suffix", TestKeyName.Approval, Vulnerabilities + "/x", "registry.example.com/payments/api", "ATTESTATION_MISSING" },
        { "by another attestor", TestKeyName.Security, Vulnerabilities, "registry.example.com/payments/api", "KEY_NOT_TRUSTED" },
        { "of another repository", TestKeyName.Approval, Vulnerabilities, "registry.example.com/payments/other", "REPOSITORY_MISMATCH" },
        { "that names no repository", TestKeyName.Approval, Vulnerabilities, null, "REPOSITORY_MISMATCH" },
    };

    [Theory, MemberData(nameof(Attestations))]
    public void An_attestation_counts_by_type_key_and_repository(string because, TestKeyName key, string type, string? subject, string? code)
    {
        var set = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(AttestationBy("release"))));
        var name = subject == "PURL" ? new ImageResource(Deployed, Image.Manifest.Digest).ToString() : subject;
        var signer = key == TestKeyName.Approval ? TestKey.Approval : TestKey.Security;

        var check = Assert.Single(Admit(set, Set() with { Statements = [Attestation(signer, type, name)] }).Checks);

        Assert.True(code == check.Reason?.Name, $"{because}: {check.Reason}");
    }

    [Fact]
    public void An_attestation_by_an_evidence_attestor_counts_where_it_is_named()
    {
        var set = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(AttestationBy("scanner-service"))));

        Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Statements = [Attestation(TestKey.Scanner, Vulnerabilities)] }).Outcome(DecisionKind.Admission));
    }

    /// <summary>Requirement, who signed (s, q, r), whether it holds, and the failing checks.</summary>
    public static TheoryData<string, string, bool, string> Combinations => new()
    {
        { $$"""{ "all": [{{Signature1}}, {{Signature2}}] }""", "sq", true, "" },
        { $$"""{ "all": [{{Signature1}}, {{Signature2}}] }""", "s", false, "signature qa: KEY_NOT_TRUSTED, all of 2: RULE_NOT_MET" },
        { $$"""{ "all": [{{Signature1}}, {{Signature2}}] }""", "", false, "signature security: SIGNATURE_MISSING, signature qa: SIGNATURE_MISSING, all of 2: RULE_NOT_MET" },
        { $$"""{ "any": [{{Signature1}}, {{Signature2}}] }""", "q", true, "" },
        { $$"""{ "any": [{{Signature1}}, {{Signature2}}] }""", "sq", true, "" },
        { $$"""{ "any": [{{Signature1}}, {{Signature2}}] }""", "", false, "signature security: SIGNATURE_MISSING, signature qa: SIGNATURE_MISSING, any of 2: RULE_NOT_MET" },
        { $$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}, {{Signature3}}] } }""", "sq", true, "" },
        { $$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}, {{Signature3}}] } }""", "qr", true, "" },
        { $$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}, {{Signature3}}] } }""", "q", false, "signature security: KEY_NOT_TRUSTED, signature release: KEY_NOT_TRUSTED, at least 2 of 3: THRESHOLD_NOT_MET" },
        { $$"""{ "atLeast": { "count": 1, "of": [{{Signature1}}, {{Signature2}}] } }""", "q", true, "" },
        { $$"""{ "all": [{ "any": [{{Signature1}}, {{Signature2}}] }, {{Signature3}}] }""", "qr", true, "" },
        { $$"""{ "all": [{ "any": [{{Signature1}}, {{Signature2}}] }, {{Signature3}}] }""", "sq", false, "signature release: KEY_NOT_TRUSTED, all of 2: RULE_NOT_MET" },
        { $$"""{ "any": [{ "all": [{{Signature1}}, {{Signature2}}] }, {{Signature3}}] }""", "r", true, "" },
        { $$"""{ "any": [{ "all": [{{Signature1}}, {{Signature2}}] }, {{Signature3}}] }""", "s", false, "signature qa: KEY_NOT_TRUSTED, all of 2: RULE_NOT_MET, signature release: KEY_NOT_TRUSTED, any of 2: RULE_NOT_MET" },
    };

    [Theory, MemberData(nameof(Combinations))]
    public void Combinations_hold_as_written(string require, string signers, bool holds, string refusals) // threat 57
    {
        var evaluation = Judge(require, [.. signers.Select(signer => Signature(KeyOf(signer)))]);

        Assert.Equal(holds, evaluation.Outcome(DecisionKind.Admission) == Outcome.Allowed);
        Assert.Equal(refusals, string.Join(", ", evaluation.Refusals()));
    }

    [Fact]
    public void A_threshold_holds_no_longer_than_the_keys_that_make_it_up()
    {
        var members = new JsonArray(
            new JsonObject { ["publicKey"] = TestKey.Security.Pem, ["validUntil"] = "2026-11-22T10:01:00Z" },
            new JsonObject { ["publicKey"] = TestKey.Qa.Pem });
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Admission, ("spec.rules[0].require", JsonNode.Parse($$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}] } }"""))),
            PolicyText.ApprovalAttestor, PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.members", members)), PolicyText.QaAttestor);
        var evidence = Set() with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Qa)] };

        var now = Admit(set, evidence);
        var then = Admit(set, evidence, Now.AddMinutes(1));

        Assert.Equal(Outcome.Allowed, now.Outcome(DecisionKind.Admission));
        Assert.Equal(Now.AddMinutes(1), now.Expires);
        Assert.Equal(["at least 2 of 2: THRESHOLD_NOT_MET"], then.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void What_was_not_needed_is_told_but_does_not_deny()
    {
        var evaluation = Judge($$"""{ "any": [{{Signature1}}, {{Signature2}}] }""", Signature(TestKey.Qa));

        var skipped = evaluation.Check("signature security");
        Assert.Equal((Verdict.Skipped, ReasonCode.KeyNotTrusted), (skipped.Verdict, skipped.Reason));
        Assert.StartsWith("not needed: ", skipped.Message, StringComparison.Ordinal);
        Assert.Equal("any of (signature by security, signature by qa) holds", evaluation.Check("any of 2").Message);
    }

    [Fact]
    public void A_threshold_counts_one_key_once_even_as_two_attestors() // threat 40
    {
        var shared = PolicyText.Attestor("qa", "approval", TestKey.Security);
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Admission, ("spec.rules[0].require", JsonNode.Parse($$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}] } }"""))),
            PolicyText.ApprovalAttestor, PolicyText.SecurityAttestor, shared);

        var evaluation = Admit(set, Set() with { Signatures = [Signature(TestKey.Security)] });

        Assert.Equal(["at least 2 of 2: THRESHOLD_NOT_MET"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("2 of 2 hold, but by only 1 different signer", evaluation.Check("at least 2 of 2").Message);
    }

    [Fact]
    public void A_threshold_counts_one_key_once_however_often_it_signed()
    {
        var twice = new[] { Signature(TestKey.Security), Signature(TestKey.Security) };
        var evaluation = Judge($$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}] } }""", twice);

        Assert.Contains("at least 2 of 2: THRESHOLD_NOT_MET", evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_threshold_finds_the_assignment_of_keys_that_there_is()
    {
        // security has both keys, qa only the first: giving security the first would leave qa none.
        var both = PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.members[+]", new JsonObject { ["publicKey"] = TestKey.Qa.Pem }));
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Admission, ("spec.rules[0].require", JsonNode.Parse($$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}] } }"""))),
            PolicyText.ApprovalAttestor, both, PolicyText.QaAttestor);

        Assert.Equal(
            Outcome.Allowed, Admit(set, Set() with { Signatures = [Signature(TestKey.Qa), Signature(TestKey.Security)] }).Outcome(DecisionKind.Admission));
        Assert.Equal(Outcome.Denied, Admit(set, Set() with { Signatures = [Signature(TestKey.Qa)] }).Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void Nothing_signed_with_an_attestors_other_key_is_lost_when_keys_rotate()
    {
        var rotating = PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.members[+]", new JsonObject { ["publicKey"] = TestKey.Stranger.Pem }));
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Admission, ("spec.rules[0].require", JsonNode.Parse(Signature1))), PolicyText.ApprovalAttestor, rotating);

        Assert.All(
            [TestKey.Security, TestKey.Stranger],
            key => Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Signatures = [Signature(key)] }).Outcome(DecisionKind.Admission)));
    }

    [Fact]
    public void What_could_not_be_fetched_makes_a_missing_signature_an_error_and_not_an_absence()
    {
        var problem = new EvidenceProblem(ReasonCode.RegistryUnavailable, "the registry did not answer", IsError: true);

        var missing = Admit(Security, Set() with { Problems = [problem] });
        var there = Admit(Security, Set() with { Problems = [problem], Signatures = [Signature(TestKey.Security)] });

        Assert.Equal(Outcome.Error, missing.Outcome(DecisionKind.Admission));
        Assert.Equal("there is no signature by security yet, but not everything could be looked at: the registry did not answer", missing.Check("signature security").Message);
        Assert.True(missing.Check("signature security").IsRetryable);
        Assert.Equal(Outcome.Allowed, there.Outcome(DecisionKind.Admission));
        Assert.Equal(Verdict.Skipped, there.Check("evidence").Verdict);
    }

    [Fact]
    public void A_combination_that_might_still_hold_is_an_error()
    {
        var problem = new EvidenceProblem(ReasonCode.RegistryUnavailable, "the registry did not answer", IsError: true);
        var evaluation = Admit(
            PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse($$"""{ "atLeast": { "count": 2, "of": [{{Signature1}}, {{Signature2}}] } }"""))),
            Set() with { Problems = [problem], Signatures = [Signature(TestKey.Security)] });

        Assert.Equal(["signature qa: REGISTRY_UNAVAILABLE", "at least 2 of 2: REGISTRY_UNAVAILABLE"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal(Outcome.Error, evaluation.Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void Nonsense_attached_by_somebody_else_neither_denies_nor_hides()
    {
        var nonsense = new EvidenceProblem(ReasonCode.SignatureInvalid, "no trusted key has made it", IsError: false) { Evidence = DigestOf("junk") };

        var there = Admit(Security, Set() with { Problems = [nonsense], Signatures = [Signature(TestKey.Security)] });
        var missing = Admit(Security, Set() with { Problems = [nonsense] });

        Assert.Equal(Outcome.Allowed, there.Outcome(DecisionKind.Admission));
        Assert.Equal((Verdict.Skipped, ReasonCode.SignatureInvalid), (there.Check("evidence").Verdict, there.Check("evidence").Reason));
        Assert.Equal(["signature security: SIGNATURE_INVALID"], missing.Refusals(), StringComparer.Ordinal);
        Assert.Equal("there is no signature by security: no trusted key has made it", missing.Check("signature security").Message);
    }

    [Fact]
    public void Every_check_has_a_name_of_its_own()
    {
        EvidenceProblem Of(string name) =>
            new(ReasonCode.SignatureInvalid, "no trusted key has made it", IsError: false) { Evidence = DigestOf(name) };

        var evaluation = Admit(Security, Set() with { Problems = [Of("one"), Of("two"), Of("three")] });

        Assert.Distinct(evaluation.Checks.Select(check => check.Name), StringComparer.Ordinal);
        Assert.Contains(evaluation.Checks, check => check.Name == "evidence 3");
    }

    [Fact]
    public void More_signatures_than_are_examined_deny_although_a_good_one_is_there() // threat 27
    {
        var flood = new EvidenceProblem(ReasonCode.TooManySignatures, "10000 signatures", IsError: false);

        var evaluation = Admit(Security, Set() with { Problems = [flood], Signatures = [Signature(TestKey.Security)] });

        Assert.Equal(["evidence: TOO_MANY_SIGNATURES"], evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void One_attachment_that_is_too_large_denies_nothing_but_too_many_do()
    {
        var large = new EvidenceProblem(ReasonCode.EvidenceLimit, "too large", IsError: false) { Evidence = DigestOf("large") };
        var signed = Set() with { Signatures = [Signature(TestKey.Security)] };

        Assert.Equal(Outcome.Allowed, Admit(Security, signed with { Problems = [large] }).Outcome(DecisionKind.Admission));
        Assert.Equal(["evidence: EVIDENCE_LIMIT"], Admit(Security, signed with { Problems = [large with { Evidence = null }] }).Refusals(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("registry.example.com/payments/api", true)]
    [InlineData("registry.example.com/payments/api:1.0", true)]
    [InlineData("registry.example.com/payments/api@IMAGE", true)]
    [InlineData("registry.example.com/payments/api@OTHER", false)]
    [InlineData("registry.example.com/payments/api/", false)]
    [InlineData("REGISTRY.example.com/payments/api", false)]
    [InlineData("payments/api", false)]
    public void A_signed_name_is_read_like_any_image_name(string name, bool counts)
    {
        var set = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(AttestationBy("release"))));
        var subject = name.Replace("IMAGE", Image.Manifest.Digest.ToString(), StringComparison.Ordinal).Replace("OTHER", DigestOf("other").ToString(), StringComparison.Ordinal);

        Assert.Equal(counts, Admit(set, Set() with { Statements = [Attestation(TestKey.Approval, Vulnerabilities, subject)] }).Outcome(DecisionKind.Admission) == Outcome.Allowed);
    }

    [Fact]
    public void An_image_of_another_registry_is_denied_whatever_it_carries()
    {
        var elsewhere = Repository.Parse("evil.example.com/payments/api");

        var evaluation = Admit(Security, Set(Plain(elsewhere)) with { Signatures = [Signature(TestKey.Security, elsewhere)] });

        Assert.Equal(["registry: REGISTRY_NOT_ALLOWED"], evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_lenient_rule_is_not_cached_beyond_its_end()
    {
        var set = PolicyText.LoadAdmission(
            ("spec.rules[0].require", JsonNode.Parse(Signature1)), ("spec.rules[0].enforcement", "warn"), ("spec.rules[0].until", "2026-11-22"));
        var rule = set.AdmissionPolicies[0].Rules[0];

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), Admit(set, Set()).Expires);
        Assert.Equal(EnforcementMode.Warn, rule.EnforcementAt(Now));
        Assert.Equal(EnforcementMode.Enforce, rule.EnforcementAt(Now.AddDays(1))); // threat 67
    }

    public enum TestKeyName
    {
        Approval,
        Security,
    }

    private static readonly PolicySet Security = PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(Signature1)));

    private static string AttestationBy(string attestor) => $$"""{ "attestation": { "type": "{{Vulnerabilities}}", "attestor": "{{attestor}}" } }""";

    private static TestKey KeyOf(char signer) => signer switch { 's' => TestKey.Security, 'q' => TestKey.Qa, _ => TestKey.Approval };

    private static Evaluation Judge(string require, params StoredSignature[] signatures) =>
        Admit(PolicyText.LoadAdmission(("spec.rules[0].require", JsonNode.Parse(require))), Set() with { Signatures = signatures });
}
