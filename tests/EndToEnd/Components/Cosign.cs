// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A key pair in cosign's own encrypted format, by its two files.</summary>
public sealed record CosignKey(string PrivateFile, string PublicFile);

/// <summary>
/// The cosign program of one major version. Version 2 writes and reads the tag layout; version 3 writes bundles as
/// referrers and reads both. Nothing here asks a transparency log.
/// </summary>
public sealed class Cosign
{
    private const string Password = "not-a-secret";

    private readonly Tool _tool;

    private Cosign(int major)
    {
        Major = major;
        _tool = Tool.Require(string.Create(CultureInfo.InvariantCulture, $"cosign-{major}"));
    }

    /// <summary>2 or 3.</summary>
    public int Major { get; }

    /// <summary>What it says of a signature in its own layout that the given key did not make.</summary>
    public string InvalidSignature =>
        Major == 2 ? "invalid signature" : "accepted signatures do not match threshold, Found: 0";

    /// <summary>The program; skips the running test where it is absent.</summary>
    public static Cosign Require(int major) => new(major);

    /// <summary>Makes a P-256 key pair in <paramref name="folder"/>.</summary>
    public async Task<CosignKey> GenerateKeyAsync(string folder, CancellationToken cancellationToken)
    {
        var prefix = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        (await RunAsync(["generate-key-pair", "--output-key-prefix", prefix], registry: null, cancellationToken)).Succeeded();
        return new CosignKey(prefix + ".key", prefix + ".pub");
    }

    /// <summary>Takes over a private key from unencrypted PEM (EC, RSA or PKCS#8), so that both sides can sign with one key.</summary>
    public async Task<CosignKey> ImportKeyAsync(string pemFile, string folder, CancellationToken cancellationToken)
    {
        var prefix = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        (await RunAsync(
            ["import-key-pair", "--key", pemFile, "--output-key-prefix", prefix], registry: null, cancellationToken)).Succeeded();
        return new CosignKey(prefix + ".key", prefix + ".pub");
    }

    /// <summary>Signs an image (<c>host/repository@digest</c>) in the layout that is this version's default.</summary>
    public async Task SignAsync(DockerRegistry registry, string image, CosignKey key, CancellationToken cancellationToken) =>
        (await RunAsync(
            ["sign", "--yes", "--key", key.PrivateFile, .. Offline(), .. Reach(registry), image],
            registry,
            cancellationToken)).Succeeded();

    /// <summary>Whether <paramref name="image"/> carries a signature by that public key (a PEM file), in cosign's eyes.</summary>
    public Task<ToolResult> VerifyAsync(
        DockerRegistry registry, string image, string publicKeyFile, CancellationToken cancellationToken) =>
        RunAsync(
            ["verify", "--key", publicKeyFile, "--insecure-ignore-tlog=true", .. Reach(registry), image],
            registry,
            cancellationToken);

    /// <summary>The same, but of version 3 and in the tag layout alone, which it reads only when told to.</summary>
    public Task<ToolResult> VerifyTagLayoutAsync(
        DockerRegistry registry, string image, string publicKeyFile, CancellationToken cancellationToken) =>
        RunAsync(
            ["verify", "--new-bundle-format=false", "--key", publicKeyFile, "--insecure-ignore-tlog=true", .. Reach(registry), image],
            registry,
            cancellationToken);

    /// <summary>Attaches a signed statement about an image; <paramref name="type"/> is a predicate type or one of cosign's short names.</summary>
    public async Task AttestAsync(
        DockerRegistry registry,
        string image,
        CosignKey key,
        string type,
        string predicateFile,
        CancellationToken cancellationToken) =>
        (await RunAsync(
            ["attest", "--yes", "--key", key.PrivateFile, "--type", type, "--predicate", predicateFile,
             .. Offline(), .. Reach(registry), image],
            registry,
            cancellationToken)).Succeeded();

    /// <summary>Whether <paramref name="image"/> carries a statement of that type signed by that public key, in cosign's eyes.</summary>
    public Task<ToolResult> VerifyAttestationAsync(
        DockerRegistry registry, string image, string publicKeyFile, string type, CancellationToken cancellationToken) =>
        RunAsync(
            ["verify-attestation", "--key", publicKeyFile, "--type", type, "--insecure-ignore-tlog=true",
             .. Reach(registry), image],
            registry,
            cancellationToken);

    /// <summary>Whether a bundle holds a statement about a file by that identity, in its eyes; of version 3.</summary>
    public Task<ToolResult> VerifyBlobAttestationAsync(
        string rootFile, string bundleFile, string file, string subject, string issuer, string type, CancellationToken cancellationToken) => RunAsync(
            ["verify-blob-attestation", "--trusted-root", rootFile, "--bundle", bundleFile, "--certificate-identity", subject,
             "--certificate-oidc-issuer", issuer, "--type", type, file],
            registry: null, cancellationToken);

    // Version 3 would fetch a list of public services to use unless told not to.
    private string[] Offline() =>
        Major >= 3 ? ["--use-signing-config=false", "--tlog-upload=false"] : ["--tlog-upload=false"];

    private static string[] Reach(DockerRegistry registry) =>
        registry.Access == RegistryAccess.Http ? ["--allow-http-registry"] : [];

    private Task<ToolResult> RunAsync(string[] arguments, DockerRegistry? registry, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["COSIGN_PASSWORD"] = Password };
        foreach (var (name, value) in registry?.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            environment[name] = value;
        return _tool.RunAsync(arguments, environment, cancellationToken);
    }
}
