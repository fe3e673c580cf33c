// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Attestor.Tests;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Reports that are of no use: refused by the policy's answer, with the decision, and without a key.</summary>
public sealed class ReportRefusalTests(KeylessService service) : IClassFixture<KeylessService>
{
    private static readonly Digest Another = Digest.Compute("another image"u8);

    public static TheoryData<string, Func<SampleImage, string>, string> Reports => new()
    {
        { "cut", image => Service.ReportOf(image)[..^20], "REPORT_MALFORMED" },
        { "no JSON", _ => "<html>504 Gateway Time-out</html>", "REPORT_MALFORMED" },
        { "of another image", image => Service.ReportOf(image with { Config = Another }), "REPORT_SUBJECT_MISMATCH" },
        { "of no image", _ => SampleReport.Json(config: null, DateTimeOffset.UtcNow).ToJsonString(), "REPORT_UNBOUND" },
        { "empty", _ => "", "REPORT_EMPTY" },
        { "white space", _ => " \n", "REPORT_EMPTY" },
        { "an empty object", _ => "{}", "REPORT_EMPTY" },
        {
            "with a member twice",
            image => Service.ReportOf(image)[..^1] + ",\"ArtifactName\":\"made-for-tests\"}",
            "REPORT_DUPLICATE_MEMBER"
        },
        {
            "200 levels deep",
            image => $"{Service.ReportOf(image)[..^1]},\"Deep\":{new string('[', 200)}{new string(']', 200)}}}",
            "REPORT_LIMIT"
        },
        { "of an unknown scanner", _ => """{"tool":"unheard-of","version":"1.0","issues":[]}""", "REPORT_FORMAT" },
        {
            "two days old",
            image => SampleReport.Json(image.Config, DateTimeOffset.UtcNow.AddDays(-2)).ToJsonString(),
            "REPORT_STALE"
        },
    };

    [Theory, MemberData(nameof(Reports), DisableDiscoveryEnumeration = true)]
    public async Task A_report_of_no_use_is_refused_with_the_decision(
        string because, Func<SampleImage, string> report, string reason)
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, report(image)));

        answer.AssertProblem(because, 422, "policy-refused", reason, carriesDecision: true);
        Assert.Null(answer.Header("Retry-After"));
        Assert.Equal(Outcome.Refused, answer.Decision.Outcome);
        Assert.Contains(answer.Decision.Checks, check => check.Reason?.Name == reason);
        // A stale report is a report of this image all the same: it is remembered.
        await service.AssertOnlyAsync(
            because, mark, reason == "REPORT_STALE" ? [EntryKind.Evidence, EntryKind.Refusal] : [EntryKind.Refusal]);
        (await service.GetAsync($"/v1/decisions/{answer.Decision.Id}")).AssertDecision(200, Outcome.Refused);
    }

    [Fact]
    public async Task No_report_at_all_is_a_refusal_and_not_a_malformed_request()
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();

        var parts = await service.AttestAsync(Bodies.Multipart(image.Name));
        var json = await service.AttestAsync(Bodies.Json(image.Name));

        parts.AssertProblem("no part", 422, "policy-refused", "EVIDENCE_MISSING", carriesDecision: true);
        json.AssertProblem("no member", 422, "policy-refused", "EVIDENCE_MISSING", carriesDecision: true);
        await service.AssertOnlyAsync("no report", mark, EntryKind.Refusal, EntryKind.Refusal);
    }

    [Fact]
    public async Task A_file_s_name_is_shown_without_what_moves_a_cursor()
    {
        var image = service.PushImage();

        var answer = await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(
            Bodies.Part("image", image.Name), Bodies.Part("report", "", "; filename=\"a\u001b[2Jb\u202e.json\""))));

        answer.AssertProblem("a name", 422, "policy-refused", "REPORT_EMPTY", carriesDecision: true);
        var check = Assert.Single(answer.Decision.Checks, check => check.Reason == ReasonCode.ReportEmpty);
        Assert.DoesNotContain("\u001b", check.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_a_refusal()
    {
        var mark = await service.MarkAsync();
        var image = new SampleImage($"{service.Registry.Host}/demo/shop@{Another}", Another, Another);

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));

        answer.AssertProblem("absent", 422, "policy-refused", "IMAGE_NOT_FOUND", carriesDecision: true);
        await service.AssertOnlyAsync("absent", mark, EntryKind.Refusal);
    }
}
