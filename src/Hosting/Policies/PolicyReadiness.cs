// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Hosting;

/// <summary>What readiness says of policies.</summary>
public static class PolicyReadiness
{
    private const string Name = "policies";

    /// <summary>
    /// Before the first good set the service is not ready. Later it goes on with the last good one, and readiness names what is wrong.
    /// </summary>
    /// <param name="readiness">The service's readiness.</param>
    /// <param name="policies">Its policies.</param>
    /// <param name="isInUse">Whether the service has a set that it works by.</param>
    public static Readiness RequirePolicies(this Readiness readiness, PolicySource policies, Func<bool>? isInUse = null)
    {
        ArgumentNullException.ThrowIfNull(readiness);
        ArgumentNullException.ThrowIfNull(policies);
        return readiness
            .Require(Name, _ => ValueTask.FromResult(isInUse?.Invoke() ?? policies.Current is not null))
            .Watch(Name, () => policies.Failure?.ToString());
    }
}
