// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Tests.Recording;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;
using static SupplyChain.Policy.Tests.SubmittedDocumentText;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What requesters send beside reports: how it is read and bound, and when it counts.</summary>
public sealed class SubmittedDocumentTests
{
    private const string SbomType = "https://cyclonedx.org/bom";

    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private static readonly Digest Manifest = Image.Manifest.Digest;

    private static readonly PolicySet Submitted = Checking("sbom", """{ "formats": ["cyclonedx", "spdx"], "source": "submitted", "deniedPackages": ["log4j"] }""");

    private static readonly PolicySet Attested = Checking("sbom", """{ "formats": ["cyclonedx", "spdx"], "signedBy": ["scanner-service"], "deniedPackages": ["log4j"] }""");

    private static readonly PolicySet Asserted = Checking("sbom", """{ "formats": ["cyclonedx"], "source": "submitted", "binding": "asserted" }""");

    public static TheoryData<string, string> Bound => new()
    {
        { "CycloneDX that names the image", SbomOf(Manifest) },
        { "SPDX 2 that names the image", SpdxOf(Manifest) },
        { "SPDX 3 that names the image", Spdx3Of(Manifest) },
        { "a statement about the image", Statement(SbomType, Sbom) },
        { "a statement about the image and others", Statement(SbomType, Sbom, DigestOf("other"), Manifest) },
    };

    [Theory, MemberData(nameof(Bound))]
    public void An_SBOM_that_is_of_the_image_counts_where_the_policy_takes_the_requesters_word(string because, string text)
    {
        var evidence = Sent((DocumentKind.Sbom, text));

        AssertPasses(Judge(Submitted, evidence));
        var line = Line(Submitted, evidence);
        Assert.True(("submitted", "proven", true) == (line.Source, line.Binding, line.Used), because);
        Assert.Null(line.SignedBy);
    }

    [Theory, MemberData(nameof(Bound))]
    public void And_nowhere_else(string because, string text)
    {
        var evidence = Sent((DocumentKind.Sbom, text));

        AssertFails(Judge(Attested, evidence), ReasonCode.DocumentUnvouched, "signed by scanner-service", "submitted");
        var line = Line(Attested, evidence);
        Assert.False(line.Used, because);
        Assert.Contains("no check of the policy takes it", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void An_SBOM_that_names_no_image_is_asserted_and_needs_another_word()
    {
        var evidence = Sent((DocumentKind.Sbom, Sbom));

        AssertFails(Judge(Submitted, evidence), ReasonCode.DocumentUnbound, "names the image's digest", "asserted");
        AssertPasses(Judge(Asserted, evidence));
        Assert.Equal("asserted", Line(Asserted, evidence).Binding);
    }

    [Fact]
    public void A_signed_one_counts_for_whoever_names_its_signer_and_as_sent_where_the_word_is_enough()
    {
        var envelope = Signed(TestKey.Scanner, Statement(SbomType, Sbom));
        var read = ReadOne(envelope, DocumentKind.Sbom, TestKey.Scanner.Public);
        Assert.Empty(read.Problems);
        var evidence = Set(Scan()) with
        {
            Documents = read.Documents,
            Statements = read.Statements,
        };

        AssertPasses(Judge(Attested, evidence));
        AssertPasses(Judge(Submitted, evidence));
        var line = Assert.Single(Evaluate(Attested, evidence).Evidence, line => line.Kind == "attestation");
        Assert.Equal(("attested", TestKey.Scanner.Public.Id), (line.Source, line.SignedBy));
        Assert.Equal("submitted", Assert.Single(Evaluate(Submitted, evidence).Evidence, line => line.Kind == "attestation").Source);
    }

    [Fact]
    public void One_bad_document_is_not_outvoted_by_good_ones()
    {
        var good = (DocumentKind.Sbom, SbomOf(Manifest));
        var bad = (DocumentKind.Sbom, SbomOf(Manifest, "log4j"));

        AssertFails(Judge(Submitted, Sent(bad)), ReasonCode.PackageDenied, "log4j", "log4j");
        AssertFails(Judge(Submitted, Sent(bad, good)), ReasonCode.PackageDenied, "log4j", "log4j");
        AssertFails(Judge(Submitted, Sent(good, bad)), ReasonCode.PackageDenied, "log4j", "log4j");
        AssertFails(Judge(Asserted, Sent(good, (DocumentKind.Sbom, SpdxOf(Manifest)))), ReasonCode.SbomFormat, "cyclonedx", "spdx");
        AssertFails(Judge(Submitted, Sent(good, (DocumentKind.Sbom, Sbom))), ReasonCode.DocumentUnbound, "names", "asserted");
    }

    [Fact]
    public void What_is_sent_neither_helps_nor_harms_where_signers_are_named()
    {
        var signed = Attest(TestKey.Scanner, SbomType, Sbom);
        var denied = Attest(TestKey.Scanner, SbomType, SbomOf(Manifest, "log4j"));

        AssertPasses(Judge(Attested, Sent((DocumentKind.Sbom, SbomOf(Manifest, "log4j"))) with { Statements = [signed] }));
        AssertFails(
            Judge(Attested, Sent((DocumentKind.Sbom, SbomOf(Manifest))) with { Statements = [denied] }), ReasonCode.PackageDenied, "log4j", "log4j");
    }

    [Fact]
    public void What_lies_beside_the_image_is_not_what_the_requester_sent()
    {
        var evidence = With(Attest(TestKey.Scanner, SbomType, Sbom));

        AssertFails(Judge(Submitted, evidence), ReasonCode.SbomMissing, "SBOM sent with the request", "none");
    }

    [Fact]
    public void What_was_not_sent_is_to_be_sent()
    {
        var provenance = Checking("provenance", $$"""{ "builders": ["{{Provenances.Builder}}"], "source": "submitted" }""");
        var tests = Checking("predicate", $$"""{ "type": "{{TestResult}}", "source": "submitted" }""");

        Assert.Equal("Send it with the request: part sbom (attest --sbom FILE).", Judge(Submitted, Sent()).Remedy);
        Assert.Equal("Send it with the request: part provenance (attest --provenance FILE).", Judge(provenance, Sent()).Remedy);
        Assert.Equal("Send it with the request: part attestation (attest --attestation FILE).", Judge(tests, Sent()).Remedy);
        Assert.Equal(ReasonCode.SbomMissing.Remedy, Judge(Attested, Sent()).Remedy);
        Assert.StartsWith("there is no SBOM sent with the request for ", Judge(Submitted, Sent()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "bomFormat": """)]
    [InlineData("""{ "bomFormat": "CycloneDX", "specVersion": "9.9" }""")]
    [InlineData("[]")]
    public void What_was_sent_and_refused_is_not_said_to_be_missing(string text)
    {
        var refused = Set(Scan()) with { Problems = ReadOne(text, DocumentKind.Sbom).Problems };

        var check = Judge(Submitted, refused);

        AssertFails(check, ReasonCode.SbomMissing, "SBOM sent with the request", "none that counts");
        Assert.StartsWith("no SBOM that was sent counts for ", check.Message, StringComparison.Ordinal);
        Assert.StartsWith("there is no SBOM by scanner-service for ", Judge(Attested, refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_platform_needs_its_own_SBOM()
    {
        var scans = Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan().For("manifest-arm64"));
        EvidenceSet Of(params string[] texts) =>
            scans with { Documents = SubmittedDocumentText.Read(TwoPlatforms, [.. texts.Select(text => (DocumentKind.Sbom, text))]) };
        var both = new[] { SbomOf(DigestOf("manifest-amd64")), Statement(SbomType, Sbom, DigestOf("manifest-arm64")) };

        AssertPasses(Judge(Submitted, Of(both)));
        var check = Judge(Submitted, Of(both[0]));
        AssertFails(check, ReasonCode.SbomMissing, "SBOM sent with the request", "none");
        Assert.Contains("linux/arm64", check.Message, StringComparison.Ordinal);
        AssertFails(Judge(Submitted, Of(Statement(SbomType, Sbom, DigestOf("index")))), ReasonCode.SbomMissing, "SBOM", "none");
    }

    [Fact]
    public void Provenance_and_other_statements_count_by_the_same_words()
    {
        var provenance = Statement(PredicateTypes.ProvenanceV1, Provenances.V1);
        var result = Statement(TestResult, """{ "result": "PASSED" }""");
        var builders = $$"""{ "builders": ["{{Provenances.Builder}}"], "source": "submitted" }""";
        var tests = $$"""{ "type": "{{TestResult}}", "source": "submitted", "schema": { "required": ["result"], "properties": { "result": { "const": "PASSED" } } } }""";

        AssertPasses(Judge(Checking("provenance", builders), Sent((DocumentKind.Provenance, provenance))));
        AssertPasses(Judge(Checking("provenance", builders), Sent((DocumentKind.Attestation, provenance))));
        AssertFails(Judge(Checking("provenance", builders), Sent((DocumentKind.Attestation, result))), ReasonCode.ProvenanceMissing, "sent with the request", "none");
        AssertPasses(Judge(Checking("predicate", tests), Sent((DocumentKind.Attestation, result))));
        AssertFails(
            Judge(Checking("predicate", tests), Sent((DocumentKind.Attestation, result), (DocumentKind.Attestation, Statement(TestResult, """{ "result": "FAILED" }""")))),
            ReasonCode.PredicateMismatch, "PASSED", "FAILED");
        AssertFails(
            Judge(Checking("provenance", $$"""{ "builders": ["{{Provenances.Builder}}"], "signedBy": ["scanner-service"] }"""), Sent((DocumentKind.Provenance, provenance))),
            ReasonCode.DocumentUnvouched, "signed by scanner-service", "submitted");
        AssertFails(
            Judge(Checking("predicate", $$"""{ "type": "{{TestResult}}", "signedBy": ["scanner-service"] }"""), Sent((DocumentKind.Attestation, result))),
            ReasonCode.DocumentUnvouched, "signed by scanner-service", "submitted");
    }

    [Fact]
    public void A_bare_SBOM_is_no_statement_of_its_type()
    {
        var check = Checking("predicate", $$"""{ "type": "{{SbomType}}", "source": "submitted" }""");

        AssertFails(Judge(check, Sent((DocumentKind.Sbom, SbomOf(Manifest)))), ReasonCode.AttestationMissing, SbomType, "none");
        AssertPasses(Judge(check, Sent((DocumentKind.Sbom, Statement(SbomType, Sbom)))));
    }

    [Fact]
    public void A_requesters_statement_cannot_carry_the_SBOM_of_another_image_and_a_signer_may_know_better()
    {
        var statement = Statement(SbomType, SbomOf(DigestOf("other")));
        var read = ReadOne(Signed(TestKey.Scanner, statement), DocumentKind.Sbom, TestKey.Scanner.Public);
        var signed = Set(Scan()) with
        {
            Documents = read.Documents,
            Statements = read.Statements,
        };

        AssertFails(Judge(Submitted, Sent((DocumentKind.Sbom, statement))), ReasonCode.DocumentSubjectMismatch, Manifest.ToString(), DigestOf("other").ToString());
        AssertFails(Judge(Submitted, signed), ReasonCode.DocumentSubjectMismatch, Manifest.ToString(), DigestOf("other").ToString());
        AssertPasses(Judge(Attested, signed));
        var platforms = Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan().For("manifest-arm64")) with
        {
            Documents = SubmittedDocumentText.Read(
                TwoPlatforms, (DocumentKind.Sbom, Statement(SbomType, SbomOf(DigestOf("manifest-amd64")), DigestOf("manifest-arm64")))),
        };
        AssertFails(
            Judge(Submitted, platforms), ReasonCode.DocumentSubjectMismatch, DigestOf("manifest-arm64").ToString(), DigestOf("manifest-amd64").ToString());
    }

    [Theory]
    [InlineData("manifest-amd64", "manifest-arm64")]
    [InlineData("index", "manifest-arm64")]
    public void An_SBOM_of_one_platform_is_of_no_other_however_many_the_statement_around_it_names(string first, string second)
    {
        var amd64 = DigestOf("manifest-amd64");
        var platforms = Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan().For("manifest-arm64")) with
        {
            Documents = SubmittedDocumentText.Read(
                TwoPlatforms,
                (DocumentKind.Sbom, Statement(SbomType, SbomOf(amd64), DigestOf(first), DigestOf(second))), (DocumentKind.Sbom, SbomOf(amd64))),
        };

        AssertFails(Judge(Submitted, platforms), ReasonCode.DocumentSubjectMismatch, DigestOf(second).ToString(), amd64.ToString());
    }

    [Fact]
    public void More_bytes_than_a_check_judges_are_refused()
    {
        var large = $$"""{ "result": "{{new string('x', Limits.JudgedPredicateBytes)}}" }""";

        AssertFails(
            Judge(Checking("predicate", $$"""{ "type": "{{TestResult}}", "source": "submitted" }"""), Sent((DocumentKind.Attestation, Statement(TestResult, large)))),
            ReasonCode.EvidenceLimit, $"{Limits.JudgedPredicateBytes}", "bytes");
    }

    [Fact]
    public void What_was_sent_is_judged_again_on_the_record_of_it()
    {
        var envelope = Signed(TestKey.Scanner, Statement(SbomType, Sbom));
        var read = ReadOne(envelope, DocumentKind.Sbom, TestKey.Scanner.Public);
        var sent = SubmittedDocumentText.Read(Image, (DocumentKind.Sbom, SbomOf(Manifest, "log4j")));
        var evidence = Set(Scan()) with
        {
            Documents = [.. read.Documents, .. sent],
            Statements = read.Statements,
        };

        foreach (var set in new[] { Submitted, Attested })
        {
            var resolved = set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:keys/release"] = TestKey.Approval.Public }).Set!;
            var pieces = EvidenceFormat.Write(resolved, resolved.SigningPolicies[0], evidence)!;
            var replayed = Replay.Read(pieces);

            Assert.Equal(Evaluate(resolved, evidence).Text(), Evaluate(replayed.Policies, replayed.Evidence).Text());
            Assert.Null(Assert.Single(replayed.Evidence.Statements).Layout);
            var without = pieces.Where(piece => piece.Digest != Digest.Compute(sent[0].Content.Span)).ToList();
            Assert.Equal($"{Digest.Compute(sent[0].Content.Span)} is missing", Replay.Problem(without, out _));
        }
    }

    private static EvidenceSet Sent(params (DocumentKind Kind, string Text)[] documents) =>
        Set(Scan()) with { Documents = SubmittedDocumentText.Read(Image, documents) };

    private static DecisionEvidence Line(PolicySet set, EvidenceSet evidence) =>
        Assert.Single(Evaluate(set, evidence).Evidence, line => line.Kind is "sbom" or "attestation");
}
