// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>The reports made for these tests, whole or with one thing changed.</summary>
internal static class Fixture
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static byte[] Edit(string name, Action<JsonObject> edit)
    {
        var report = JsonNode.Parse(Bytes(name))!.AsObject();
        edit(report);
        return Encoding.UTF8.GetBytes(report.ToJsonString(Plain));
    }

    public static JsonObject Node(string name) => JsonNode.Parse(Bytes(name))!.AsObject();

    /// <summary>The text of a fixture without insignificant white space, for edits that are no JSON.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(Edit(name, _ => { }));

    public static ScanReport Accept(byte[] content)
    {
        var result = ScanReportReader.Read(content);
        Assert.True(result.IsReport, result.Problem?.Message);
        return result.Report!;
    }

    public static ScanReport Accept(string name) => Accept(Bytes(name));

    public static ScanReport Accept(string name, Action<JsonObject> edit) => Accept(Edit(name, edit));

    public static ReportProblem Refuse(byte[] content, ReasonCode reason)
    {
        var result = ScanReportReader.Read(content);
        Assert.False(result.IsReport, "the report was accepted");
        Assert.Equal(reason.Name, result.Problem!.Reason.Name);
        Assert.NotEmpty(result.Problem.Message);
        return result.Problem;
    }

    public static ReportProblem Refuse(string content, ReasonCode reason) => Refuse(Encoding.UTF8.GetBytes(content), reason);

    public static JsonObject TrivyRow(this JsonObject report, int result = 0, int row = 0) =>
        report["Results"]![result]!["Vulnerabilities"]![row]!.AsObject();

    public static JsonObject GrypeRow(this JsonObject report, int row = 0) => report["matches"]![row]!.AsObject();

    /// <summary>Everything a report says, as text, so that two readings can be compared whole.</summary>
    public static string Describe(ScanReportResult result)
    {
        if (!result.IsReport)
            return $"{result.Problem.Reason} {result.Problem.Message} at {result.Problem.Offset} of {result.Digest}";

        var report = result.Report;
        var rows = report.Findings.Concat(report.Suppressed.Select(suppressed => suppressed.Finding));
        string[] lines =
        [
            $"{report.Scanner} {report.Format} {report.Time:O} {report.DatabaseTime:O} {report.Platform} {report.Rows} {report.Digest} {report.Size}",
            string.Join('|', report.Subjects), string.Join('|', report.MalformedSubjects), string.Join('|', report.Notes),
            $"{report.Coverage} {string.Join('|', report.Coverage.Classes)} {string.Join('|', report.Coverage.Errors)}",
            string.Join('|', report.OtherFindings),
            .. rows.Select(finding => $"{finding} {string.Join('|', finding.Aliases)} {string.Join('|', finding.Locations)}"),
            .. report.Suppressed.Select(suppressed => $"{suppressed.Status} {suppressed.Origin} {suppressed.Statement}"),
        ];
        return string.Join('\n', lines);
    }
}
