// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>The image lies where only trusted images are.</summary>
public sealed record TrustedDirectoryCheck : PolicyCheck
{
    internal TrustedDirectoryCheck(string name)
        : base(name)
    {
    }

    /// <summary>Directories, with all below them.</summary>
    public IReadOnlyList<RepositoryPrefix> Directories { get; init; } = [];

    /// <summary>Patterns of images.</summary>
    public IReadOnlyList<ImagePattern> Images { get; init; } = [];

    /// <summary>Whether <paramref name="repository"/> is in one of them.</summary>
    public bool Covers(Repository repository) =>
        Directories.Any(directory => directory.Covers(repository)) || Images.Any(pattern => pattern.IsMatch(repository));
}
