// SPDX-License-Identifier: Apache-2.0

using System.Collections.Immutable;
using SupplyChain.Hosting.Identity;
using SupplyChain.Kms;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>Checks what a configuration says as a whole, and takes its paths from its own folder.</summary>
internal sealed class ConfigurationCheck(string path)
{
    private const string PlainHttpIsLocal = "plain http is for loopback addresses; serve https, "
        + "or set unsafePlainHttp where something in front of the service ends TLS";

    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(100);

    // The API server accepts at most 30 s for a webhook.
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(29);

    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    private readonly List<string> _problems = [];

    internal AttestorConfiguration Check(AttestorConfiguration read)
    {
        var address = CheckService(read);
        if (read.PublicUrl is { } url && !IsServiceUrl(url))
            Report("publicUrl", "expected an http or https URL without query");
        if (read.Oidc.Count == 0 && read.LocalTokens.Count == 0)
            Report("oidc", "nobody could ask for a signature: configure an issuer, or localTokens for local use");
        if (read.LocalTokens.Count > 0 && address?.IsLoopback == false)
        {
            Report(
                "localTokens",
                $"static tokens are for local use and {Printable.Escape(read.Listen)} is reachable from elsewhere; "
                + "listen at a loopback address or use oidc");
        }

        for (var i = 0; i < read.Oidc.Count; i++)
            CheckIssuer($"oidc[{i}]", read.Oidc[i]);
        foreach (var twice in read.Oidc.CountBy(issuer => issuer.Issuer, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            Report("oidc", $"the issuer {Printable.Escape(twice.Key)} is configured twice");
        for (var i = 0; i < read.LocalTokens.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(read.LocalTokens[i].Subject))
                Report($"localTokens[{i}].subject", "is empty");
        }

        if (read.ThreatData is { KnownExploited: null, Epss: null })
            Report("threatData", "names no file; expected knownExploited, epss or both");
        ReportAll("transparency", read.Transparency?.Problems());
        if (read.Limits.RequestBytes is < 1 or > Limits.RequestBytes)
            Report("limits.requestBytes", $"expected a number from 1 to {Limits.RequestBytes}");

        ThrowIfAny();
        return ResolveService(read, address!) with
        {
            Ledger = From(read.Ledger),
            KeyPasswordFile = FromOptional(read.KeyPasswordFile),
            ThreatData = read.ThreatData is null ? null : new ThreatDataConfiguration
            {
                KnownExploited = FromOptional(read.ThreatData.KnownExploited),
                Epss = FromOptional(read.ThreatData.Epss),
            },
            LocalTokens = [.. read.LocalTokens.Select(token => token with { TokenFile = From(token.TokenFile) })],
        };
    }

    internal VerifierConfiguration Check(VerifierConfiguration read)
    {
        var address = CheckService(read);
        if (read.Deadline < ShortestDeadline || read.Deadline > LongestDeadline)
            Report("deadline", "expected 100ms to 29s");
        if (read.Cluster is not null && string.IsNullOrWhiteSpace(read.Cluster))
            Report("cluster", "is empty");
        if (read.Policy is not null && string.IsNullOrWhiteSpace(read.Policy))
            Report("policy", "is empty");
        if (read.ClientAuthority is not null && read.Tls is null)
            Report("clientAuthority", "callers show certificates over https only");
        if (read.ClientNames.Count > 0 && read.ClientAuthority is null)
            Report("clientNames", "mean nothing without clientAuthority");

        ThrowIfAny();
        return ResolveService(read, address!) with { ClientAuthority = FromOptional(read.ClientAuthority) };
    }

    private ListenAddress? CheckService(ServiceConfiguration read)
    {
        if (!ListenAddress.TryParse(read.Listen, out var address, out var problem))
            Report("listen", problem);
        else if (address.IsTls && read.Tls is null)
            Report("tls", "https needs a certificate and a key");
        else if (!address.IsTls && read.Tls is not null)
            Report("tls", "a certificate is of no use with an http address");
        else if (!address.IsTls && !address.IsLoopback && !read.UnsafePlainHttp)
            Report("listen", PlainHttpIsLocal);

        if (read.Policies.Count == 0)
            Report("policies", "at least one file or folder is needed");
        if (read.Registries.Count == 0)
            Report("registries", "at least one registry is needed");
        if (read.Policies.Count > 1 && read.PolicyApproval is not null)
            Report("policies", $"names {read.Policies.Count} paths; with policyApproval it is one folder, because what is approved is the whole of one");
        ReportAll("policyApproval", read.PolicyApproval?.Problems());
        CheckKms(read.Kms);
        foreach (var (host, registry) in read.Registries)
            CheckRegistry($"registries['{Printable.Escape(host)}']", host, registry);
        return address;
    }

    private void ReportAll(string place, IEnumerable<(string Member, string Problem)>? problems)
    {
        foreach (var (member, problem) in problems ?? [])
            Report($"{place}.{member}", problem);
    }

    private void CheckRegistry(string place, string host, RegistryConfiguration registry)
    {
        if (!Repository.TryParse($"{host}/x", out var repository, out _)
            || !string.Equals(repository.Host, host, StringComparison.Ordinal))
        {
            Report(place, "is not a registry host as image names write it");
        }

        var isServer = registry.PlainHttp || registry.PrivateNetwork || registry.Ca is not null
            || registry.Credentials is not null || registry.Realms.Count > 0 || registry.RedirectHosts.Count > 0;
        if (registry.Layout is not null && isServer)
            Report(place, "an OCI layout directory takes no options of a server");
        if (registry.PlainHttp && registry.Ca is not null)
            Report(place, "plainHttp and ca exclude each other");
        if (registry.Credentials is { } credentials)
        {
            var isPassword = credentials is { Username: not null, PasswordFile: not null, IdentityTokenFile: null };
            var isToken = credentials is { Username: null, PasswordFile: null, IdentityTokenFile: not null };
            if (!isPassword && !isToken)
                Report($"{place}.credentials", "expected username and passwordFile, or identityTokenFile alone");
        }
    }

    private void CheckKms(KmsConfiguration? kms)
    {
        ReportAll("kms.aws", kms?.Aws?.Problems());
        ReportAll("kms.azure", kms?.Azure?.Problems());
        ReportAll("kms.google", kms?.Google?.Problems());
        ReportAll("kms.vault", kms?.Vault?.Problems());
        ReportAll("kms.pkcs11", kms?.Pkcs11?.Problems());
        foreach (var (scheme, limits) in kms?.Limits ?? ImmutableDictionary<string, KeyLimitsConfiguration>.Empty)
        {
            var place = $"kms.limits.{Printable.Escape(scheme)}";
            if (!KeyUri.Schemes.Contains(scheme, StringComparer.Ordinal))
                Report(place, $"is no scheme of keys; expected one of {string.Join(", ", KeyUri.Schemes)}");
            if ((limits.TryTimeout ?? KeyLimits.For(scheme).TryTimeout) >= (limits.Deadline ?? KeyLimits.For(scheme).Deadline))
                Report(place, "tryTimeout has to be shorter than deadline, which is for all tries together");
            if (limits is { CallsPerSecond: <= 0 } or { Burst: < 1 } or { InFlight: < 1 } or { Waiting: < 0 })
                Report(place, "a limit has to leave room for one call at least");
        }
    }

    private void CheckIssuer(string place, OidcConfiguration oidc)
    {
        if (!IssuerAddress.IsAcceptable(oidc.Issuer, out var problem))
            Report($"{place}.issuer", problem);
        if (oidc.JwksUri is { } keys && !IssuerAddress.IsAcceptable(keys, out problem))
            Report($"{place}.jwksUri", problem);
        if (string.IsNullOrWhiteSpace(oidc.Audience))
            Report($"{place}.audience", "is empty");
    }

    private T ResolveService<T>(T read, ListenAddress address)
        where T : ServiceConfiguration => read with
        {
            Address = address,
            Folder = _folder,
            Tls = read.Tls is null ? null : new TlsConfiguration(From(read.Tls.Certificate), From(read.Tls.Key)),
            DockerConfig = FromOptional(read.DockerConfig),
            Kms = read.Kms is null ? null : Resolve(read.Kms),
            Policies = [.. read.Policies.Select(From)],
            PolicyApproval = read.PolicyApproval is null ? null : read.PolicyApproval with
            {
                Attestor = From(read.PolicyApproval.Attestor),
                State = FromOptional(read.PolicyApproval.State),
            },
            Registries = read.Registries.ToDictionary(pair => pair.Key, pair => Resolve(pair.Value), StringComparer.Ordinal),
        };

    private RegistryConfiguration Resolve(RegistryConfiguration registry) => registry with
    {
        Layout = FromOptional(registry.Layout),
        Ca = FromOptional(registry.Ca),
        Credentials = registry.Credentials is null ? null : registry.Credentials with
        {
            PasswordFile = FromOptional(registry.Credentials.PasswordFile),
            IdentityTokenFile = FromOptional(registry.Credentials.IdentityTokenFile),
        },
    };

    private KmsConfiguration Resolve(KmsConfiguration kms) => kms with
    {
        Google = kms.Google is null ? null : kms.Google with { CredentialsFile = FromOptional(kms.Google.CredentialsFile) },
        Vault = kms.Vault is null ? null : kms.Vault with
        {
            Ca = FromOptional(kms.Vault.Ca),
            Login = kms.Vault.Login is null ? null : kms.Vault.Login with
            {
                TokenFile = FromOptional(kms.Vault.Login.TokenFile),
                JwtFile = FromOptional(kms.Vault.Login.JwtFile),
                SecretIdFile = FromOptional(kms.Vault.Login.SecretIdFile),
            },
        },
        Pkcs11 = kms.Pkcs11 is null ? null : kms.Pkcs11 with
        {
            PinFile = FromOptional(kms.Pkcs11.PinFile),
            PinFolder = FromOptional(kms.Pkcs11.PinFolder),
            Pins = kms.Pkcs11.Pins.Count == 0 ? kms.Pkcs11.Pins : kms.Pkcs11.Pins.ToDictionary(pin => pin.Key, pin => From(pin.Value), StringComparer.Ordinal),
        },
    };

    private static bool IsServiceUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0;

    private string From(string relative) => Path.GetFullPath(Path.Combine(_folder, relative));

    private string? FromOptional(string? relative) => relative is null ? null : From(relative);

    private void Report(string place, string problem) => _problems.Add($"{path}: {place}: {problem}");

    private void ThrowIfAny()
    {
        if (_problems.Count > 0)
            throw new ConfigurationException(_problems);
    }
}
