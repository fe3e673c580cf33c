// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Requests that are none: each is told what is wrong with it, and each is on record once.</summary>
public sealed class MalformedRequestTests(KeylessService service) : IClassFixture<KeylessService>
{
    private static readonly string Deep = new string('[', 200) + new string(']', 200);

    public static TheoryData<string, Func<SampleImage, HttpContent>, string, string> Images => new()
    {
        { "a tag", image => Named(Repository(image) + ":1.0"), "TAG_NOT_ALLOWED", "a tag can move" },
        {
            "a tag beside the digest",
            image => Named($"{Repository(image)}:1.0@{image.Digest}"),
            "TAG_NOT_ALLOWED",
            "a tag can move"
        },
        { "neither tag nor digest", image => Named(Repository(image)), "TAG_NOT_ALLOWED", "a tag can move" },
        {
            "another kind of digest",
            image => Named($"{Repository(image)}@sha512:{new string('a', 128)}"),
            "BAD_DIGEST",
            "sha256"
        },
        { "half a digest", image => Named(image.Name[..^32]), "BAD_REFERENCE", "digest" },
        { "a digest alone", image => Named(image.Digest.ToString()), "BAD_REFERENCE", "write repository@digest" },
        { "nothing", _ => Named(""), "BAD_REFERENCE", "empty" },
        { "too long", image => Named(image.Name + new string('0', 70_000)), "BAD_REFERENCE", "at most 800 characters" },
        { "a NUL", image => Named(image.Name + "\0"), "BAD_REFERENCE", "\\u{0}" },
        { "a line end", image => Named(image.Name + "\n"), "BAD_REFERENCE", "\\u{a}" },
        { "a NUL in JSON", image => Bodies.Json(image.Name + "\\u0000"), "BAD_REFERENCE", "\\u{0}" },
        {
            "not UTF-8",
            image => Bodies.Raw(
                Encoding.Latin1.GetBytes(Bodies.MultipartText(Bodies.Part("image", image.Name + "ÿ"))),
                Bodies.MultipartType),
            "BAD_REFERENCE",
            "digest"
        },
        {
            "covered by two policies",
            image => Named(image.Name.Replace("/demo/", "/twice/", StringComparison.Ordinal)),
            "POLICY_AMBIGUOUS",
            "twice-a, twice-b"
        },
    };

    [Theory, MemberData(nameof(Images), DisableDiscoveryEnumeration = true)]
    public Task An_image_that_cannot_be_signed_by_its_name_is_a_bad_request(
        string because, Func<SampleImage, HttpContent> body, string reason, string detail) =>
        AssertRejectedAsync(because, body, reason, detail);

    public static TheoryData<string, Func<SampleImage, HttpContent>, string> Multipart => new()
    {
        { "the image twice", image => Parts(Image(image), Image(image)), "the part image is there twice" },
        {
            "the policy twice",
            image => Parts(Image(image), Bodies.Part("policy", "shop"), Bodies.Part("policy", "shop")),
            "the part policy is there twice"
        },
        { "no image", image => Parts(Bodies.Part("report", Service.ReportOf(image))), "the part image is missing" },
        { "no part at all", _ => Parts(), "the part image is missing" },
        { "an unknown part", image => Parts(Image(image), Bodies.Part("vex", "{}")), "the part 'vex' is unknown; expected image, policy, report, sbom, provenance or attestation" },
        { "a part in another case", image => Parts(Bodies.Part("Image", image.Name)), "the part 'Image' is unknown" },
        {
            "a part without a name",
            image => Parts(Image(image), Bare("Content-Disposition: form-data\r\n")),
            "the part '(none)' is unknown"
        },
        { "a part without headers", image => Parts(Image(image), Bare("")), "each part needs one Content-Disposition" },
        {
            "a part that is an attachment",
            image => Parts(Bare("Content-Disposition: attachment; name=\"image\"\r\n", image.Name)),
            "each part needs one Content-Disposition"
        },
        {
            "a part with two names",
            image => Parts(
                Bodies.Part("image", image.Name, headers: "Content-Disposition: form-data; name=\"policy\"\r\n")),
            "each part needs one Content-Disposition"
        },
        {
            "a packed part",
            image => Parts(Image(image), Bodies.Part("report", "x", headers: "Content-Encoding: gzip\r\n")),
            "the part 'report' is encoded as 'gzip'"
        },
        {
            "a part in base64",
            image => Parts(Bodies.Part("image", image.Name, headers: "Content-Transfer-Encoding: base64\r\n")),
            "the part 'image' is encoded as 'base64'"
        },
        {
            "a part in other letters",
            image => Parts(Bodies.Part("image", image.Name, headers: "Content-Type: text/plain; charset=utf-16\r\n")),
            "the part 'image' is in 'utf-16'"
        },
        {
            "a header of 17 KiB",
            image => Parts(Bodies.Part("image", image.Name, headers: $"X: {new string('x', 17 * 1024)}\r\n")),
            "not its headers, or too long"
        },
        {
            "50 headers",
            image => Parts(Bodies.Part(
                "image", image.Name, headers: string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: x\r\n")))),
            "not its headers, or too long"
        },
        { "a header that is none", image => Parts(Bare("nonsense\r\n", image.Name)), "not its headers, or too long" },
        {
            "no boundary",
            image => Bodies.Raw(Bodies.MultipartText(Image(image)), "multipart/form-data"),
            "needs a boundary"
        },
        {
            "an empty boundary",
            image => Bodies.Raw(Bodies.MultipartText(Image(image)), "multipart/form-data; boundary=\"\""),
            "needs a boundary"
        },
        {
            "a boundary of 71 characters",
            image => Bodies.Raw(
                Bodies.MultipartText(Image(image)), $"multipart/form-data; boundary={new string('x', 71)}"),
            "needs a boundary"
        },
        {
            "another boundary",
            image => Bodies.Raw(Bodies.MultipartText(Image(image)), "multipart/form-data; boundary=other"),
            "ends before its closing boundary"
        },
        { "the closing boundary missing", image => Bodies.Raw(Image(image)), "ends before its closing boundary" },
        {
            "cut in a report",
            image => Bodies.Raw(Image(image) + Bodies.Part("report", Service.ReportOf(image))[..^50]),
            "ends before its closing boundary"
        },
        { "cut in a header", image => Bodies.Raw(Image(image)[..60]), "each part needs one Content-Disposition" },
        { "nothing", _ => Bodies.Raw(""), "ends before its closing boundary" },
    };

    [Theory, MemberData(nameof(Multipart), DisableDiscoveryEnumeration = true)]
    public Task A_multipart_body_that_is_none_is_a_bad_request(
        string because, Func<SampleImage, HttpContent> body, string detail) =>
        AssertRejectedAsync(because, body, "BAD_REQUEST", detail);

    public static TheoryData<string, Func<SampleImage, string>, string> Json => new()
    {
        { "nothing", _ => "", "not JSON" },
        { "cut", image => Text(image)[..^5], "not JSON" },
        { "two documents", image => Text(image) + Text(image), "not JSON" },
        { "a comment", image => Text(image) + "// signed, please", "not JSON" },
        { "a trailing comma", image => Text(image)[..^1] + ",}", "not JSON" },
        { "a list", image => $"[{Text(image)}]", "expected a JSON object" },
        { "the image twice", image => Text(image)[..^1] + $",\"image\":\"{image.Name}\"}}", "not JSON" },
        {
            "the image twice, once as an escape",
            image => Text(image)[..^1] + $",\"imag\\u0065\":\"{image.Name}\"}}",
            "not JSON"
        },
        {
            "the image in two cases",
            image => Text(image)[..^1] + $",\"Image\":\"{image.Name}\"}}",
            "the member 'Image' is unknown"
        },
        { "an unknown member", image => Text(image)[..^1] + ",\"sign\":true}", "the member 'sign' is unknown" },
        { "a part's name for a member", image => Text(image)[..^1] + ",\"sbom\":[]}", "reports, sboms, provenances or attestations" },
        { "an SBOM that is in no list", image => Text(image)[..^1] + ",\"sboms\":{}}", "the member 'sboms' is unknown or of the wrong type" },
        {
            "an image that is a list",
            image => $"{{\"image\":[\"{image.Name}\"]}}",
            "the member 'image' is unknown or of the wrong type"
        },
        { "no image", _ => """{"reports":[]}""", "the member image is missing" },
        { "an image that is null", _ => """{"image":null}""", "the member 'image' is unknown or of the wrong type" },
        {
            "reports that are no list",
            image => $"{{\"image\":\"{image.Name}\",\"reports\":{{}}}}",
            "the member 'reports' is unknown or of the wrong type"
        },
        { "a report with a member twice", image => Text(image, """{"a":1,"a":2}"""), "not JSON" },
        { "a report 200 levels deep", image => Text(image, Deep), "not JSON" },
        { "a byte order mark", image => "\ufeff" + Text(image), "byte order mark" },
        { "half a surrogate pair", image => Text(image, "\"\\ud800\""), "surrogate" },
    };

    [Theory, MemberData(nameof(Json), DisableDiscoveryEnumeration = true)]
    public Task A_JSON_body_that_is_none_is_a_bad_request(
        string because, Func<SampleImage, string> body, string detail) =>
        AssertRejectedAsync(because, image => Bodies.Raw(body(image), "application/json"), "BAD_REQUEST", detail);

    [Theory]
    [InlineData("an address", "ORIGIN/report.json")]
    [InlineData("an address of a file", "file:///etc/hostname")]
    [InlineData("a file", "/etc/hostname")]
    [InlineData("a file further up", "../../report.json")]
    [InlineData("a digest", "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("a report as text", "{}")]
    [InlineData("nothing", "")]
    public Task A_report_by_reference_is_a_bad_request_and_is_not_fetched(string because, string reference) => AssertRejectedAsync(
        because, image => Bodies.Json(image.Name, $"\"{reference.Replace("ORIGIN", service.Registry.Origin, StringComparison.Ordinal)}\""),
        "REPORT_SOURCE", "not by reference");

    public static TheoryData<string, string?, string> Types => new()
    {
        { "none", null, "found (none)" },
        { "text", "text/plain", "found text/plain" },
        { "a form", "application/x-www-form-urlencoded", "found application/x-www-form-urlencoded" },
        { "another multipart", "multipart/mixed; boundary=" + Bodies.Boundary, "found multipart/mixed" },
        { "another JSON", "application/json-seq", "found application/json-seq" },
        { "nonsense", "json", "found json" },
        { "JSON in UTF-16", "application/json; charset=utf-16", "the body is in 'utf-16'" },
        { "JSON in Latin letters", "application/json; charset=\"iso-8859-1\"", "the body is in 'iso-8859-1'" },
        { "a form in other letters", Bodies.MultipartType + "; charset=utf-7", "the body is in 'utf-7'" },
    };

    [Theory, MemberData(nameof(Types))]
    public Task A_body_of_another_type_is_a_bad_request(string because, string? type, string detail) =>
        AssertRejectedAsync(
            because, image => Bodies.Raw(Encoding.UTF8.GetBytes(Text(image)), type), "BAD_REQUEST", detail);

    [Theory, InlineData("application/json"), InlineData(Bodies.MultipartType)]
    public Task A_packed_body_is_a_bad_request_that_says_so(string type) => AssertRejectedAsync(
        type,
        image =>
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionMode.Compress))
                gzip.Write(Encoding.UTF8.GetBytes(Text(image)));
            var body = Bodies.Raw(packed.ToArray(), type);
            body.Headers.ContentEncoding.Add("gzip");
            return body;
        },
        "BAD_REQUEST", "the body is encoded as 'gzip'");

    [Fact]
    public async Task A_body_of_two_types_is_a_bad_request()
    {
        var mark = await service.MarkAsync();

        var answer = await RawHttp.SendAsync(
            service, "POST /v1/attestations",
            [
                $"Authorization: Bearer {Service.Token}", "Content-Type: application/json",
                $"Content-Type: {Bodies.MultipartType}", "Content-Length: 2",
            ],
            "{}");

        answer.AssertProblem(
            "two types", 400, "bad-request", "BAD_REQUEST", "found application/json,multipart/form-data");
        await service.AssertOnlyAsync("two types", mark, EntryKind.Rejected);
    }

    [Fact]
    public async Task A_body_whose_chunks_are_none_is_a_bad_request_and_no_fault_of_the_service()
    {
        var mark = await service.MarkAsync();
        service.Log.Forget();

        var answer = await RawHttp.SendAsync(
            service, "POST /v1/attestations",
            [
                $"Authorization: Bearer {Service.Token}", "Content-Type: application/json",
                "Transfer-Encoding: chunked",
            ],
            "2\r\n{}\r\nnonsense\r\n");

        answer.AssertProblem("chunks", 400, "bad-request", "BAD_REQUEST", "not what its headers say");
        await service.AssertOnlyAsync("chunks", mark);
        Assert.Contains("Information SupplyChain.Hosting.Problems 1303", service.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Error ", service.Log.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<SampleImage, HttpContent>> TooMany => new()
    {
        {
            "in parts",
            image => Bodies.Multipart(image.Name, [.. Enumerable.Repeat("{}", Limits.ReportsPerRequest + 1)])
        },
        { "in JSON", image => Bodies.Json(image.Name, [.. Enumerable.Repeat("{}", Limits.ReportsPerRequest + 1)]) },
    };

    [Theory, MemberData(nameof(TooMany), DisableDiscoveryEnumeration = true)]
    public async Task More_reports_than_are_read_are_too_large_a_request(
        string because, Func<SampleImage, HttpContent> body)
    {
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(body(service.PushImage()));

        answer.AssertProblem(because, 413, "too-large", "REQUEST_LIMIT", $"at most {Limits.ReportsPerRequest} reports");
        await service.AssertOnlyAsync(because, mark, EntryKind.Rejected);
    }

    public static TheoryData<string, string> Queries => new()
    {
        { "?mode=sign", "mode is 'sign'" },
        { "?mode=CHECK", "mode is 'CHECK'" },
        { "?mode=", "mode is ''" },
        { "?mode=check&mode=check", "mode is 'check,check'" },
        { "?mod=check", "the query parameter 'mod' is unknown" },
        { "?mode=check&dryRun", "the query parameter 'dryRun' is unknown" },
        { "?check", "the query parameter 'check' is unknown" },
    };

    [Theory, MemberData(nameof(Queries))]
    public async Task A_mistyped_mode_does_not_sign(string query, string detail)
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), query);

        answer.AssertProblem(query, 400, "bad-request", "BAD_REQUEST", detail);
        await service.AssertOnlyAsync(query, mark, EntryKind.Rejected);
    }

    public static TheoryData<string, string[]> IdempotencyKeys => new()
    {
        { "empty", ["Idempotency-Key:"] },
        { "white space", ["Idempotency-Key:   "] },
        { "too long", [$"Idempotency-Key: {new string('x', Limits.IdempotencyKeyLength + 1)}"] },
        { "twice", ["Idempotency-Key: one", "Idempotency-Key: two"] },
        { "twice the same", ["Idempotency-Key: one", "idempotency-key: one"] },
        { "a tabulator", ["Idempotency-Key: one\ttwo"] },
        { "not ASCII", ["Idempotency-Key: bäu"] },
    };

    [Theory, MemberData(nameof(IdempotencyKeys))]
    public async Task An_idempotency_key_that_is_none_is_a_bad_request(string because, string[] headers)
    {
        var body = Text(service.PushImage());
        var mark = await service.MarkAsync();

        var answer = await RawHttp.SendAsync(
            service, "POST /v1/attestations",
            [
                $"Authorization: Bearer {Service.Token}", "Content-Type: application/json",
                $"Content-Length: {body.Length}", .. headers,
            ],
            body);

        answer.AssertProblem(
            because, 400, "bad-request", "BAD_REQUEST", "Idempotency-Key has to be one text of 1 to 255");
        await service.AssertOnlyAsync(because, mark, EntryKind.Rejected);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_that_only_checks_is_not_put_on_record()
    {
        var mark = await service.MarkAsync();

        (await service.AttestAsync(Bodies.Raw(""), "?mode=check")).AssertProblem(
            "empty", 400, "bad-request", "BAD_REQUEST");
        (await service.AttestAsync(Named("a:1"), "?mode=check")).AssertProblem(
            "a tag", 400, "bad-request", "TAG_NOT_ALLOWED");

        await service.AssertOnlyAsync("checks", mark);
    }

    public static TheoryData<string, Func<SampleImage, HttpContent>> Accepted => new()
    {
        {
            "text before and after the parts",
            image => Bodies.Raw(
                "This is a message in parts.\r\n" + Bodies.MultipartText(Image(image), Report(image)) + "over and out")
        },
        {
            "a boundary in quotes",
            image => Bodies.Raw(
                Bodies.MultipartText(Image(image), Report(image)),
                $"Multipart/Form-Data; boundary=\"{Bodies.Boundary}\"")
        },
        { "a report first", image => Parts(Report(image), Image(image)) },
        { "the policy's name", image => Parts(Image(image), Bodies.Part("policy", "shop"), Report(image)) },
        {
            "parts that say they are as they are",
            image => Parts(
                Bodies.Part("image", image.Name, headers: "Content-Type: text/plain; charset=UTF-8\r\n"),
                Bodies.Part("policy", "shop", headers: "Content-Transfer-Encoding: 8bit\r\n"),
                Bodies.Part("report", Service.ReportOf(image), headers: "Content-Encoding: identity\r\n"))
        },
        {
            "JSON that says it is UTF-8",
            image => Bodies.Raw(Text(image, Service.ReportOf(image)), "application/json; charset=\"UTF-8\"")
        },
        {
            "JSON in chunks",
            image => Bodies.Chunked(Encoding.UTF8.GetBytes(Text(image, Service.ReportOf(image))), "application/json")
        },
        {
            "parts in chunks",
            image => Bodies.Chunked(Encoding.UTF8.GetBytes(Bodies.MultipartText(Image(image), Report(image))))
        },
    };

    [Theory, MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public async Task Is_accepted(string because, Func<SampleImage, HttpContent> body)
    {
        var answer = await service.AttestAsync(
            body(service.PushImage()), "?mode=check", idempotencyKey: new string('x', 255));

        Assert.True(answer.Status == 200, $"{because}: {answer.Text}");
    }

    private async Task AssertRejectedAsync(
        string because, Func<SampleImage, HttpContent> body, string reason, string detail)
    {
        var image = service.PushImage();
        var mark = await service.MarkAsync();

        var answer = await service.AttestAsync(body(image));

        answer.AssertProblem(because, 400, "bad-request", reason, detail);
        Assert.Null(answer.Header("Retry-After"));
        await service.AssertOnlyAsync(because, mark, EntryKind.Rejected);
        Assert.Empty(service.Registry.Requests);
        var recorded = JsonNode.Parse((await service.EntriesAsync(mark))[0].Body.Span)!;
        Assert.Equal((reason, "ci"), (
            recorded["reason"]!.GetValue<string>(), recorded["requester"]!["subject"]!.GetValue<string>()));
    }

    private static string Repository(SampleImage image) => image.Name[..image.Name.IndexOf(
        '@', StringComparison.Ordinal)];

    private static HttpContent Named(string image) => Parts(Bodies.Part("image", image));

    private static HttpContent Parts(params string[] parts) => Bodies.Raw(Bodies.MultipartText(parts));

    private static string Image(SampleImage image) => Bodies.Part("image", image.Name);

    private static string Report(SampleImage image) => Bodies.Part(
        "report", Service.ReportOf(image), "; filename=\"trivy.json\"");

    private static string Bare(string headers, string content = "x") =>
        $"--{Bodies.Boundary}\r\n{headers}\r\n{content}\r\n";

    private static string Text(SampleImage image, params string[] reports) =>
        $$"""{"image":"{{image.Name}}","reports":[{{string.Join(',', reports)}}]}""";
}
