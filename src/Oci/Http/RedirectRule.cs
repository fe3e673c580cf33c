// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci.Http;

/// <summary>Where a registry may send us for a download, and which token servers it may name.</summary>
internal sealed class RedirectRule
{
    private readonly Origin _own;
    private readonly bool _plainHttp;
    private readonly HashSet<Origin> _blobOrigins;
    private readonly HashSet<Origin> _realms;

    /// <summary>Reads the configured places.</summary>
    /// <exception cref="ArgumentException">A host or origin among them cannot be read.</exception>
    public RedirectRule(Origin own, RegistryOptions options)
    {
        _own = own;
        _plainHttp = options.PlainHttp;
        var isDockerHub = options.Host is DockerHub.Name;
        IEnumerable<string> blobHosts = isDockerHub
            ? [.. options.RedirectHosts, .. DockerHub.BlobHosts]
            : options.RedirectHosts;
        IEnumerable<string> realms = isDockerHub ? [.. options.Realms, DockerHub.Realm] : options.Realms;
        _blobOrigins = [.. blobHosts.Select(host => Read($"https://{host}", options))];
        _realms = [own, .. realms.Select(realm => Read(realm, options))];
    }

    /// <summary>Whether a download may go on at <paramref name="target"/>.</summary>
    public bool AllowsDownloadFrom(Uri target)
    {
        var origin = Origin.Of(target);
        return origin == _own || _blobOrigins.Contains(origin);
    }

    /// <summary>Whether credentials may be sent to the token server at <paramref name="realm"/>.</summary>
    public bool AllowsRealm(Uri realm)
    {
        var origin = Origin.Of(realm);
        return _realms.Contains(origin) && (origin.IsHttps || _plainHttp);
    }

    private static Origin Read(string text, RegistryOptions options) =>
        Origin.TryParse(text, out var origin) && (origin.IsHttps || options.PlainHttp)
            ? origin
            : throw new ArgumentException(
                $"'{text}' is not an acceptable origin for {options.Host}; write https://host[:port].",
                nameof(options));
}
