// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci;

/// <summary>What a registry host is shown to prove who we are.</summary>
public abstract class RegistryCredential
{
    private RegistryCredential()
    {
    }

    /// <summary>A name and a password.</summary>
    public sealed class Password(string username, string secret) : RegistryCredential
    {
        /// <summary>The name.</summary>
        public string Username { get; } = username;

        /// <summary>The password; never logged.</summary>
        public string Secret { get; } = secret;
    }

    /// <summary>A refresh token that the registry's token server exchanges (Docker's "identity token").</summary>
    public sealed class IdentityToken(string secret) : RegistryCredential
    {
        /// <summary>The token; never logged.</summary>
        public string Secret { get; } = secret;
    }
}

/// <summary>Where credentials come from: a file, a credential helper's process.</summary>
public interface ICredentialSource
{
    /// <summary>
    /// The credential configured for exactly this host, or <see langword="null"/>: then it is asked anonymously.
    /// </summary>
    /// <param name="host">A host as image names write it, such as <c>docker.io</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RegistryException">REGISTRY_DENIED: there is one, but it cannot be had.</exception>
    ValueTask<RegistryCredential?> FindAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Credentials that are at hand.</summary>
/// <param name="byHost">The credentials, each under the host it is for.</param>
public sealed class KnownCredentials(IReadOnlyDictionary<string, RegistryCredential> byHost) : ICredentialSource
{
    /// <summary>No credentials: every registry is asked anonymously.</summary>
    public static KnownCredentials None { get; } = new(
        new Dictionary<string, RegistryCredential>(StringComparer.Ordinal));

    /// <inheritdoc/>
    public ValueTask<RegistryCredential?> FindAsync(string host, CancellationToken cancellationToken) =>
        ValueTask.FromResult(byHost.GetValueOrDefault(host));
}
