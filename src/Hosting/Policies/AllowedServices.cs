// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Hosting;

/// <summary>
/// The hosts of logs and timestamp authorities that an attestor may speak to. Policies name the services, and who writes policies does not
/// decide where the attestor sends anything: one that needs another host is refused when it is loaded.
/// </summary>
/// <param name="configuration">The hosts; null for none.</param>
public sealed class AllowedServices(TransparencyConfiguration? configuration)
{
    private readonly HashSet<string> _hosts = new(configuration?.Hosts ?? [], StringComparer.Ordinal);

    /// <summary>What keeps a set of policies from being worked by.</summary>
    public IReadOnlyList<PolicyProblem> Check(PolicySet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return
        [
            .. from policy in set.SigningPolicies
               where policy.Transparency is not null
               from host in ServicesOf(set, policy.Transparency!).Select(service => HostOf(service.Url)).Distinct(StringComparer.Ordinal)
               where !_hosts.Contains(host)
               select new PolicyProblem(
                   policy.Transparency!.Location, ProblemSeverity.Error,
                   $"spec.transparency: {policy.Transparency.TrustRoot} names a service at {Printable.Escape(host)}, which this service may not speak to; "
                   + "allow it in the configuration as one of transparency.hosts"),
        ];
    }

    // As configurations write it: plain http is another service than https at the same place, and is said.
    private static string HostOf(Uri url) => url.Scheme == Uri.UriSchemeHttps ? url.Authority : $"{url.Scheme}://{url.Authority}";

    // Those of tomorrow too, so that it does not show first on the day they are chosen.
    private static IEnumerable<SigningService> ServicesOf(PolicySet set, TransparencyRules rules) =>
        set.FindTrustRoot(rules.TrustRoot)?.SigningConfig is { } config
            ? (rules.IsLogged ? config.Logs.Where(log => SigningConfig.LogVersions.Contains(log.MajorVersion)) : [])
                .Concat(rules.IsTimestamped ? config.TimestampAuthorities : [])
            : [];
}
