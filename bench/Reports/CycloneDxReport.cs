// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Bench;

/// <summary>
/// Writes CycloneDX documents as Trivy does: components and what they depend on before the vulnerabilities, each of which has
/// ratings of several vendors and a dozen advisories. Half of the components have no vulnerability.
/// </summary>
internal static class CycloneDxReport
{
    private const int Advisories = 12;
    private const int FindingsPerComponent = 5;

    /// <summary>Writes a document piece by piece.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="findings">How many vulnerabilities.</param>
    /// <param name="description">The length of each one's description.</param>
    public static void Write(Stream target, int findings, int description)
    {
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true });
        var prose = SampleFinding.Prose(description);
        var components = 2 * findings / FindingsPerComponent;
        json.WriteStartObject();
        json.WriteString("$schema", "http://example.org/schema/bom-1.6.schema.json");
        json.WriteString("bomFormat", "CycloneDX");
        json.WriteString("specVersion", "1.6");
        json.WriteString("serialNumber", "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79");
        json.WriteNumber("version", 1);
        WriteMetadata(json);
        json.WriteStartArray("components");
        for (var i = 0; i < components; i++)
        {
            WriteComponent(json, new SampleFinding(i * FindingsPerComponent));
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("dependencies");
        for (var i = 0; i < components; i++)
            WriteDependency(json, i);
        json.WriteEndArray();
        json.WriteStartArray("vulnerabilities");
        for (var i = 0; i < findings; i++)
        {
            WriteVulnerability(json, new SampleFinding(i), prose);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", "2026-11-22T10:00:00+00:00");
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("group", "example");
        json.WriteString("name", "trivy");
        json.WriteString("version", "0.68.1");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("component");
        json.WriteString("bom-ref", "pkg:oci/bench");
        json.WriteString("type", "container");
        json.WriteString("name", "bench");
        json.WriteStartArray("properties");
        WriteProperty(json, "aquasecurity:trivy:ImageID", SampleFinding.Digest(0));
        WriteProperty(json, "aquasecurity:trivy:SchemaVersion", "2");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, SampleFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("bom-ref", finding.Purl);
        json.WriteString("type", "library");
        json.WriteStartObject("supplier");
        json.WriteString("name", "The maintainers of the distribution <maintainers@example.org>");
        json.WriteEndObject();
        json.WriteString("name", finding.Package);
        json.WriteString("version", finding.Version);
        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteStartObject("license");
        json.WriteString("id", "GPL-2.0-or-later");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("purl", finding.Purl);
        json.WriteStartArray("properties");
        WriteProperty(json, "aquasecurity:trivy:LayerDiffID", SampleFinding.Digest(1));
        WriteProperty(json, "aquasecurity:trivy:LayerDigest", SampleFinding.Digest(2));
        WriteProperty(json, "aquasecurity:trivy:PkgID", $"{finding.Package}@{finding.Version}");
        WriteProperty(json, "aquasecurity:trivy:PkgType", "debian");
        WriteProperty(json, "aquasecurity:trivy:SrcName", finding.Package);
        WriteProperty(json, "aquasecurity:trivy:SrcVersion", finding.Version);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private static void WriteDependency(Utf8JsonWriter json, int component)
    {
        json.WriteStartObject();
        json.WriteString("ref", new SampleFinding(component * FindingsPerComponent).Purl);
        json.WriteStartArray("dependsOn");
        for (var i = component / 2; i < component && i < (component / 2) + 3; i++)
            json.WriteStringValue(new SampleFinding(i * FindingsPerComponent).Purl);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteVulnerability(Utf8JsonWriter json, SampleFinding finding, string description)
    {
        json.WriteStartObject();
        json.WriteString("id", finding.Id);
        WriteSource(json, "debian", "https://security-tracker.example.org/tracker/data/json");
        json.WriteStartArray("ratings");
        WriteRating(json, "nvd", 7.5, "high", "CVSSv31");
        WriteRating(json, "redhat", 5.3, "medium", "CVSSv31");
        WriteRating(json, "ubuntu", null, "medium", null);
        json.WriteEndArray();
        json.WriteStartArray("cwes");
        json.WriteNumberValue(125);
        json.WriteEndArray();
        json.WriteString("description", description);
        json.WriteString("recommendation", $"Upgrade {finding.Package} to version {finding.FixedVersion}");
        json.WriteStartArray("advisories");
        for (var i = 0; i < Advisories; i++)
        {
            json.WriteStartObject();
            json.WriteString("url", finding.Reference(i));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("published", "2026-10-01T12:15:00+00:00");
        json.WriteString("updated", "2026-10-09T08:31:22+00:00");
        json.WriteStartArray("affects");
        json.WriteStartObject();
        json.WriteString("ref", finding.Purl);
        json.WriteStartArray("versions");
        json.WriteStartObject();
        json.WriteString("version", finding.Version);
        json.WriteString("status", "affected");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, string name, string? url)
    {
        json.WriteStartObject("source");
        json.WriteString("name", name);
        if (url is not null)
            json.WriteString("url", url);
        json.WriteEndObject();
    }

    private static void WriteRating(Utf8JsonWriter json, string vendor, double? score, string severity, string? method)
    {
        json.WriteStartObject();
        WriteSource(json, vendor, null);
        if (score is { } number)
            json.WriteNumber("score", number);
        json.WriteString("severity", severity);
        if (method is not null)
        {
            json.WriteString("method", method);
            json.WriteString("vector", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
        }

        json.WriteEndObject();
    }
}
