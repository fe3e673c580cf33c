// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Compares what a policy names with the registries it allows.</summary>
internal static class Registries
{
    // The allow-list of registries is asked before anything else.
    internal static void RequireReachable(Field field, string host, string text, IReadOnlyList<string> registries)
    {
        if (registries.Count > 0 && !registries.Contains(host, StringComparer.Ordinal))
            field.Error($"{text} can never match: {host} is not among spec.registries");
    }
}
