// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Components;

/// <summary>Reports in Trivy's form, made for these tests and not by a scanner.</summary>
public static class TrivyReport
{
    /// <summary>A report without findings, of now, that names the image by the digest of its configuration.</summary>
    public static byte[] Clean(Digest config) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["SchemaVersion"] = 2,
        ["Trivy"] = new JsonObject { ["Version"] = "0.58.1" },
        ["CreatedAt"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        ["ArtifactName"] = "made-for-tests",
        ["ArtifactType"] = "container_image",
        ["Metadata"] = new JsonObject
        {
            ["OS"] = new JsonObject { ["Family"] = "alpine", ["Name"] = "3.20.3" },
            ["ImageID"] = config.ToString(),
        },
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
        }),
    }.ToJsonString());
}
