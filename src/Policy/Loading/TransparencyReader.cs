// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads who has to see what is signed.</summary>
internal static class TransparencyReader
{
    internal static TransparencyRules? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var root = Values.Name(reader.Required("trustRoot"));
        var log = ReadRequired(reader.Optional("log"));
        var timestamp = ReadRequired(reader.Optional("timestamp"));
        reader.Close();
        if (!log && !timestamp)
            reader.Error("asks for nothing; expected log: required, timestamp: required or both");
        return root is null ? null : new TransparencyRules(root, log, timestamp, reader.Location);
    }

    private static bool ReadRequired(Field? field) => Values.Word(field, ("required", true), ("none", false)) ?? false;
}
