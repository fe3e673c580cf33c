// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Hosting;

/// <summary>
/// The hosts of logs and timestamp authorities that an attestor may speak to, or paths of them. Policies name the services, and who writes policies
/// does not decide where the attestor sends anything: one that needs another host or path is refused when it is loaded.
/// </summary>
/// <param name="configuration">The hosts; null for none.</param>
public sealed class AllowedServices(TransparencyConfiguration? configuration)
{
    private readonly IReadOnlyList<Uri> _allowed = [.. (configuration?.Hosts ?? []).Select(host => new Uri(TransparencyConfiguration.UrlOf(host)))];

    /// <summary>What keeps a set of policies from being worked by.</summary>
    public IReadOnlyList<PolicyProblem> Check(PolicySet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return
        [
            .. from policy in set.SigningPolicies
               where policy.Transparency is not null
               from place in ServicesOf(set, policy.Transparency!).Select(service => service.Url).Where(url => !IsAllowed(url))
                   .Select(url => HostOf(url) + PathOf(url)).Distinct(StringComparer.Ordinal)
               select new PolicyProblem(
                   policy.Transparency!.Location, ProblemSeverity.Error,
                   $"spec.transparency: {policy.Transparency.TrustRoot} names a service at {Printable.Escape(place)}, which this service may not speak to; "
                   + "allow it in the configuration as one of transparency.hosts"),
        ];
    }

    private bool IsAllowed(Uri url) => _allowed.Any(allowed =>
        string.Equals(HostOf(url), HostOf(allowed), StringComparison.Ordinal) && IsBelow(PathOf(url), PathOf(allowed)));

    // By whole segments, and only where whatever stands before the service cannot take the path for another one.
    private static bool IsBelow(string path, string allowed) =>
        allowed.Length == 0
        || (TransparencyConfiguration.IsPlain(path) && $"{path}/".StartsWith($"{allowed}/", StringComparison.Ordinal));

    private static string PathOf(Uri url) => url.AbsolutePath.TrimEnd('/');

    // As configurations write it: plain http is another service than https at the same place, and is said.
    private static string HostOf(Uri url) => url.Scheme == Uri.UriSchemeHttps ? url.Authority : $"{url.Scheme}://{url.Authority}";

    // Those of tomorrow too, so that it does not show first on the day they are chosen.
    private static IEnumerable<SigningService> ServicesOf(PolicySet set, TransparencyRules rules) =>
        set.FindTrustRoot(rules.TrustRoot)?.SigningConfig is { } config
            ? (rules.IsLogged ? config.Logs.Where(log => SigningConfig.LogVersions.Contains(log.MajorVersion)) : [])
                .Concat(rules.IsTimestamped ? config.TimestampAuthorities : [])
            : [];
}
