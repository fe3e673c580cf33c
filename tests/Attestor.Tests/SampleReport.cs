// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Evidence;
using SupplyChain.Model;

namespace SupplyChain.Attestor.Tests;

/// <summary>A report in Trivy's form, made for these tests.</summary>
internal sealed class SampleReport(byte[] content, string name = "report.json") : ISubmittedReport
{
    public string Name => name;

    public long Size => content.Length;

    public Stream Open() => new MemoryStream(content, writable: false);

    public static SampleReport Of(
        Digest? config, DateTimeOffset time, string scanner = "trivy", params (string Id, string Severity, string? Fixed)[] findings) =>
        new(Encoding.UTF8.GetBytes(Json(config, time, findings).ToJsonString()), $"{scanner}.json");

    /// <summary>One that does not tell when it was made.</summary>
    public static SampleReport Undated(Digest config)
    {
        var report = Json(config, default);
        report.Remove("CreatedAt");
        return Raw(report.ToJsonString());
    }

    public static SampleReport Raw(string text) => new(Encoding.UTF8.GetBytes(text));

    public static JsonObject Json(Digest? config, DateTimeOffset time, params (string Id, string Severity, string? Fixed)[] findings)
    {
        var metadata = new JsonObject { ["OS"] = new JsonObject { ["Family"] = "alpine", ["Name"] = "3.20.3" } };
        if (config is not null)
            metadata["ImageID"] = config.ToString();
        return new JsonObject
        {
            ["SchemaVersion"] = 2,
            ["Trivy"] = new JsonObject { ["Version"] = "0.58.1" },
            ["CreatedAt"] = time.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["ArtifactName"] = "made-for-tests",
            ["ArtifactType"] = "container_image",
            ["Metadata"] = metadata,
            ["Results"] = new JsonArray(new JsonObject
            {
                ["Target"] = "made-for-tests (alpine 3.20.3)",
                ["Class"] = "os-pkgs",
                ["Type"] = "alpine",
                ["Packages"] = new JsonArray(new JsonObject
                {
                    ["ID"] = "openssl@3.3.1-r0",
                    ["Name"] = "openssl",
                    ["Version"] = "3.3.1-r0",
                }),
                ["Vulnerabilities"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
                {
                    ["VulnerabilityID"] = finding.Id,
                    ["PkgName"] = "openssl",
                    ["InstalledVersion"] = "3.3.1-r0",
                    ["FixedVersion"] = finding.Fixed,
                    ["Severity"] = finding.Severity,
                })]),
            }),
        };
    }
}
