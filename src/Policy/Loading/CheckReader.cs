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

    private static VulnerabilityCheck? ReadCheck(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet(
            "sbom", "provenance", "trustedDirectory", "freshness", "imageConfig", "baseImage", "predicate", "secrets",
            "misconfigurations", "licenses");
        var nameField = reader.Required("name");
        var name = Values.Name(nameField);
        if (ReservedNames.Contains(name, StringComparer.Ordinal))
            nameField!.Error($"the name {name} is taken by the judgement of evidence itself");

        var check = VulnerabilityCheckReader.Read(reader.Required("vulnerabilities"), name ?? "?");
        reader.Close();
        return check;
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
