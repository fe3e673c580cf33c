// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace SupplyChain.Hosting;

/// <summary>
/// What both services are told in their configuration file. Paths are taken from the file's folder; there are no
/// environment variables in values and no secrets, only the files that hold them.
/// </summary>
/// <remarks>
/// The serializer's generated code hands <c>default</c> to an init member that a file leaves out, in all these records:
/// members with another default put it back themselves. That nobody writes such a value is the converters' business.
/// </remarks>
public abstract record ServiceConfiguration
{
    /// <summary>Where to listen, such as <c>https://*:8443</c>. <see cref="ListenAddress"/></summary>
    public required string Listen { get; init; }

    /// <summary>The certificate to serve; required for https.</summary>
    public TlsConfiguration? Tls { get; init; }

    /// <summary>Allows plain http on an address that other machines reach: tokens and evidence travel in the clear.</summary>
    public bool UnsafePlainHttp { get; init; }

    /// <summary>The registries that may be contacted, by host as image names write it. All others are refused.</summary>
    public required IReadOnlyDictionary<string, RegistryConfiguration> Registries { get; init; }

    /// <summary>A Docker <c>config.json</c> with credentials for registries that name none themselves.</summary>
    public string? DockerConfig { get; init; }

    /// <summary>The key services that policies may name keys of.</summary>
    public KmsConfiguration? Kms { get; init; }

    /// <summary>Policy files and folders; at least one.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>Who has to approve the policies before they are in force; without it whoever can write the files has the say.</summary>
    public PolicyApprovalConfiguration? PolicyApproval { get; init; }

    /// <summary><see cref="Listen"/>, read.</summary>
    [JsonIgnore]
    public ListenAddress Address { get; internal init; } = null!;

    /// <summary>The configuration file's folder; relative key files in policies are taken from it.</summary>
    [JsonIgnore]
    public string Folder { get; internal init; } = null!;
}

/// <summary>A certificate and its key, each a PEM file. Replaced files are served to new connections without a restart.</summary>
/// <param name="Certificate">The certificate, followed by those of its issuers if clients need them.</param>
/// <param name="Key">The unencrypted private key.</param>
public sealed record TlsConfiguration(string Certificate, string Key);

/// <summary>How one registry is reached. See <c>SupplyChain.Oci.RegistryOptions</c> for what each member means.</summary>
public sealed record RegistryConfiguration
{
    /// <summary>An OCI layout directory that serves this host; excludes everything else here.</summary>
    public string? Layout { get; init; }

    /// <summary>Whether to talk http.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>A PEM file of additional certificate authorities.</summary>
    public string? Ca { get; init; }

    /// <summary>Origins of token servers that the registry may name besides its own.</summary>
    public IReadOnlyList<string> Realms { get; init => field = value ?? []; } = [];

    /// <summary>Hosts to which the registry may redirect downloads.</summary>
    public IReadOnlyList<string> RedirectHosts { get; init => field = value ?? []; } = [];

    /// <summary>Whether the host's name may resolve to a private address.</summary>
    public bool PrivateNetwork { get; init; }

    /// <summary>Time for one operation; default 10 s.</summary>
    public TimeSpan? OperationTimeout { get; init; }

    /// <summary>The credentials to show there.</summary>
    public CredentialsConfiguration? Credentials { get; init; }
}

/// <summary>Credentials of a registry: a user name with a password file, or a file with an identity token.</summary>
public sealed record CredentialsConfiguration
{
    /// <summary>The user name.</summary>
    public string? Username { get; init; }

    /// <summary>The file that holds the password; read whenever the registry asks, so that it can be replaced.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The file that holds an identity token instead.</summary>
    public string? IdentityTokenFile { get; init; }
}
