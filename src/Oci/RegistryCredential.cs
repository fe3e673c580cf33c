// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci;

/// <summary>What a registry host is shown to prove who we are.</summary>
public abstract class RegistryCredential
{
    private RegistryCredential()
    {
    }

    /// <summary>A name and a password.</summary>
    public sealed class Password(string username, string password) : RegistryCredential
    {
        /// <summary>The name.</summary>
        public string Username { get; } = username;

        /// <summary>The password; never logged.</summary>
        public string Secret { get; } = password;
    }

    /// <summary>A refresh token that the registry's token server exchanges (Docker's "identity token").</summary>
    public sealed class IdentityToken(string token) : RegistryCredential
    {
        /// <summary>The token; never logged.</summary>
        public string Secret { get; } = token;
    }
}

/// <summary>Where credentials come from: a file, a credential helper's process.</summary>
public interface ICredentialSource
{
    /// <summary>The credential configured for exactly this host, or <see langword="null"/>: then it is asked anonymously.</summary>
    /// <exception cref="RegistryException">REGISTRY_DENIED: there is one, but it cannot be had.</exception>
    ValueTask<RegistryCredential?> FindAsync(string host, CancellationToken cancellationToken);
}
