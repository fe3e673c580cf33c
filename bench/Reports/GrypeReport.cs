// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Bench;

/// <summary>
/// Writes Grype reports as Grype 0.9x does, indented by one blank, matches before everything else, with rows of the mean shape of
/// published ones: 3 kB, a related vulnerability, one detail of how it matched, two or three files.
/// </summary>
internal static class GrypeReport
{
    private const int Locations = 3;

    private const string Copyright = "/usr/share/doc/";

    /// <summary>Writes a report piece by piece.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="findings">How many.</param>
    /// <param name="description">The length of each one's description.</param>
    public static void Write(Stream target, int findings, int description)
    {
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true, IndentSize = 1 });
        var prose = SampleFinding.Prose(description);
        json.WriteStartObject();
        json.WriteStartArray("matches");
        for (var i = 0; i < findings; i++)
        {
            WriteMatch(json, new SampleFinding(i), prose);
            json.Flush();
        }

        json.WriteEndArray();
        WriteEnd(json);
        json.WriteEndObject();
    }

    private static void WriteMatch(Utf8JsonWriter json, SampleFinding finding, string description)
    {
        json.WriteStartObject();
        json.WriteStartObject("vulnerability");
        WriteNames(json, finding, "https://security-tracker.example.org/tracker/", "debian:distro:debian:12");
        json.WriteStartArray("urls");
        json.WriteEndArray();
        json.WriteStartArray("cvss");
        json.WriteEndArray();
        WriteEpss(json, finding);
        json.WriteStartObject("fix");
        json.WriteStartArray("versions");
        json.WriteStringValue(finding.FixedVersion);
        json.WriteEndArray();
        json.WriteString("state", "fixed");
        json.WriteStartArray("available");
        json.WriteStartObject();
        json.WriteString("version", finding.FixedVersion);
        json.WriteString("date", "2026-10-09");
        json.WriteString("kind", "first-observed");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("advisories");
        json.WriteEndArray();
        json.WriteNumber("risk", 0.0741);
        json.WriteEndObject();

        json.WriteStartArray("relatedVulnerabilities");
        json.WriteStartObject();
        WriteNames(json, finding, "https://nvd.example.org/vuln/detail/", "nvd:cpe");
        json.WriteStartArray("urls");
        for (var i = 0; i < 4; i++)
            json.WriteStringValue(finding.Reference(i));
        json.WriteEndArray();
        json.WriteString("description", description);
        WriteCvss(json);
        WriteEpss(json, finding);
        json.WriteEndObject();
        json.WriteEndArray();

        WriteDetails(json, finding);
        WriteArtifact(json, finding);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, SampleFinding finding, string source, string space)
    {
        json.WriteString("id", finding.Id);
        json.WriteString("dataSource", source + finding.Id);
        json.WriteString("namespace", space);
        json.WriteString("severity", "High");
    }

    private static void WriteCvss(Utf8JsonWriter json)
    {
        json.WriteStartArray("cvss");
        json.WriteStartObject();
        json.WriteString("source", "nvd@example.org");
        json.WriteString("type", "Primary");
        json.WriteString("version", "3.1");
        json.WriteString("vector", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
        json.WriteStartObject("metrics");
        json.WriteNumber("baseScore", 7.5);
        json.WriteNumber("exploitabilityScore", 3.9);
        json.WriteNumber("impactScore", 3.6);
        json.WriteEndObject();
        json.WriteStartObject("vendorMetadata");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteEpss(Utf8JsonWriter json, SampleFinding finding)
    {
        json.WriteStartArray("epss");
        json.WriteStartObject();
        json.WriteString("cve", finding.Id);
        json.WriteNumber("epss", 0.00093);
        json.WriteNumber("percentile", 0.26417);
        json.WriteString("date", "2026-11-20");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDetails(Utf8JsonWriter json, SampleFinding finding)
    {
        json.WriteStartArray("matchDetails");
        json.WriteStartObject();
        json.WriteString("type", "exact-indirect-match");
        json.WriteString("matcher", "dpkg-matcher");
        json.WriteStartObject("searchedBy");
        json.WriteStartObject("distro");
        json.WriteString("type", "debian");
        json.WriteString("version", "12");
        json.WriteEndObject();
        json.WriteString("namespace", "debian:distro:debian:12");
        json.WriteStartObject("package");
        json.WriteString("name", finding.Package);
        json.WriteString("version", finding.Version);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("found");
        json.WriteString("vulnerabilityID", finding.Id);
        json.WriteString("versionConstraint", $"< {finding.FixedVersion} (deb)");
        json.WriteEndObject();
        json.WriteStartObject("fix");
        json.WriteString("suggestedVersion", finding.FixedVersion);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteArtifact(Utf8JsonWriter json, SampleFinding finding)
    {
        json.WriteStartObject("artifact");
        json.WriteString("id", SampleFinding.Text($"{finding.Number / 5:x16}"));
        json.WriteString("name", finding.Package);
        json.WriteString("version", finding.Version);
        json.WriteString("type", "deb");
        json.WriteStartArray("locations");
        for (var i = 0; i < Locations; i++)
        {
            var path = i == 0 ? "/var/lib/dpkg/status" : SampleFinding.Text($"{Copyright}{finding.Package}/{i}");
            json.WriteStartObject();
            json.WriteString("path", path);
            json.WriteString("layerID", SampleFinding.Digest(1));
            json.WriteString("accessPath", path);
            json.WriteStartObject("annotations");
            json.WriteString("evidence", i == 0 ? "primary" : "supporting");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("language", "");
        json.WriteStartArray("licenses");
        json.WriteStringValue("GPL-2");
        json.WriteStringValue("LGPL-2.1");
        json.WriteEndArray();
        json.WriteStartArray("cpes");
        json.WriteStringValue($"cpe:2.3:a:{finding.Package}:{finding.Package}:{finding.Version}:*:*:*:*:*:*:*");
        json.WriteEndArray();
        json.WriteString("purl", finding.Purl);
        json.WriteStartArray("upstreams");
        json.WriteStartObject();
        json.WriteString("name", finding.Package + "-src");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteStartObject("source");
        json.WriteString("type", "image");
        json.WriteStartObject("target");
        json.WriteString("userInput", "bench");
        json.WriteString("imageID", SampleFinding.Digest(0));
        json.WriteString("manifestDigest", SampleFinding.Digest(3));
        json.WriteString("os", "linux");
        json.WriteString("architecture", "amd64");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("distro");
        json.WriteString("name", "debian");
        json.WriteString("version", "12");
        json.WriteEndObject();
        json.WriteStartObject("descriptor");
        json.WriteString("name", "grype");
        json.WriteString("version", "0.98.0");
        json.WriteString("timestamp", "2026-11-22T10:00:00.123456789Z");
        json.WriteStartObject("db");
        json.WriteStartObject("status");
        json.WriteString("schemaVersion", "v6.1.0");
        json.WriteString("built", "2026-11-22T04:10:00Z");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
