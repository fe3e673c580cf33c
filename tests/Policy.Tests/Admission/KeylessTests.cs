// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Admission;

/// <summary>Attestors that are identities: who counts, and what has to speak for it.</summary>
public sealed class KeylessTests
{
    private const string Exact = $$"""{ "issuer": "https://token.actions.githubusercontent.com", "subject": "{{LeafDraft.Workflow}}" }""";

    [Fact]
    public void A_signature_with_a_certificate_of_the_identity_satisfies()
    {
        var set = Load(Keyless.Attestor("security", Exact));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set)] });

        Assert.Equal(Outcome.Allowed, evaluation.Outcome(DecisionKind.Admission));
        Assert.Equal(
            $"signature by security: {LeafDraft.Workflow} of https://token.actions.githubusercontent.com", Assert.Single(evaluation.Checks).Message);
        Assert.StartsWith("security (https://github.com/example/scanner/", Assert.Single(evaluation.Evidence).Producer, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string, string> Refused => new()
    {
        { "another subject", Exact.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal), "", "KEY_NOT_TRUSTED", "expected the subject" },
        { "another issuer", Exact.Replace("token.actions", "token.other", StringComparison.Ordinal), "", "KEY_NOT_TRUSTED", "expected the issuer" },
        { "a pattern that matches the beginning alone", """{ "issuer": "https://token.actions.githubusercontent.com", "subjectPattern": "https://github\\.com/example" }""", "", "KEY_NOT_TRUSTED", "expected the subject /" },
        { "another repository of the same workflow", Exact.Replace(" }", ", \"sourceRepositoryId\": \"1\" }", StringComparison.Ordinal), "", "KEY_NOT_TRUSTED", "expected the source repository id 1, found 482193" },
        { "two logs", Exact, ", transparencyLog: { atLeast: 2 }", "TLOG_MISMATCH", "too few transparency logs were shown to have recorded the signature" },
        { "two timestamps", Exact, ", timestamp: { atLeast: 2 }", "TIME_UNTRUSTED", "too few timestamp authorities saw the signature" },
        { "two certificate logs", Exact, ", certificateLog: { atLeast: 2 }", "CERT_INVALID", "too few certificate logs recorded the certificate" },
        { "retired", Exact, ", state: retired", "KEY_NOT_VALID_AT_TIME", "the identity that signed it is retired" },
        { "revoked later, and its window over", Exact, ", validUntil: \"2026-11-20\", state: revoked, revokedAt: \"2026-11-22T11:00:00Z\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
        { "revoked later, and its window not begun", Exact, ", validFrom: \"2026-11-23\", state: revoked, revokedAt: \"2026-11-22T11:00:00Z\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
        { "revoked before it was signed", Exact, ", state: revoked, revokedAt: \"2026-11-22T09:59:00Z\"", "KEY_REVOKED", "was revoked, and had been by the time it was signed" },
        { "valid later", Exact, ", validFrom: \"2026-11-23\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
        { "valid earlier", Exact, ", validUntil: \"2026-11-20\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_signature_with_a_certificate_does_not_count(string because, string identity, string more, string code, string words)
    {
        var set = Load(Keyless.Attestor("security", identity, more));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set)] });

        var check = Assert.Single(evaluation.Checks);
        Assert.True(code == check.Reason?.Name, $"{because}: {check.Reason} {check.Message}");
        Assert.Contains(words, check.Message, StringComparison.Ordinal);
        Assert.NotNull(check.Expected);
        Assert.NotNull(check.Actual);
    }

    public static TheoryData<string, string> Accepted => new()
    {
        { "a pattern from end to end", """{ "issuer": "https://token.actions.githubusercontent.com", "subjectPattern": "https://github\\.com/example/scanner/.*" }""" },
        { "everything the certificate says", Keyless.Identity },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void An_identity_counts_by(string because, string identity)
    {
        var set = Load(Keyless.Attestor("security", identity));

        Assert.True(Outcome.Allowed == Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Outcome(DecisionKind.Admission), because);
    }

    [Fact]
    public void What_was_signed_before_the_identity_was_revoked_counts_on()
    {
        var set = Load(Keyless.Attestor("security", Exact, ", state: revoked, revokedAt: \"2026-11-22T11:00:00Z\""));

        Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }, Now.AddDays(30)).Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void A_window_is_judged_by_when_it_was_signed_and_not_by_now()
    {
        var set = Load(Keyless.Attestor("security", Exact, ", validUntil: \"2026-11-22T11:00:00Z\""));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }, Now.AddDays(30));

        Assert.Equal(Outcome.Allowed, evaluation.Outcome(DecisionKind.Admission));
        Assert.Null(evaluation.Expires);
    }

    [Theory]
    [InlineData("2026-11-22T10:02:00Z", "2026-11-22T10:02:00Z")]
    [InlineData("2026-11-22T10:00:00Z", null)]
    public void An_answer_does_not_outlive_a_window_that_ends_later(string until, string? expires)
    {
        // Signed at ten; judged at ten, or when the window is over.
        var time = expires is null ? Now.AddMinutes(1) : Now;
        var set = Load(Keyless.Attestor("security", Exact, $", validFrom: \"2026-11-01\", validUntil: \"{until}\""));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }, time);

        Assert.Equal(expires is null ? null : Now.AddMinutes(2), evaluation.Expires);
    }

    [Fact]
    public void One_identity_counts_once_however_many_certificates_it_has()
    {
        var set = Load(
            """{ "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "security" } }, { "signature": { "attestor": "qa" } }] } }""",
            Keyless.Attestor("security", Exact), Keyless.Attestor("qa", Exact.Replace(" }", ", \"buildTrigger\": \"push\" }", StringComparison.Ordinal)));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set), Keyless.Sign(set)] });

        Assert.Equal("THRESHOLD_NOT_MET", evaluation.Checks[^1].Reason!.Name);
        Assert.Contains("by only 1 different signer", evaluation.Checks[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificates_key_is_not_the_key_of_a_member()
    {
        // The same root vouches for the certificate, but the attestor names keys alone.
        var set = Load(PolicyText.SecurityAttestor, Keyless.Attestor("qa", Exact));

        var check = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Checks);

        Assert.Equal("KEY_NOT_TRUSTED", check.Reason!.Name);
        Assert.Contains("it is signed by qa", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_where_identities_are_named_is_told_whose_certificate_was_expected()
    {
        const string Certificate = "a certificate of " + LeafDraft.Workflow + " of https://token.actions.githubusercontent.com";
        var identities = Keyless.Attestor("security", Exact);
        var both = identities.Replace(
            "members: [", $"members: [{{ publicKey: {JsonValue.Create(TestKey.Security.Public.ToPem()).ToJsonString()}, state: verifying }}, ", StringComparison.Ordinal);

        foreach (var (attestor, expected) in ((string, string)[])[(identities, Certificate), (both, "a key of security, or " + Certificate)])
        {
            var check = Assert.Single(Admit(Load(attestor), Set() with { Signatures = [Signature(TestKey.Qa)] }).Checks);

            Assert.Equal(("KEY_NOT_TRUSTED", expected, $"{TestKey.Qa.Public.Id}"), (check.Reason!.Name, check.Expected, check.Actual));
        }
    }

    [Fact]
    public void What_no_candidate_signed_is_told_who_may_sign()
    {
        var unknown = new EvidenceProblem(ReasonCode.KeyNotTrusted, "it is signed by a key", IsError: false)
        {
            Evidence = DigestOf("junk"), Expected = "a certificate", Actual = "a public key",
        };

        var check = Admit(Load(Keyless.Attestor("security", Exact)), Set() with { Problems = [unknown] }).Checks[0];

        Assert.Equal("there is no signature by security: it is signed by a key", check.Message);
        Assert.Equal($"a certificate of {LeafDraft.Workflow} of https://token.actions.githubusercontent.com", check.Expected);
        Assert.Equal("a public key", check.Actual);
        Assert.Equal(ReasonCode.KeyNotTrusted.Remedy, check.Remedy);
    }

    [Fact]
    public void Somebody_who_is_named_for_another_purpose_too_counts_for_neither()
    {
        const string Pattern = """{ "issuer": "https://token.actions.githubusercontent.com", "subjectPattern": "https://github\\.com/example/.*" }""";
        var set = Load(
            Keyless.Attestor("security", Exact),
            Keyless.Attestor("scanner-service", Pattern).Replace("purpose: approval", "purpose: evidence", StringComparison.Ordinal));

        var check = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Checks);

        Assert.Equal("KEY_PURPOSE", check.Reason!.Name);
        Assert.Contains("an identity of scanner-service, which is for another purpose", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_counts_outside_of_bundles_only_where_the_layouts_are_named()
    {
        var set = Load(Keyless.Attestor("security", Exact));
        var named = Load(
            [("spec.rules[0].layouts", JsonNode.Parse("""["bundle", "tag", "referrer"]"""))], """{ "signature": { "attestor": "security" } }""",
            Keyless.Attestor("security", Exact));

        var silent = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set, layout: StorageLayout.Tag)] }).Checks);

        Assert.Equal("EVIDENCE_MISSING", silent.Reason!.Name);
        Assert.Contains("which counts where the rule's layouts say so", silent.Message, StringComparison.Ordinal);
        Assert.All<StorageLayout>(
            [StorageLayout.Tag, StorageLayout.Referrer],
            layout => Assert.Equal(
                Outcome.Allowed, Admit(named, Set() with { Signatures = [Keyless.Sign(named, layout: layout)] }).Outcome(DecisionKind.Admission)));
    }

    [Fact]
    public void A_key_may_need_a_log_too()
    {
        var set = Load(PolicyText.SecurityAttestor.Replace("- publicKey", "- trustRoot: private\n      transparencyLog: required\n      publicKey", StringComparison.Ordinal));

        var check = Assert.Single(Admit(set, Set() with { Signatures = [Signature(TestKey.Security)] }).Checks);

        Assert.Equal("KEY_NOT_TRUSTED", check.Reason!.Name);
        Assert.Contains("by the trust root private it does not count: nothing came along that could speak for it", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_the_second_version_needs_a_timestamp_and_has_one()
    {
        var set = Load(Keyless.Attestor("security", Exact, ", timestamp: required"));

        Assert.Equal(
            Outcome.Allowed, Admit(set, Set() with { Signatures = [Keyless.Sign(set, log: Keyless.Rekor2)] }).Outcome(DecisionKind.Admission));
    }

    public static TheoryData<string, string, string, string> Malformed => new()
    {
        { "no issuer", """{ "subject": "a" }""", "", "needs either issuer or issuerPattern" },
        { "no subject", """{ "issuer": "a" }""", "", "needs either subject or subjectPattern" },
        { "both forms", """{ "issuer": "a", "subject": "b", "subjectPattern": "c" }""", "", "has both subject and subjectPattern" },
        { "no pattern", """{ "issuer": "a", "subjectPattern": "(" }""", "", "is not a pattern" },
        { "a lookahead", """{ "issuer": "a", "subjectPattern": "(?=a)b" }""", "", "matched without backtracking" },
        { "everybody", """{ "issuer": "a", "subjectPattern": ".*" }""", "", "subjectPattern matches everybody" },
        { "every URI", """{ "issuer": "a", "subjectPattern": "https://.*" }""", "", "subjectPattern matches everybody" },
        { "every printable text", """{ "issuer": "a", "subjectPattern": "[ -~]*" }""", "", "subjectPattern matches everybody" },
        { "all that is no control character", """{ "issuer": "a", "subjectPattern": "\\P{C}+" }""", "", "subjectPattern matches everybody" },
        { "everybody on GitHub", """{ "issuer": "a", "subjectPattern": "https://github\\.com/.*" }""", "", "subjectPattern matches everybody" },
        { "every mailbox", """{ "issuer": "a", "subjectPattern": ".+@.+|https://.+" }""", "", "subjectPattern matches everybody" },
        { "whoever calls a reusable workflow", """{ "issuer": "a", "subjectPattern": ".*", "buildSigner": "b" }""", "", "subjectPattern matches everybody" },
        { "every printable issuer", """{ "issuerPattern": "[^\\x01]*", "subject": "a" }""", "", "issuerPattern matches issuers of anybody" },
        { "every issuer", """{ "issuerPattern": ".*", "subject": "a" }""", "", "issuerPattern matches issuers of anybody" },
        { "an unknown root", Exact, "2", "there is no TrustRoot private2" },
        { "nothing signs", Exact, ", state: signing", "nothing is signed with an identity here" },
        { "a key too", Exact, ", key: file:keys/a", "a member is a key or an identity" },
        { "no witnesses at all asked of nobody", Exact, ", transparencyLog: { atLeast: 0 }", "expected 1 to 64, found 0" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void An_attestor_is_refused_with(string because, string identity, string more, string words)
    {
        var loaded = PolicyText.TryLoad(Keyless.Attestor("security", identity, more), Keyless.TrustRoot);

        Assert.False(loaded.IsUsable, because);
        Assert.Contains(loaded.Problems, problem => problem.Message.Contains(words, StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string> WrongWitnesses => new()
    {
        { "a log of no root", "transparencyLog: required", "needs trustRoot" },
        { "a root for nothing", "trustRoot: private", "asks for nothing" },
        { "a certificate log for a key", "trustRoot: private\n      timestamp: required\n      certificateLog: required", "a key has no certificate" },
    };

    [Theory, MemberData(nameof(WrongWitnesses))]
    public void A_key_is_refused_with(string because, string lines, string words)
    {
        var loaded = PolicyText.TryLoad(
            PolicyText.SecurityAttestor.Replace("- publicKey", $"- {lines}\n      publicKey", StringComparison.Ordinal), Keyless.TrustRoot);

        Assert.False(loaded.IsUsable, because);
        Assert.Contains(loaded.Problems, problem => problem.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void An_identity_has_one_purpose_and_stands_once()
    {
        var twice = PolicyText.TryLoad(
            Keyless.TrustRoot, Keyless.Attestor("security", Exact),
            Keyless.Attestor("scanner-service", Exact).Replace("purpose: approval", "purpose: evidence", StringComparison.Ordinal));

        Assert.Contains(twice.Problems, problem => problem.Message.Contains("an identity has one purpose", StringComparison.Ordinal));
    }

    [Fact]
    public void An_identity_revoked_in_one_attestor_is_revoked_in_all()
    {
        var set = Load(
            Keyless.Attestor("security", Exact),
            Keyless.Attestor("qa", Exact, ", state: revoked, revokedAt: \"2026-11-01\""));

        var check = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Checks);

        Assert.Equal("KEY_REVOKED", check.Reason!.Name);
    }

    private const string Everybody = """{ "issuer": "https://token.actions.githubusercontent.com", "subjectPattern": "https://github\\.com/example/.*" }""";

    public static TheoryData<string, string, string, string> OtherMembers => new()
    {
        { "a pattern elsewhere", Everybody, Exact, "state: revoked, revokedAt: \"2026-11-01\"" },
        { "less elsewhere", Exact, Exact.Replace(" }", ", \"sourceRepositoryId\": \"482193\" }", StringComparison.Ordinal), "state: revoked, revokedAt: \"2026-11-01\"" },
        { "an earlier revocation elsewhere", Exact, Exact.Replace(" }", ", \"buildTrigger\": \"push\" }", StringComparison.Ordinal), "state: revoked, revokedAt: \"2026-11-01\"" },
    };

    [Theory, MemberData(nameof(OtherMembers))]
    public void Who_is_revoked_is_so_under_every_pattern_that_fits(string because, string identity, string revoked, string state)
    {
        var set = Load(Keyless.Attestor("security", identity), Keyless.Attestor("qa", revoked, ", " + state));

        var check = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Checks);

        Assert.True(check.Reason?.Name == "KEY_REVOKED", because + check);
    }

    [Theory]
    [InlineData("revoked, revokedAt: \"2026-11-01\"", "KEY_REVOKED")]
    [InlineData("retired", "KEY_NOT_VALID_AT_TIME")]
    public void One_workflow_is_cut_out_of_a_pattern_by_a_member_of_its_own(string state, string code)
    {
        var attestor = Keyless.Attestor("security", Everybody).Replace(
            "members: [", $"members: [{{ identity: {Exact}, trustRoot: private, state: {state} }}, ", StringComparison.Ordinal);
        var set = Load(attestor);

        Assert.Equal(code, Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set)] }).Checks).Reason!.Name);
    }

    [Fact]
    public void A_workflow_is_one_signer_at_whichever_refs_it_ran()
    {
        var other = new LeafDraft { Subject = WorkloadAuthority.Names((6, LeafDraft.Workflow.Replace("refs/heads/main", "refs/heads/evil", StringComparison.Ordinal))) };
        var set = Load(
            """{ "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "security" } }, { "signature": { "attestor": "qa" } }] } }""",
            Keyless.Attestor("security", Everybody), Keyless.Attestor("qa", Everybody.Replace("example/", "example/scanner/", StringComparison.Ordinal)));

        var evaluation = Admit(set, Set() with { Signatures = [Keyless.Sign(set), Keyless.Sign(set, other)] });

        Assert.Equal("THRESHOLD_NOT_MET", evaluation.Checks[^1].Reason!.Name);
    }

    [Fact]
    public void A_promise_counts_only_where_the_layouts_are_named()
    {
        var set = Load(Keyless.Attestor("security", Exact));
        var named = Load(
            [("spec.rules[0].layouts", JsonNode.Parse("""["bundle"]"""))], """{ "signature": { "attestor": "security" } }""", Keyless.Attestor("security", Exact));

        var promised = Assert.Single(Admit(set, Set() with { Signatures = [Keyless.Sign(set, isFirstVersion: true)] }).Checks);

        Assert.Equal("TLOG_MISMATCH", promised.Reason!.Name);
        Assert.Contains("too few transparency logs were shown to have recorded the signature", promised.Message, StringComparison.Ordinal);
        Assert.Equal(
            Outcome.Allowed, Admit(named, Set() with { Signatures = [Keyless.Sign(named, isFirstVersion: true)] }).Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void An_approval_is_not_dated_later_than_it_was_seen()
    {
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Admission, ("spec.rules[0].require", JsonNode.Parse("""{ "approval": { "attestor": "security" } }"""))),
            Keyless.TrustRoot, PolicyText.ApprovalAttestor, Keyless.Attestor("security", Exact).Replace("purpose: approval", "purpose: approval, verifierId: 'supplychain:attestor/release'", StringComparison.Ordinal));
        var later = Approval(change: summary => summary with
        {
            TimeVerified = Now.AddDays(20),
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal) { [ApprovalExtensions.ValidUntil] = "2027-01-01T00:00:00Z" },
        }).Statement.Payload.ToArray();

        var check = Assert.Single(Admit(set, Set() with { Statements = [Keyless.Attest(set, later)] }, Now.AddDays(21)).Checks);

        Assert.Equal("APPROVAL_EXPIRED", check.Reason!.Name);
        Assert.Contains("dated later than logs and timestamp authorities saw it", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_referrer_with_too_much_in_it_hides_no_good_signature()
    {
        var set = Load(Keyless.Attestor("security", Exact));
        var junk = new EvidenceProblem(ReasonCode.TooManySignatures, "referrer has 65 layers", IsError: false) { Evidence = DigestOf("junk") };

        Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Signatures = [Keyless.Sign(set)], Problems = [junk] }).Outcome(DecisionKind.Admission));
    }

    [Fact]
    public void The_public_good_root_is_built_in_and_its_name_is_taken()
    {
        var loaded = PolicyText.TryLoad(Keyless.Attestor("security", Exact).Replace("trustRoot: private", "trustRoot: sigstore-public-good", StringComparison.Ordinal));
        var taken = PolicyText.TryLoad(Keyless.TrustRoot.Replace("\"private\"", "\"sigstore-public-good\"", StringComparison.Ordinal));

        Assert.True(loaded.IsUsable, string.Join("\n", loaded.Problems));
        Assert.Same(PublicGoodRoot.Root, loaded.Set.FindTrustRoot("sigstore-public-good")!.Root);
        Assert.Contains(taken.Problems, problem => problem.Message.Contains("is that of the trust root that is built in", StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string?> Warnings => new()
    {
        { "a workflow that may be reusable", Exact, "whoever calls it signs as it" },
        { "workflows that may be reusable", """{ "issuer": "https://token.actions.githubusercontent.com", "subjectPattern": "https://github\\.com/example/.*" }""", "whoever calls it signs as it" },
        { "a workflow with its source", Keyless.Identity, null },
        { "an issuer across hosts", """{ "issuerPattern": "https://.*\\.example\\.com", "subject": "a" }""", "crosses '/'" },
        { "an issuer with a star", """{ "issuer": "https://*.example.com", "subject": "a" }""", "the issuer has a *, but issuers are compared character by character; write issuerPattern" },
        { "a subject with a star", """{ "issuer": "https://accounts.google.com", "subject": "*@example.com" }""", "the subject has a *, but subjects are compared character by character; write subjectPattern" },
        { "a ref with a star", Keyless.Identity.Replace("\"refs/heads/main\"", "\"refs/tags/*\"", StringComparison.Ordinal), "sourceRepositoryRef has a *, but is compared character by character" },
        { "GitHub with a slash", """{ "issuer": "https://token.actions.githubusercontent.com/", "subject": "https://github.com/a/b@c" }""", "the issuer https://token.actions.githubusercontent.com/ is compared character by character with that of certificates, which is https://token.actions.githubusercontent.com" },
        { "Google without TLS", """{ "issuer": "http://accounts.google.com", "subject": "a@example.com" }""", "which is https://accounts.google.com" },
        { "GitLab in capitals", """{ "issuer": "https://GitLab.com", "subject": "https://gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main" }""", "which is https://gitlab.com" },
        { "a login with a slash", """{ "issuer": "https://github.com/login/oauth/", "subject": "a@example.com" }""", "which is https://github.com/login/oauth" },
        { "a repository for GitHub's workflow", """{ "issuer": "https://token.actions.githubusercontent.com", "subject": "https://github.com/example/build", "sourceRepositoryId": "1" }""", "the subject https://github.com/example/build has no @, but GitHub's are workflows at a ref" },
        { "Google's issuer as it is", """{ "issuer": "https://accounts.google.com", "subject": "a@example.com" }""", null },
        { "another issuer without TLS, with a slash", """{ "issuer": "http://issuer.example.com/", "subject": "a" }""", null },
        { "a pattern with a star", """{ "issuer": "https://accounts.google.com", "subjectPattern": "[a-z]*@example\\.com" }""", null },
        { "an issuer of one host", """{ "issuerPattern": "https://[^/]*\\.example\\.com", "subject": "a" }""", null },
    };

    [Theory, MemberData(nameof(Warnings))]
    public void Lint_tells_of(string because, string identity, string? words)
    {
        var warnings = Load(Keyless.Attestor("security", identity)).Lint(Now)
            .Where(warning => warning.Message.StartsWith("an identity of", StringComparison.Ordinal)).ToList();

        Assert.True(words is null ? warnings.Count == 0 : warnings.Exists(warning => warning.Message.Contains(words, StringComparison.Ordinal)), because);
    }

    [Theory]
    [InlineData("nothing made", null, true)]
    [InlineData("made of another root", """{ "trustRoot": "other", "log": "required" }""", true)]
    [InlineData("a timestamp instead", """{ "trustRoot": "private", "timestamp": "required" }""", true)]
    [InlineData("made", """{ "trustRoot": "private", "log": "required" }""", false)]
    public void Lint_tells_of_signatures_that_would_not_count(string because, string? transparency, bool warns)
    {
        var attestor = PolicyText.ApprovalAttestor.Replace("- key:", "- trustRoot: private\n      transparencyLog: required\n      key:", StringComparison.Ordinal);
        var signing = transparency is null ? PolicyText.Signing : PolicyText.Edit(PolicyText.Signing, ("spec.transparency", JsonNode.Parse(transparency)));

        var warnings = PolicyText.Load(attestor, signing, Keyless.TrustRoot, Keyless.OtherTrustRoot).Lint(Now);

        Assert.True(warns == warnings.Any(warning => warning.Message.StartsWith("spec.transparency: release counts only", StringComparison.Ordinal)), because);
    }

    [Fact]
    public void Lint_tells_when_a_trust_root_is_too_old_for_new_signatures()
    {
        var ended = Keyless.EndedTrustRoot;
        var builtIn = Keyless.Attestor("security", Exact).Replace("trustRoot: private", "trustRoot: sigstore-public-good", StringComparison.Ordinal);

        var old = PolicyText.Load(ended).Lint(Now);
        var stale = PolicyText.Load(builtIn).Lint(PublicGoodRoot.RootExpires);

        Assert.Contains(old, warning => warning.Message.Contains("no certificate authority of private is trusted now", StringComparison.Ordinal));
        Assert.Contains(old, warning => warning.Message.Contains("no transparency log of private is trusted now", StringComparison.Ordinal));
        Assert.Contains(stale, warning => warning.Message.Contains("the trust root sigstore-public-good goes on, but the TUF metadata that vouches for it expired", StringComparison.Ordinal));
        Assert.DoesNotContain(PolicyText.Load(builtIn).Lint(PublicGoodRoot.RootExpires.AddDays(-1)), warning => warning.Message.Contains("the trust root sigstore-public-good goes on, but the TUF metadata that vouches for it expired", StringComparison.Ordinal));
    }

    private static PolicySet Load(params string[] attestors) => attestors is [var first, ..] && first.StartsWith("{ \"atLeast\"", StringComparison.Ordinal)
        ? Load([], first, attestors[1..])
        : Load([], """{ "signature": { "attestor": "security" } }""", attestors);

    private static PolicySet Load((string, JsonNode?)[] changes, string require, params string[] attestors)
    {
        string[] names = ["security", "qa", "scanner-service"];
        string[] keys = [PolicyText.SecurityAttestor, PolicyText.QaAttestor, PolicyText.ScannerAttestor];
        var others = keys.Where((_, i) => !attestors.Any(text => text.Contains($"name: {names[i]} ", StringComparison.Ordinal)));
        return PolicyText.Load(
        [
            PolicyText.Edit(PolicyText.Admission, [("spec.rules[0].require", JsonNode.Parse(require)), .. changes]), Keyless.TrustRoot, PolicyText.ApprovalAttestor,
            .. attestors, .. others,
        ]);
    }
}
