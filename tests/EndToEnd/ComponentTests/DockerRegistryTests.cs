// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.ComponentTests;

/// <summary>docker-registry and skopeo by themselves, none of our code between.</summary>
public sealed class DockerRegistryTests(Registries registries)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<RegistryAccess> EveryAccess => [.. Enum.GetValues<RegistryAccess>()];

    [Theory, MemberData(nameof(EveryAccess))]
    public async Task A_registry_keeps_an_image_as_skopeo_copied_it(RegistryAccess access)
    {
        var registry = await registries.GetAsync(access);
        var repository = Registries.NewRepository();
        using var image = await SampleImage.MakeAsync(Stop);

        await image.PushAsync(registry, repository, Stop);

        using var content = new RegistryContent(registry);
        Assert.Equal(image.Digest, (await content.ManifestAsync(repository, image.Digest.ToString(), Stop)).Digest);
        Assert.Equal(["sample"], await content.TagsAsync(repository, Stop));
    }

    [Theory]
    [InlineData(RegistryAccess.TlsHtpasswd)]
    [InlineData(RegistryAccess.TlsToken)]
    public async Task A_registry_with_users_refuses_who_names_none(RegistryAccess access)
    {
        var registry = await registries.GetAsync(access);
        using var image = await SampleImage.MakeAsync(Stop);
        using var home = new TempFolder();
        var anonymous = new Dictionary<string, string>(registry.Environment, StringComparer.Ordinal)
        {
            ["REGISTRY_AUTH_FILE"] = home["none.json"],
            ["DOCKER_CONFIG"] = home.Path,
            ["HOME"] = home.Path,
        };

        var result = await Tool.Require("skopeo").RunAsync(
            ["copy", $"oci:{image.Layout}:sample", $"docker://{registry.At(Registries.NewRepository())}:sample"], anonymous, Stop);

        result.Refused("authentication required");
    }

    [Fact]
    public async Task A_registry_with_tokens_asks_for_the_repository_and_the_action()
    {
        var registry = await registries.GetAsync(RegistryAccess.TlsToken);
        var repository = Registries.NewRepository();
        using var image = await SampleImage.MakeAsync(Stop);

        await image.PushAsync(registry, repository, Stop);

        Assert.Contains($"repository:{repository}:pull,push", registry.Tokens!.Scopes, StringComparer.Ordinal);
    }
}
