// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>Reports as a pipeline sends them: read from their bytes and bound to the image, so that a policy judges what was written.</summary>
internal static class Submission
{
    public static EvidenceSet Of(params byte[][] reports)
    {
        var image = Image.ToBindingImage();
        var scans = new List<ScanEvidence>();
        var problems = new List<EvidenceProblem>();
        foreach (var read in reports.Select(report => ScanReportReader.Read(report)))
        {
            if (read.Report is not { } report)
            {
                problems.Add(new EvidenceProblem(read.Problem!.Reason, read.Problem.Message, IsError: false) { Evidence = read.Digest });
                continue;
            }

            var binding = ReportBinding.Bind(report, image);
            if (binding.Covers is not { } covers)
            {
                problems.Add(new EvidenceProblem(binding.Reason!, binding.Message, IsError: false) { Evidence = report.Digest });
                continue;
            }

            scans.Add(new ScanEvidence
            {
                Digest = report.Digest,
                Report = report,
                Source = EvidenceSource.Submitted,
                Binding = binding.Kind == BindingKind.Proven ? EvidenceBinding.Proven : EvidenceBinding.Asserted,
                Covers = covers,
            });
        }

        return Set([.. scans]) with { Problems = problems };
    }

    public static EvidenceSet Of(params JsonObject[] reports) => Of([.. reports.Select(report => Bytes(report))]);

    public static byte[] Bytes(JsonObject report) => Encoding.UTF8.GetBytes(report.ToJsonString());

    /// <summary>A complete report of trivy about the image, an hour old.</summary>
    public static JsonObject Trivy(params JsonObject[] rows) => new()
    {
        ["SchemaVersion"] = 2,
        ["Trivy"] = new JsonObject { ["Version"] = "0.58.1" },
        ["CreatedAt"] = "2026-11-22T09:00:00Z",
        ["ArtifactName"] = "made-for-tests",
        ["ArtifactType"] = "container_image",
        ["Metadata"] = new JsonObject
        {
            ["OS"] = new JsonObject { ["Family"] = "debian", ["Name"] = "12.8" },
            ["ImageID"] = DigestOf("config").ToString(),
            ["RepoDigests"] = new JsonArray($"{Deployed}@{DigestOf("manifest")}"),
        },
        ["Results"] = new JsonArray(new JsonObject
        {
            ["Target"] = "made-for-tests (debian 12.8)", ["Class"] = "os-pkgs", ["Type"] = "debian", ["Vulnerabilities"] = new JsonArray([.. rows]),
        }),
    };

    /// <summary>One row of it: critical and with a fix, unless told otherwise.</summary>
    public static JsonObject Row(string id = "CVE-2026-1", string severity = "CRITICAL", string purl = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64") => new()
    {
        ["VulnerabilityID"] = id,
        ["PkgName"] = "openssl",
        ["PkgIdentifier"] = new JsonObject { ["PURL"] = purl },
        ["InstalledVersion"] = "3.0.11-1",
        ["FixedVersion"] = "3.0.20-1",
        ["Severity"] = severity,
    };

    /// <summary>The row with other members.</summary>
    public static JsonObject With(this JsonObject row, string member, string json)
    {
        row[member] = JsonNode.Parse(json);
        return row;
    }

    /// <summary>A complete report of grype about the image, an hour old, by a database of the day before.</summary>
    public static JsonObject Grype(params JsonObject[] matches) => new()
    {
        ["matches"] = new JsonArray([.. matches]),
        ["source"] = new JsonObject { ["type"] = "image", ["target"] = new JsonObject { ["imageID"] = DigestOf("config").ToString() } },
        ["distro"] = new JsonObject { ["name"] = "debian", ["version"] = "12" },
        ["descriptor"] = new JsonObject
        {
            ["name"] = "grype",
            ["version"] = "0.94.0",
            ["timestamp"] = "2026-11-22T09:00:00Z",
            ["db"] = new JsonObject { ["built"] = "2026-11-21T09:00:00Z" },
        },
    };

    /// <summary>One match of it, whose fix of the day before is known, and how likely it is to be exploited.</summary>
    public static JsonObject Match(string severity, string? since = "2026-11-21", double? epss = 0.01)
    {
        var vulnerability = new JsonObject
        {
            ["id"] = "CVE-2026-7",
            ["severity"] = severity,
            ["fix"] = new JsonObject { ["state"] = "fixed", ["versions"] = new JsonArray("3.0.20-1") },
        };
        if (since is not null)
            vulnerability["fix"]!["available"] = new JsonArray(new JsonObject { ["date"] = since });
        if (epss is not null)
            vulnerability["epss"] = new JsonArray(new JsonObject { ["epss"] = epss });
        return new JsonObject
        {
            ["vulnerability"] = vulnerability,
            ["artifact"] = new JsonObject { ["name"] = "openssl", ["version"] = "3.0.11-1", ["type"] = "deb", ["purl"] = "pkg:deb/debian/openssl@3.0.11-1" },
        };
    }
}
