// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>
/// A disk that takes no report is no fault of the request. This moves the folder for temporary files of the whole
/// process, so it runs alone.
/// </summary>
[CollectionDefinition(nameof(SpoolTests), DisableParallelization = true)]
[Collection(nameof(SpoolTests))]
public sealed class SpoolTests(Service service) : IClassFixture<Service>
{
    private const string Variable = "TMPDIR";

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_report_that_cannot_be_kept_is_the_service_s_own_fault(bool isMultipart)
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var body = isMultipart ? Bodies.Multipart(image.Name, report) : Bodies.Json(image.Name, report);
        var mark = await service.MarkAsync();
        var before = Environment.GetEnvironmentVariable(Variable);
        Answer answer;
        try
        {
            Environment.SetEnvironmentVariable(Variable, service.Folder["absent"]);
            answer = await service.AttestAsync(body);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }

        answer.AssertProblem("no folder", 500, "internal", "INTERNAL");
        answer.AssertRetryAfter();
        await service.AssertOnlyAsync("no folder", mark);
    }

    [Fact]
    public async Task Nothing_of_a_request_stays_behind()
    {
        var before = Environment.GetEnvironmentVariable(Variable);
        Directory.CreateDirectory(service.Folder["spool"]);
        try
        {
            Environment.SetEnvironmentVariable(Variable, service.Folder["spool"]);
            var image = service.PushImage();
            (await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)))).AssertDecision(
                201, Outcome.Approved);
            (await service.AttestAsync(Bodies.Multipart(service.PushImage().Name, "", "{}"))).AssertProblem(
                "of no use", 422, "policy-refused", "REPORT_EMPTY", carriesDecision: true);
            (await service.AttestAsync(Bodies.Raw(Bodies.Part("report", "cut")))).AssertProblem(
                "cut", 400, "bad-request", "BAD_REQUEST");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }

        Assert.Empty(Directory.GetFileSystemEntries(service.Folder["spool"]));
    }
}
