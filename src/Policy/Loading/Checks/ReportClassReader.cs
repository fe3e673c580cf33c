// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads <c>secrets</c>, <c>misconfigurations</c> and <c>licenses</c>.</summary>
internal static class ReportClassReader
{
    internal static Func<Field, string, PolicyCheck?> For(ReportClass kind) => (field, name) =>
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("maximumSeverity", "denied");
        var most = Values.Count(reader.Required("maximumCount"));
        var missing = Values.Word(
            reader.Optional("whenMissing"), ("refuse", MissingRule.Refuse), ("accept", MissingRule.Accept));
        reader.Close();
        return most is null
            ? null
            : new ReportClassCheck(name) { Class = kind, MaximumCount = most.Value, WhenMissing = missing ?? MissingRule.Refuse };
    };
}
