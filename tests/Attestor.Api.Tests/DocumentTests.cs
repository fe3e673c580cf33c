// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>SBOMs and statements beside the reports of a request.</summary>
public sealed class DocumentTests(DocumentTests.WithSboms service) : IClassFixture<DocumentTests.WithSboms>
{
    /// <summary>A host whose policy takes the requester's SBOM.</summary>
    public sealed class WithSboms : Service
    {
        public WithSboms() => Prepare = () => WritePolicy("shop", SigningText("shop", "demo").Replace(
            "  produce:", "    - { name: parts, sbom: { formats: [cyclonedx], source: submitted, deniedPackages: [log4j] } }\n  produce:",
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_with_an_SBOM_comes_to_the_same_decision_whichever_way_it_is_sent()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var sbom = SbomOf(image.Digest);

        var parts = await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(
            Bodies.Part("image", image.Name), Bodies.Part("report", report),
            Bodies.Part("sbom", sbom, "; filename=\"clean.trivy.json\"", "Content-Type: application/spdx+json\r\n"))));
        var mark = await service.MarkAsync();
        var json = await service.AttestAsync(Bodies.Raw(
            $$"""{"image":"{{image.Name}}","reports":[{{report}}],"sboms":[{{sbom}}]}""", "application/json"));

        parts.AssertDecision(201, Outcome.Approved);
        Assert.Equal(parts.Text, json.Text);
        await service.AssertOnlyAsync("the second request is the first one", mark);
        var line = Assert.Single(parts.Decision.Evidence, line => line.Kind == "sbom");
        Assert.Equal(("submitted", "proven", true), (line.Source, line.Binding, line.Used));
    }

    [Fact]
    public async Task A_review_does_not_miss_the_documents_that_came_with_the_request()
    {
        var image = service.PushImage();
        (await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(
            Bodies.Part("image", image.Name), Bodies.Part("report", Service.ReportOf(image, DateTimeOffset.UtcNow.AddHours(-1))),
            Bodies.Part("sbom", SbomOf(image.Digest)))))).AssertDecision(201, Outcome.Approved);

        var posted = await service.PostAsync(Bodies.Multipart(
            image.Name, Service.ReportOf(image, DateTimeOffset.UtcNow.AddMinutes(-1), ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"))));

        var id = Assert.Single(posted.Json["lapsed"]!.AsArray())!["decision"]!.GetValue<string>();
        var review = await service.GetAsync($"/v1/decisions/{id}", Service.ScannersToken);
        review.AssertDecision(200, Outcome.Refused);
        var parts = Assert.Single(review.Decision.Checks, check => check.Name == "parts");
        Assert.Equal((Verdict.Skipped, "what came with the request is not judged again"), (parts.Verdict, parts.Message));
    }

    [Theory]
    [InlineData("sbom", false, "SBOM_MISSING", "no SBOM sent with the request")]
    [InlineData("sbom", true, "PACKAGE_DENIED", "log4j")]
    [InlineData("provenance", true, "DOCUMENT_FORMAT", "a bare SBOM")]
    [InlineData("attestation", true, "DOCUMENT_FORMAT", "a bare SBOM")]
    public async Task What_is_missing_bad_or_in_the_wrong_part_is_refused_with_its_own_reason(string part, bool isSent, string reason, string detail)
    {
        var image = service.PushImage();
        string[] parts = [Bodies.Part("image", image.Name), Bodies.Part("report", Service.ReportOf(image))];

        var answer = await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(
            isSent ? [.. parts, Bodies.Part(part, SbomOf(image.Digest, "log4j"))] : parts)));

        answer.AssertProblem(part, 422, "policy-refused", reason, detail, carriesDecision: true);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task More_documents_than_are_read_are_a_bad_request(bool isMultipart)
    {
        var mark = await service.MarkAsync();
        var image = service.PushImage();
        var many = Enumerable.Repeat("{}", Limits.DocumentsPerRequest + 1);

        var answer = await service.AttestAsync(isMultipart
            ? Bodies.Raw(Bodies.MultipartText([Bodies.Part("image", image.Name), .. many.Select((text, i) => Bodies.Part(i % 2 == 0 ? "sbom" : "attestation", text))]))
            : Bodies.Raw($$"""{"image":"{{image.Name}}","attestations":[{{string.Join(',', many)}}]}""", "application/json"));

        answer.AssertProblem("too many", 413, "too-large", "REQUEST_LIMIT", $"at most {Limits.DocumentsPerRequest} SBOMs");
        await service.AssertOnlyAsync("too many", mark, EntryKind.Rejected);
    }

    [Fact]
    public async Task A_document_by_reference_is_a_bad_request_and_is_not_fetched()
    {
        var mark = await service.MarkAsync();
        var image = service.PushImage();

        var answer = await service.AttestAsync(Bodies.Raw(
            $$"""{"image":"{{image.Name}}","provenances":["{{service.Registry.Origin}}/provenance.json"]}""", "application/json"));

        answer.AssertProblem("an address", 400, "bad-request", "REPORT_SOURCE", "a provenance has to be sent itself, not by reference");
        await service.AssertOnlyAsync("an address", mark, EntryKind.Rejected);
    }

    [Fact]
    public async Task Scanners_post_reports_alone()
    {
        var image = service.PushImage();

        var answer = await service.PostAsync(Bodies.Raw(Bodies.MultipartText(
            Bodies.Part("image", image.Name), Bodies.Part("report", Service.ReportOf(image)), Bodies.Part("sbom", SbomOf(image.Digest)))));

        answer.AssertProblem("an SBOM", 400, "bad-request", "BAD_REQUEST", "image and reports alone");
    }

    private static string SbomOf(Digest image, string package = "openssl") => $$$"""
        {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"container","name":"shop","purl":"pkg:oci/shop@{{{image}}}"}},"components":[{"name":"{{{package}}}","version":"3"}]}
        """;
}
