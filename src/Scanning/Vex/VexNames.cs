// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>The names that vulnerabilities and products have in every format.</summary>
internal static class VexNames
{
    /// <summary>A product, or part of one, that nothing can be found by; what is said of it is said of nothing.</summary>
    internal static readonly VexComponent Nameless = new();

    internal static string Vulnerability(string text) => FindingId.Canonicalise(text)
        ?? throw new DocumentRefusal($"'{Printable.Escape(text)}' can be no vulnerability's id");

    /// <summary>Other ids of a vulnerability. What can be no id of a finding is left out: no finding would be found by it.</summary>
    internal static IReadOnlyList<string> Aliases(IEnumerable<string?> texts, string id)
    {
        var aliases = texts.OfType<string>().Select(FindingId.Canonicalise).OfType<string>()
            .Where(alias => alias != id).Distinct(StringComparer.Ordinal).ToList();
        return aliases.Count <= Limits.AliasesPerFinding
            ? aliases
            : throw new DocumentRefusal($"a vulnerability has more than {Limits.AliasesPerFinding} ids");
    }

    /// <summary>Something by the names that it is given; with digests of which none can be compared it is nothing that can be found.</summary>
    internal static VexComponent Component(string? purl, IEnumerable<(string? Algorithm, string? Value)> digests)
    {
        var given = digests.ToList();
        var readable = given.Select(digest => Read(digest.Algorithm, digest.Value)).OfType<Digest>().ToList();
        return given.Count > 0 && readable.Count == 0 ? Nameless : new VexComponent { Purl = purl, Digests = readable };
    }

    internal static VexProduct Product(VexComponent whole, IReadOnlyList<VexComponent> parts) =>
        new() { Purl = whole.Purl, Digests = whole.Digests, Subcomponents = parts };

    // Formats write sha256 or SHA-256, and digits in either case.
    private static Digest? Read(string? algorithm, string? value)
    {
        var name = algorithm?.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return Digest.TryParse($"{name}:{value?.ToLowerInvariant()}", out var digest, out _) ? digest : null;
    }
}
