// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads what a vulnerability check makes of exploited and probably exploited vulnerabilities.</summary>
internal static class ThreatRulesReader
{
    /// <summary><c>deny</c>, <c>allow</c>, or an action with the greatest age of the catalogue.</summary>
    internal static KnownExploitedRule? ReadKnownExploited(Field? field)
    {
        if (field?.Node is not YamlMapping)
            return ReadAction(field) == true ? new KnownExploitedRule(KnownExploitedRule.DefaultAge) : null;
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var denies = ReadAction(reader.Required("action"));
        var ageField = reader.Optional("maximumAge");
        var age = Times.Duration(ageField);
        reader.Close();
        if (denies == false)
            ageField?.Error("nothing is judged by a catalogue where exploited vulnerabilities are allowed");

        return denies == true ? new KnownExploitedRule(age ?? KnownExploitedRule.DefaultAge) : null;
    }

    internal static EpssRule? ReadEpss(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var maximum = ReadProbability(reader.Required("maximum"));
        var missing = AgeReader.WhenMissing(reader.Optional("whenMissing"));
        var age = Times.Duration(reader.Optional("maximumAge"));
        reader.Close();
        return maximum is null ? null : new EpssRule(maximum.Value, missing, age ?? EpssRule.DefaultAge);
    }

    private static bool? ReadAction(Field? field) => Values.Word(field, ("deny", true), ("allow", false));

    private static double? ReadProbability(Field? field) => Values.Line(field) is { } text
        ? double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1
            ? number
            : field!.Error<double?>($"'{Printable.Escape(text)}' is not a probability that could be exceeded; expected a number from 0 to less than 1")
        : null;
}
