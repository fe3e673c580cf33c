// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Sigstore;

/// <summary>
/// Chooses among services: those of a known version that are in use at the time, of each operator the highest version, of that the newest;
/// then as many as the selection asks for.
/// </summary>
internal static class ServiceChoice
{
    public static bool TryChoose(
        string kind, IReadOnlyList<SigningService> services, ServiceSelection selection, DateTimeOffset time, IReadOnlyCollection<uint> versions,
        [NotNullWhen(true)] out IReadOnlyList<SigningService>? chosen, [NotNullWhen(false)] out string? problem)
    {
        chosen = null;
        var usable = services
            .Where(service => versions.Contains(service.MajorVersion) && service.ValidFor.Contains(time))
            .OrderByDescending(service => service.MajorVersion).ThenByDescending(service => service.ValidFor.Start)
            .DistinctBy(service => service.Operator, StringComparer.Ordinal).ToList();
        var needed = Math.Max(1, selection.Count);
        if (usable.Count < needed)
        {
            problem = $"the signing configuration asks for {needed} {kind} of distinct operators; of the {services.Count} it lists, "
                + $"{usable.Count} have version {string.Join(" or ", versions)} and are in use at {Rfc3339.Write(time)}";
            return false;
        }

        problem = null;
        chosen = selection.Selector == ServiceSelector.All ? usable : usable[..needed];
        return true;
    }

    /// <summary>When services begin to be in use, and the first moments at which they no longer are; the earliest first.</summary>
    public static IReadOnlyList<DateTimeOffset> Changes(IReadOnlyList<SigningService> services) =>
    [
        .. services.Select(service => service.ValidFor.Start)
            .Concat(services.Select(service => service.ValidFor.End).Where(end => end < DateTimeOffset.MaxValue).Select(end => end?.AddTicks(1)))
            .OfType<DateTimeOffset>().Distinct().Order(),
    ];
}
