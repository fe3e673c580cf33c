// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.EndToEnd.Components;

/// <summary>How a registry lets its clients in.</summary>
public enum RegistryAccess
{
    /// <summary>Plain HTTP, anybody.</summary>
    Http,

    /// <summary>TLS by an authority of its own, anybody.</summary>
    Tls,

    /// <summary>TLS, user and password checked by the registry.</summary>
    TlsHtpasswd,

    /// <summary>TLS, bearer tokens of a <see cref="TokenServer"/>.</summary>
    TlsToken,
}

/// <summary>A docker-registry process on a free loopback port, with a store of its own that is gone afterwards.</summary>
public sealed class DockerRegistry : IAsyncDisposable
{
    /// <summary>The user that the registry knows where it asks for one.</summary>
    public const string User = "tester";

    /// <summary>The user's password.</summary>
    public const string Password = "not-a-secret";

    private readonly TempFolder _folder = new();
    private TestAuthority? _authority;
    private X509Certificate2? _certificate;
    private Daemon? _daemon;

    private DockerRegistry(RegistryAccess access) => Access = access;

    /// <summary>How it lets its clients in.</summary>
    public RegistryAccess Access { get; }

    /// <summary>Its address, such as <c>127.0.0.1:41234</c>.</summary>
    public string Host => _daemon?.Address ?? "";

    /// <summary>All that it has said so far: a line for each request, with method, path and status.</summary>
    public string Log => _daemon?.Log ?? "";

    /// <summary>The file of the authority that clients have to trust; null with plain HTTP.</summary>
    public string? CaFile => _authority is null ? null : _folder["ca.pem"];

    /// <summary>A folder whose <c>config.json</c> holds the credentials, as Docker and most other clients read them.</summary>
    public string DockerConfig => _folder["docker"];

    /// <summary>The token server that this registry refers to; null unless it wants tokens.</summary>
    public TokenServer? Tokens { get; private set; }

    /// <summary>Whether clients must name a user.</summary>
    public bool HasUsers => Access is RegistryAccess.TlsHtpasswd or RegistryAccess.TlsToken;

    /// <summary>What foreign programs need in their environment to reach this registry.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["HOME"] = _folder.Path,
                ["DOCKER_CONFIG"] = DockerConfig,
                ["REGISTRY_AUTH_FILE"] = Path.Combine(DockerConfig, "config.json"),
            };
            if (CaFile is { } file)
                environment["SSL_CERT_FILE"] = file;
            return environment;
        }
    }

    /// <summary>Starts a registry and waits until it listens.</summary>
    public static async Task<DockerRegistry> StartAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        var tool = Tool.Require("docker-registry");
        var registry = new DockerRegistry(access);
        try
        {
            var configuration = await registry.ConfigureAsync(cancellationToken);
            registry._daemon = await tool.ServeAsync(
                ["serve", configuration], environment: null, "listening on ", cancellationToken);
            await registry.WriteDockerConfigAsync(cancellationToken);
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address within this registry, such as <c>127.0.0.1:41234/team/app</c>.</summary>
    public string At(string path) => $"{Host}/{path}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        if (Tokens is not null)
            await Tokens.DisposeAsync();
        _certificate?.Dispose();
        _authority?.Dispose();
        _folder.Dispose();
    }

    private async Task<string> ConfigureAsync(CancellationToken cancellationToken)
    {
        // Port 0: the registry says in its log which one it got.
        var text = new StringBuilder(
            $$"""
            version: 0.1
            log: { level: info }
            storage: { filesystem: { rootdirectory: {{_folder["store"]}} }, delete: { enabled: true } }
            http:
              addr: 127.0.0.1:0

            """);
        if (Access != RegistryAccess.Http)
        {
            _authority = new TestAuthority();
            _certificate = _authority.Issue(expired: false, "127.0.0.1", "localhost");
            using var key = _certificate.GetECDsaPrivateKey()!;
            await File.WriteAllTextAsync(_folder["ca.pem"], _authority.Pem, cancellationToken);
            await File.WriteAllTextAsync(_folder["server.pem"], _certificate.ExportCertificatePem(), cancellationToken);
            await File.WriteAllTextAsync(_folder["server.key"], key.ExportPkcs8PrivateKeyPem(), cancellationToken);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $$"""  tls: { certificate: {{_folder["server.pem"]}}, key: {{_folder["server.key"]}} }""");
        }

        if (Access == RegistryAccess.TlsHtpasswd)
        {
            // The registry reads bcrypt only, which the base library does not make; cost 4 keeps the tests quick.
            var line = await Tool.Require("htpasswd").RunAsync(["-nbB", "-C", "4", User, Password], null, cancellationToken);
            await File.WriteAllTextAsync(_folder["htpasswd"], line.Succeeded().Output, cancellationToken);
            text.AppendLine(
                CultureInfo.InvariantCulture, $$"""auth: { htpasswd: { realm: loopback, path: {{_folder["htpasswd"]}} } }""");
        }

        if (Access == RegistryAccess.TlsToken)
        {
            Tokens = await TokenServer.StartAsync(User, Password, _certificate!, cancellationToken);
            await File.WriteAllTextAsync(_folder["tokens.pem"], Tokens.CertificatePem, cancellationToken);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $$"""
                auth:
                  token:
                    realm: {{Tokens.Realm}}
                    service: {{TokenServer.Service}}
                    issuer: {{TokenServer.Issuer}}
                    rootcertbundle: {{_folder["tokens.pem"]}}
                """);
        }

        await File.WriteAllTextAsync(_folder["registry.yml"], text.ToString(), cancellationToken);
        return _folder["registry.yml"];
    }

    private async Task WriteDockerConfigAsync(CancellationToken cancellationToken)
    {
        var auth = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")) };
        var auths = new Dictionary<string, object>(StringComparer.Ordinal);
        if (HasUsers)
            auths[Host] = auth;
        Directory.CreateDirectory(DockerConfig);
        await File.WriteAllTextAsync(
            Path.Combine(DockerConfig, "config.json"), JsonSerializer.Serialize(new { auths }), cancellationToken);
    }
}
