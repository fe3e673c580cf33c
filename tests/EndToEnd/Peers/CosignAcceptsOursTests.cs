// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Peers;

/// <summary>What the attestor publishes, in the eyes of cosign: in both layouts, and never after a change.</summary>
public sealed class CosignAcceptsOursTests(Registries registries)
{
    private const string ScanType = "https://cosign.sigstore.dev/attestation/vuln/v1";
    private const string ApprovalType = "https://slsa.dev/verification_summary/v1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<RegistryAccess> EveryAccess => [.. Enum.GetValues<RegistryAccess>()];

    [Theory, MemberData(nameof(EveryAccess))]
    public async Task Cosign_accepts_what_we_sign_and_refuses_it_after_one_change(RegistryAccess access)
    {
        var (two, three) = (Cosign.Require(2), Cosign.Require(3));
        var registry = await registries.GetAsync(access);
        using var folder = AttestorFolder.For(registry);
        using var content = new RegistryContent(registry);
        using var image = await SampleImage.MakeAsync(Stop);
        var repository = Registries.NewRepository();
        var name = await image.PushAsync(registry, repository, Stop);
        await using (var attestor = await AttestorService.StartAsync(folder, Stop))
            (await attestor.AttestAsync(name, await ReportAsync(content, repository, image.Digest), Stop)).Approved();

        (await two.VerifyAsync(registry, name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyAsync(registry, name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyTagLayoutAsync(registry, name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyAttestationAsync(registry, name, folder.PublicKey, "vuln", Stop)).Succeeded();
        (await three.VerifyAttestationAsync(registry, name, folder.PublicKey, ScanType, Stop)).Succeeded();
        (await three.VerifyAttestationAsync(registry, name, folder.PublicKey, ApprovalType, Stop)).Succeeded();

        foreach (var tamper in (Tamper[])[Tamper.PayloadBit, Tamper.SignatureBit, Tamper.DigestDigit(image.Digest)])
        {
            var signatures = await content.ManifestAsync(repository, Tampering.TagFor(image.Digest, ".sig"), Stop);
            var referrers = await content.ManifestAsync(repository, Tampering.TagFor(image.Digest), Stop);
            Assert.Equal(1, await content.TagLayoutAsync(repository, image.Digest, tamper, Stop));
            Assert.Equal(3, await content.BundlesAsync(repository, image.Digest, tamper, Stop));

            (await two.VerifyAsync(registry, name, folder.PublicKey, Stop)).Refused(two.InvalidSignature);
            (await three.VerifyAsync(registry, name, folder.PublicKey, Stop)).Refused(three.InvalidSignature);
            (await three.VerifyTagLayoutAsync(registry, name, folder.PublicKey, Stop)).Refused(two.InvalidSignature);
            (await three.VerifyAttestationAsync(registry, name, folder.PublicKey, ApprovalType, Stop)).Refused("");

            // What was there is put back, so that the next change is the only one.
            await content.PutManifestAsync(repository, Tampering.TagFor(image.Digest, ".sig"), signatures.Read(), signatures.MediaType, Stop);
            await content.PutManifestAsync(repository, Tampering.TagFor(image.Digest), referrers.Read(), referrers.MediaType, Stop);
        }

        Assert.Equal(1, await content.TagLayoutAsync(repository, image.Digest, Tamper.Nothing, Stop));
        Assert.Equal(3, await content.BundlesAsync(repository, image.Digest, Tamper.Nothing, Stop));
        (await two.VerifyAsync(registry, name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyAsync(registry, name, folder.PublicKey, Stop)).Succeeded();
    }

    [Fact]
    public async Task The_image_itself_is_never_pushed_again_retagged_or_deleted()
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = AttestorFolder.For(registry);
        using var content = new RegistryContent(registry);
        using var image = await SampleImage.MakeAsync(Stop);
        var repository = Registries.NewRepository();
        var name = await image.PushAsync(registry, repository, Stop);
        var before = await content.ManifestAsync(repository, "sample", Stop);
        Assert.Equal(["sample"], await content.TagsAsync(repository, Stop));
        var seen = registry.Log.Length;

        await using (var attestor = await AttestorService.StartAsync(folder, Stop))
            (await attestor.AttestAsync(name, await ReportAsync(content, repository, image.Digest), Stop)).Approved();

        Assert.Equal(
            ["sample", Tampering.TagFor(image.Digest), Tampering.TagFor(image.Digest, ".sig")],
            await content.TagsAsync(repository, Stop));
        Assert.Equal(before.Content, (await content.ManifestAsync(repository, "sample", Stop)).Content);
        Assert.Equal(before.Content, (await content.ManifestAsync(repository, image.Digest.ToString(), Stop)).Content);
        var requests = registry.Log[seen..].Split('\n').Where(line => line.Contains($"/v2/{repository}/", StringComparison.Ordinal)).ToList();
        Assert.Contains(requests, line => line.Contains($"\"PUT /v2/{repository}/manifests/{Tampering.TagFor(image.Digest)} ", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, line => line.Contains($"\"PUT /v2/{repository}/manifests/{image.Digest} ", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, line => line.Contains($"\"PUT /v2/{repository}/manifests/sample ", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, line => line.Contains("\"DELETE ", StringComparison.Ordinal));
    }

    private static async Task<byte[]> ReportAsync(RegistryContent content, string repository, Digest image)
    {
        var manifest = (await content.ManifestAsync(repository, image.ToString(), Stop)).Read();
        return TrivyReport.Clean(Digest.Parse(manifest["config"]!["digest"]!.GetValue<string>()));
    }
}
