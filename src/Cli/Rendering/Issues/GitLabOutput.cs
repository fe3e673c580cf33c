// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>GitLab's code quality report: a JSON array with a fingerprint each, equal ones once.</summary>
internal static class GitLabOutput
{
    public static string Write(IReadOnlyList<Issue> issues) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var issue in issues.DistinctBy(issue => issue.Fingerprint, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("description", issue.Text);
            json.WriteString("check_name", issue.Rule);
            json.WriteString("fingerprint", issue.Fingerprint);
            json.WriteString("severity", issue.Level switch { IssueLevel.Error => "critical", IssueLevel.Warning => "major", _ => "info" });
            json.WriteStartObject("location");
            json.WriteString("path", issue.Path);
            json.WriteStartObject("lines");
            json.WriteNumber("begin", issue.Line);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }) + "\n";
}
