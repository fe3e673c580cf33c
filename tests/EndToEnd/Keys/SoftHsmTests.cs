// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Keys;

/// <summary>The attestor signs with keys that never leave a token, and others accept what it signs.</summary>
public sealed class SoftHsmTests(Registries registries)
{
    private const string ApprovalType = "https://slsa.dev/verification_summary/v1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("p256", "EC:prime256v1", null)]
    [InlineData("rsa2048", "rsa:2048", null)]
    [InlineData("p384", "EC:secp384r1", "ecdsa-p384-sha256")]
    public async Task Cosign_accepts_what_a_key_in_a_token_signed(string label, string type, string? algorithm)
    {
        var (two, three) = (Cosign.Require(2), Cosign.Require(3));
        using var hsm = new SoftHsm();
        var token = await hsm.AddTokenAsync("release tokens", Stop);
        var signed = await SignAsync(hsm, token, label, type, algorithm);
        using var folder = signed.Folder;

        (await two.VerifyAsync(signed.Registry, signed.Name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyAsync(signed.Registry, signed.Name, folder.PublicKey, Stop)).Succeeded();
        (await three.VerifyAttestationAsync(signed.Registry, signed.Name, folder.PublicKey, ApprovalType, Stop)).Succeeded();
        (await VerifyAsync(signed, algorithm)).Succeeded();
        EnsureSecret(token, signed);
    }

    /// <summary>
    /// Released cosigns take SHA-256 for every key. Where the policy leaves P-384 what it means by itself, which is SHA-384, they cannot
    /// be asked; openssl can.
    /// </summary>
    [Fact]
    public async Task OpenSsl_accepts_what_a_P384_key_in_a_token_signed()
    {
        using var hsm = new SoftHsm();
        using var content = new TempFolder();
        var token = await hsm.AddTokenAsync("release tokens", Stop);
        var signed = await SignAsync(hsm, token, "p384", "EC:secp384r1");
        using var folder = signed.Folder;

        var (payload, signature) = await ReadTagLayoutAsync(signed);
        await File.WriteAllBytesAsync(content["payload"], payload, Stop);
        await File.WriteAllBytesAsync(content["signature"], signature, Stop);
        var openSsl = Tool.Require("openssl");
        string[] verify = ["dgst", "-sha384", "-verify", folder.PublicKey, "-signature", content["signature"], content["payload"]];
        (await openSsl.RunAsync(verify, null, Stop)).Succeeded();
        payload[^2] ^= 1;
        await File.WriteAllBytesAsync(content["payload"], payload, Stop);
        (await openSsl.RunAsync(verify, null, Stop)).Refused("Verification failure");
        (await VerifyAsync(signed)).Succeeded();
        EnsureSecret(token, signed);
    }

    [Fact]
    public async Task A_wrong_PIN_is_tried_once_however_often_a_signature_is_asked_for()
    {
        var spy = SoftHsm.RequireSpy();
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var hsm = new SoftHsm();
        using var content = new RegistryContent(registry);
        var token = await hsm.AddTokenAsync("guarded", Stop);
        const string Wrong = "wrong-pin-4711";
        using var folder = AttestorFolder.For(registry, hsm, spy, await hsm.AddKeyAsync(token, "p256", "EC:prime256v1", Stop), Wrong);
        var repository = Registries.NewRepository();
        var image = await PlainImage.PushAsync(content, repository, Stop);
        await using var attestor = await AttestorService.StartAsync(folder, Stop);

        var first = await AskAsync();
        var second = await AskAfterRestAsync();
        Assert.Equal(1, CountLogins());
        // The operator writes the right one, and no restart is needed.
        await File.WriteAllTextAsync(folder.PinFile, token.Pin + "\n", Stop);
        var third = await AskAfterRestAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "KEY_UNUSABLE"), (first.Status, Reason(first)));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "KEY_UNUSABLE"), (second.Status, Reason(second)));
        Assert.Contains("refused the PIN", attestor.Log + first.Body, StringComparison.Ordinal);
        Assert.Contains("has refused this PIN before", attestor.Log + second.Body, StringComparison.Ordinal);
        third.Approved();
        Assert.Equal(2, CountLogins());
        Assert.All(
            [attestor.Log, $"{first.Body} {second.Body} {third.Body}", Latin1(folder.Ledger)],
            text => Assert.All([Wrong, token.Pin], pin => Assert.DoesNotContain(pin, text, StringComparison.Ordinal)));

        Task<AttestorReply> AskAsync() =>
            attestor.AttestAsync($"{registry.At(repository)}@{image.Digest}", TrivyReport.Clean(image.Config), Stop);
        // Until then the answer is that of the opening before.
        async Task<AttestorReply> AskAfterRestAsync()
        {
            await Task.Delay(Limits.KmsRest, Stop);
            return await AskAsync();
        }

        int CountLogins() => File.ReadAllText(folder.SpyLog).Split("C_Login\n").Length - 1;
        static string Reason(AttestorReply reply) => reply.Body["reason"]!.GetValue<string>();
    }

    private async Task<Signed> SignAsync(SoftHsm hsm, SoftToken token, string label, string type, string? algorithm = null)
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        var key = await hsm.AddKeyAsync(token, label, type, Stop);
        var folder = AttestorFolder.For(registry, hsm, hsm.Module, key, token.Pin, algorithm);
        await File.WriteAllTextAsync(folder.PublicKey, await hsm.PublicKeyAsync(key, Stop), Stop);
        using var content = new RegistryContent(registry);
        var repository = Registries.NewRepository();
        var image = await PlainImage.PushAsync(content, repository, Stop);
        var name = $"{registry.At(repository)}@{image.Digest}";
        await using var attestor = await AttestorService.StartAsync(folder, Stop);
        var reply = await attestor.AttestAsync(name, TrivyReport.Clean(image.Config), Stop);
        reply.Approved();
        return new Signed(folder, registry, repository, image.Digest, name, $"{attestor.Log} {reply.Body}");
    }

    private static async Task<(byte[] Payload, byte[] Signature)> ReadTagLayoutAsync(Signed signed)
    {
        using var content = new RegistryContent(signed.Registry);
        var manifest = (await content.ManifestAsync(signed.Repository, Tampering.TagFor(signed.Image, ".sig"), Stop)).Read();
        var layer = Assert.Single(manifest["layers"]!.AsArray())!;
        return (
            await content.BlobAsync(signed.Repository, layer["digest"]!.GetValue<string>(), Stop),
            Convert.FromBase64String(layer["annotations"]!["dev.cosignproject.cosign/signature"]!.GetValue<string>()));
    }

    private static Task<ToolResult> VerifyAsync(Signed signed, string? algorithm = null) => Product.In(Path.GetTempPath()).RunAsync(
        [
            "verify", signed.Name, "--key", signed.Folder.PublicKey, "--plain-http", signed.Registry.Host,
            .. algorithm is null ? (string[])[] : ["--algorithm", algorithm],
        ],
        null, Stop);

    private static void EnsureSecret(SoftToken token, Signed signed) => Assert.All(
        [signed.Texts, Latin1(signed.Folder.Ledger), File.ReadAllText(signed.Folder.Configuration)],
        text => Assert.DoesNotContain(token.Pin, text, StringComparison.Ordinal));

    // A database and its journal, byte by byte.
    private static string Latin1(string ledger) => string.Concat(
        Directory.EnumerateFiles(Path.GetDirectoryName(ledger)!, Path.GetFileName(ledger) + "*")
            .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

    private sealed record Signed(
        AttestorFolder Folder, DockerRegistry Registry, string Repository, Digest Image, string Name, string Texts);
}
