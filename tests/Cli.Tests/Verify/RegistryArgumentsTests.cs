// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Signer;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Cli.Tests.Verify;

public sealed class RegistryArgumentsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_registry_with_its_own_authority_and_a_login_of_Dockers_is_asked()
    {
        await using var registry = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Authority = _authority, Access = Testing.Registry.RegistryAccess.Basic });
        var image = await SignedImageAsync(registry);
        string[] call = ["verify", image, "--key", _folder["release.pub"]];
        string[] trusting = [.. call, "--ca", $"{registry.Host}={_folder["ca.pem"]}"];

        var good = await Invoked.RunAsync(Login(registry.Host, "robot:correct horse"), trusting);
        var anonymous = await Invoked.RunAsync(Login("registry.example.com", "robot:correct horse"), trusting);
        var untrusting = await Invoked.RunAsync(Login(registry.Host, "robot:correct horse"), call);

        Assert.True(good.ExitCode == ExitCodes.Done, good.Out + good.Error);
        Assert.NotEqual(ExitCodes.Done, anonymous.ExitCode);
        Assert.Contains(ReasonCode.RegistryDenied.Name, anonymous.Out, StringComparison.Ordinal);
        Assert.NotEqual(ExitCodes.Done, untrusting.ExitCode);
        Assert.DoesNotContain("correct horse", string.Concat(good, anonymous, untrusting), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_is_spoken_only_where_it_is_said()
    {
        await using var registry = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        var image = await SignedImageAsync(registry);

        var encrypted = await Invoked.RunAsync("verify", image, "--key", _folder["release.pub"]);
        var plain = await Invoked.RunAsync(
            "verify", image, "--key", _folder["release.pub"], "--plain-http", registry.Host);

        Assert.NotEqual(ExitCodes.Done, encrypted.ExitCode);
        Assert.True(plain.ExitCode == ExitCodes.Done, plain.Out + plain.Error);
    }

    private Dictionary<string, string> Login(string host, string login)
    {
        var folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("n")]).FullName;
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""{ "auths": { "{{host}}": { "auth": "{{encoded}}" } } }""");
        return new Dictionary<string, string>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = folder };
    }

    private async Task<string> SignedImageAsync(RegistrySimulator simulator)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var isTls = simulator.Origin.StartsWith("https:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["ca.pem"], _authority.Pem);
        using var registries = new Registries(
            [
                new RegistryOptions
                {
                    Host = simulator.Host,
                    PlainHttp = !isTls,
                    CaFile = isTls ? _folder["ca.pem"] : null,
                    TagSettleTime = TimeSpan.FromMilliseconds(1),
                },
            ],
            new DockerConfig(
                Path.Combine(Login(simulator.Host, "robot:correct horse")["DOCKER_CONFIG"], "config.json"),
                TimeProvider.System),
            TimeProvider.System);
        var repository = Repository.Parse($"{simulator.Host}/team/app");
        var registry = registries.For(repository);
        await registry.PushBlobAsync(repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, cancellation);
        var manifest = Manifest.WriteImage(null, Manifest.EmptyConfig, [Manifest.EmptyConfig]);
        await registry.PushManifestAsync(repository, manifest, tag: null, cancellation);

        using var password = KeyPassword.From("release");
        FileKey.Generate(_folder["release"], KeyType.EcdsaP256, password);
        using var key = await FileKey.OpenAsync(_folder["release"], password, cancellation);
        var signed = await new ArtifactSigner(key).SignAsync(
            Drafts.OfSignature(repository, manifest.Descriptor), cancellation);
        await new ArtifactStore(registries).StoreAsync(repository, signed, ImageWorld.Time, cancellation);
        return $"{repository}@{manifest.Digest}";
    }
}
