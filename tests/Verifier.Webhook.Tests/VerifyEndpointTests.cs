// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Tests;

namespace SupplyChain.Verifier.Webhook.Tests;

public sealed class VerifyEndpointTests : IAsyncLifetime
{
    private Webhook _webhook = null!;

    public async ValueTask InitializeAsync() => _webhook = await Webhook.StartAsync(policy: TestPolicies.Admission(
        "    - { name: payments, scope: { cluster: prod-eu, namespace: payments, serviceAccount: api }, " + TestPolicies.SignedByRelease + " }"));

    public ValueTask DisposeAsync() => _webhook.DisposeAsync();

    [Fact]
    public async Task Every_image_gets_a_decision_and_one_no_is_a_no()
    {
        var (status, body) = await _webhook.VerifyAsync(
            $$"""{ "images": ["{{Webhook.GoodImage}}", "{{Webhook.BadImage}}", "{{Webhook.GoodImage}}"], "workload": { "namespace": "team" } }""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(body["allowed"]!.GetValue<bool>());
        var decisions = body["decisions"]!.AsArray()
            .Select(decision => Decision.FromJson(System.Text.Encoding.UTF8.GetBytes(decision!.ToJsonString()))).ToList();
        Assert.Equal([Outcome.Allowed, Outcome.Denied], decisions.Select(decision => decision.Outcome));
        Assert.All(decisions, decision => Assert.Empty(decision.Considered));
    }

    [Fact]
    public async Task The_workload_selects_the_rule_and_explaining_names_the_others()
    {
        var (_, body) = await _webhook.VerifyAsync(
            $$"""{ "images": ["{{Webhook.GoodImage}}"], "explain": true, "workload": { "namespace": "payments", "serviceAccount": "api" } }""");
        Assert.True(body["allowed"]!.GetValue<bool>());
        var decision = body["decisions"]![0]!;
        Assert.Equal("payments", decision["policy"]!["rule"]!.GetValue<string>());
        Assert.StartsWith("rule default:", Assert.Single(decision["considered"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);

        (_, body) = await _webhook.VerifyAsync(
            $$"""{ "images": ["{{Webhook.GoodImage}}"], "workload": { "cluster": "other", "namespace": "payments", "serviceAccount": "api" } }""");
        Assert.Equal("default", body["decisions"]![0]!["policy"]!["rule"]!.GetValue<string>());
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "not JSON", "{", "not JSON" },
        { "a list", "[]", "the body is not of type object" },
        { "no images", "{}", "found 0" },
        { "an empty list", "{\"images\":[]}", "found 0" },
        { "too many", "{\"images\":[" + string.Join(',', Enumerable.Repeat("\"a\"", Limits.ImagesPerRequest + 1)) + "]}", "found 513" },
        { "a number", "{\"images\":[1]}", "an image is not of type string" },
        { "null", "{\"images\":[null]}", "an image is not of type string" },
        { "an unknown member", "{\"images\":[\"a\"],\"image\":\"a\"}", "'image' is not a member" },
        { "an unknown fact", "{\"images\":[\"a\"],\"workload\":{\"labels\":\"a\"}}", "'labels' is not a member of a workload" },
        { "a null namespace", "{\"images\":[\"a\"],\"workload\":{\"namespace\":null}}", "namespace is not of type string" },
        { "explain as text", "{\"images\":[\"a\"],\"explain\":\"yes\"}", "neither true nor false" },
        { "a member twice", "{\"images\":[\"a\"],\"images\":[\"b\"]}", "not JSON" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_question_that_is_none_is_a_bad_request(string because, string question, string expected)
    {
        var (status, problem) = await _webhook.VerifyAsync(question);
        Assert.Equal((because, HttpStatusCode.BadRequest, "BAD_REQUEST"), (because, status, problem["reason"]!.GetValue<string>()));
        Assert.Contains(expected, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_over_1_MiB_is_refused()
    {
        var (status, problem) = await _webhook.VerifyAsync(new string(' ', (1024 * 1024) + 1));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "REQUEST_LIMIT"), (status, problem["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_image_that_is_no_name_is_denied_and_does_not_spoil_the_answer()
    {
        var (status, body) = await _webhook.VerifyAsync($$"""{ "images": ["", "{{Webhook.GoodImage}}"] }""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(body["allowed"]!.GetValue<bool>());
        Assert.Equal("BAD_REFERENCE", body["decisions"]![0]!["checks"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal("allowed", body["decisions"]![1]!["outcome"]!.GetValue<string>());
    }
}
