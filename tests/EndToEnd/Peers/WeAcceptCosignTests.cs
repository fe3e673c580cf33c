// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Peers;

/// <summary>What cosign signs with a key, in the eyes of <c>supplychain verify</c>.</summary>
public sealed class WeAcceptCosignTests(Registries registries)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<int, RegistryAccess> EveryCosignAndAccess =>
        new([2, 3], Enum.GetValues<RegistryAccess>());

    public static MatrixTheoryData<string, int> Tampered => new(["payload", "signature", "digest"], [2, 3]);

    [Theory, MemberData(nameof(EveryCosignAndAccess))]
    public async Task We_accept_what_cosign_signs_with_its_key_and_no_other(int major, RegistryAccess access)
    {
        var cosign = Cosign.Require(major);
        var registry = await registries.GetAsync(access);
        using var folder = new TempFolder();
        using var image = await SampleImage.MakeAsync(Stop);
        var name = await image.PushAsync(registry, Registries.NewRepository(), Stop);
        var key = await cosign.GenerateKeyAsync(folder.Path, Stop);
        var stranger = await cosign.GenerateKeyAsync(folder.Path, Stop);

        var unsigned = await VerifyAsync(registry, name, key.PublicFile);
        await cosign.SignAsync(registry, name, key, Stop);
        var signed = await VerifyAsync(registry, name, key.PublicFile);
        var foreign = await VerifyAsync(registry, name, stranger.PublicFile);

        Assert.Equal(1, unsigned.Refused("SIGNATURE_MISSING").ExitCode);
        signed.Succeeded();
        Assert.Equal(1, foreign.Refused("SIGNATURE_INVALID").ExitCode);
    }

    [Theory, MemberData(nameof(Tampered))]
    public async Task We_refuse_what_cosign_signed_after_one_change(string what, int major)
    {
        var cosign = Cosign.Require(major);
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var content = new RegistryContent(registry);
        using var image = await SampleImage.MakeAsync(Stop);
        var repository = Registries.NewRepository();
        var name = await image.PushAsync(registry, repository, Stop);
        var key = await cosign.GenerateKeyAsync(folder.Path, Stop);
        await cosign.SignAsync(registry, name, key, Stop);
        Func<Tamper, Task<int>> tamper = major == 2
            ? change => content.TagLayoutAsync(repository, image.Digest, change, Stop)
            : change => content.BundlesAsync(repository, image.Digest, change, Stop);
        Assert.Equal(1, await tamper(Tamper.Nothing));
        (await VerifyAsync(registry, name, key.PublicFile)).Succeeded();

        await tamper(what switch
        {
            "payload" => Tamper.PayloadBit,
            "signature" => Tamper.SignatureBit,
            _ => Tamper.DigestDigit(image.Digest),
        });

        Assert.Equal(1, (await VerifyAsync(registry, name, key.PublicFile)).Refused("SIGNATURE_INVALID").ExitCode);
    }

    private static Task<ToolResult> VerifyAsync(DockerRegistry registry, string image, string publicKeyFile)
    {
        var arguments = new List<string> { "verify", image, "--key", publicKeyFile, "--output", "json" };
        arguments.AddRange(registry.CaFile is { } authority
            ? ["--ca", $"{registry.Host}={authority}"]
            : ["--plain-http", registry.Host]);
        if (registry.Tokens is { } tokens)
            arguments.AddRange(["--realm", $"{registry.Host}={tokens.Realm.GetLeftPart(UriPartial.Authority)}"]);

        // Only the login is taken from there; SSL_CERT_FILE would do for us what --ca is tested for.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = registry.DockerConfig };
        return Product.In(Path.GetTempPath()).RunAsync(arguments, environment, Stop);
    }
}
