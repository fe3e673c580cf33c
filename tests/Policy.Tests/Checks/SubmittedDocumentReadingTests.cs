// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;
using static SupplyChain.Policy.Tests.SubmittedDocumentText;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What is refused of what requesters send, whatever the policy says of it, and why.</summary>
public sealed class SubmittedDocumentReadingTests
{
    private const string SbomType = "https://cyclonedx.org/bom";

    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private static readonly Digest Manifest = Image.Manifest.Digest;

    private static readonly PolicySet Submitted = Checking("sbom", """{ "formats": ["cyclonedx", "spdx"], "source": "submitted" }""");

    public static TheoryData<string, DocumentKind, string, string, string> Refused => new()
    {
        { "an SBOM of another image", DocumentKind.Sbom, SbomOf(DigestOf("other")), "DOCUMENT_SUBJECT_MISMATCH", "another image" },
        { "SPDX of another image", DocumentKind.Sbom, SpdxOf(DigestOf("other")), "DOCUMENT_SUBJECT_MISMATCH", "another image" },
        { "SPDX 3 of another image", DocumentKind.Sbom, Spdx3Of(DigestOf("other")), "DOCUMENT_SUBJECT_MISMATCH", "another image" },
        { "an SBOM of the configuration as a manifest", DocumentKind.Sbom, SbomOf(DigestOf("config")), "DOCUMENT_SUBJECT_MISMATCH", "is an image configuration" },
        { "a statement about another image", DocumentKind.Sbom, Statement(SbomType, Sbom, DigestOf("other")), "DOCUMENT_SUBJECT_MISMATCH", "another image" },
        { "provenance of another image", DocumentKind.Provenance, Statement(PredicateTypes.ProvenanceV1, Provenances.V1, DigestOf("other")), "DOCUMENT_SUBJECT_MISMATCH", "another image" },
        { "an SBOM with a digest that is none", DocumentKind.Sbom, SbomOf(DigestOf("other")).Replace("sha256:", "sha256:0", StringComparison.Ordinal), "DOCUMENT_UNBOUND", "not usable" },
        { "provenance as an SBOM", DocumentKind.Sbom, Statement(PredicateTypes.ProvenanceV1, Provenances.V1), "DOCUMENT_FORMAT", "a statement of type" },
        { "an SBOM as provenance", DocumentKind.Provenance, SbomOf(Manifest), "DOCUMENT_FORMAT", "a bare SBOM" },
        { "an attested SBOM as provenance", DocumentKind.Provenance, Statement(SbomType, Sbom), "DOCUMENT_FORMAT", "a statement of type" },
        { "a bare SBOM as an attestation", DocumentKind.Attestation, SbomOf(Manifest), "DOCUMENT_FORMAT", "a bare SBOM" },
        { "CycloneDX and SPDX at once", DocumentKind.Sbom, """{ "bomFormat": "CycloneDX", "specVersion": "1.6", "spdxVersion": "SPDX-2.3" }""", "SBOM_MALFORMED", "CycloneDX and SPDX at once" },
        { "an SBOM and a statement at once", DocumentKind.Sbom, Twice(SbomOf(Manifest), "_type", Sigstore.Statement.TypeV1), "DOCUMENT_FORMAT", "an SBOM and an in-toto statement at once" },
        { "a statement and an envelope at once", DocumentKind.Attestation, Twice(Statement(TestResult, "{}"), "payload", ""), "DOCUMENT_FORMAT", "an in-toto statement and a DSSE envelope at once" },
        { "an SBOM and a bundle at once", DocumentKind.Sbom, Twice(SbomOf(Manifest), "dsseEnvelope", "x"), "DOCUMENT_FORMAT", "an SBOM and a Sigstore bundle at once" },
        { "a member in another case", DocumentKind.Sbom, Twice(SbomOf(Manifest), "PredicateType", "x"), "DOCUMENT_FORMAT", "PredicateType" },
        { "a member twice", DocumentKind.Sbom, """{ "bomFormat": "CycloneDX", "bomFormat": "CycloneDX" }""", "DOCUMENT_MALFORMED", "bomFormat" },
        { "nothing", DocumentKind.Sbom, "", "DOCUMENT_MALFORMED", "the document is empty" },
        { "nothing but blanks", DocumentKind.Provenance, " \r\n\t", "DOCUMENT_MALFORMED", "the document is empty" },
        { "half a document", DocumentKind.Sbom, """{ "bomFormat": """, "DOCUMENT_MALFORMED", "" },
        { "a report", DocumentKind.Sbom, """{ "SchemaVersion": 2, "Results": [] }""", "DOCUMENT_FORMAT", "neither an SBOM" },
        { "an SBOM too deep to be attested", DocumentKind.Sbom, Twice(SbomOf(Manifest), "x", "DEEP").Replace("\"DEEP\"", new string('[', Limits.Depth - 1) + new string(']', Limits.Depth - 1), StringComparison.Ordinal), "DOCUMENT_MALFORMED", "nested too deep" },
        { "a list", DocumentKind.Sbom, "[]", "DOCUMENT_FORMAT", "no JSON object" },
        { "an SBOM of an unknown version", DocumentKind.Sbom, """{ "bomFormat": "CycloneDX", "specVersion": "9.9" }""", "SBOM_MALFORMED", "9.9" },
        { "a statement of an unknown version", DocumentKind.Attestation, Statement(TestResult, "{}").Replace("Statement/v1", "Statement/v9", StringComparison.Ordinal), "DOCUMENT_FORMAT", "known version" },
        { "a statement without subjects", DocumentKind.Attestation, $$"""{ "_type": "{{Sigstore.Statement.TypeV1}}", "predicateType": "t", "subject": [] }""", "DOCUMENT_MALFORMED", "no subject" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_of_this_image_or_not_what_its_part_says_is_refused_by_its_own_reason(
        string because, DocumentKind kind, string text, string reason, string message)
    {
        var read = ReadOne(text, kind);

        var problem = Assert.Single(read.Problems);
        Assert.True(reason == problem.Reason.Name, $"{because}: {problem}");
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(Part(kind, text).Digest, problem.Evidence);
        Assert.Empty(read.Documents);
        Assert.False(problem.IsError);
        if (reason is "DOCUMENT_SUBJECT_MISMATCH")
            Assert.Contains(Manifest.ToString(), problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another key", "DOCUMENT_SIGNATURE_INVALID", "does not verify")]
    [InlineData("no key at all", "DOCUMENT_SIGNATURE_INVALID", "no key is trusted")]
    [InlineData("another payload", "DOCUMENT_SIGNATURE_INVALID", "does not verify")]
    [InlineData("another payload type", "DOCUMENT_FORMAT", "no in-toto statement")]
    [InlineData("no signature", "DOCUMENT_MALFORMED", "no signature")]
    [InlineData("another image", "DOCUMENT_SUBJECT_MISMATCH", "another image")]
    [InlineData("more keys than are tried", "DOCUMENT_LIMIT", "signatures to verify")]
    public void An_envelope_that_does_not_verify_is_refused_and_not_taken_for_the_requesters_word(string because, string reason, string message)
    {
        var statement = Statement(SbomType, Sbom, because is "another image" ? DigestOf("other") : Manifest);
        var envelope = JsonNode.Parse(Signed(TestKey.Scanner, statement))!;
        if (because is "another payload")
            envelope["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Statement(SbomType, SbomOf(Manifest))));
        if (because is "another payload type")
            envelope["payloadType"] = "application/json";
        if (because is "no signature")
            envelope["signatures"] = new JsonArray();
        PublicKey[] keys = because switch
        {
            "another key" => [TestKey.Stranger.Public],
            "no key at all" => [],
            "more keys than are tried" => [.. Enumerable.Repeat(TestKey.Scanner.Public, Limits.KeyTrials + 1)],
            _ => [TestKey.Scanner.Public],
        };

        var read = ReadOne(envelope.ToJsonString(), DocumentKind.Sbom, keys);

        var problem = Assert.Single(read.Problems);
        Assert.Equal(reason, problem.Reason.Name);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Empty(read.Documents);
        Assert.Empty(read.Statements);
        var check = Evaluate(Submitted, Set(Scan()) with { Problems = read.Problems });
        Assert.Equal(Outcome.Refused, check.Outcome());
    }

    [Fact]
    public void An_SBOM_that_does_not_say_which_platform_of_an_index_it_is_of_is_refused()
    {
        AssertRefused(ReadOne(TwoPlatforms, Sbom, DocumentKind.Sbom), ReasonCode.DocumentUnbound, "linux/amd64", null, "not which of the platforms");
        AssertRefused(ReadOne(TwoPlatforms, SbomOf(DigestOf("index")), DocumentKind.Sbom), ReasonCode.DocumentUnbound, "linux/amd64", "repository", "names the index");
    }

    [Fact]
    public void A_bundle_is_opened_and_one_of_an_artifacts_own_bytes_is_refused()
    {
        var payload = Encoding.UTF8.GetBytes(Statement(SbomType, Sbom));
        Assert.True(Envelope.TryRead(Encoding.UTF8.GetBytes(Signed(TestKey.Scanner, Encoding.UTF8.GetString(payload))), out var envelope, out _));
        var bundle = Encoding.UTF8.GetString(Bundle.Write(envelope, TestKey.Scanner.Public));

        var read = ReadOne(bundle, DocumentKind.Sbom, TestKey.Scanner.Public);

        Assert.Equal(Part(DocumentKind.Sbom, bundle).Digest, Assert.Single(read.Statements).Statement.Digest);
        Assert.Equal(SbomType, Assert.Single(read.Documents).PredicateType);
        var message = JsonNode.Parse(bundle)!.AsObject();
        message.Remove("dsseEnvelope");
        message["messageSignature"] = JsonNode.Parse($$"""
            { "messageDigest": { "algorithm": "SHA2_256", "digest": "{{Convert.ToBase64String(new byte[32])}}" }, "signature": "{{Convert.ToBase64String(new byte[70])}}" }
            """);
        AssertRefused(ReadOne(message.ToJsonString(), DocumentKind.Sbom, TestKey.Scanner.Public), ReasonCode.DocumentFormat, null, null, "own bytes");
    }

    [Fact]
    public void The_same_document_twice_is_one()
    {
        var read = new SubmittedDocuments(Image, new SignerCandidates([TestKey.Scanner.Public], []), _ => false);
        var envelope = Signed(TestKey.Scanner, Statement(SbomType, Sbom));
        foreach (var kind in new[] { DocumentKind.Sbom, DocumentKind.Sbom, DocumentKind.Attestation })
            read.Add(Part(kind, envelope));

        Assert.Empty(read.Problems);
        Assert.Equal(2, read.Documents.Count);
        Assert.Single(read.Statements);
        Assert.Single(Evaluate(Submitted, Set(Scan()) with { Documents = read.Documents }).Evidence, line => line.Kind == "attestation");
    }

    private static void AssertRefused(SubmittedDocuments read, ReasonCode reason, string? expected, string? actual, string message)
    {
        var problem = Assert.Single(read.Problems);
        Assert.Equal(reason, problem.Reason);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected ?? "", problem.Expected ?? "", StringComparison.Ordinal);
        Assert.Contains(actual ?? "", problem.Actual ?? "", StringComparison.Ordinal);
    }

    private static string Twice(string document, string member, string value)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        root[member] = value;
        return root.ToJsonString();
    }
}
