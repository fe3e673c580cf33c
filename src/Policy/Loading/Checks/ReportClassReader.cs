// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads <c>secrets</c>, <c>misconfigurations</c> and <c>licenses</c>.</summary>
internal static class ReportClassReader
{
    internal static Func<Field, string, PolicyCheck?> For(ReportClass kind) => (field, name) =>
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var most = Values.Count(reader.Required("maximumCount"));
        var severity = kind == ReportClass.Licenses ? null : VulnerabilityCheckReader.ReadLimit(reader.Optional("maximumSeverity"));
        var denied = kind == ReportClass.Licenses ? Values.Distinct(reader.Optional("denied"), Values.Line) : null;
        var missing = Values.Word(
            reader.Optional("whenMissing"), ("refuse", MissingRule.Refuse), ("accept", MissingRule.Accept));
        reader.Close();
        return most is null
            ? null
            : new ReportClassCheck(name)
            {
                Class = kind,
                MaximumSeverity = severity ?? SeverityLimit.BlockAll,
                Denied = denied ?? [],
                MaximumCount = most.Value,
                WhenMissing = missing ?? MissingRule.Refuse,
            };
    };
}
