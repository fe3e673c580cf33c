// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Webhook;

/// <summary>Hands what the policy source has in force to the verifier, each set once.</summary>
internal sealed class PolicyFeed(PolicySource source, AdmissionVerifier verifier, ILogger<PolicyFeed> logger)
{
    private readonly Lock _gate = new();
    private PolicySet? _offered;

    /// <summary>Offers a new set; when the verifier cannot use it, the last good one stays.</summary>
    /// <returns>Why it cannot; null when it can, or when there is nothing new.</returns>
    public string? Refresh()
    {
        if (ReferenceEquals(source.Current, Volatile.Read(ref _offered)))
            return null;

        lock (_gate)
        {
            // Asked again inside: whoever had to wait must not put back what was in force before.
            var current = source.Current;
            if (current is null || ReferenceEquals(current, _offered))
                return null;

            Volatile.Write(ref _offered, current);
            if (verifier.TryUse(current, out var problem))
                return null;

            Log.PoliciesUnusable(logger, problem);
            source.Refuse(current, problem);
            return problem;
        }
    }
}
