// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Bodies over the limit, whether they say so or not.</summary>
public sealed class SizeTests(SizeTests.Roomy service) : IClassFixture<SizeTests.Roomy>
{
    private const int Most = Limits.JsonRequestBytes + (1024 * 1024);

    /// <summary>A host that takes more than JSON may have.</summary>
    public sealed class Roomy : Service
    {
        protected override bool HasKey => false;

        protected override int RequestBytes => Most;
    }

    public static TheoryData<string, bool, bool, int> TooLarge => new()
    {
        { "parts that say so", true, false, Most },
        { "parts in chunks", true, true, Most },
        { "JSON that says so", false, false, Limits.JsonRequestBytes },
        { "JSON in chunks", false, true, Limits.JsonRequestBytes },
    };

    [Theory, MemberData(nameof(TooLarge))]
    public async Task A_body_over_the_limit_is_refused_and_told_the_limit(
        string because, bool isMultipart, bool isChunked, int limit)
    {
        var mark = await service.MarkAsync();
        var body = BodyOf(service.PushImage(), isMultipart, limit + 1);
        var type = isMultipart ? Bodies.MultipartType : "application/json";

        var answer = await service.AttestAsync(isChunked ? Bodies.Chunked(body, type) : Bodies.Raw(body, type));

        answer.AssertProblem(because, 413, "too-large", "REQUEST_LIMIT", $"more than {limit} bytes");
        Assert.Null(answer.Header("Retry-After"));
        await service.AssertOnlyAsync(because, mark);
        Assert.Empty(service.Registry.Requests);
    }

    [Theory, InlineData(true, Most), InlineData(false, Limits.JsonRequestBytes)]
    public async Task A_body_of_just_the_limit_is_read(bool isMultipart, int limit)
    {
        var mark = await service.MarkAsync();
        var body = BodyOf(service.PushImage(), isMultipart, limit);

        var answer = await service.AttestAsync(
            Bodies.Raw(body, isMultipart ? Bodies.MultipartType : "application/json"));

        // The report has a text of 16 MiB, and nobody's scanner writes that.
        answer.AssertProblem("as large as may be", 422, "policy-refused", "REPORT_LIMIT", carriesDecision: true);
        await service.AssertOnlyAsync("as large as may be", mark, EntryKind.Refusal);
    }

    [Fact]
    public async Task Who_is_not_known_is_told_so_before_the_body_is_looked_at()
    {
        var answer = await RawHttp.SendAsync(
            service, "POST /v1/attestations",
            ["Content-Type: application/json", $"Content-Length: {Most + 1}", "Expect: 100-continue"]);

        answer.AssertProblem("no token", 401, "unauthenticated", "TOKEN_INVALID");
    }

    private static byte[] BodyOf(SampleImage image, bool isMultipart, int length)
    {
        var report = $"{Service.ReportOf(image)[..^1]},\"Note\":\"";
        var (start, end) = isMultipart
            ? (Bodies.Part("image", image.Name) + Bodies.Part("report", report)[..^2],
                $"\"}}\r\n--{Bodies.Boundary}--\r\n")
            : ($"{{\"image\":\"{image.Name}\",\"reports\":[{report}", "\"}]}");
        return Encoding.ASCII.GetBytes(start + new string('x', length - start.Length - end.Length) + end);
    }
}
