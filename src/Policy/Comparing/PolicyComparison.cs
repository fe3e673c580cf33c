// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Comparing;

/// <summary>
/// Compares two policy sets field by field, by what fields mean: order of members, layout, comments, the spelling of a
/// duration and a default that is written out make no difference.
/// </summary>
public static class PolicyComparison
{
    /// <summary>
    /// The differences, by kind, name and path. Both sets have to load, or there is nothing to compare.
    /// </summary>
    /// <exception cref="ArgumentException">A file is no document.</exception>
    public static IReadOnlyList<PolicyChange> Compare(IReadOnlyList<PolicyFile> old, IReadOnlyList<PolicyFile> now)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(now);
        var (before, after) = (Read(old), Read(now));
        return
        [
            .. before.Keys.Union(after.Keys)
                .OrderBy(key => key.Kind, StringComparer.Ordinal).ThenBy(key => key.Name, StringComparer.Ordinal)
                .SelectMany(key => Compare(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key))),
        ];
    }

    private static IReadOnlyList<PolicyChange> Compare(
        (string Kind, string Name) key, YamlMapping? old, YamlMapping? now)
    {
        // Whether somebody else's policy now applies instead cannot be told from one document.
        if (old is null || now is null)
            return [new PolicyChange(key.Kind, key.Name, "", Presence(old), Presence(now), ChangeDirection.Changed)];

        var walk = new ComparisonWalk(key.Kind, key.Name);
        walk.Compare("", "", old, now);
        return walk.Changes;
    }

    private static Dictionary<(string Kind, string Name), YamlMapping> Read(IReadOnlyList<PolicyFile> files) => files
        .Select(file => DocumentReader.ReadRoot(file, new ProblemList(file.Path))?.Node as YamlMapping
            ?? throw new ArgumentException($"{file.Path} is no document", nameof(files)))
        .ToDictionary(root => (Text(root, "kind"), NameOf(root)));

    private static string? Presence(YamlMapping? document) => document is null ? null : "present";

    private static string NameOf(YamlMapping root) =>
        root.TryGet("metadata", out var head) && head is YamlMapping mapping ? Text(mapping, "name") : "";

    private static string Text(YamlMapping mapping, string name) =>
        mapping.TryGet(name, out var value) && value is YamlScalar scalar ? scalar.Text : "";
}
