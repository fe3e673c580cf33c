// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>What <c>supplychain attestor serve --config FILE</c> is told.</summary>
public sealed record AttestorConfiguration : ServiceConfiguration
{
    /// <summary>The URL by which clients know the service, if it is not the one it listens at.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>The ledger's file.</summary>
    public required string Ledger { get; init; }

    /// <summary>The file that holds the password of key files; without it the environment variable counts.</summary>
    public string? KeyPasswordFile { get; init; }

    /// <summary>Whose identity tokens are accepted.</summary>
    public IReadOnlyList<OidcConfiguration> Oidc { get; init => field = value ?? []; } = [];

    /// <summary>Static tokens for local use; refused unless the service listens on loopback alone.</summary>
    public IReadOnlyList<LocalTokenConfiguration> LocalTokens { get; init => field = value ?? []; } = [];

    /// <summary>The files with data about vulnerabilities that policies may judge by.</summary>
    public ThreatDataConfiguration? ThreatData { get; init; }

    /// <summary>The logs and timestamp authorities that may be spoken to where policies ask for transparency.</summary>
    public TransparencyConfiguration? Transparency { get; init; }

    /// <summary>Limits that may be set lower than the product's own.</summary>
    public LimitsConfiguration Limits { get; init => field = value ?? new(); } = new();
}

/// <summary>An issuer of identity tokens (OpenID Connect).</summary>
/// <param name="Issuer">The <c>iss</c> claim, character by character; also where its discovery document lies.</param>
/// <param name="Audience">The <c>aud</c> claim that tokens for this service carry.</param>
public sealed record OidcConfiguration(string Issuer, string Audience)
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    /// <summary>Where its keys are; required when they are not on the issuer's own origin.</summary>
    public string? JwksUri { get; init; }

    /// <summary>The longest lifetime a token may have; default 24 h.</summary>
    public TimeSpan MaximumLifetime { get; init => field = value == default ? DefaultLifetime : value; } = DefaultLifetime;
}

/// <summary>A static token; its requester has the issuer <c>urn:supplychain:local</c>.</summary>
/// <param name="Subject">The requester's subject.</param>
/// <param name="TokenFile">The file that holds the token, readable by its owner alone.</param>
public sealed record LocalTokenConfiguration(string Subject, string TokenFile);

/// <summary>Files with data about vulnerabilities; read again when they change. At least one of them.</summary>
public sealed record ThreatDataConfiguration
{
    /// <summary>The JSON file of CISA's catalogue of known exploited vulnerabilities.</summary>
    public string? KnownExploited { get; init; }

    /// <summary>The CSV file of a day's EPSS scores as FIRST publishes it, unpacked.</summary>
    public string? Epss { get; init; }
}

/// <summary>Where logs and timestamp authorities are that policies may name. At least one host.</summary>
/// <param name="Hosts">
/// Their hosts as URLs write them, with a port that is not the usual one, and with a path where nothing beside it may be spoken to; after http:// those
/// that are spoken to without TLS.
/// </param>
public sealed record TransparencyConfiguration(IReadOnlyList<string> Hosts)
{
    private const string Http = "http://";

    /// <summary>Whether everybody reads a path as it is written: nothing in it is escaped or has a meaning of its own.</summary>
    internal static bool IsPlain(string path) => path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '-' or '.' or '_' or '~');

    /// <summary>The URL of a host; plain http serves on this machine alone, which trust roots are held to.</summary>
    internal static string UrlOf(string host) => host.StartsWith(Http, StringComparison.Ordinal) ? host : $"https://{host}";

    /// <summary>What is wrong with it, by member.</summary>
    internal IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Hosts.Count == 0)
            yield return ("hosts", "names no host; leave transparency out where no policy asks for it");
        foreach (var host in Hosts.Where(host => !IsHost(UrlOf(host))))
        {
            yield return (
                "hosts",
                $"'{Printable.Escape(host)}' is not a host as URLs write it, such as rekor.example.com, rekor.example.com:8443 or www.example.com/rekor");
        }
    }

    private static bool IsHost(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && IsPlain(url.AbsolutePath)
        && string.Equals($"{url.Scheme}://{url.Authority}{url.AbsolutePath.TrimEnd('/')}", text, StringComparison.Ordinal);
}

/// <summary>Limits of the attestor.</summary>
public sealed record LimitsConfiguration
{
    /// <summary>Bytes of a request body; at most, and without it, <see cref="Limits.RequestBytes"/>.</summary>
    public long? RequestBytes { get; init; }
}
