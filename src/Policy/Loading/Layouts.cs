// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads storage layouts.</summary>
internal static class Layouts
{
    internal static IReadOnlyList<StorageLayout>? Read(Field? field) =>
        Values.Distinct(field, item => Values.OneOf(item, "bundle", "tag"))?
            .Select(word => word is "bundle" ? StorageLayout.Bundle : StorageLayout.Tag)
            .Order()
            .ToList();
}
