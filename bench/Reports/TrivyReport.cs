// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Bench;

/// <summary>
/// Writes Trivy reports as Trivy does, indented, with rows of the mean shape of published ones: about 2.5 kB and forty
/// tokens of which nine texts are kept, a description of 370 characters, fourteen references, two CVSS vectors.
/// </summary>
internal static class TrivyReport
{
    private const int References = 14;

    /// <summary>Writes a report piece by piece.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="findings">How many.</param>
    /// <param name="description">The length of each one's description.</param>
    public static void Write(Stream target, int findings, int description)
    {
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true });
        var prose = SampleFinding.Prose(description);
        json.WriteStartObject();
        json.WriteNumber("SchemaVersion", 2);
        json.WriteString("CreatedAt", "2026-11-22T10:00:00.123456789Z");
        json.WriteString("ArtifactName", "bench");
        json.WriteString("ArtifactType", "container_image");
        json.WriteStartObject("Metadata");
        json.WriteStartObject("OS");
        json.WriteString("Family", "debian");
        json.WriteString("Name", "12.8");
        json.WriteEndObject();
        json.WriteString("ImageID", SampleFinding.Digest(0));
        json.WriteEndObject();
        json.WriteStartArray("Results");
        json.WriteStartObject();
        json.WriteString("Target", "bench (debian 12.8)");
        json.WriteString("Class", "os-pkgs");
        json.WriteString("Type", "debian");
        json.WriteStartArray("Vulnerabilities");
        for (var i = 0; i < findings; i++)
        {
            WriteFinding(json, new SampleFinding(i), prose);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, SampleFinding finding, string description)
    {
        json.WriteStartObject();
        json.WriteString("VulnerabilityID", finding.Id);
        json.WriteString("PkgID", $"{finding.Package}@{finding.Version}");
        json.WriteString("PkgName", finding.Package);
        json.WriteStartObject("PkgIdentifier");
        json.WriteString("PURL", finding.Purl);
        json.WriteEndObject();
        json.WriteString("InstalledVersion", finding.Version);
        json.WriteString("FixedVersion", finding.FixedVersion);
        json.WriteString("Status", "fixed");
        json.WriteStartObject("Layer");
        json.WriteString("Digest", SampleFinding.Digest(2));
        json.WriteString("DiffID", SampleFinding.Digest(1));
        json.WriteEndObject();
        json.WriteString("SeveritySource", "nvd");
        json.WriteString("PrimaryURL", "https://avd.example.com/nvd/" + finding.Id);
        json.WriteStartObject("DataSource");
        json.WriteString("ID", "debian");
        json.WriteString("Name", "Debian Security Tracker");
        json.WriteString("URL", "https://security-tracker.example.org/tracker/data/json");
        json.WriteEndObject();
        json.WriteString("Title", finding.Title);
        json.WriteString("Description", description);
        json.WriteString("Severity", "HIGH");
        json.WriteStartArray("CweIDs");
        json.WriteStringValue("CWE-125");
        json.WriteEndArray();
        json.WriteStartObject("VendorSeverity");
        json.WriteNumber("debian", 3);
        json.WriteNumber("nvd", 3);
        json.WriteNumber("redhat", 2);
        json.WriteEndObject();
        json.WriteStartObject("CVSS");
        WriteScore(json, "nvd", 7.5);
        WriteScore(json, "redhat", 5.3);
        json.WriteEndObject();
        json.WriteStartArray("References");
        for (var i = 0; i < References; i++)
            json.WriteStringValue(finding.Reference(i));
        json.WriteEndArray();
        json.WriteString("PublishedDate", "2026-10-01T12:15:00Z");
        json.WriteString("LastModifiedDate", "2026-10-09T08:31:22.417Z");
        json.WriteEndObject();
    }

    private static void WriteScore(Utf8JsonWriter json, string vendor, double score)
    {
        json.WriteStartObject(vendor);
        json.WriteString("V3Vector", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
        json.WriteNumber("V3Score", score);
        json.WriteEndObject();
    }
}
