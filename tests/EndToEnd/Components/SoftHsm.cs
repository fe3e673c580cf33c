// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A token of SoftHSM.</summary>
/// <param name="Label">Its label, which URIs name it by.</param>
/// <param name="Pin">Its user's PIN; no two tokens have the same, so that it tells where it appears.</param>
public sealed record SoftToken(string Label, string Pin);

/// <summary>
/// Hardware in software: PKCS#11 tokens of SoftHSM in a folder of their own, made and looked at by its own programs and by OpenSC's.
/// </summary>
public sealed class SoftHsm : IDisposable
{
    private static readonly string[] Modules =
        ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];

    private static readonly string[] Engines =
        ["/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so", "/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so", "/usr/lib64/engines-3/pkcs11.so"];

    private readonly TempFolder _folder = new();
    private readonly Tool _softHsm = Tool.Require("softhsm2-util");
    private readonly Tool _openSc = Tool.Require("pkcs11-tool");
    private int _keys;

    /// <summary>No tokens yet; skips the running test where a component is absent.</summary>
    public SoftHsm()
    {
        Require();
        Directory.CreateDirectory(Tokens);
        File.WriteAllText(Configuration, $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
    }

    /// <summary>The PKCS#11 module.</summary>
    public string Module { get; } = Programs.RequireFile("SoftHSM's module", Modules);

    /// <summary>The environment in which the module finds these tokens.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["SOFTHSM2_CONF"] = Configuration };

    private string Configuration => _folder["softhsm2.conf"];

    private string Tokens => _folder["tokens"];

    /// <summary>Skips the running test where a component is absent.</summary>
    public static void Require()
    {
        Tool.Require("softhsm2-util");
        Tool.Require("pkcs11-tool");
        Programs.RequireFile("SoftHSM's module", Modules);
        Programs.RequireFile("OpenSSL's pkcs11 engine", Engines);
    }

    /// <summary>
    /// OpenSC's spy, a module that stands between us and the token and writes down every call; skips the running test where it is absent.
    /// </summary>
    public static string RequireSpy() => Programs.RequireFile(
        "OpenSC's pkcs11-spy", ["/usr/lib/x86_64-linux-gnu/pkcs11-spy.so", "/usr/lib/aarch64-linux-gnu/pkcs11-spy.so", "/usr/lib64/pkcs11-spy.so"]);

    /// <summary>Makes a token.</summary>
    public async Task<SoftToken> AddTokenAsync(string label, CancellationToken cancellationToken)
    {
        var token = new SoftToken(label, $"pin-{RandomNumberGenerator.GetHexString(12)}");
        (await _softHsm.RunAsync(
            ["--init-token", "--free", "--label", label, "--so-pin", "security-officer", "--pin", token.Pin], Environment, cancellationToken))
            .Succeeded();
        return token;
    }

    /// <summary>Makes a key pair in a token; returns its URI.</summary>
    /// <param name="token">Where.</param>
    /// <param name="label">The label of both halves.</param>
    /// <param name="type">Its kind as pkcs11-tool names it, such as <c>EC:prime256v1</c> or <c>rsa:2048</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="more">More arguments of pkcs11-tool.</param>
    public async Task<string> AddKeyAsync(
        SoftToken token, string label, string type, CancellationToken cancellationToken, params string[] more)
    {
        var id = (++_keys).ToString("x2", CultureInfo.InvariantCulture);
        (await OpenScAsync(token, ["--keypairgen", "--key-type", type, "--label", label, "--id", id, .. more], cancellationToken)).Succeeded();
        return $"pkcs11:token={Uri.EscapeDataString(token.Label)};object={Uri.EscapeDataString(label)}";
    }

    /// <summary>Removes one half of a key pair, <c>privkey</c> or <c>pubkey</c>.</summary>
    public async Task RemoveAsync(SoftToken token, string label, string half, CancellationToken cancellationToken) =>
        (await OpenScAsync(token, ["--delete-object", "--type", half, "--label", label], cancellationToken)).Succeeded();

    /// <summary>The public half of a key in PEM form, as openssl reads it; pkcs11-tool cannot show those of P-384.</summary>
    public async Task<string> PublicKeyAsync(string keyUri, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(Environment, StringComparer.Ordinal) { ["PKCS11_MODULE_PATH"] = Module };
        var shown = await Tool.Require("openssl").RunAsync(
            ["pkey", "-engine", "pkcs11", "-inform", "engine", "-pubin", "-in", keyUri, "-pubout"], environment, cancellationToken);
        return shown.Succeeded().Output;
    }

    /// <summary>The number of a token's slot.</summary>
    public async Task<int> SlotAsync(SoftToken token, CancellationToken cancellationToken) =>
        int.Parse((await DescribeAsync(token, cancellationToken)).Split('\n')[0].Trim(), CultureInfo.InvariantCulture);

    /// <summary>A token's serial number.</summary>
    public async Task<string> SerialAsync(SoftToken token, CancellationToken cancellationToken) =>
        (await DescribeAsync(token, cancellationToken)).Split('\n').Single(line => line.Contains("Serial number:", StringComparison.Ordinal))
            .Split(':')[1].Trim();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<string> DescribeAsync(SoftToken token, CancellationToken cancellationToken)
    {
        var slots = (await _softHsm.RunAsync(["--show-slots"], Environment, cancellationToken)).Succeeded().Output.Split("\nSlot ");
        return slots.Single(slot => slot.Contains($" {token.Label} ", StringComparison.Ordinal));
    }

    private Task<ToolResult> OpenScAsync(SoftToken token, string[] arguments, CancellationToken cancellationToken) => _openSc.RunAsync(
        ["--module", Module, "--token-label", token.Label, "--login", "--pin", token.Pin, .. arguments], Environment, cancellationToken);
}
