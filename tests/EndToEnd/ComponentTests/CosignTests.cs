// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.ComponentTests;

/// <summary>cosign by itself against real registries, none of our code between: what newer versions of it may change.</summary>
public sealed class CosignTests(Registries registries)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<int, RegistryAccess> EveryCosignAndAccess =>
        new([2, 3], Enum.GetValues<RegistryAccess>());

    public static TheoryData<string, int> Tampered => new()
    {
        { "payload", 2 },
        { "signature", 2 },
        { "digest", 2 },
        { "payload", 3 },
        { "signature", 3 },
        { "digest", 3 },
    };

    [Theory, MemberData(nameof(EveryCosignAndAccess))]
    public async Task Cosign_accepts_what_it_signed_and_refuses_another_key(int major, RegistryAccess access)
    {
        var cosign = Cosign.Require(major);
        var registry = await registries.GetAsync(access);
        using var folder = new TempFolder();
        using var image = await SampleImage.MakeAsync(Stop);
        var name = await image.PushAsync(registry, Registries.NewRepository(), Stop);
        var key = await cosign.GenerateKeyAsync(folder.Path, Stop);
        var stranger = await cosign.GenerateKeyAsync(folder.Path, Stop);

        (await cosign.VerifyAsync(registry, name, key.PublicFile, Stop)).Refused("no signatures found");
        await cosign.SignAsync(registry, name, key, Stop);

        (await cosign.VerifyAsync(registry, name, key.PublicFile, Stop)).Succeeded();
        (await cosign.VerifyAsync(registry, name, stranger.PublicFile, Stop)).Refused(cosign.InvalidSignature);
    }

    [Fact]
    public async Task Cosign_2_keeps_signatures_under_a_tag_and_cosign_3_as_referrers_under_the_fallback_tag()
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var content = new RegistryContent(registry);
        using var image = await SampleImage.MakeAsync(Stop);
        var repository = Registries.NewRepository();
        var name = await image.PushAsync(registry, repository, Stop);
        var key = await Cosign.Require(2).GenerateKeyAsync(folder.Path, Stop);

        await Cosign.Require(2).SignAsync(registry, name, key, Stop);
        Assert.Equal(["sample", Tampering.TagFor(image.Digest, ".sig")], await content.TagsAsync(repository, Stop));

        await Cosign.Require(3).SignAsync(registry, name, key, Stop);
        Assert.Equal(
            ["sample", Tampering.TagFor(image.Digest), Tampering.TagFor(image.Digest, ".sig")],
            await content.TagsAsync(repository, Stop));
        var index = (await content.ManifestAsync(repository, Tampering.TagFor(image.Digest), Stop)).Read();
        var entry = Assert.Single(index["manifests"]!.AsArray())!;
        var referrer = (await content.ManifestAsync(repository, entry["digest"]!.GetValue<string>(), Stop)).Read();
        Assert.Equal(image.Digest.ToString(), referrer["subject"]!["digest"]!.GetValue<string>());
        Assert.Equal("application/vnd.dev.sigstore.bundle.v0.3+json", referrer["layers"]![0]!["mediaType"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cosign_3_reads_what_cosign_2_signed_but_not_the_other_way_round()
    {
        var (two, three) = (Cosign.Require(2), Cosign.Require(3));
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var older = await SampleImage.MakeAsync(Stop);
        using var newer = await SampleImage.MakeAsync(Stop);
        var key = await two.GenerateKeyAsync(folder.Path, Stop);
        var signedByTwo = await older.PushAsync(registry, Registries.NewRepository(), Stop);
        var signedByThree = await newer.PushAsync(registry, Registries.NewRepository(), Stop);
        await two.SignAsync(registry, signedByTwo, key, Stop);
        await three.SignAsync(registry, signedByThree, key, Stop);

        (await three.VerifyAsync(registry, signedByTwo, key.PublicFile, Stop)).Succeeded();
        (await two.VerifyAsync(registry, signedByThree, key.PublicFile, Stop)).Refused("no signatures found");
    }

    [Theory, MemberData(nameof(Tampered))]
    public async Task Cosign_refuses_a_signature_after_one_change(string what, int major)
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
        (await cosign.VerifyAsync(registry, name, key.PublicFile, Stop)).Succeeded();

        await tamper(what switch
        {
            "payload" => Tamper.PayloadBit,
            "signature" => Tamper.SignatureBit,
            _ => Tamper.DigestDigit(image.Digest),
        });
        (await cosign.VerifyAsync(registry, name, key.PublicFile, Stop)).Refused(cosign.InvalidSignature);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Cosign_accepts_an_attestation_that_it_made(int major)
    {
        var cosign = Cosign.Require(major);
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var image = await SampleImage.MakeAsync(Stop);
        var name = await image.PushAsync(registry, Registries.NewRepository(), Stop);
        var key = await cosign.GenerateKeyAsync(folder.Path, Stop);
        var predicate = new JsonObject { ["result"] = "PASSED" };
        await File.WriteAllTextAsync(folder["predicate.json"], predicate.ToJsonString(), Stop);
        const string Type = "https://in-toto.io/attestation/test-result/v0.1";

        await cosign.AttestAsync(registry, name, key, Type, folder["predicate.json"], Stop);

        (await cosign.VerifyAttestationAsync(registry, name, key.PublicFile, Type, Stop)).Succeeded();
        var other = await cosign.VerifyAttestationAsync(registry, name, key.PublicFile, "https://example.com/other/v1", Stop);
        other.Refused("none of the attestations matched the predicate type");
    }

    [Fact]
    public async Task Cosign_takes_over_a_key_that_was_made_elsewhere()
    {
        var cosign = Cosign.Require(3);
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(folder["ours.pem"], made.ExportPkcs8PrivateKeyPem(), Stop);
        await File.WriteAllTextAsync(folder["ours.pub"], made.ExportSubjectPublicKeyInfoPem(), Stop);
        using var image = await SampleImage.MakeAsync(Stop);
        var name = await image.PushAsync(registry, Registries.NewRepository(), Stop);

        var key = await cosign.ImportKeyAsync(folder["ours.pem"], folder.Path, Stop);
        await cosign.SignAsync(registry, name, key, Stop);

        (await cosign.VerifyAsync(registry, name, folder["ours.pub"], Stop)).Succeeded();
    }

    [Fact]
    public async Task Oras_lists_what_cosign_3_attached()
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = new TempFolder();
        using var image = await SampleImage.MakeAsync(Stop);
        var name = await image.PushAsync(registry, Registries.NewRepository(), Stop);
        var key = await Cosign.Require(3).GenerateKeyAsync(folder.Path, Stop);
        await Cosign.Require(3).SignAsync(registry, name, key, Stop);

        var listed = await Tool.Require("oras").RunAsync(
            ["discover", "--plain-http", "--format", "json", name], registry.Environment, Stop);

        var found = JsonNode.Parse(listed.Succeeded().Output)!;
        Assert.Single((found["referrers"] ?? found["manifests"])!.AsArray());
    }
}
