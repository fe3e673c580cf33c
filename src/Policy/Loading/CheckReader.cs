// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

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

        return vulnerabilities is null ? others[0].Check : VulnerabilityCheckReader.Read(vulnerabilities, name ?? "?");
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
