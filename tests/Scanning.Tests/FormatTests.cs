// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Which format a document is of, told by content.</summary>
public sealed class FormatTests
{
    public static TheoryData<string, string> Others => new()
    {
        { """{"spdxVersion":"SPDX-2.3"}""", "this is SPDX, which is not accepted; accepted are Trivy JSON, Grype JSON, " },
        { """{"spdxVersion":"SPDX-2.3","packages":[]}""", "this is SPDX," },
        { """{"@context":"https://spdx.org/rdf/3.0.1","@graph":[]}""", "this is SPDX 3," },
        { """{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}""", "this is OpenVEX," },
        { """{"document":{"csaf_version":"2.0"}}""", "this is CSAF," },
        { """{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}""", "this is a DSSE envelope," },
        { """{"_type":"https://in-toto.io/Statement/v1","predicateType":"x"}""", "this is a statement with a predicate of type 'x', which is not accepted; accepted are " },
        { """{"ClusterName":"c","Vulnerabilities":[]}""", "this is Trivy's Kubernetes report," },
        { """{"apiVersion":"v1","kind":"VulnerabilityReport","report":{}}""", "of Kubernetes objects only Trivy operator's VulnerabilityReport is accepted, this is a 'VulnerabilityReport' of 'v1'" },
        { """{"apiVersion":"v1","kind":"Pod"}""", "of Kubernetes objects only Trivy operator's VulnerabilityReport is accepted, this is a 'Pod'" },
        { """[{"Target":"x","Vulnerabilities":null}]""", "this is a Trivy report of before its schema version 2," },
        { """{"findings":[],"nextToken":"x"}""", "this is a list of no findings, " },
        { """{"Findings":[]}""", "this is a list of no findings, " },
        { """{"results":[{"packages":[]}]}""", "the results are neither of osv-scanner nor of twistcli" },
        { """{"results":[{"source":{},"id":"sha256:x"}]}""", "some results are of osv-scanner and some of twistcli" },
        { """[{"packageManager":"deb"},{"packageManager":"npm"}]""", "this is Snyk's report of a project, not of a container image" },
        { """{"scan":{"type":"sast"},"vulnerabilities":[]}""", "of GitLab's reports only those of container_scanning are accepted, this is of 'sast'" },
    };

    [Theory, MemberData(nameof(Others))]
    public void Another_format_is_refused_by_its_name(string document, string expected) =>
        Assert.StartsWith(expected, Fixture.Refuse(document, ReasonCode.ReportFormat).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("runs", "SARIF")]
    [InlineData("matches", "Grype JSON")]
    [InlineData("bomFormat", "CycloneDX")]
    [InlineData("spdxVersion", "SPDX")]
    [InlineData("payloadType", "a DSSE envelope")]
    public void A_document_of_two_formats_is_refused(string member, string other)
    {
        foreach (var first in new[] { true, false })
        {
            var problem = Fixture.Refuse(
                Fixture.Edit("trivy.json", root => root.Insert(first ? 0 : root.Count, member, null)), ReasonCode.ReportFormat);
            Assert.Contains("Trivy JSON", problem.Message, StringComparison.Ordinal);
            Assert.Contains(other, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_results_of_osv_scanner_beside_those_of_Trivy_are_a_duplicate() => Fixture.Refuse(
        Fixture.Edit("trivy.json", root => root["results"] = new JsonArray()), ReasonCode.ReportDuplicateMember);

    [Theory]
    [InlineData("CreatedAt", "createdat")]
    [InlineData("Metadata", "metadata")]
    [InlineData("SchemaVersion", "schemaVersion")]
    public void A_member_in_other_letter_case_is_refused(string name, string variant)
    {
        var problem = Fixture.Refuse(
            Fixture.Edit("trivy.json", root => root.Add(variant, root[name]!.DeepClone())), ReasonCode.ReportDuplicateMember);

        Assert.Contains($"'{variant}' differs from '{name}'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"matches":[]}""", "REPORT_FORMAT", "matches alone")]
    [InlineData("""{"matches":[],"descriptor":{"name":"grype"}}""", "REPORT_FORMAT", "matches alone")]
    [InlineData("""{"descriptor":{"name":"grype"},"source":{"type":"image"}}""", "REPORT_FORMAT", "no known format (its members: descriptor, source)")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}""", "REPORT_FORMAT", "no known format (its members: schemaVersion, mediaType)")]
    [InlineData("""{"scanner":"acme","findings_count":0}""", "REPORT_FORMAT", "no known format (its members: scanner, findings_count)")]
    public void A_fragment_is_no_report(string document, string reason, string expected)
    {
        Assert.True(ReasonCode.TryParse(reason, out var code));
        Assert.Contains(expected, Fixture.Refuse(document, code).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_way_to_be_no_report_has_a_code_of_its_own()
    {
        var image = new BindingImage(
            Model.Digest.Compute("x"u8), IsIndex: false,
            [new BindingPlatform(Model.Digest.Compute("x"u8), Model.Digest.Compute("y"u8), null)]);
        ReasonCode?[] codes =
        [
            ScanReportReader.Read(Array.Empty<byte>()).Problem?.Reason,
            ScanReportReader.Read(Fixture.Bytes("trivy.json").AsMemory(0, 900)).Problem?.Reason,
            ScanReportReader.Read(Encoding.UTF8.GetBytes(Fixture.Text("trivy.json")[..^1] + ",\"Results\":[]}")).Problem?.Reason,
            ScanReportReader.Read(Encoding.UTF8.GetBytes(new string('[', 200) + new string(']', 200))).Problem?.Reason,
            ScanReportReader.Read(Fixture.Edit("grype.json", root => root["descriptor"]!["name"] = "xeol")).Problem?.Reason,
            ScanReportReader.Read("""{"scanner":"acme"}"""u8.ToArray()).Problem?.Reason,
            ReportBinding.Bind(Fixture.Accept("trivy.json"), image).Reason,
            ReportBinding.Bind(Fixture.Accept("trivy.json", root => root.Remove("Metadata")), image).Reason,
        ];

        Assert.DoesNotContain(null, codes);
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }
}
