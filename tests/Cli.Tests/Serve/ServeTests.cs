// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Tests.Serve;

public sealed class ServeTests : IAsyncLifetime
{
    private const string Token = "a-token-of-this-test-and-no-other";
    private readonly ImageWorld _world = new();
    private readonly Dictionary<string, string> _variables =
        new(StringComparer.Ordinal) { ["SUPPLYCHAIN_TOKEN"] = Token };

    public async ValueTask InitializeAsync()
    {
        using var key = await _world.MakeKeyAsync("release");
        Directory.CreateDirectory(_world["policies"]);
        await File.WriteAllTextAsync(_world["policies/attestor.yaml"], """
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec:
              purpose: approval
              members: [{ key: "file:release", state: signing }]
            """);
        await File.WriteAllTextAsync(_world["policies/signing.yaml"], """
            apiVersion: supplychain/v1
            kind: SigningPolicy
            metadata: { name: shop }
            spec:
              subjects: [registry.local/demo/**]
              requesters:
                - issuer: urn:supplychain:local
                  claims: { sub: pipeline }
              attestor: release
              evidence:
                scanners: [{ name: trivy, source: submitted }]
                maximumScanAge: 1d
                maximumDatabaseAge: { limit: 2d, whenMissing: accept }
              checks:
                - name: no-serious-vulnerabilities
                  vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
              produce: { signature: true, attestations: [vulnerabilities], validFor: 30d }
            """);
        await File.WriteAllTextAsync(_world["policies/admission.yaml"], """
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: { name: production }
            spec:
              registries: [registry.local]
              default: { require: { approval: { attestor: release } } }
            """);
        await File.WriteAllTextAsync(_world["password"], "release");
        await File.WriteAllTextAsync(_world["token"], Token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_world["password"], UnixFileMode.UserRead);
            File.SetUnixFileMode(_world["token"], UnixFileMode.UserRead);
        }

        await File.WriteAllTextAsync(_world["attestor.json"], """
            {
              "listen": "http://127.0.0.1:0",
              "registries": { "registry.local": { "layout": "registry" } },
              "policies": ["policies"],
              "ledger": "data/ledger.db",
              "keyPasswordFile": "password",
              "localTokens": [{ "subject": "pipeline", "tokenFile": "token" }]
            }
            """);
        await File.WriteAllTextAsync(_world["verifier.json"], """
            {
              "listen": "http://127.0.0.1:0",
              "registries": { "registry.local": { "layout": "registry" } },
              "policies": ["policies"]
            }
            """);
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("attestor", "SIGTERM", ExitCodes.Terminated, ExitCodes.Done)]
    [InlineData("verifier", "SIGTERM", ExitCodes.Terminated, ExitCodes.Done)]
    [InlineData("verifier", "SIGINT", ExitCodes.Interrupted, ExitCodes.Interrupted)]
    public async Task Serves_on_the_port_it_prints_until_it_is_told_to_stop(
        string service, string signal, int told, int expected)
    {
        await using var serving = await Serving.StartAsync(service, _world[$"{service}.json"]);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(
            new Uri(serving.Address + "/readyz"), TestContext.Current.CancellationToken);
        var exitCode = await serving.StopAsync(told);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(exitCode == expected, signal);
    }

    [Fact]
    public async Task An_image_whose_report_is_missing_is_refused_from_end_to_end_and_recorded()
    {
        var image = await _world.PushImageAsync("an image");
        await using (var serving = await Serving.StartAsync("attestor", _world["attestor.json"]))
        {
            var attest = await Invoked.RunAsync(
                _variables, ["attest", ImageWorld.NameOf(image), "--attestor", serving.Address]);

            Assert.True(attest.ExitCode == ExitCodes.Refused, attest.Out + attest.Error);
            Assert.StartsWith(
                $"REFUSED  {ImageWorld.NameOf(image)}   policy shop (", attest.Out, StringComparison.Ordinal);
            await serving.StopAsync(ExitCodes.Terminated);
        }

        var shown = await Invoked.RunAsync("ledger", "show", _world["data/ledger.db"]);
        var whole = await Invoked.RunAsync("ledger", "verify", _world["data/ledger.db"]);
        Assert.Contains($"refusal      refused {ImageWorld.NameOf(image)}", shown.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, whole.ExitCode);
    }

    [Theory]
    [InlineData("attestor")]
    [InlineData("verifier")]
    public async Task A_service_that_requires_an_approval_starts_with_an_approved_set_and_with_no_earlier_one(string service)
    {
        await RequireApprovalAsync();
        var serve = (string[])[service, "serve", "--config", _world[$"{service}.json"]];
        var unapproved = await Invoked.RunAsync(serve);
        Assert.True(unapproved.ExitCode == ExitCodes.BadInput, unapproved.Error);
        Assert.Contains("POLICY_UNAPPROVED: there is no such file, so that nobody approves these policies", unapproved.Error, StringComparison.Ordinal);

        await ApproveAsync("1");
        var first = await File.ReadAllBytesAsync(_world["policies/policies.dsse.json"]);
        await StartAndStopAsync(service);
        await ApproveAsync("2");
        await StartAndStopAsync(service);
        await File.WriteAllBytesAsync(_world["policies/policies.dsse.json"], first);

        var earlier = await Invoked.RunAsync(serve);
        Assert.True(earlier.ExitCode == ExitCodes.BadInput, earlier.Error);
        Assert.Contains("POLICY_UNAPPROVED: version 1 was put in the place of a later one; expected at least 2", earlier.Error, StringComparison.Ordinal);
    }

    private async Task RequireApprovalAsync()
    {
        using var manager = await _world.MakeKeyAsync("manager");
        await File.WriteAllTextAsync(_world["managers.yaml"], """
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: managers }
            spec:
              purpose: policy
              members: [{ key: "file:manager", state: verifying }]
            """);
        var pem = (await File.ReadAllTextAsync(_world["release.pub"])).Replace("\n", "\\n", StringComparison.Ordinal);
        await EditAsync("policies/attestor.yaml", "state: signing", $"state: signing, publicKey: \"{pem}\"");
        foreach (var service in (string[])["attestor", "verifier"])
        {
            await EditAsync(
                $"{service}.json", "\"policies\": [\"policies\"]",
                "\"policies\": [\"policies\"], \"policyApproval\": { \"attestor\": \"managers.yaml\", \"name\": \"test\", "
                + $"\"state\": \"data/{service}-policies.json\", \"minimumVersion\": 1 }}");
        }
    }

    private async Task EditAsync(string path, string old, string now) =>
        await File.WriteAllTextAsync(_world[path], (await File.ReadAllTextAsync(_world[path])).Replace(old, now, StringComparison.Ordinal));

    private async Task ApproveAsync(string version)
    {
        var run = await Invoked.RunAsync(
            new(StringComparer.Ordinal) { ["SUPPLYCHAIN_KEY_PASSWORD"] = "manager" },
            ["policy", "approve", _world["policies"], "--key", $"file:{_world["manager"]}", "--name", "test", "--version", version]);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
    }

    private async Task StartAndStopAsync(string service)
    {
        await using var serving = await Serving.StartAsync(service, _world[$"{service}.json"]);
        Assert.Equal(ExitCodes.Done, await serving.StopAsync(ExitCodes.Terminated));
    }

    [Fact]
    public async Task A_token_that_nobody_configured_is_turned_away()
    {
        await using var serving = await Serving.StartAsync("attestor", _world["attestor.json"]);

        var attest = await Invoked.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN_TOKEN"] = "another" },
            ["attest", Decisions.Reference, "--attestor", serving.Address]);

        Assert.Equal(ExitCodes.BadInput, attest.ExitCode);
        Assert.Contains(ReasonCode.TokenInvalid.Name, attest.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no file", "attestor", "nowhere.json", "nowhere.json")]
    [InlineData("another service's file", "verifier", "attestor.json", "ledger")]
    [InlineData("policies that cannot be used", "verifier", "broken.json", "signing.yaml")]
    public async Task A_configuration_that_cannot_be_used_ends_with_2(
        string because, string service, string file, string expected)
    {
        await File.WriteAllTextAsync(_world["broken.json"], """
            { "listen": "http://127.0.0.1:0", "registries": { "registry.local": { "layout": "registry" } }, "policies": ["policies/signing.yaml"] }
            """);

        var run = await Invoked.RunAsync(service, "serve", "--config", _world[file]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Out);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }
}
