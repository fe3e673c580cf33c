// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier;

/// <summary>The fields of a workload that name one image.</summary>
/// <param name="Reference">The image's name as written; null when the field names none.</param>
/// <param name="Problem">Why the field names none.</param>
/// <param name="Fields">The fields, in the workload's order.</param>
internal sealed record ImageGroup(string? Reference, string? Problem, List<ImageField> Fields)
{
    /// <summary>Puts fields of the same text together; every field is in exactly one group.</summary>
    public static List<ImageGroup> From(IReadOnlyList<ImageField> fields)
    {
        var groups = new List<ImageGroup>(fields.Count);
        // A pod has few images; only where there are many is an index worth its memory.
        var index = fields.Count > 8 ? new Dictionary<string, ImageGroup>(StringComparer.Ordinal) : null;
        foreach (var field in fields)
        {
            if (field.Reference is { } reference && Find(groups, index, reference) is { } known)
            {
                known.Fields.Add(field);
                continue;
            }

            var group = new ImageGroup(field.Reference, field.Problem, [field]);
            groups.Add(group);
            if (group.Reference is not null)
                index?.Add(group.Reference, group);
        }

        return groups;
    }

    private static ImageGroup? Find(List<ImageGroup> groups, Dictionary<string, ImageGroup>? index, string reference)
    {
        if (index is not null)
            return index.GetValueOrDefault(reference);

        foreach (var group in groups)
        {
            if (string.Equals(group.Reference, reference, StringComparison.Ordinal))
                return group;
        }

        return null;
    }
}
