// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>SARIF 2.1.0 with one run.</summary>
internal static class SarifOutput
{
    public static string Write(IReadOnlyList<Issue> issues)
    {
        var rules = issues.DistinctBy(issue => issue.Rule, StringComparer.Ordinal)
            .OrderBy(issue => issue.Rule, StringComparer.Ordinal).ToList();
        return JsonText.Write(indented: true, json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, rules);
            json.WriteStartArray("results");
            foreach (var issue in issues)
                WriteResult(json, issue, rules.FindIndex(rule => string.Equals(rule.Rule, issue.Rule, StringComparison.Ordinal)));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }) + "\n";
    }

    private static void WriteTool(Utf8JsonWriter json, List<Issue> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "supplychain");
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Rule);
            WriteMessage(json, "shortDescription", rule.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Issue issue, int rule)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", issue.Rule);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", issue.Level switch { IssueLevel.Error => "error", IssueLevel.Warning => "warning", _ => "note" });
        WriteMessage(json, "message", issue.Text);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri(issue.Path));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", issue.Line);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("supplychain/v1", issue.Fingerprint);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", Literal(text));
        json.WriteEndObject();
    }

    // SARIF 2.1.0, 3.11.5 and 3.11.6: braces hold placeholders, brackets begin links, and who writes findings may write neither.
    private static string Literal(string text)
    {
        var literal = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            literal.Append(c switch
            {
                '{' => "{{",
                '}' => "}}",
                '[' => "\\[",
                ']' => "\\]",
                '\\' => "\\\\",
                _ => c.ToString(),
            });
        }

        return literal.ToString();
    }

    // A relative reference: the first segment of an image's name may have a port, which would read as a scheme.
    private static string Uri(string path) =>
        string.Join('/', path.Split('/').Select(System.Uri.EscapeDataString));
}
