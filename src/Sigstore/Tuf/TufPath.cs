// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Sigstore;

/// <summary>Where a file of a TUF repository is.</summary>
/// <param name="Kept">Its name where one file of a kind is kept, such as <c>snapshot.json</c>.</param>
/// <param name="Served">Its path below a repository's address; slashes between safe segments.</param>
public sealed record TufPath(string Kept, string Served)
{
    /// <summary>The timestamp, which alone never has a version in its name.</summary>
    public static TufPath Timestamp { get; } = new("timestamp.json", "timestamp.json");

    /// <summary>The root of a version.</summary>
    public static TufPath Root(int version)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{version}.root.json");
        return new TufPath(name, name);
    }

    /// <summary>A snapshot, or targets metadata, of a version.</summary>
    internal static TufPath Metadata(TufRole role, int? version) =>
        new($"{role.Name()}.json", string.Create(CultureInfo.InvariantCulture, $"{version}{(version is null ? "" : ".")}{role.Name()}.json"));

    /// <summary>A target; its digest is in its name where the repository has consistent snapshots.</summary>
    internal static TufPath Target(TufTargetName name, string? digest)
    {
        var file = name.Text.LastIndexOf('/') + 1;
        return new TufPath(
            $"targets/{name}", digest is null ? $"targets/{name}" : $"targets/{name.Text[..file]}{digest}.{name.Text[file..]}");
    }
}
