// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Evidence;
using SupplyChain.Model;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>A scan that found nothing, in Trivy's form.</summary>
internal sealed class DrillReport(Digest config, DateTimeOffset time) : ISubmittedReport
{
    private readonly byte[] _content = Encoding.UTF8.GetBytes(
        $$"""
        {
          "SchemaVersion": 2, "Trivy": { "Version": "0.58.1" },
          "CreatedAt": "{{time.ToString("O", CultureInfo.InvariantCulture)}}",
          "ArtifactName": "made-for-tests", "ArtifactType": "container_image",
          "Metadata": { "OS": { "Family": "alpine", "Name": "3.20.3" }, "ImageID": "{{config}}" },
          "Results": [
            {
              "Target": "made-for-tests (alpine 3.20.3)", "Class": "os-pkgs", "Type": "alpine",
              "Packages": [{ "ID": "openssl@3.3.1-r0", "Name": "openssl", "Version": "3.3.1-r0" }]
            }
          ]
        }
        """);

    public string Name => "trivy.json";

    public long Size => _content.Length;

    public Stream Open() => new MemoryStream(_content, writable: false);
}
