// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>
/// Reads what has to speak for a member's signatures. A certificate needs a trust root, and by default one log of signatures and one of
/// certificates: whoever goes without says so.
/// </summary>
internal static class WitnessReader
{
    internal static WitnessRequirement? Read(FieldReader member, bool isIdentity)
    {
        var rootField = member.Optional("trustRoot");
        var root = Values.Name(rootField);
        var logField = member.Optional("transparencyLog");
        var timestampField = member.Optional("timestamp");
        var certificateLogField = member.Optional("certificateLog");
        var logs = ReadCount(logField, isIdentity ? 1 : 0);
        var timestamps = ReadCount(timestampField, 0);
        var certificateLogs = ReadCount(certificateLogField, isIdentity ? 1 : 0);
        if (rootField is null && isIdentity)
            member.Error("an identity needs trustRoot: whose certificates, logs and times to believe");
        if (rootField is null && (logField ?? timestampField ?? certificateLogField) is { } alone)
            alone.Error("needs trustRoot: whose logs and timestamp authorities to believe");
        if (!isIdentity && certificateLogField is not null)
            certificateLogField.Error("belongs to an identity: a key has no certificate");
        if (!isIdentity && rootField is not null && logs + timestamps == 0)
            rootField.Error("asks for nothing; say transparencyLog: required or timestamp: required");

        return root is null ? null : new WitnessRequirement(root, logs, timestamps, certificateLogs);
    }

    private static int ReadCount(Field? field, int otherwise)
    {
        if (field is null)
            return otherwise;
        if (field.Node is not YamlMapping)
            return Values.OneOf(field, "required", "none") is "none" ? 0 : 1;
        if (FieldReader.Open(field) is not { } reader)
            return otherwise;

        var countField = reader.Required("atLeast");
        var count = Values.Count(countField);
        reader.Close();
        if (count is < 1 or > Limits.TrustedInstances)
            countField!.Error($"expected 1 to {Limits.TrustedInstances}, found {count}");
        return count ?? otherwise;
    }
}
