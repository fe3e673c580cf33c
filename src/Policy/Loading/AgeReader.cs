// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads bounds on ages: a duration, or one with what an unknown age means.</summary>
internal static class AgeReader
{
    internal static AgeLimit? Read(Field? field)
    {
        if (field?.Node is not YamlMapping)
            return Times.Duration(field) is { } alone ? new AgeLimit(alone, MissingRule.Refuse) : null;
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var limit = Times.Duration(reader.Required("limit"));
        var missing = WhenMissing(reader.Optional("whenMissing"));
        reader.Close();
        return limit is null ? null : new AgeLimit(limit.Value, missing);
    }

    internal static MissingRule WhenMissing(Field? field) =>
        Values.Word(field, ("refuse", MissingRule.Refuse), ("accept", MissingRule.Accept)) ?? MissingRule.Refuse;
}
