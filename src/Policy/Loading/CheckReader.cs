// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Reads checks.</summary>
internal static class CheckReader
{
    // Evidence is judged under these names beside the policy's own checks.
    private static readonly string[] ReservedNames = ["evidence", "reports", "coverage", "freshness"];

    internal static IReadOnlyList<PolicyCheck>? ReadList(Field? field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Values.List(field, item =>
        {
            var check = ReadCheck(item);
            if (check is not null && !seen.Add(check.Name))
                item.Error($"a check named {check.Name} is there already");

            return check;
        });
    }

    private static PolicyCheck? ReadCheck(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var nameField = reader.Required("name");
        var name = Values.Name(nameField);
        if (ReservedNames.Contains(name, StringComparer.Ordinal))
            nameField!.Error($"the name {name} is taken by the judgement of evidence itself");

        var vulnerabilities = reader.Optional("vulnerabilities");
        var others = CheckKinds.Read(reader, name ?? "?");
        reader.Close();
        if (others.Count + (vulnerabilities is null ? 0 : 1) != 1)
            return Refuse(reader, others.Select(other => other.Kind).ToList(), vulnerabilities is not null);

        return vulnerabilities is null ? others[0].Check : ReadVulnerabilities(vulnerabilities, name ?? "?");
    }

    private static PolicyCheck? Refuse(FieldReader reader, List<string> kinds, bool hasVulnerabilities)
    {
        if (hasVulnerabilities)
            kinds.Insert(0, "vulnerabilities");
        reader.Error(kinds.Count == 0
            ? $"checks nothing; expected one of {CheckKinds.Names}"
            : $"is {string.Join(" and ", kinds)} at once; make it a check each, with a name of its own");
        return null;
    }

    private static VulnerabilityCheck? ReadVulnerabilities(Field? field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("fixableGracePeriod", "knownExploited", "maxCount", "severityFrom");
        var fixable = ReadLimit(reader.Required("maximumFixableSeverity"));
        var unfixable = ReadLimit(reader.Required("maximumUnfixableSeverity"));
        var unknown = ReadUnknown(reader.Optional("unknownSeverity"));
        var blocked = Values.Distinct(reader.Optional("blockedCves"), ReadId) ?? [];
        var exceptions = Values.List(reader.Optional("exceptions"), item => ExceptionReader.Read(item, blocked)) ?? [];
        reader.Close();
        return fixable is null || unfixable is null
            ? null
            : new VulnerabilityCheck(name)
            {
                MaximumFixableSeverity = fixable.Value,
                MaximumUnfixableSeverity = unfixable.Value,
                UnknownSeverity = unknown ?? Severity.Critical,
                BlockedCves = blocked,
                Exceptions = exceptions,
            };
    }

    private static SeverityLimit? ReadLimit(Field? field) => Values.Word(
        field,
        ("BLOCK_ALL", SeverityLimit.BlockAll), ("MINIMAL", SeverityLimit.Minimal), ("LOW", SeverityLimit.Low),
        ("MEDIUM", SeverityLimit.Medium), ("HIGH", SeverityLimit.High), ("CRITICAL", SeverityLimit.Critical),
        ("ALLOW_ALL", SeverityLimit.AllowAll));

    private static Severity? ReadUnknown(Field? field) => Values.Word(
        field,
        ("MINIMAL", Severity.Negligible), ("LOW", Severity.Low), ("MEDIUM", Severity.Medium), ("HIGH", Severity.High),
        ("CRITICAL", Severity.Critical));

    /// <summary>A vulnerability's id: printable ASCII without spaces and wildcards.</summary>
    internal static string? ReadId(Field? field)
    {
        if (Values.Line(field) is not { } id)
            return null;

        return id.Length <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ':' or '_')
            ? id
            : field!.Error<string>($"'{Printable.Escape(id)}' is not a vulnerability's id; expected one such as CVE-2026-12345");
    }
}
