// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Oci;

namespace SupplyChain.Hosting;

/// <summary>Makes the registries that a configuration names.</summary>
public static class RegistriesSetup
{
    /// <summary>
    /// Prepares all registries of <paramref name="configuration"/>; nothing is contacted yet. The caller disposes them.
    /// </summary>
    /// <exception cref="ConfigurationException">A registry's options cannot be used.</exception>
    public static Registries Create(ServiceConfiguration configuration, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(clock);
        try
        {
            var options = configuration.Registries.Select(pair => OptionsOf(pair.Key, pair.Value));
            return new Registries(options, CredentialsOf(configuration, clock), clock);
        }
        catch (Exception refused) when (
            refused is ArgumentException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"registries: {Printable.Escape(refused.Message)}", refused);
        }
    }

    private static RegistryOptions OptionsOf(string host, RegistryConfiguration registry)
    {
        var options = new RegistryOptions
        {
            Host = host,
            LayoutPath = registry.Layout,
            PlainHttp = registry.PlainHttp,
            CaFile = registry.Ca,
            Realms = registry.Realms,
            RedirectHosts = registry.RedirectHosts,
            PrivateNetwork = registry.PrivateNetwork,
        };
        return registry.OperationTimeout is { } timeout ? options with { OperationTimeout = timeout } : options;
    }

    private static FileCredentials CredentialsOf(ServiceConfiguration configuration, TimeProvider clock) => new(
        configuration.Registries.Where(pair => pair.Value.Credentials is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Credentials!, StringComparer.Ordinal),
        configuration.DockerConfig is null ? KnownCredentials.None : new DockerConfig(configuration.DockerConfig, clock));
}
