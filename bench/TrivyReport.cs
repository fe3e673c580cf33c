// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SupplyChain.Bench;

/// <summary>
/// Writes Trivy reports as Trivy does, indented, with rows of the mean shape of published ones: about 2.5 kB and forty
/// tokens of which nine texts are kept, a description of 370 characters, fourteen references, two CVSS vectors.
/// </summary>
internal static class TrivyReport
{
    private const int References = 14;

    /// <summary>The length of a description in published reports.</summary>
    public const int UsualDescription = 370;

    /// <summary>A report in memory.</summary>
    public static byte[] Of(int findings)
    {
        using var content = new MemoryStream();
        Write(content, findings, UsualDescription);
        return content.ToArray();
    }

    /// <summary>Writes a report piece by piece.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="findings">How many.</param>
    /// <param name="description">The length of each one's description.</param>
    public static void Write(Stream target, int findings, int description)
    {
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true });
        var prose = Prose(description);
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
        json.WriteString("ImageID", "sha256:" + new string('0', 64));
        json.WriteEndObject();
        json.WriteStartArray("Results");
        json.WriteStartObject();
        json.WriteString("Target", "bench (debian 12.8)");
        json.WriteString("Class", "os-pkgs");
        json.WriteString("Type", "debian");
        json.WriteStartArray("Vulnerabilities");
        for (var i = 0; i < findings; i++)
        {
            WriteFinding(json, i, prose);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, int number, string description)
    {
        // A package has a handful of findings, and its name and version come with each of them.
        var package = string.Create(CultureInfo.InvariantCulture, $"package-{number / 5}");
        var version = string.Create(CultureInfo.InvariantCulture, $"1.{number / 5}.0-3+deb12u1");
        var id = string.Create(CultureInfo.InvariantCulture, $"CVE-2026-{number:00000}");
        json.WriteStartObject();
        json.WriteString("VulnerabilityID", id);
        json.WriteString("PkgID", $"{package}@{version}");
        json.WriteString("PkgName", package);
        json.WriteStartObject("PkgIdentifier");
        json.WriteString("PURL", $"pkg:deb/debian/{package}@{version}?arch=amd64&distro=debian-12.8");
        json.WriteEndObject();
        json.WriteString("InstalledVersion", version);
        json.WriteString("FixedVersion", version + "+fixed");
        json.WriteString("Status", "fixed");
        json.WriteStartObject("Layer");
        json.WriteString("Digest", "sha256:" + new string('2', 64));
        json.WriteString("DiffID", "sha256:" + new string('1', 64));
        json.WriteEndObject();
        json.WriteString("SeveritySource", "nvd");
        json.WriteString("PrimaryURL", "https://avd.example.com/nvd/" + id);
        json.WriteStartObject("DataSource");
        json.WriteString("ID", "debian");
        json.WriteString("Name", "Debian Security Tracker");
        json.WriteString("URL", "https://security-tracker.example.org/tracker/data/json");
        json.WriteEndObject();
        json.WriteString("Title", $"{package}: out-of-bounds read while parsing a crafted file");
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
            json.WriteStringValue(string.Create(
                CultureInfo.InvariantCulture, $"https://lists.example.org/archives/announce/2026/{id}-{i:00000}.html"));
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

    // Sentences with the line ends and quotation marks that make a text need unescaping.
    private static string Prose(int length)
    {
        const string sentence = "An attacker who can place a file named \"index\" may read memory past the end of a buffer.\n";
        var text = new StringBuilder(length + sentence.Length);
        while (text.Length < length)
            text.Append(sentence);
        return text.ToString(0, length);
    }
}
