// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Http;
using SupplyChain.Oci.Layout;

namespace SupplyChain.Oci;

/// <summary>The registries that may be contacted, by host. Thread-safe; holds one connection pool for each.</summary>
public sealed class Registries : IDisposable
{
    private readonly Dictionary<string, IRegistry> _byHost = new(StringComparer.Ordinal);

    /// <summary>Prepares the registries; nothing is contacted yet.</summary>
    /// <param name="options">One entry for each host.</param>
    /// <param name="credentials">Where credentials come from.</param>
    /// <param name="clock">The time.</param>
    /// <exception cref="ArgumentException">
    /// Options that cannot be used: the message says which host and why.
    /// </exception>
    public Registries(IEnumerable<RegistryOptions> options, ICredentialSource credentials, TimeProvider clock)
        : this(options, credentials, clock, Dns.GetHostAddressesAsync)
    {
    }

    internal Registries(
        IEnumerable<RegistryOptions> options, ICredentialSource credentials, TimeProvider clock, HostLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(clock);
        foreach (var registry in options)
        {
            Validate(registry);
            var added = _byHost.TryAdd(registry.Host, registry.LayoutPath is null
                ? new HttpRegistry(registry, credentials, lookup, clock)
                : new LayoutRegistry(registry, clock));
            if (!added)
                throw new ArgumentException($"The registry {registry.Host} is configured twice.", nameof(options));
        }
    }

    /// <summary>The hosts that may be contacted.</summary>
    public IReadOnlyCollection<string> Hosts => _byHost.Keys;

    /// <summary>The registry of a repository's host.</summary>
    /// <exception cref="RegistryException">
    /// REGISTRY_NOT_ALLOWED: the host is not configured. Its name was not looked up.
    /// </exception>
    public IRegistry For(Repository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return _byHost.TryGetValue(repository.Host, out var registry)
            ? registry
            : throw new RegistryException(
                ReasonCode.RegistryNotAllowed,
                $"{Printable.Escape(repository.Host)} is not a registry that may be contacted");
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        foreach (var registry in _byHost.Values.OfType<IDisposable>())
            registry.Dispose();
    }

    private static void Validate(RegistryOptions options)
    {
        if (!Repository.TryParse($"{options.Host}/x", out var repository, out _)
            || !string.Equals(repository.Host, options.Host, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{Printable.Escape(options.Host)}' is not a registry host as image names write it.", nameof(options));
        }

        var hasWireOptions = options.PlainHttp || options.PrivateNetwork || options.CaFile is not null
            || options.Realms.Count > 0 || options.RedirectHosts.Count > 0;
        if (options.LayoutPath is not null && hasWireOptions)
        {
            throw new ArgumentException(
                $"The registry {options.Host} is an OCI layout; options of a server make no sense for it.",
                nameof(options));
        }


        if (options.PlainHttp && options.CaFile is not null)
        {
            throw new ArgumentException(
                $"The registry {options.Host} cannot have both plain http and a certificate authority.",
                nameof(options));
        }


        if (options.OperationTimeout <= TimeSpan.Zero || options.TagSettleTime <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"The times of the registry {options.Host} must be positive, found {options.OperationTimeout} for an "
                + $"operation and {options.TagSettleTime} for a tag to settle.",
                nameof(options));
        }
    }
}
