// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Bench;

/// <summary>
/// Writes SARIF logs as Trivy does: rules before results, each rule with its description three times, and three
/// results for two rules, as in published ones.
/// </summary>
internal static class SarifReport
{
    /// <summary>Writes a log piece by piece.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="findings">How many results; two of three have a rule of their own.</param>
    /// <param name="description">The length of each rule's description.</param>
    public static void Write(Stream target, int findings, int description)
    {
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true });
        var prose = SampleFinding.Prose(description);
        json.WriteStartObject();
        json.WriteString("version", "2.1.0");
        json.WriteString("$schema", "https://example.org/sarif/2.1.0.json");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("fullName", "Trivy Vulnerability Scanner");
        json.WriteString("informationUri", "https://scanner.example.org");
        json.WriteString("name", "Trivy");
        json.WriteStartArray("rules");
        for (var rule = 0; rule <= RuleOf(findings - 1); rule++)
        {
            WriteRule(json, new SampleFinding(rule), prose);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteString("version", "0.68.1");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("results");
        for (var i = 0; i < findings; i++)
        {
            // The second result of a rule is for another package.
            WriteResult(json, new SampleFinding(i % 3 == 1 ? i + 5 : i), RuleOf(i));
            json.Flush();
        }

        json.WriteEndArray();
        WriteEnd(json);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int RuleOf(int result) => result * 2 / 3;

    private static void WriteRule(Utf8JsonWriter json, SampleFinding finding, string description)
    {
        var link = $"https://avd.example.com/nvd/{finding.Id}";
        json.WriteStartObject();
        json.WriteString("id", finding.Id);
        json.WriteString("name", "OsPackageVulnerability");
        WriteText(json, "shortDescription", finding.Title);
        WriteText(json, "fullDescription", description);
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", "error");
        json.WriteEndObject();
        json.WriteString("helpUri", link);
        json.WriteStartObject("help");
        json.WriteString(
            "text", $"Vulnerability {finding.Id}\nSeverity: HIGH\nPackage: {finding.Package}\nFixed Version: {finding.FixedVersion}\n"
            + $"Link: [{finding.Id}]({link})\n{description}");
        json.WriteString(
            "markdown", $"**Vulnerability {finding.Id}**\n| Severity | Package | Fixed Version | Link |\n| --- | --- | --- | --- |\n"
            + $"|HIGH|{finding.Package}|{finding.FixedVersion}|[{finding.Id}]({link})|\n\n{description}");
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("precision", "very-high");
        json.WriteString("security-severity", "7.5");
        json.WriteStartArray("tags");
        json.WriteStringValue("vulnerability");
        json.WriteStringValue("security");
        json.WriteStringValue("HIGH");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, SampleFinding package, int rule)
    {
        var id = new SampleFinding(rule).Id;
        json.WriteStartObject();
        json.WriteString("ruleId", id);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", "error");
        WriteText(
            json, "message", $"Package: {package.Package}\nInstalled Version: {package.Version}\nVulnerability {id}\nSeverity: HIGH\n"
            + $"Fixed Version: {package.FixedVersion}\nLink: [{id}](https://avd.example.com/nvd/{id})");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", "library/bench");
        json.WriteString("uriBaseId", "ROOTPATH");
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", 1);
        json.WriteNumber("startColumn", 1);
        json.WriteNumber("endLine", 1);
        json.WriteNumber("endColumn", 1);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteText(json, "message", $"library/bench: {package.Package}@{package.Version}");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject("ROOTPATH");
        json.WriteString("uri", "file:///");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("imageID", SampleFinding.Digest(0));
        json.WriteString("imageName", "bench");
        json.WriteStartArray("repoDigests");
        json.WriteStringValue("registry.example.org/library/bench@" + SampleFinding.Digest(3));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
