// SPDX-License-Identifier: Apache-2.0

using System.Collections.Immutable;

namespace SupplyChain.Sigstore;

// What the last whole update verified, beside what a later one has verified so far.
public sealed partial class TufArchive
{
    private const string CompletePrefix = "complete/";

    private static readonly ImmutableArray<string> Sets = ["timestamp.json", "snapshot.json", "targets.json"];

    /// <summary>The archive without the metadata that was set aside.</summary>
    public TufArchive Newest => new(_files.RemoveRange(Sets.Select(Aside)));

    /// <summary>The archive with the metadata that was set aside in its place; null where none is.</summary>
    public TufArchive? Complete => Sets.Any(name => _files.ContainsKey(Aside(name)))
        ? new TufArchive(Newest._files.RemoveRange(Sets).SetItems(
            from name in Sets
            where _files.ContainsKey(Aside(name))
            select KeyValuePair.Create(name, _files[Aside(name)])))
        : null;

    /// <summary>The archive with its metadata set aside as well, where it stays while later metadata takes its place.</summary>
    public TufArchive SetAside() => new(Newest._files.SetItems(
        from name in Sets
        where _files.ContainsKey(name)
        select KeyValuePair.Create(Aside(name), _files[name])));

    private static string Aside(string name) => CompletePrefix + name;

    private static bool IsAside(string name) =>
        name.StartsWith(CompletePrefix, StringComparison.Ordinal) && Sets.Contains(name[CompletePrefix.Length..], StringComparer.Ordinal);
}
