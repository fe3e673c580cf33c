// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Oci.Http;

/// <summary>What a token is asked for: one repository, reading or also writing. Never what a server suggests.</summary>
internal sealed record RepositoryScope(string Path, bool MayPush)
{
    public static RepositoryScope Pull(Repository repository) => new(repository.Path, MayPush: false);

    public static RepositoryScope Push(Repository repository) => new(repository.Path, MayPush: true);

    /// <summary>The scope as token servers read it.</summary>
    public override string ToString() => $"repository:{Path}:{(MayPush ? "pull,push" : "pull")}";
}
