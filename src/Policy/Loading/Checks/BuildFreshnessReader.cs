// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads <c>freshness</c>.</summary>
internal static class BuildFreshnessReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("maximumSignatureAge");
        var age = Times.Duration(reader.Required("maximumBuildAge"));
        var missing = Values.Word(
            reader.Optional("whenMissing"), ("refuse", MissingRule.Refuse), ("accept", MissingRule.Accept));
        reader.Close();
        return age is null
            ? null
            : new BuildFreshnessCheck(name) { MaximumBuildAge = new AgeLimit(age.Value, missing ?? MissingRule.Refuse) };
    }
}
