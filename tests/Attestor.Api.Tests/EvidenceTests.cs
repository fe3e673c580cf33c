// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Attestor.Tests;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Scanners post reports on images whenever they like; nothing is signed by it, and nobody can do without them any more.</summary>
public sealed class EvidenceTests(Service service) : IClassFixture<Service>
{
    private static readonly (string, string, string?) Critical = ("CVE-2026-0001", "CRITICAL", "3.3.2-r0");

    [Fact]
    public async Task A_report_is_recorded_once_and_answered_alike_however_often_it_is_posted()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();

        var first = await service.PostAsync(Bodies.Multipart(image.Name, report));
        var again = await service.PostAsync(Bodies.Json(image.Name, report));

        Assert.Equal((202, 202), (first.Status, again.Status));
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(image.Name, first.Json["image"]!.GetValue<string>());
        var bound = Assert.Single(first.Json["reports"]!.AsArray())!;
        Assert.Equal(Digest.Compute(System.Text.Encoding.UTF8.GetBytes(report)).ToString(), bound["digest"]!.GetValue<string>());
        Assert.Equal((image.Digest.ToString(), true), (bound["covers"]!.GetValue<string>(), bound["binds"]!.GetValue<bool>()));
        await service.AssertOnlyAsync("one report", mark, EntryKind.Evidence);
    }

    public static TheoryData<string, Func<Service, SampleImage, HttpContent>, int, string, string, string> Useless => new()
    {
        { "another image's", (service, image) => Bodies.Multipart(image.Name, Service.ReportOf(service.PushImage())), 422, "policy-refused", "REPORT_SUBJECT_MISMATCH", "found" },
        { "no image's", (_, image) => Bodies.Multipart(image.Name, SampleReport.Json(null, DateTimeOffset.UtcNow).ToJsonString()), 422, "policy-refused", "REPORT_UNBOUND", "expected the digest" },
        { "malformed", (_, image) => Bodies.Multipart(image.Name, Service.ReportOf(image)[..^1]), 422, "policy-refused", "REPORT_MALFORMED", "" },
        { "one good, one malformed", (_, image) => Bodies.Multipart(image.Name, Service.ReportOf(image), "{"), 422, "policy-refused", "REPORT_MALFORMED", "" },
        { "of tomorrow", (_, image) => Bodies.Multipart(image.Name, Service.ReportOf(image, DateTimeOffset.UtcNow.AddDays(1))), 422, "policy-refused", "REPORT_STALE", "ahead of the clock; expected at most" },
        { "of no time", (_, image) => Bodies.Multipart(image.Name, Undated(image)), 422, "policy-refused", "REPORT_STALE", "does not tell when it was made; expected a time, found none" },
        { "of an absent image", (service, image) => Bodies.Multipart(image.Name.Split('@')[0] + "@" + Digest.Compute("absent"u8), Service.ReportOf(image)), 422, "policy-refused", "IMAGE_NOT_FOUND", "" },
        { "none", (_, image) => Bodies.Multipart(image.Name), 400, "bad-request", "BAD_REQUEST", "at least one report, found none" },
        { "a tag", (_, image) => Bodies.Multipart(image.Name.Split('@')[0] + ":1", Service.ReportOf(image)), 400, "bad-request", "TAG_NOT_ALLOWED", "expected" },
        { "under a policy", (_, image) => Bodies.Raw($$"""{"image":"{{image.Name}}","policy":"shop","reports":[{}]}""", "application/json"), 400, "bad-request", "BAD_REQUEST", "found policy" },
    };

    [Theory, MemberData(nameof(Useless), DisableDiscoveryEnumeration = true)]
    public async Task A_post_of_no_use_is_refused_with_its_reason_and_nothing_of_it_is_known(
        string because, Func<Service, SampleImage, HttpContent> body, int status, string type, string reason, string detail)
    {
        var image = service.PushImage();
        var content = body(service, image);
        var mark = await service.MarkAsync();

        var answer = await service.PostAsync(content);

        answer.AssertProblem(because, status, type, reason, detail);
        await service.AssertOnlyAsync(because, mark, EntryKind.Rejected);
    }

    [Fact]
    public async Task Scanning_again_is_no_remedy_for_a_report_of_tomorrow_or_of_no_time()
    {
        var image = service.PushImage();

        var tomorrow = await service.PostAsync(Bodies.Multipart(image.Name, Service.ReportOf(image, DateTimeOffset.UtcNow.AddDays(1))));
        var undated = await service.PostAsync(Bodies.Multipart(image.Name, Undated(image)));

        Assert.Equal(("REPORT_STALE", "REPORT_STALE"), (tomorrow.Reason, undated.Reason));
        Assert.StartsWith("Correct the clock", tomorrow.Json["remedy"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.StartsWith("Send a report that tells when it was made", undated.Json["remedy"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_is_refused()
    {
        var answer = await service.PostAsync(Bodies.Multipart(service.PushImage().Name, "{}"), query: "?mode=check");

        answer.AssertProblem("a query", 400, "bad-request", "BAD_REQUEST", "'mode' is unknown");
    }

    [Fact]
    public async Task Without_a_grant_to_post_forbidden_and_absent_are_told_in_the_same_words()
    {
        var image = service.PushImage();
        var absent = $"{service.Registry.Host}/demo/nowhere@{Digest.Compute("absent"u8)}";
        var mark = await service.MarkAsync();

        // Whoever may have images signed may not for that reason post about them.
        var pipeline = await service.PostAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), Service.Token);
        var there = await service.PostAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), Service.StrangersToken);
        var gone = await service.PostAsync(Bodies.Multipart(absent, Service.ReportOf(image)), Service.StrangersToken);
        var nobody = await service.PostAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), token: null);

        there.AssertProblem("a stranger", 403, "not-authorised", "NOT_AUTHORISED");
        Assert.Contains("evidence.posters", there.Json["remedy"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((there.Text, there.Text), (gone.Text, pipeline.Text));
        Assert.Equal(401, nobody.Status);
        Assert.Equal(0, service.Registry.Count("GET", "*") + service.Registry.Count("HEAD", "*"));
        await service.AssertOnlyAsync("no grant", mark, EntryKind.Rejected, EntryKind.Rejected, EntryKind.Rejected);
    }

    [Fact]
    public async Task A_scanner_may_post_and_not_have_signed()
    {
        var image = service.PushImage();

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), token: Service.ScannersToken);

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task An_older_report_is_recorded_and_does_not_bind()
    {
        var image = service.PushImage();
        var newer = Service.ReportOf(image, DateTimeOffset.UtcNow.AddMinutes(-1));
        var older = Service.ReportOf(image, DateTimeOffset.UtcNow.AddHours(-2), Critical);
        await service.PostAsync(Bodies.Multipart(image.Name, newer));
        var mark = await service.MarkAsync();

        var answer = await service.PostAsync(Bodies.Multipart(image.Name, older));

        Assert.False(answer.Json["reports"]![0]!["binds"]!.GetValue<bool>());
        await service.AssertOnlyAsync("an older report", mark, EntryKind.Evidence);
        (await service.AttestAsync(Bodies.Multipart(image.Name, newer))).AssertDecision(201, Outcome.Approved);
    }

    [Fact]
    public async Task A_worse_newer_report_binds_the_pipeline_whose_nicer_one_is_older()
    {
        var image = service.PushImage();
        var nicer = Service.ReportOf(image, DateTimeOffset.UtcNow.AddHours(-1));
        var worse = Service.ReportOf(image, DateTimeOffset.UtcNow.AddMinutes(-1), Critical);
        await service.PostAsync(Bodies.Multipart(image.Name, worse));

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, nicer));

        answer.AssertProblem("shopping", 422, "policy-refused", "REPORT_SUPERSEDED", carriesDecision: true);
        Assert.Contains(answer.Decision.Checks, check => check.Reason == ReasonCode.ReportSuperseded
            && check.Expected!.Contains(Digest.Compute(System.Text.Encoding.UTF8.GetBytes(worse)).ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_that_was_signed_and_no_longer_passes_is_told_of_once()
    {
        var image = service.PushImage();
        var request = Service.ReportOf(image, DateTimeOffset.UtcNow.AddHours(-1));
        var signed = await service.AttestAsync(Bodies.Multipart(image.Name, request));
        signed.AssertDecision(201, Outcome.Approved);
        var worse = Service.ReportOf(image, DateTimeOffset.UtcNow.AddMinutes(-1), Critical);
        var mark = await service.MarkAsync();
        service.Log.Forget();

        var first = await service.PostAsync(Bodies.Multipart(image.Name, worse));
        var again = await service.PostAsync(Bodies.Multipart(image.Name, worse));

        Assert.Equal(first.Text, again.Text);
        var lapsed = Assert.Single(first.Json["lapsed"]!.AsArray())!;
        Assert.Equal("shop", lapsed["policy"]!.GetValue<string>());
        await service.AssertOnlyAsync("lapsed", mark, EntryKind.Evidence, EntryKind.Review);
        Assert.Contains($"1009 Image {image.Digest} was signed and no longer passes shop: FINDING_OVER_LIMIT", service.Log.Text, StringComparison.Ordinal);

        var listed = await service.GetAsync($"/v1/decisions?image={image.Digest}");
        Assert.Equal(["review", "completion"], Kinds(listed));
        Assert.Equal(lapsed["decision"]!.GetValue<string>(), listed.Json["decisions"]![0]!["decision"]!["id"]!.GetValue<string>());
        Assert.Equal(["review"], Kinds(await service.GetAsync($"/v1/decisions?outcome=refused&image={Uri.EscapeDataString(image.Name)}", Service.ScannersToken)));
        Assert.Empty(Kinds(await service.GetAsync($"/v1/decisions?image={image.Digest}", Service.StrangersToken)));
        Assert.Empty(Kinds(await service.GetAsync($"/v1/decisions?image={image.Digest}&since=2099-01-01T00:00:00Z")));
        (await service.GetAsync($"/v1/decisions/{lapsed["decision"]!.GetValue<string>()}", Service.ScannersToken)).AssertDecision(200, Outcome.Refused);

        var repeated = await service.AttestAsync(Bodies.Multipart(image.Name, request));
        repeated.AssertProblem("the same request again", 422, "policy-refused", "REPORT_SUPERSEDED");
        Assert.Contains($"no longer passes: a newer report is known, see decision {lapsed["decision"]!.GetValue<string>()}", repeated.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clean_newer_report_on_a_signed_image_is_only_recorded()
    {
        var image = service.PushImage();
        await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image, DateTimeOffset.UtcNow.AddHours(-1))));
        var mark = await service.MarkAsync();

        var answer = await service.PostAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));

        Assert.Empty(answer.Json["lapsed"]!.AsArray());
        await service.AssertOnlyAsync("still clean", mark, EntryKind.Evidence);
    }

    [Theory]
    [InlineData("?images=x", "'images' is unknown")]
    [InlineData("?image=latest", "found 'latest'")]
    [InlineData("?outcome=APPROVED", "found 'APPROVED'")]
    [InlineData("?since=yesterday", "found 'yesterday'")]
    [InlineData("?outcome=error&outcome=error", "there twice")]
    public async Task A_question_about_decisions_that_cannot_be_understood_is_refused(string query, string detail) =>
        (await service.GetAsync("/v1/decisions" + query)).AssertProblem(query, 400, "bad-request", "BAD_REQUEST", detail);

    private static string Undated(SampleImage image)
    {
        var report = SampleReport.Json(image.Config, DateTimeOffset.UtcNow);
        report.Remove("CreatedAt");
        return report.ToJsonString();
    }

    private static string[] Kinds(Answer answer) =>
        [.. ((JsonArray)answer.Json["decisions"]!).Select(found => found!["kind"]!.GetValue<string>())];
}
