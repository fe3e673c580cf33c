// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>The bytes of the files with data about vulnerabilities, and their digests.</summary>
internal sealed record ThreatDataFiles(ThreatDataConfiguration Paths, byte[]? KnownExploited, byte[]? Epss)
{
    /// <summary>Differs whenever a file does.</summary>
    internal string Fingerprint { get; } = $"{DigestOf(KnownExploited)} {DigestOf(Epss)}";

    /// <summary>Reads the files that are configured.</summary>
    /// <exception cref="ConfigurationException">A file cannot be read at all.</exception>
    internal static async ValueTask<ThreatDataFiles> ReadAsync(ThreatDataConfiguration paths, CancellationToken cancellationToken) => new(
        paths,
        await ReadAsync(paths.KnownExploited, Limits.KnownExploitedBytes, cancellationToken),
        await ReadAsync(paths.Epss, Limits.EpssBytes, cancellationToken));

    /// <summary>What the files say.</summary>
    /// <exception cref="ConfigurationException">One cannot be used; says file and line.</exception>
    internal ThreatData Parse()
    {
        var problems = new List<string>();
        KnownExploitedCatalog? catalog = null;
        EpssScores? scores = null;
        if (KnownExploited is not null && !KnownExploitedCatalog.TryRead(Paths.KnownExploited!, KnownExploited, out catalog, out var malformed))
            problems.Add(malformed.ToString());
        if (Epss is not null && !EpssScores.TryRead(Paths.Epss!, Epss, out scores, out malformed))
            problems.Add(malformed.ToString());
        return problems.Count == 0
            ? new ThreatData { KnownExploited = catalog, Epss = scores }
            : throw new ConfigurationException(problems);
    }

    private static async ValueTask<byte[]?> ReadAsync(string? path, int limit, CancellationToken cancellationToken) =>
        path is null ? null : await SmallFile.ReadPrefixAsync(path, limit, cancellationToken);

    private static Digest? DigestOf(byte[]? content) => content is null ? null : Digest.Compute(content);
}
