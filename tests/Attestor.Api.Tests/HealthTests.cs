// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>What orchestrators ask, and addresses that nobody serves.</summary>
public sealed class HealthTests(KeylessService service) : IClassFixture<KeylessService>
{
    [Theory, InlineData("/healthz", "ok"), InlineData("/readyz", "ready")]
    public async Task It_says_that_it_is_well_to_anybody(string path, string expected)
    {
        var answer = await service.GetAsync(path, token: null);

        Assert.Equal((200, expected), (answer.Status, answer.Text));
    }

    public static TheoryData<string, string> Nowhere => new()
    {
        { "GET", "/" },
        { "GET", "/v1" },
        { "GET", "/v1/decision" },
        { "GET", "/v1/decisions/a/b" },
        { "POST", "/v2/attestations" },
        { "POST", "/v1/Attestation" },
        { "GET", "/metrics" },
        { "GET", "/%2e%2e/ledger.db" },
        { "GET", "/attestor.json" },
    };

    [Theory, MemberData(nameof(Nowhere))]
    public async Task An_address_that_nobody_serves_is_not_found(string method, string path)
    {
        var answer = await service.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), new Uri(service.Address, path)), Service.Token);

        answer.AssertProblem(path, 404, "not-found", "NOT_FOUND");
    }

    public static TheoryData<string, string, string> Methods => new()
    {
        { "GET", "/v1/attestations", "POST" },
        { "PUT", "/v1/attestations", "POST" },
        { "OPTIONS", "/v1/attestations", "POST" },
        { "DELETE", "/v1/decisions/0198c0de-0000-7000-8000-000000000000", "GET" },
        { "POST", "/healthz", "GET" },
        { "POST", "/readyz", "GET" },
    };

    [Theory, MemberData(nameof(Methods))]
    public async Task Another_method_is_told_which_one_is_served(string method, string path, string allowed)
    {
        var answer = await service.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), new Uri(service.Address, path)), Service.Token);

        answer.AssertProblem(path, 405, "method-not-allowed", "BAD_REQUEST", $"no such method; expected {allowed}.");
        Assert.Equal(allowed, answer.Header("Allow"));
        await service.AssertOnlyAsync(path, 0);
    }

    public static TheoryData<string, string, string> Policies => new()
    {
        { "no YAML", "kind: [", "shop.yaml" },
        { "an unknown kind", "apiVersion: supplychain/v1\nkind: Nonsense\n", "shop.yaml" },
        { "nothing", "", "shop.yaml" },
    };

    [Theory, MemberData(nameof(Policies))]
    public async Task Policies_that_cannot_be_loaded_stop_the_start_and_say_where(
        string because, string policy, string expected)
    {
        await using var other = new KeylessService();
        other.Prepare = () => other.WritePolicy("shop", policy);

        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => other.InitializeAsync().AsTask());

        Assert.True(
            refused.Problems.Any(problem => problem.Contains(expected, StringComparison.Ordinal)),
            $"{because}: {string.Join('\n', refused.Problems)}");
    }

    [Fact]
    public async Task Policies_that_break_later_leave_the_last_good_ones_in_force()
    {
        await using var other = new KeylessService();
        await other.InitializeAsync();
        other.WritePolicy("shop", "kind: [");
        await other.ReloadAsync();
        var image = other.PushImage();

        var ready = await other.GetAsync("/readyz", token: null);
        Assert.Equal(200, ready.Status);
        Assert.Matches("\\Aready\npolicies: what is on disk is not in force, since [-:TZ0-9]+: shop\\.yaml:[0-9]+:[0-9]+ POLICY_INVALID\\z", ready.Text);
        (await other.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), "?mode=check"))
            .AssertDecision(200, Outcome.Approved);
    }
}
