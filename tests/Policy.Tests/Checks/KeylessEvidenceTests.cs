// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Tests.Recording;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>Statements that checks of signing policies judge, by identities: who counts, and what has to speak for it.</summary>
public sealed class KeylessEvidenceTests
{
    private const string Issuer = "https://token.actions.githubusercontent.com";

    private const string Exact = $$"""{ "issuer": "{{Issuer}}", "subject": "{{LeafDraft.Workflow}}" }""";

    private static readonly byte[] Payload = StatementWriter.Write(
        [StatementSubject.Of(Image.Manifest.Digest, Deployed)], PredicateTypes.ProvenanceV1, writer => JsonNode.Parse(Provenances.V1)!.WriteTo(writer));

    [Fact]
    public void Provenance_with_a_certificate_of_the_identity_passes_and_is_told()
    {
        var set = Load(Exact);

        var evaluation = Evaluate(set, Gather(set, Keyless.Bundle(Payload)));

        AssertPasses(evaluation.Check(Name));
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "attestation");
        Assert.Equal(("builder", "attested", true), (line.Producer, line.Source, line.Used));
        Assert.Equal(new DecisionIdentity(Issuer, LeafDraft.Workflow), line.Identity);
        Assert.Equal(SignerTrust.Of(set.SigningPolicies[0], set), line.Trust);
    }

    [Fact]
    public void A_key_beside_the_identity_counts_as_before()
    {
        var set = Load(Exact, signers: "builder, scanner-service");

        var evaluation = Evaluate(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1)));

        AssertPasses(evaluation.Check(Name));
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "attestation");
        Assert.Null(line.Identity);
        Assert.Null(line.Trust);
        Assert.Equal(TestKey.Scanner.Public.Id, line.SignedBy);
    }

    [Fact]
    public void A_key_that_another_attestor_asks_more_of_is_judged_again_by_its_words_too()
    {
        var seen = PolicyText.Attestor("seen", "evidence", TestKey.Scanner, "trustRoot: private\n      transparencyLog: required");
        var set = Load(Exact, more: "", "scanner-service, seen", seen);

        var evaluation = Evaluate(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1)));

        AssertPasses(evaluation.Check(Name));
        Assert.Equal(SignerTrust.Of(set.SigningPolicies[0], set), Line(evaluation).Trust);
        Assert.NotNull(Line(evaluation).Trust);
    }

    public static TheoryData<string, string, string, string, string> Refused => new()
    {
        { "another subject", Exact.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal), "", "PROVENANCE_MISSING", "no provenance by builder" },
        { "another issuer", Exact.Replace("token.actions", "token.other", StringComparison.Ordinal), "", "PROVENANCE_MISSING", "no provenance by builder" },
        { "another repository of the same workflow", Exact.Replace(" }", ", \"sourceRepositoryId\": \"1\" }", StringComparison.Ordinal), "", "PROVENANCE_MISSING", "no provenance by builder" },
        { "two logs", Exact, ", transparencyLog: { atLeast: 2 }", "TLOG_MISMATCH", "too few transparency logs were shown to have recorded the signature" },
        { "two timestamps", Exact, ", timestamp: { atLeast: 2 }", "TIME_UNTRUSTED", "too few timestamp authorities saw the signature" },
        { "two certificate logs", Exact, ", certificateLog: { atLeast: 2 }", "CERT_INVALID", "too few certificate logs recorded the certificate" },
        { "retired", Exact, ", state: retired", "KEY_NOT_VALID_AT_TIME", "the identity that signed it is retired" },
        { "revoked before it was signed", Exact, ", state: revoked, revokedAt: \"2026-11-22T09:59:00Z\"", "KEY_REVOKED", "was revoked, and had been by the time it was signed" },
        { "valid later", Exact, ", validFrom: \"2026-11-23\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
        { "valid earlier", Exact, ", validUntil: \"2026-11-20\"", "KEY_NOT_VALID_AT_TIME", "was not valid when it was signed" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Provenance_with_a_certificate_does_not_count(string because, string identity, string more, string code, string words)
    {
        var set = Load(identity, more);

        var check = Evaluate(set, Gather(set, Keyless.Bundle(Payload))).Check(Name);

        Assert.True(code == check.Reason?.Name, $"{because}: {check.Reason} {check.Message}");
        Assert.Contains(words, check.Message, StringComparison.Ordinal);
        Assert.NotNull(check.Expected);
        Assert.NotNull(check.Actual);
    }

    [Fact]
    public void A_logs_promise_alone_is_too_little()
    {
        var set = Load(Exact);

        var check = Evaluate(set, Gather(set, Keyless.Bundle(Payload, isFirstVersion: true))).Check(Name);

        AssertFails(check, ReasonCode.TlogMismatch, "at least 1 of the trust root", "0");
    }

    [Fact]
    public void Who_is_revoked_elsewhere_counts_under_no_other_pattern()
    {
        var elsewhere = Keyless.Attestor("old-builder", Exact, ", state: revoked, revokedAt: \"2026-11-22T09:59:00Z\"", "evidence");
        var set = Load($$"""{ "issuer": "{{Issuer}}", "subjectPattern": "https://github\\.com/example/scanner/.*" }""", more: "", "builder", elsewhere);

        AssertFails(Evaluate(set, Gather(set, Keyless.Bundle(Payload))).Check(Name), ReasonCode.KeyRevoked, "neither revoked nor retired", "revoked since");
    }

    [Fact]
    public void Who_is_named_for_another_purpose_too_counts_for_neither()
    {
        const string Pattern = $$"""{ "issuer": "{{Issuer}}", "subjectPattern": "https://github\\.com/example/scanner/.*" }""";
        var set = Load(Exact, more: "", "builder", Keyless.Attestor("approver", Pattern));

        var check = Evaluate(set, Gather(set, Keyless.Bundle(Payload))).Check(Name);

        Assert.Equal(ReasonCode.KeyPurpose, check.Reason);
        Assert.Contains("an identity of approver, which is for another purpose", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Those_that_nothing_speaks_for_are_told_of_and_decide_nothing()
    {
        var set = Load(Exact);
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        for (var i = 0; i < 2 * Limits.FindingsInDecision; i++)
        {
            gathering.AddAttachment(new EvidenceProblem(ReasonCode.CertInvalid, $"bundle {i}: by nobody", IsError: false)
            {
                Evidence = DigestOf($"bundle {i}"),
                Expected = "an authority",
                Actual = "a stranger",
            });
        }

        gathering.AddAttachment(new EvidenceProblem(ReasonCode.SignatureInvalid, "anybody's", IsError: false) { Evidence = DigestOf("another") });
        var evaluation = Evaluate(set, Complete(gathering.ToSet(EvidenceOrigin.Live, Now, [])));

        Assert.Equal(ReasonCode.ProvenanceMissing, evaluation.Check(Name).Reason);
        var lines = evaluation.Evidence.Where(line => line.Kind == "attestation").ToList();
        Assert.Equal(Limits.FindingsInDecision, lines.Count);
        Assert.All(lines, line => Assert.False(line.Used));
        Assert.All(lines, line => Assert.EndsWith(": by nobody (CERT_INVALID); expected an authority; found a stranger", line.Note, StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_signed_before_the_identity_was_revoked_counts_on()
    {
        var set = Load(Exact, ", state: revoked, revokedAt: \"2026-11-22T11:00:00Z\"");

        AssertPasses(Evaluate(set, Gather(set, Keyless.Bundle(Payload))).Check(Name));
    }

    [Fact]
    public void What_is_sent_with_a_certificate_counts_as_it_would_beside_the_image()
    {
        var set = Load(Exact);
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        gathering.Add(Sent(Keyless.Bundle(Payload)));

        var evidence = Complete(gathering.ToSet(EvidenceOrigin.Live, Now, []));

        Assert.Empty(evidence.Problems);
        AssertPasses(Evaluate(set, evidence).Check(Name));
    }

    [Fact]
    public void What_is_sent_with_a_certificate_of_somebody_else_is_refused()
    {
        var set = Load(Exact.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal));
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        gathering.Add(Sent(Keyless.Bundle(Payload)));

        var problem = Assert.Single(gathering.ToSet(EvidenceOrigin.Live, Now, []).Problems);

        Assert.Equal(ReasonCode.DocumentSignatureInvalid, problem.Reason);
        Assert.Contains("somebody whom the policy does not name", problem.Message, StringComparison.Ordinal);
        Assert.Contains(LeafDraft.Workflow, problem.Actual, StringComparison.Ordinal);
    }

    /// <summary>The kinds of rules whose statements are judged by their key alone.</summary>
    [Theory]
    [InlineData("spec.evidence.scanners[0]", """{ "name": "trivy", "source": "attested", "signedBy": ["builder"] }""")]
    [InlineData("spec.evidence.vex", """[{ "signedBy": ["builder"], "products": ["pkg:oci/api"], "statuses": ["not_affected"], "maximumAge": "30d" }]""")]
    public void An_identity_may_not_vouch_for_scans_and_VEX(string path, string rule)
    {
        var loaded = PolicyText.TryLoad(
            PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(rule))), PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor,
            Keyless.TrustRoot, Keyless.Attestor("builder", Exact, purpose: "evidence"));

        Assert.Contains(loaded.Problems, problem => problem.Message.Contains("for scanners and VEX name an attestor of keys alone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_scan_with_a_certificate_is_nobodys_even_where_the_identity_vouches_for_checks()
    {
        var set = Load(Exact);
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        var scan = StatementWriter.Write(
            [StatementSubject.Of(Image.Manifest.Digest, Deployed)], PredicateTypes.VulnerabilityScan, writer => JsonNode.Parse("{}")!.WriteTo(writer));
        gathering.Add(Keyless.Attest(set, scan));

        var evidence = gathering.ToSet(EvidenceOrigin.Live, Now, []);

        Assert.Empty(evidence.Scans);
        Assert.Empty(evidence.Problems);
        Assert.Empty(evidence.Statements);
    }

    [Fact]
    public void What_it_was_judged_by_is_recorded_and_gives_the_same_again()
    {
        var set = Load(Exact);
        var evidence = Gather(set, Keyless.Bundle(Payload));

        var pieces = EvidenceFormat.Write(set, set.SigningPolicies[0], evidence)!;
        var read = Replay.Read(pieces);

        Assert.Contains(pieces, piece => piece.Form == "bundle");
        var signer = Assert.Single(read.Evidence.Statements).Statement.Signer;
        Assert.Equal(LeafDraft.Workflow, signer.Identity!.Subject);
        Assert.Equal($"{Evaluate(set, evidence).Check(Name)}", $"{Evaluate(read.Policies, read.Evidence).Check(Name)}");
        Assert.Equal(pieces[0].Digest, EvidenceFormat.Write(read.Policies, read.Policy, read.Evidence)![0].Digest);
    }

    [Fact]
    public void A_record_that_was_changed_proves_nothing()
    {
        var set = Load(Exact);
        var pieces = EvidenceFormat.Write(set, set.SigningPolicies[0], Gather(set, Keyless.Bundle(Payload)))!;
        var other = Keyless.Bundle(Payload)[..^2];

        var changed = pieces.Select(piece => piece.Form == "bundle" ? new RecordedPiece("bundle", other) : piece).ToList();
        changed[0] = new RecordedPiece("basis", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(pieces[0].Content.Span).Replace(
            pieces.Single(piece => piece.Form == "bundle").Digest.ToString(), Digest.Compute(other).ToString(), StringComparison.Ordinal)));

        Assert.Contains("does not verify any more", Replay.Problem(changed, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_attestor_says_of_the_identity_is_recorded()
    {
        var pattern = $$"""{ "issuer": "{{Issuer}}", "subjectPattern": "https://github\\.com/example/scanner/.*" }""";
        foreach (var other in new[]
        {
            Keyless.Attestor("another", Exact, ", state: revoked, revokedAt: \"2026-11-22T09:59:00Z\"", "evidence"),
            Keyless.Attestor("another", pattern.Replace("/.*", "/[.]github/workflows/.*", StringComparison.Ordinal)),
            Keyless.Attestor("another", pattern.Replace("scanner", "stranger", StringComparison.Ordinal)),
        })
        {
            var set = Load(pattern, more: "", "builder", other);
            var evidence = Gather(set, Keyless.Bundle(Payload));

            var pieces = EvidenceFormat.Write(set, set.SigningPolicies[0], evidence)!;
            var read = Replay.Read(pieces);

            Assert.Equal($"{Evaluate(set, evidence).Check(Name)}", $"{Evaluate(read.Policies, read.Evidence).Check(Name)}");
            Assert.Equal(Line(Evaluate(set, evidence)), Line(Evaluate(read.Policies, read.Evidence)));
            Assert.Equal(pieces[0].Digest, EvidenceFormat.Write(read.Policies, read.Policy, read.Evidence)![0].Digest);
        }
    }

    [Fact]
    public void What_nothing_speaks_for_is_recorded_once_and_told_again()
    {
        var set = Load(Exact);
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        foreach (var message in new[] { "bundle: by nobody", "bundle: by nobody, as seen of a platform" })
            gathering.AddAttachment(new EvidenceProblem(ReasonCode.CertInvalid, message, IsError: false) { Evidence = DigestOf("bundle") });
        var evidence = Complete(gathering.ToSet(EvidenceOrigin.Live, Now, []));

        var read = Replay.Read(EvidenceFormat.Write(set, set.SigningPolicies[0], evidence)!);

        Assert.Equal("bundle: by nobody (CERT_INVALID)", Line(Evaluate(set, evidence)).Note);
        Assert.Equal(Line(Evaluate(set, evidence)), Line(Evaluate(read.Policies, read.Evidence)));
    }

    [Fact]
    public void What_identities_counted_by_is_another_where_anybody_with_a_say_is()
    {
        var trust = TrustOf();
        Assert.NotNull(trust);
        Assert.Equal(trust, TrustOf(PolicyText.Attestor("other", "evidence", TestKey.Qa)));

        string[] others =
        [
            Keyless.Attestor("other", Exact.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal)),
            PolicyText.Attestor("other", "evidence", TestKey.Qa, "state: revoked\n      revokedAt: 2026-11-20"),
            PolicyText.Attestor("other", "evidence", TestKey.Scanner, "state: revoked\n      revokedAt: 2026-11-20"),
        ];
        Assert.Equal(others.Length + 1, others.Select(other => TrustOf(other)).Append(trust).Distinct().Count());

        static Digest? TrustOf(params string[] others)
        {
            var set = Load(Exact, more: "", "builder, scanner-service", others);
            return SignerTrust.Of(set.SigningPolicies[0], set);
        }
    }

    [Fact]
    public void What_identities_counted_by_is_another_where_a_key_beside_them_is()
    {
        var set = Load(Exact, more: "", "builder, service", PolicyText.Attestor("service", "evidence", TestKey.Qa).Replace(
            $"- publicKey: {TestKey.Qa.Block(6)}", "- { key: \"kms:service\", state: verifying }", StringComparison.Ordinal));

        var (one, other) = (Resolve(TestKey.Qa), Resolve(TestKey.Security));

        Assert.NotEqual(SignerTrust.Of(one.SigningPolicies[0], one), SignerTrust.Of(other.SigningPolicies[0], other));

        PolicySet Resolve(TestKey key) => set.WithResolvedKeys(set.KeyUris.ToDictionary(
            uri => uri, uri => uri == "kms:service" ? key.Public : TestKey.Approval.Public, StringComparer.Ordinal)).Set!;
    }

    private static DecisionEvidence Line(Evaluation evaluation) => Assert.Single(evaluation.Evidence, line => line.Kind == "attestation");

    private static EvidenceSet Gather(PolicySet set, byte[] bundle)
    {
        var gathering = new SigningGathering(Image, set.SigningPolicies[0], set);
        Assert.True(Bundle.TryReadWithMaterial(bundle, out var read, out var problem), problem?.Message);
        Assert.True(
            EnvelopeVerifier.TryVerify(read, Image.Manifest.Digest, gathering.Needs.Candidates, Digest.Compute(bundle), out var statement, out problem), problem?.Message);
        gathering.Add(new StoredStatement(statement, StorageLayout.Bundle) { Bundle = bundle });
        return Complete(gathering.ToSet(EvidenceOrigin.Live, Now, []));
    }

    private static EvidenceSet Complete(EvidenceSet evidence) => evidence with { Scans = [Scan()] };

    private static SentDocument Sent(byte[] bundle) => new(DocumentKind.Attestation, "the document", Digest.Compute(bundle), bundle);

    private static PolicySet Load(string identity, string more = "", string signers = "builder", params string[] others) => PolicyText.Load(
    [
        PolicyText.Edit(PolicyText.Signing, ("spec.checks[+]", JsonNode.Parse($$"""
            { "name": "{{Name}}", "provenance": {
              "signedBy": [{{string.Join(", ", signers.Split(", ").Select(name => $"\"{name}\""))}}], "builders": ["{{Provenances.Builder}}"],
              "sources": ["github.com/example/payments"], "refs": ["refs/heads/main"], "buildTypes": ["{{Provenances.BuildType}}"] } }
            """))),
        PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor, Keyless.TrustRoot, Keyless.Attestor("builder", identity, more, "evidence"), .. others,
    ]);
}
