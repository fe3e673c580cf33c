// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>What holds for SBOMs of every format.</summary>
internal static class SbomRules
{
    internal static string Version(string? found, params ReadOnlySpan<string> known) =>
        found is not null && known.Contains(found)
            ? found
            : throw new DocumentRefusal($"its version {Printable.Escape(found)} is not one of {string.Join(", ", known.ToArray())}");

    internal static void Add(List<SbomComponent> components, SbomComponent component)
    {
        if (components.Count == Limits.SbomComponents)
            throw new DocumentRefusal($"it lists more than {Limits.SbomComponents} components");

        components.Add(component);
    }
}
