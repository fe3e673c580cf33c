// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Hosting;
using SupplyChain.Testing;
using SupplyChain.Verifier.Tests;

namespace SupplyChain.Verifier.Webhook.Tests;

public sealed class ServiceTests
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task A_webhook_with_a_policy_is_alive_and_ready(string path)
    {
        await using var webhook = await Webhook.StartAsync();
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(webhook.Address, path));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("kind: AdmissionPolicy", "policies/admission.yaml")]
    [InlineData("apiVersion: supplychain/v1\nkind: Attestor\nmetadata: { name: second }\nspec: { purpose: approval }", "members")]
    public async Task Policies_that_cannot_be_used_stop_the_start_with_the_place(string policy, string expected)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => Webhook.StartAsync(policy: policy));
        Assert.Contains(refused.Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Policies_without_an_admission_policy_stop_the_start()
    {
        using var other = new TestSigner();
        var refused = await Assert.ThrowsAsync<ConfigurationException>(
            () => Webhook.StartAsync(policy: TestPolicies.Attestor(other, "other")));
        Assert.Equal(["policies: there is no AdmissionPolicy"], refused.Problems, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_configuration_names_the_policy_where_there_are_several()
    {
        var second = TestPolicies.Admission("", name: "second");
        await Assert.ThrowsAsync<ConfigurationException>(() => Webhook.StartAsync(prepare: webhook => Add(webhook, second)));
        await using var chosen = await Webhook.StartAsync("\"policy\": \"second\"", prepare: webhook => Add(webhook, second));
        var response = await chosen.ReviewAsync(Webhook.GoodImage);
        Assert.StartsWith("second@", response["auditAnnotations"]!["policy"]!.GetValue<string>(), StringComparison.Ordinal);

        static void Add(Webhook webhook, string policy)
        {
            Directory.CreateDirectory(webhook.Folder["policies"]);
            File.WriteAllText(Path.Combine(webhook.Folder["policies"], "second.yaml"), policy);
        }
    }

    [Theory]
    [InlineData("kind: Nonsense", "admission.yaml:1:")]
    [InlineData("another attestor", "there is no AdmissionPolicy")]
    public async Task Policies_that_do_not_come_into_force_are_named_by_readiness_which_stays_ready(string policy, string expected)
    {
        var clock = new ManualClock();
        using var other = new TestSigner();
        using var client = new HttpClient();
        await using var webhook = await Webhook.StartAsync(clock: clock);
        Assert.Equal("ready", await client.GetStringAsync(new Uri(webhook.Address, "/readyz")));

        webhook.WritePolicies(policy is "another attestor" ? TestPolicies.Attestor(other, "other") : policy);
        var body = "";
        for (var i = 0; !body.Contains(expected, StringComparison.Ordinal); i++)
        {
            Assert.True(i < 300, body);
            clock.Advance(TimeSpan.FromSeconds(11));
            await Task.Delay(20);
            body = await client.GetStringAsync(new Uri(webhook.Address, "/readyz"));
        }

        Assert.StartsWith("ready\npolicies: what is on disk is not in force, since ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_policy_comes_into_force_without_a_restart_and_a_broken_one_does_not()
    {
        var clock = new ManualClock();
        await using var webhook = await Webhook.StartAsync(clock: clock);
        Assert.True((await webhook.ReviewAsync(Webhook.GoodImage))["allowed"]!.GetValue<bool>());

        webhook.WritePolicies("kind: Nonsense");
        clock.Advance(TimeSpan.FromSeconds(11));
        await Task.Delay(200);
        Assert.True((await webhook.ReviewAsync(Webhook.GoodImage))["allowed"]!.GetValue<bool>());

        using var successor = new TestSigner();
        webhook.WritePolicies(TestPolicies.Admission(""), successor);
        for (var i = 0; (await webhook.ReviewAsync(Webhook.GoodImage))["allowed"]!.GetValue<bool>(); i++)
        {
            Assert.True(i < 300, "the new policy never came into force");
            clock.Advance(TimeSpan.FromSeconds(11));
            await Task.Delay(20);
        }
    }
}
