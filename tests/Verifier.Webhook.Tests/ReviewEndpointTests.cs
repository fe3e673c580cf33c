// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing;
using SupplyChain.Verifier.Tests;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Webhook.Tests;

public sealed class ReviewEndpointTests : IAsyncLifetime
{
    private Webhook _webhook = null!;

    public async ValueTask InitializeAsync() => _webhook = await Webhook.StartAsync();

    public ValueTask DisposeAsync() => _webhook.DisposeAsync();

    [Fact]
    public async Task A_workload_that_may_run_is_allowed_and_the_audit_log_learns_the_decision_and_the_policy()
    {
        var response = await _webhook.ReviewAsync(Webhook.GoodImage);
        Assert.True(response["allowed"]!.GetValue<bool>());
        Assert.Null(response["status"]);
        Assert.Null(response["warnings"]);
        Assert.Null(response["patch"]);
        Assert.Null(response["patchType"]);
        var audit = response["auditAnnotations"]!;
        Assert.True(Guid.TryParse(audit["decision"]!.GetValue<string>(), out _));
        Assert.Matches("\\Aproduction@sha256:[0-9a-f]{64}\\z", audit["policy"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_workload_that_may_not_run_is_forbidden_with_a_message_for_people()
    {
        var response = await _webhook.ReviewAsync(Webhook.GoodImage, Webhook.BadImage);
        Assert.False(response["allowed"]!.GetValue<bool>());
        Assert.Equal(403, response["status"]!["code"]!.GetValue<int>());
        Assert.Equal("Forbidden", response["status"]!["reason"]!.GetValue<string>());
        var message = response["status"]!["message"]!.GetValue<string>();
        Assert.Contains($"DENIED  {Webhook.BadImage}", message, StringComparison.Ordinal);
        Assert.Contains("spec.containers[1] \"c1\"", message, StringComparison.Ordinal);
        Assert.Contains("SIGNATURE_MISSING", message, StringComparison.Ordinal);
        var audit = response["auditAnnotations"]!;
        Assert.Equal("IMAGE_DENIED", audit["reason"]!.GetValue<string>());
        Assert.Equal(2, audit["decision"]!.GetValue<string>().Split(',').Length);
    }

    [Fact]
    public async Task A_rule_that_warns_allows_with_warnings()
    {
        await using var webhook = await Webhook.StartAsync(
            policy: TestPolicies.Admission("", "enforcement: warn, until: 2099-01-01, " + TestPolicies.SignedByRelease));
        var response = await webhook.ReviewAsync(Webhook.BadImage);
        Assert.True(response["allowed"]!.GetValue<bool>());
        var warning = Assert.Single(response["warnings"]!.AsArray())!.GetValue<string>();
        Assert.StartsWith("would be denied (SIGNATURE_MISSING)", warning, StringComparison.Ordinal);
        Assert.InRange(warning.Length, 1, 120);
    }

    [Theory]
    [InlineData("DELETE", "NO_IMAGES")]
    [InlineData("CONNECT", "NO_IMAGES")]
    public async Task What_runs_nothing_is_allowed_and_says_why(string operation, string reason)
    {
        var response = await _webhook.ReviewAsync(Reviews.Of(null, operation, Reviews.Pod(Webhook.BadImage)));
        Assert.True(response["allowed"]!.GetValue<bool>());
        Assert.Equal(reason, response["auditAnnotations"]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_object_that_cannot_be_judged_is_denied_and_not_an_HTTP_error()
    {
        var response = await _webhook.ReviewAsync(
            Reviews.Of(Reviews.Object("argoproj.io/v1alpha1", "Rollout", Reviews.PodSpec(Webhook.GoodImage))));
        Assert.False(response["allowed"]!.GetValue<bool>());
        Assert.Contains("KIND_UNSUPPORTED", response["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> NoReviews => new()
    {
        { "nothing", "" },
        { "not JSON", "hello" },
        { "half", Reviews.Of(Reviews.Pod(Webhook.GoodImage)).ToJsonString()[..200] },
        { "the beta version", Reviews.Of(Reviews.Pod(Webhook.GoodImage)).ToJsonString().Replace("k8s.io/v1", "k8s.io/v1beta1", StringComparison.Ordinal) },
        { "no uid", Reviews.Of(Reviews.Pod(Webhook.GoodImage)).ToJsonString().Replace("\"uid\"", "\"id\"", StringComparison.Ordinal) },
        { "a member twice", Reviews.Of(Reviews.Pod(Webhook.GoodImage)).ToJsonString().Replace("\"image\":", "\"image\":\"a\",\"image\":", StringComparison.Ordinal) },
    };

    [Theory, MemberData(nameof(NoReviews))]
    public async Task A_body_that_is_no_review_is_a_bad_request(string because, string body)
    {
        var (status, problem) = await _webhook.PostAsync("/v1/admission/validate", Encoding.UTF8.GetBytes(body));
        Assert.Equal((because, HttpStatusCode.BadRequest), (because, status));
        Assert.Equal("REVIEW_MALFORMED", problem["reason"]!.GetValue<string>());
        Assert.Null(problem["response"]);
        Assert.Equal(0, _webhook.Evidence.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_3_MiB_is_refused_whether_its_length_is_announced_or_not(bool announced)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _webhook.Address.Port);
        await using var stream = client.GetStream();
        var length = announced ? $"Content-Length: {Limits.AdmissionReviewBytes + 1}" : "Transfer-Encoding: chunked";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/admission/validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{length}\r\n\r\n"));
        if (!announced)
        {
            // The server may answer and close before it has seen all of it.
            try
            {
                var chunk = Encoding.ASCII.GetBytes("100000\r\n" + new string(' ', 0x100000) + "\r\n");
                for (var i = 0; i < 4; i++)
                    await stream.WriteAsync(chunk);
            }
            catch (IOException closed)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(closed.Message);
            }
        }

        using var reader = new StreamReader(stream);
        Assert.Contains(" 413 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_review_below_the_limit_is_answered()
    {
        var review = Reviews.Of(Reviews.Pod(Webhook.GoodImage));
        review["request"]!["object"]!["metadata"]!["annotations"] = new JsonObject { ["note"] = new string('x', 2_000_000) };
        Assert.True((await _webhook.ReviewAsync(review))["allowed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Threat_60_a_registry_that_hangs_is_a_no_before_the_API_server_loses_patience()
    {
        _webhook.Evidence.Answer(Webhook.Good, (_, _, _) => new TaskCompletionSource<EvidenceSet>().Task);
        var started = Stopwatch.GetTimestamp();
        var response = await _webhook.ReviewAsync(Reviews.Of(Reviews.Pod(Webhook.GoodImage)), "?timeout=2s");
        Assert.False(response["allowed"]!.GetValue<bool>());
        Assert.Contains("VERIFY_TIMEOUT", response["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1.5), "the whole time was not used");
    }

    [Fact]
    public async Task Threat_60_an_exception_is_a_no_with_the_uid_and_nothing_internal()
    {
        _webhook.Evidence.Answer(Webhook.Good, (_, _, _) => throw new InvalidOperationException("secret"));
        var response = await _webhook.ReviewAsync(Webhook.GoodImage);
        Assert.False(response["allowed"]!.GetValue<bool>());
        Assert.Contains("VERIFY_ERROR", response["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", response.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?timeout=0s")]
    [InlineData("?timeout=-1s")]
    [InlineData("?timeout=31s")]
    [InlineData("?timeout=1h")]
    [InlineData("?timeout=s")]
    [InlineData("?timeout=")]
    [InlineData("?timeout=1s&timeout=1s")]
    [InlineData("?x")]
    public async Task A_patience_that_makes_no_sense_changes_nothing(string query) =>
        Assert.True((await _webhook.ReviewAsync(Reviews.Of(Reviews.Pod(Webhook.GoodImage)), query))["allowed"]!.GetValue<bool>());

    [Fact]
    public async Task Many_at_once_are_each_answered_with_their_own_uid()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var review = Reviews.Of(Reviews.Pod(i % 2 == 0 ? Webhook.GoodImage : Webhook.BadImage));
            review["request"]!["uid"] = $"uid-{i}";
            var response = await _webhook.ReviewAsync(review);
            Assert.Equal(i % 2 == 0, response["allowed"]!.GetValue<bool>());
        }));
    }

    [Theory]
    [InlineData("GET", "/v1/admission/validate", 405)]
    [InlineData("POST", "/v1/admission/mutate", 404)]
    [InlineData("POST", "/", 404)]
    public async Task Other_paths_and_methods_are_problems(string method, string path, int status)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_webhook.Address, path));
        using var response = await client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Every_recorded_review_is_answered_with_its_uid()
    {
        foreach (var file in Directory.GetFiles(SharedFiles.Require("admission-reviews"), "*.json"))
        {
            var review = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
            var response = await _webhook.ReviewAsync(review, "?timeout=7s");
            var operation = review["request"]!["operation"]!.GetValue<string>();
            // Every recorded image is a tag or unsigned: what would run something new is denied.
            if (operation is "CREATE" && review["request"]!["object"] is not null)
                Assert.False(response["allowed"]!.GetValue<bool>(), file);
            if (operation is "DELETE")
                Assert.True(response["allowed"]!.GetValue<bool>(), file);
        }
    }
}
