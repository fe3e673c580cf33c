// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Peers;

/// <summary>One key file for both: cosign makes it, and whatever either signs with it the other accepts.</summary>
public sealed class CosignKeyFileTests(Registries registries)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_either_signs_with_cosign_s_key_file_the_other_accepts(int major)
    {
        var cosign = Cosign.Require(major);
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var keys = new TempFolder();
        using var content = new RegistryContent(registry);
        var key = await cosign.GenerateKeyAsync(keys.Path, Stop);
        var stranger = await cosign.GenerateKeyAsync(keys.Path, Stop);
        using var folder = AttestorFolder.For(registry, key);
        var (ours, theirs) = (Registries.NewRepository(), Registries.NewRepository());
        var (first, second) = (await PlainImage.PushAsync(content, ours, Stop), await PlainImage.PushAsync(content, theirs, Stop));
        var (signedByUs, signedByCosign) = ($"{registry.At(ours)}@{first.Digest}", $"{registry.At(theirs)}@{second.Digest}");

        await using (var attestor = await AttestorService.StartAsync(folder, Stop))
            (await attestor.AttestAsync(signedByUs, TrivyReport.Clean(first.Config), Stop)).Approved();
        await cosign.SignAsync(registry, signedByCosign, key, Stop);

        (await cosign.VerifyAsync(registry, signedByUs, key.PublicFile, Stop)).Succeeded();
        (await cosign.VerifyAsync(registry, signedByUs, stranger.PublicFile, Stop)).Refused(cosign.InvalidSignature);
        (await VerifyAsync(registry, signedByCosign, key.PublicFile)).Succeeded();
        (await VerifyAsync(registry, signedByCosign, stranger.PublicFile)).Refused("SIGNATURE_INVALID");
    }

    private static Task<ToolResult> VerifyAsync(DockerRegistry registry, string image, string publicKeyFile) => Product.In(Path.GetTempPath())
        .RunAsync(["verify", image, "--key", publicKeyFile, "--plain-http", registry.Host, "--output", "json"], null, Stop);
}
