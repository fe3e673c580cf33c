// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Signer;

namespace SupplyChain.Cli.Tests.Verify;

public sealed class VerifyPolicyTests : IAsyncLifetime
{
    private readonly ImageWorld _world = new();
    private Descriptor _image = null!;

    public async ValueTask InitializeAsync()
    {
        _image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, _image));
        Directory.CreateDirectory(_world["policies"]);
        await File.WriteAllTextAsync(_world["policies/attestor.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec:
              purpose: approval
              members: [{ key: "file:{{_world["release"]}}", state: verifying }]
            """);
        await File.WriteAllTextAsync(_world["policies/admission.yaml"], """
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: { name: production }
            spec:
              registries: [registry.local]
              rules:
                - name: signed
                  scope: { namespace: shop }
                  require: { signature: { attestor: release } }
                - name: approved
                  scope: { namespace: bank }
                  require: { approval: { attestor: release } }
                - name: robots
                  scope: { namespace: bank, serviceAccount: robot }
                  require: { signature: { attestor: release } }
                - name: clustered
                  scope: { cluster: test }
                  require: { signature: { attestor: release } }
                - name: trial
                  scope: { namespace: trial }
                  enforcement: warn
                  until: 2999-01-01T00:00:00Z
                  require: { approval: { attestor: release } }
            """);
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string[], int, string> Workloads => new()
    {
        { "a namespace that wants a signature", ["--namespace", "shop"], ExitCodes.Done, "rule signed" },
        { "a namespace that wants an approval", ["--namespace", "bank"], ExitCodes.Refused, "APPROVAL_MISSING" },
        {
            "an account with a rule of its own", ["--namespace", "bank", "--service-account", "robot"], ExitCodes.Done,
            "rule robots"
        },
        { "a cluster with a rule of its own", ["--cluster", "test"], ExitCodes.Done, "rule clustered" },
        { "a namespace that is only warned", ["--namespace", "trial"], ExitCodes.Done, "DENIED" },
        { "no rule at all", [], ExitCodes.Refused, "NO_POLICY" },
    };

    [Theory, MemberData(nameof(Workloads))]
    public async Task The_workload_decides_about_the_rule(string because, string[] options, int expected, string shown)
    {
        var run = await VerifyAsync(options);

        Assert.True(run.ExitCode == expected, because + run.Out + run.Error);
        Assert.Contains(shown, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_that_is_there_is_found()
    {
        using var password = SupplyChain.Kms.KeyPassword.From("release");
        using var key = await SupplyChain.Kms.FileKey.OpenAsync(
            _world["release"], password, TestContext.Current.CancellationToken);
        await _world.SignAsync(
            key, ImageWorld.Approval(_image, "release", TimeProvider.System.GetUtcNow().AddMinutes(-1)));

        var run = await VerifyAsync("--namespace", "bank");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
    }

    [Fact]
    public async Task A_host_that_the_policy_does_not_list_is_denied_without_being_asked()
    {
        var image = $"registry.example.invalid/app@{Decisions.Image}";

        var run = await Invoked.RunAsync("verify", image, "--policy", _world["policies"], "--namespace", "shop");

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains(ReasonCode.RegistryNotAllowed.Name, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_that_cannot_be_used_are_shown_with_their_problems_and_end_with_2()
    {
        await File.AppendAllTextAsync(_world["policies/admission.yaml"], "\nsurplus: 1\n");

        var run = await VerifyAsync("--namespace", "shop");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("admission.yaml:", run.Error, StringComparison.Ordinal);
        Assert.Contains("supplychain: the policies cannot be used\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task A_key_that_is_missing_ends_with_2()
    {
        File.Delete(_world["release.pub"]);

        var run = await VerifyAsync("--namespace", "shop");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("public key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_admission_policies_one_has_to_be_named()
    {
        var second = (await File.ReadAllTextAsync(_world["policies/admission.yaml"])).Replace(
            "production", "staging", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_world["policies/staging.yaml"], second);

        var unnamed = await VerifyAsync("--namespace", "shop");
        var named = await VerifyAsync("--namespace", "shop", "--admission-policy", "staging");
        var unknown = await VerifyAsync("--namespace", "shop", "--admission-policy", "none");

        Assert.Equal(
            (ExitCodes.BadInput, ExitCodes.Done, ExitCodes.BadInput),
            (unnamed.ExitCode, named.ExitCode, unknown.ExitCode));
        Assert.Contains("policy staging (", named.Out, StringComparison.Ordinal);
    }

    private Task<Invoked> VerifyAsync(params string[] options) =>
        Invoked.RunAsync(
            ["verify", ImageWorld.NameOf(_image), "--policy", _world["policies"], .. options, .. _world.Registry]);
}
