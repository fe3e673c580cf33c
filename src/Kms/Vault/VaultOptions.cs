// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How HashiCorp Vault or OpenBao is reached.</summary>
public sealed record VaultOptions
{
    /// <summary>The server; without it <c>VAULT_ADDR</c>.</summary>
    public Uri? Address { get; init; }

    /// <summary>The namespace, if the server has them; without it <c>VAULT_NAMESPACE</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where the transit engine is mounted; without it <c>TRANSIT_SECRET_ENGINE_PATH</c>, or <c>transit</c>.</summary>
    public string? Mount { get; init; }

    /// <summary>A PEM file of additional certificate authorities; without it <c>VAULT_CACERT</c>.</summary>
    public string? Ca { get; init; }

    /// <summary>How to log in; without it the token of <c>VAULT_TOKEN</c>.</summary>
    public VaultLogin? Login { get; init; }
}

/// <summary>How to log in to Vault: by token, as a Kubernetes service account, or by AppRole.</summary>
public sealed record VaultLogin
{
    /// <summary><c>token</c>, <c>kubernetes</c> or <c>approle</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The login method's mount, if it is not named like the method.</summary>
    public string? Mount { get; init; }

    /// <summary><c>token</c>: the file that holds the token; read again when the token is refused.</summary>
    public string? TokenFile { get; init; }

    /// <summary><c>kubernetes</c>: the role.</summary>
    public string? Role { get; init; }

    /// <summary><c>kubernetes</c>: the service account's token; without it where a pod has it.</summary>
    public string? JwtFile { get; init; }

    /// <summary><c>approle</c>: the role's id.</summary>
    public string? RoleId { get; init; }

    /// <summary><c>approle</c>: the file that holds the secret id.</summary>
    public string? SecretIdFile { get; init; }
}
