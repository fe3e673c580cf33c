// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Kms;
using SupplyChain.Signer;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>Commands in a process of their own, whose environment says where the key service is.</summary>
public sealed class EnvironmentTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_of_a_key_service_are_found_by_commands_that_read_public_keys()
    {
        await using var vault = await VaultSimulator.StartAsync();
        using var world = new ImageWorld();
        var key = await new SigningKeys([vault.Connect(TimeProvider.System)], KeyLimits.For, TimeProvider.System)
            .OpenAsync(KeyUri.Parse(vault.UriOf("p256")), Stop);
        var image = await world.PushImageAsync("an image");
        await new ArtifactStore(world.Registries).StoreAsync(
            ImageWorld.Repository,
            await new ArtifactSigner(key).SignAsync(Drafts.OfSignature(ImageWorld.Repository, image), Stop), ImageWorld.Time, Stop);
        var signatures = vault.SignCalls;
        Directory.CreateDirectory(world["policies"]);
        await File.WriteAllTextAsync(world["policies/attestor.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec:
              purpose: approval
              members: [{ key: "{{vault.UriOf("p256")}}", state: verifying }]
            """);
        await File.WriteAllTextAsync(world["policies/admission.yaml"], """
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: { name: production }
            spec:
              registries: [registry.local]
              default: { require: { signature: { attestor: release } } }
            """);

        var shown = await RunAsync(vault, "keys", "public", vault.UriOf("p256"));
        var byKey = await RunAsync(vault, ["verify", ImageWorld.NameOf(image), "--key", vault.UriOf("p256"), .. world.Registry]);
        var byOther = await RunAsync(vault, ["verify", ImageWorld.NameOf(image), "--key", vault.UriOf("p384"), .. world.Registry]);
        var byPolicy = await RunAsync(vault, ["verify", ImageWorld.NameOf(image), "--policy", world["policies"], .. world.Registry]);
        var check = await RunAsync(vault, "keys", "check", vault.UriOf("p256"));

        Assert.Equal((ExitCodes.Done, key.PublicKey.ToPem()), (shown.ExitCode, shown.Out));
        Assert.True(byKey.ExitCode == ExitCodes.Done, byKey.Out + byKey.Error);
        Assert.Equal(ExitCodes.Refused, byOther.ExitCode);
        Assert.True(byPolicy.ExitCode == ExitCodes.Done, byPolicy.Out + byPolicy.Error);
        Assert.True(check.ExitCode == ExitCodes.Done, check.Out + check.Error);
        // Only the check has signed anything.
        Assert.Equal(signatures + 1, vault.SignCalls);
    }

    private static async Task<Invoked> RunAsync(VaultSimulator vault, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) is "dotnet" ? host : "dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "supplychain.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VAULT_ADDR"] = vault.Address.OriginalString;
        start.Environment["VAULT_TOKEN"] = vault.StaticToken;
        start.Environment["VAULT_NAMESPACE"] = VaultSimulator.Namespace;
        start.Environment["TRANSIT_SECRET_ENGINE_PATH"] = VaultSimulator.Mount;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return new Invoked(process.ExitCode, await output, await error);
    }
}
