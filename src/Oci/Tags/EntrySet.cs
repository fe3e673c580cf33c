// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Oci.Tags;

/// <summary>Entries in the order they were first seen, each once.</summary>
internal sealed class EntrySet
{
    private readonly OrderedDictionary<string, Descriptor> _entries = new(StringComparer.Ordinal);

    public void Add(Descriptor entry) => _entries.TryAdd(KeyOf(entry), entry);

    public void AddRange(IEnumerable<Descriptor> entries)
    {
        foreach (var entry in entries)
            Add(entry);
    }

    /// <summary>The entries that <paramref name="present"/> lacks.</summary>
    public IReadOnlyList<Descriptor> MissingFrom(IEnumerable<Descriptor> present)
    {
        var there = present.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        return [.. _entries.Where(entry => !there.Contains(entry.Key)).Select(entry => entry.Value)];
    }

    // A manifest is listed once, whatever a writer noted beside it. Two layers may share their bytes, a signed payload,
    // and differ in the signature, which is an annotation.
    private static string KeyOf(Descriptor entry)
    {
        if (MediaTypes.IsManifest(entry.MediaType))
            return entry.Digest.ToString();

        var key = new StringBuilder($"{entry.Digest}\n{entry.MediaType}\n");
        foreach (var (name, value) in entry.Annotations.OrderBy(note => note.Key, StringComparer.Ordinal))
            key.Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
        return key.ToString();
    }
}
