// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads storage layouts.</summary>
internal static class Layouts
{
    /// <summary>Those that are written.</summary>
    internal static IReadOnlyList<StorageLayout>? ReadWritten(Field? field) => Read(field, "bundle", "tag");

    /// <summary>Those that are read.</summary>
    internal static IReadOnlyList<StorageLayout>? Read(Field? field) => Read(field, "bundle", "tag", "referrer");

    private static List<StorageLayout>? Read(Field? field, params string[] words) =>
        Values.Distinct(field, item => Values.OneOf(item, words))?
            .Select(word => word switch
            {
                "bundle" => StorageLayout.Bundle,
                "tag" => StorageLayout.Tag,
                _ => StorageLayout.Referrer,
            })
            .Order()
            .ToList();

    /// <summary>Where something lies, after "it is".</summary>
    internal static string Describe(StorageLayout layout) => layout switch
    {
        StorageLayout.Bundle => "a bundle",
        StorageLayout.Tag => "stored by tag",
        _ => "stored as a referrer without a bundle",
    };
}
