// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Tests.Sboms;

/// <summary>Real SBOMs: what is in them was counted without this product.</summary>
public sealed class SbomConformanceTests
{
    /// <summary>File, version, components, those with a package URL, those with a licence.</summary>
    public static TheoryData<string, string, int, int, int> Documents => new()
    {
        { "cyclonedx/dropwizard-vex.cdx.json", "1.5", 0, 0, 0 },
        { "cyclonedx/dropwizard-vulns.cdx.json", "1.5", 167, 167, 133 },
        { "cyclonedx/grype-TestCycloneDxPresenterImage.cdx.json", "1.7", 2, 1, 1 },
        { "cyclonedx/image-index.cdx.json", "1.6", 1, 1, 0 },
        { "cyclonedx/image-variant-amd64.cdx.json", "1.6", 348, 348, 242 },
        { "cyclonedx/no-severity.cdx.json", "1.4", 0, 0, 0 },
        { "cyclonedx/trivy-hello-world.cdx.json", "1.5", 0, 0, 0 },
        { "cyclonedx/valid-vulnerability-1.6.json", "1.6", 1, 1, 0 },
        { "cyclonedx/vex-cisa-case-8.json", "1.4", 0, 0, 0 },
        { "spdx/spdx_many_vuln.json", "SPDX-2.3", 4, 4, 4 },
        { "spdx/syft-TestSPDXJSONImageEncoder.json", "SPDX-2.3", 2, 2, 1 },
        { "spdx/syft-ubi9-6.7MB.spdx.json", "SPDX-2.3", 202, 202, 202 },
        { "spdx/syft-identify-3.0.json", "3.0.1", 1, 0, 1 },
    };

    [Theory, MemberData(nameof(Documents))]
    public void Every_component_is_read(string file, string version, int components, int purls, int licensed)
    {
        var sbom = Read(file);

        Assert.Equal(
            (version, components, purls, licensed),
            (sbom.Version, sbom.Components.Count, sbom.Components.Count(part => part.Purl is not null),
                sbom.Components.Count(part => part.Licenses.Count > 0)));
    }

    public static TheoryData<string> Advising => [.. SharedScans.Rows()
        .Where(row => row["format"] is "spdx").Select(row => row["file"]).DefaultIfEmpty("(absent)")];

    [Theory, MemberData(nameof(Advising))]
    public void What_SPDX_says_of_security_is_what_the_table_says(string file)
    {
        var sbom = Read(file);
        var expected = SharedScans.Rows().Single(row => row["file"] == file);

        Assert.Equal(expected["findings"], Show(sbom.Advisories.Count));
        Assert.Equal(
            expected["unique_id_pkg_version"],
            Show(sbom.Advisories.Select(advisory => (advisory.Locator, advisory.Component.Name, advisory.Component.Version)).Distinct().Count()));
    }

    /// <summary>An SBOM names its image as a report in the same format does; SPDX, which is no report, by the digest of the table.</summary>
    [Fact]
    public void What_an_SBOM_is_of_is_what_a_report_of_that_format_is_of()
    {
        var rows = SharedScans.Rows().Where(row => row["format"] is "spdx" or "cyclonedx").ToList();
        foreach (var file in Documents.Select(row => row.Data.Item1).Where(file => rows.Exists(row => row["file"] == file)))
        {
            var sbom = Read(file);
            if (ScanReportReader.Read(SharedScans.Read(file)).Report is { } report)
            {
                Assert.Equal(report.Subjects, sbom.Subjects);
                Assert.Equal(report.MalformedSubjects, sbom.MalformedSubjects);
            }
            else if (file.StartsWith("spdx/", StringComparison.Ordinal))
            {
                var named = rows.Single(row => row["file"] == file)["subject_digests"].Split("; ")[0];
                Assert.Equal(named, string.Join("; ", sbom.Subjects.Select(subject => $"purl={subject.Digest}")));
            }
        }
    }

    private static Sbom Read(string file)
    {
        Assert.True(StrictJson.TryParse(SharedScans.Read(file), out var document, out var problem), problem);
        using (document)
        {
            Assert.True(SbomReader.TryRead(document.RootElement, out var sbom, out problem), problem);
            return sbom;
        }
    }

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
