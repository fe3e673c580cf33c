// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>What a pipeline gets for a request that is in order.</summary>
public sealed class SigningTests(Service service) : IClassFixture<Service>
{
    private static readonly EntryKind[] Signing =
    [
        EntryKind.Evidence, EntryKind.Intent, EntryKind.Signature, EntryKind.Signature, EntryKind.Signature,
        EntryKind.Intent, EntryKind.Signature, EntryKind.Completion,
    ];

    public static TheoryData<string, bool> Forms => new() { { "multipart", true }, { "JSON", false } };

    [Theory, MemberData(nameof(Forms))]
    public async Task A_clean_image_is_signed_and_the_decision_can_be_had_again_byte_for_byte(
        string because, bool isMultipart)
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(
            isMultipart ? Bodies.Multipart(image.Name, report) : Bodies.Json(image.Name, report));

        answer.AssertDecision(201, Outcome.Approved);
        Assert.Equal($"/v1/decisions/{answer.Decision.Id}", answer.Header("Location"));
        Assert.Equal(Signing, (await service.EntriesAsync(mark)).Select(entry => entry.Kind));
        Assert.Equal(
            ["signature", "tag-signature", "scan-attestation", "approval"],
            answer.Decision.Artifacts.Select(artifact => artifact.Purpose.Split(':')[0]));
        Assert.True(service.Registry.Count("PUT", "/v2/demo/shop/manifests/*") >= 3, because);

        var again = await service.GetAsync(answer.Header("Location")!);
        again.AssertDecision(200, Outcome.Approved);
        Assert.Equal(answer.Text, again.Text);
    }

    [Fact]
    public async Task The_same_reports_come_to_the_same_decision_whichever_way_they_are_sent()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);

        var parts = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        var mark = await service.MarkAsync();
        var json = await service.AttestAsync(Bodies.Json(image.Name, report));

        json.AssertDecision(201, Outcome.Approved);
        Assert.Equal(parts.Text, json.Text);
        Assert.Equal(parts.Header("Location"), json.Header("Location"));
        await service.AssertOnlyAsync("the second request is the first one", mark);
    }

    [Fact]
    public async Task A_request_sent_again_gets_its_answer_again_and_nothing_is_signed_twice()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var first = await service.AttestAsync(Bodies.Multipart(image.Name, report), idempotencyKey: "build 7");
        var mark = await service.MarkAsync();

        var again = await service.AttestAsync(Bodies.Multipart(image.Name, report), idempotencyKey: "build 7");
        await service.RestartAsync();
        var later = await service.AttestAsync(Bodies.Multipart(image.Name, report), idempotencyKey: "build 7");

        Assert.Equal((201, first.Text, first.Header("Location")), (again.Status, again.Text, again.Header("Location")));
        Assert.Equal((201, first.Text, first.Header("Location")), (later.Status, later.Text, later.Header("Location")));
        await service.AssertOnlyAsync("answered from the record", mark);
    }

    [Fact]
    public async Task Many_equal_requests_at_once_are_one()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => service.AttestAsync(Bodies.Multipart(image.Name, report))));

        Assert.Equal((201, 1), (answers.DistinctBy(answer =>
            answer.Text).Single().Status, answers.Select(answer => answer.Header("Location")).Distinct().Count()));
        Assert.Equal(Signing, (await service.EntriesAsync(mark)).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task Only_checking_signs_nothing_and_records_nothing()
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), "?mode=check");

        answer.AssertDecision(200, Outcome.Approved);
        Assert.Null(answer.Header("Location"));
        Assert.Empty(answer.Decision.Artifacts);
        Assert.DoesNotContain(await service.EntriesAsync(mark), entry => entry.Kind != EntryKind.Evidence);
        Assert.Equal(0, service.Registry.Count("PUT", "*") + service.Registry.Count("POST", "*"));
        (await service.GetAsync($"/v1/decisions/{answer.Decision.Id}")).AssertProblem(
            "not recorded", 404, "not-found", "NOT_FOUND");
    }

    [Fact]
    public async Task Only_checking_tells_a_refusal_too()
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();
        var report = Service.ReportOf(image, ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, report), "?mode=check");

        answer.AssertProblem("critical", 422, "policy-refused", "FINDING_OVER_LIMIT", carriesDecision: true);
        Assert.DoesNotContain(await service.EntriesAsync(mark), entry => entry.Kind != EntryKind.Evidence);
    }

    [Fact]
    public async Task A_refusal_names_the_finding_and_the_update_and_is_on_record()
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();
        var report = Service.ReportOf(image, ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, report));

        answer.AssertProblem("critical", 422, "policy-refused", "FINDING_OVER_LIMIT", carriesDecision: true);
        Assert.Null(answer.Header("Retry-After"));
        var check = Assert.Single(answer.Decision.Checks, check => check.Verdict == Verdict.Fail);
        Assert.Contains("openssl", check.Remedy, StringComparison.Ordinal);
        Assert.Contains("3.3.2-r0", check.Remedy, StringComparison.Ordinal);
        await service.AssertOnlyAsync("a refusal", mark, EntryKind.Evidence, EntryKind.Refusal);

        var recorded = await service.GetAsync($"/v1/decisions/{answer.Decision.Id}");
        recorded.AssertDecision(200, Outcome.Refused);
        Assert.True(JsonNode.DeepEquals(answer.Json["decision"], recorded.Json));
    }

    [Fact]
    public async Task An_idempotency_key_stands_for_one_request_of_one_requester()
    {
        var image = service.PushImage();
        var other = service.PushImage();
        (await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), idempotencyKey: "build-8"))
            .AssertDecision(201, Outcome.Approved);
        var mark = await service.MarkAsync();

        var conflict = await service.AttestAsync(
            Bodies.Multipart(other.Name, Service.ReportOf(other)), idempotencyKey: "build-8");

        conflict.AssertProblem(
            "another image", 409, "idempotency-conflict", "IDEMPOTENCY_CONFLICT", "sent before with another");
        Assert.Null(conflict.Header("Retry-After"));
        await service.AssertOnlyAsync("conflict", mark);

        var token = service.Issuer.Issue();
        (await service.AttestAsync(
            Bodies.Multipart(other.Name, Service.ReportOf(other)), token: token, idempotencyKey: "build-8"))
            .AssertDecision(201, Outcome.Approved);
    }
}
