// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Reads the <c>until</c> that every mode but enforcing needs, and enforcing cannot have.</summary>
internal static class Expiry
{
    internal static DateTimeOffset? Read(FieldReader reader, EnforcementMode mode, EnforcementMode permanent)
    {
        var field = reader.Optional("until");
        var until = Times.End(field);
        if (mode == permanent && field is not null)
            field.Error("says when not enforcing ends, but this enforces");
        if (mode != permanent && field is null)
            reader.Error($"{Word(mode)} has to end some day; say until:");

        return until;
    }

    private static string Word(EnforcementMode mode) => mode switch
    {
        EnforcementMode.Observe => "observe",
        EnforcementMode.Warn => "warn",
        _ => "dryRun",
    };
}
