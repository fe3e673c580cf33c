// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Severities, ids, times and texts: what single values become.</summary>
public sealed class ContentTests
{
    public static TheoryData<string, string?, Severity> Severities => new()
    {
        { "Trivy's word", "CRITICAL", Severity.Critical },
        { "Grype's word", "Critical", Severity.Critical },
        { "small letters", "high", Severity.High },
        { "Red Hat's word", "Important", Severity.High },
        { "Clair's word", "Defcon1", Severity.Critical },
        { "medium", "MEDIUM", Severity.Medium },
        { "moderate", "Moderate", Severity.Medium },
        { "low", "Low", Severity.Low },
        { "negligible", "Negligible", Severity.Negligible },
        { "minimal", "MINIMAL", Severity.Negligible },
        { "informational", "INFORMATIONAL", Severity.Negligible },
        { "blanks around", " HIGH\t", Severity.High },
        { "unknown", "UNKNOWN", Severity.Unknown },
        { "empty", "", Severity.Unknown },
        { "none, which no scanner writes", "NONE", Severity.Unknown },
        { "a misspelling", "Hgh", Severity.Unknown },
        { "a letter that only looks alike", "\u0421RITICAL", Severity.Unknown },
        { "a dotless i", "CR\u0131TICAL", Severity.Unknown },
        { "a zero-width space", "CRIT\u200BICAL", Severity.Unknown },
        { "a substring", "CRITICALITY", Severity.Unknown },
        { "a score", "9.8", Severity.Unknown },
        { "null", null, Severity.Unknown },
    };

    [Theory, MemberData(nameof(Severities))]
    public void A_severity_is_a_word_of_a_closed_table(string because, string? word, Severity expected)
    {
        foreach (var finding in new[]
        {
            Fixture.Accept("trivy.json", root => root.TrivyRow()["Severity"] = word).Findings[0],
            Fixture.Accept("grype.json", root => root.GrypeRow()["vulnerability"]!["severity"] = word).Findings[0],
        })
        {
            Assert.True(expected == finding.Severity, $"{because}: {finding.Severity}");
            Assert.Equal(word, finding.SeverityWord);
        }
    }

    [Theory]
    [InlineData("7", "(number)")]
    [InlineData("""["CRITICAL"]""", "(startarray)")]
    [InlineData("""{"a":[1]}""", "(startobject)")]
    [InlineData("false", "(false)")]
    public void A_severity_of_another_type_is_unknown(string value, string expected)
    {
        var finding = Fixture.Accept("trivy.json", root => root.TrivyRow()["Severity"] = JsonNode.Parse(value)).Findings[0];

        Assert.Equal(Severity.Unknown, finding.Severity);
        Assert.Equal(expected, finding.SeverityWord);
    }

    [Fact]
    public void A_missing_severity_is_unknown_and_the_row_counts()
    {
        var report = Fixture.Accept("trivy.json", root => root.TrivyRow().Remove("Severity"));

        Assert.Equal(Severity.Unknown, report.Findings[0].Severity);
        Assert.Equal(4, report.Rows);
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void A_word_outside_the_table_is_noted()
    {
        var report = Fixture.Accept("trivy.json", root => root.TrivyRow()["Severity"] = "Hgh\u001b[2J");

        Assert.Equal("the severity 'Hgh\\u{1b}[2J' is no word of the table", Assert.Single(report.Notes));
        Assert.Empty(Fixture.Accept("trivy.json", root => root.TrivyRow()["Severity"] = "UNKNOWN").Notes);
    }

    [Fact]
    public void Notes_are_few_however_many_words_there_are()
    {
        var report = Fixture.Accept("trivy.json", root => Rows(root, 100, (row, i) => row["Severity"] = $"word {i % 50}"));

        Assert.Equal(16, report.Notes.Count);
        Assert.Equal(16, report.Notes.Distinct(StringComparer.Ordinal).Count());
    }

    public static TheoryData<string, string, string?> Times => new()
    {
        { "RFC 3339", "2026-11-20T09:30:00Z", "2026-11-20T09:30:00.0000000" },
        { "an offset", "2026-11-20T09:30:00+02:00", "2026-11-20T07:30:00.0000000" },
        { "a negative offset", "2026-11-20T09:30:00-04:30", "2026-11-20T14:00:00.0000000" },
        { "a space for the T", "2026-03-13 22:38:57.193000+01:00", "2026-03-13T21:38:57.1930000" },
        { "small letters", "2026-11-20t09:30:00z", "2026-11-20T09:30:00.0000000" },
        { "one digit of a fraction", "2026-11-20T09:30:00.5Z", "2026-11-20T09:30:00.5000000" },
        { "seven digits", "2026-11-20T09:30:00.1234567Z", "2026-11-20T09:30:00.1234567" },
        { "nine digits, the last two cut", "2026-11-20T09:30:00.123456789Z", "2026-11-20T09:30:00.1234567" },
        { "twelve digits", "2026-11-20T09:30:00.999999999999Z", "2026-11-20T09:30:00.9999999" },
        { "the far future, which a policy judges", "2999-01-01T00:00:00Z", "2999-01-01T00:00:00.0000000" },
        { "no zone", "2021-09-15T08:36:08", null },
        { "no zone but a fraction", "2021-09-15T08:36:08.123456789", null },
        { "a date alone", "2021-09-15", null },
        { "year 1, Go's never", "0001-01-01T00:00:00Z", null },
        { "year 1 with an offset", "0001-01-01T00:00:00+05:00", null },
        { "nothing", "", null },
        { "a placeholder", "<<PRESENCE>>", null },
        { "redacted", "redacted", null },
        { "a month that is none", "2026-13-20T09:30:00Z", null },
        { "a day that is none", "2026-02-30T09:30:00Z", null },
        { "an hour that is none", "2026-11-20T24:30:00Z", null },
        { "an offset that is none", "2026-11-20T09:30:00+99:00", null },
        { "an offset without a colon", "2026-11-20T09:30:00+0200", null },
        { "a fraction without digits", "2026-11-20T09:30:00.Z", null },
        { "blanks around", " 2026-11-20T09:30:00Z", null },
        { "a line break after", "2026-11-20T09:30:00Z\n", null },
        { "Arabic digits", "٢٠٢٦-11-20T09:30:00Z", null },
        { "a zone by name", "2026-11-20T09:30:00 CET", null },
        { "the end of time, behind", "9999-12-31T23:59:59-05:00", null },
    };

    [Theory, MemberData(nameof(Times))]
    public void A_time_is_one_moment_or_none(string because, string text, string? expected)
    {
        var trivy = Fixture.Accept("trivy.json", root => root["CreatedAt"] = text);
        var grype = Fixture.Accept("grype.json", root =>
        {
            root["descriptor"]!["timestamp"] = text;
            root["descriptor"]!["db"]!["status"]!["built"] = text;
        });

        foreach (var time in new[] { trivy.Time, grype.Time, grype.DatabaseTime })
            Assert.True(expected is null ? time is null : time == Utc(expected), $"{because}: {time:O}");
        Assert.Equal(expected is null && text.Length > 0, trivy.Notes.Count > 0);
    }

    public static TheoryData<string, string, string?> NumericTimes => new()
    {
        { "seconds", "1629894030", "2021-08-25T12:20:30.0000000" },
        { "seconds with a fraction", "1579839105.5", "2020-01-24T04:11:45.5000000" },
        { "zero", "0", null },
        { "negative", "-1", null },
        { "milliseconds", "1629894030000000", null },
        { "beyond numbers", "1e400", null },
        { "a flag", "true", null },
        { "an object", """{"seconds":1}""", null },
    };

    [Theory, MemberData(nameof(NumericTimes))]
    public void A_number_is_seconds_since_1970(string because, string value, string? expected)
    {
        var report = Fixture.Accept("trivy.json", root => root["CreatedAt"] = JsonNode.Parse(value));

        Assert.True(expected is null ? report.Time is null : report.Time == Utc(expected), $"{because}: {report.Time:O}");
        Assert.Equal(expected is null, report.Notes.Count > 0);
    }

    [Fact]
    public void The_older_of_two_database_times_counts()
    {
        var report = Fixture.Accept("grype.json", root => root["descriptor"]!["db"]!["built"] = "2025-01-01T00:00:00Z");

        Assert.Equal(Utc("2025-01-01T00:00:00.0000000"), report.DatabaseTime);
    }

    public static TheoryData<string, string, string?> Ids => new()
    {
        { "a CVE in small letters", "cve-2026-0001", "CVE-2026-0001" },
        { "a GHSA in capitals", "GHSA-ABCD-EFGH-JKMP", "GHSA-abcd-efgh-jkmp" },
        { "a GHSA in small letters", "ghsa-abcd-efgh-jkmp", "GHSA-abcd-efgh-jkmp" },
        { "a Red Hat advisory", "RHSA-2022:6457", "RHSA-2022:6457" },
        { "a temporary Debian id", "TEMP-0841856-B18BAF", "TEMP-0841856-B18BAF" },
        { "the longest", new string('x', 256), new string('x', 256) },
        { "too long", new string('x', 257), null },
        { "a blank", "CVE-2026-0001 ", null },
        { "a line break", "CVE-2026-0001\nCVE-2026-0002", null },
        { "a terminal escape", "CVE-2026-\u001b[31m0001", null },
        { "a zero-width space", "CVE-2026\u200B-0001", null },
        { "a right-to-left override", "CVE-2026-\u202E1000", null },
        { "a letter that only looks alike", "\u0421VE-2026-0001", null },
        { "a NUL", "CVE-2026-0001\0", null },
        { "the Kelvin sign", "\u212A-1", null },
    };

    [Theory, MemberData(nameof(Ids))]
    public void An_id_has_one_form_or_is_refused(string because, string text, string? expected)
    {
        byte[][] reports =
        [
            Fixture.Edit("trivy.json", root => root.TrivyRow()["VulnerabilityID"] = text),
            Fixture.Edit("grype.json", root => root.GrypeRow()["vulnerability"]!["id"] = text),
        ];
        foreach (var report in reports)
        {
            if (expected is not null)
                Assert.Equal(expected, Fixture.Accept(report).Findings[0].Id);
            else
                Assert.True(Fixture.Refuse(report, ReasonCode.ReportFormat).Message.All(IsPlain), because);
        }
    }

    [Fact]
    public void An_alias_has_the_form_of_an_id()
    {
        Assert.Equal(["CVE-2026-0009"], Fixture.Accept("trivy.json", root => root.TrivyRow()["VendorIDs"] = new JsonArray("cve-2026-0009", "", "CVE-2026-0009")).Findings[0].Aliases);
        Fixture.Refuse(Fixture.Edit("trivy.json", root => root.TrivyRow()["VendorIDs"] = new JsonArray("DSA\n1")), ReasonCode.ReportFormat);
    }

    [Theory]
    [InlineData("openssl\u001b[2J")]
    [InlineData("open\u200Bssl")]
    [InlineData("../../etc/passwd")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("a\r\nb")]
    [InlineData("\u202Egpj.exe")]
    public void Other_texts_stay_what_they_are(string text)
    {
        var finding = Fixture.Accept("trivy.json", root =>
        {
            root.TrivyRow()["PkgName"] = text;
            root.TrivyRow()["InstalledVersion"] = text;
            root.TrivyRow()["PkgPath"] = text;
        }).Findings[0];

        Assert.Equal((text, text), (finding.Package.Name, finding.Package.Version));
        Assert.Equal([text], finding.Locations);
    }

    [Theory]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("NotAvailable")]
    [InlineData("not fixed")]
    public void A_word_for_no_version_is_no_fix(string version)
    {
        var finding = Fixture.Accept("trivy.json", root => root.TrivyRow()["FixedVersion"] = version).Findings[0];

        Assert.Null(finding.FixedVersion);
        Assert.False(finding.IsFixable);
    }

    [Fact]
    public void A_row_without_package_counts_all_the_same()
    {
        var report = Fixture.Accept("trivy.json", root =>
        {
            foreach (var name in new[] { "PkgName", "InstalledVersion", "PkgIdentifier" })
                root.TrivyRow().Remove(name);
        });

        Assert.Equal(new Package("", "", null, "debian"), report.Findings[0].Package);
    }

    public static TheoryData<string, Action<JsonObject>, int> Folding => new()
    {
        { "the same", _ => { }, 1 },
        { "another severity", row => row["Severity"] = "LOW", 1 },
        { "another place", row => row["PkgPath"] = "elsewhere", 1 },
        { "another fixed version", row => row["FixedVersion"] = "9", 1 },
        { "the id in other letters", row => row["VulnerabilityID"] = "cve-2026-0001", 1 },
        { "another score", row => row["CVSS"]!["nvd"]!["V3Score"] = 5, 1 },
        { "no score", row => row.Remove("CVSS"), 2 },
        { "a score of 0, which is none", row => row["CVSS"]!["nvd"]!["V3Score"] = 0, 2 },
        { "another architecture, of which a VEX statement may be", row => row["PkgIdentifier"]!["PURL"] = "pkg:deb/debian/openssl@3.0.11-1?arch=arm64", 2 },
        { "another package URL", row => row["PkgIdentifier"]!["PURL"] = "pkg:rpm/debian/openssl@3.0.11-1", 2 },
        { "no package URL", row => row.Remove("PkgIdentifier"), 2 },
        { "no fix", row => row["FixedVersion"] = "", 2 },
        { "an unknown severity", row => row["Severity"] = "UNKNOWN", 2 },
        { "another package", row => row["PkgName"] = "libssl3", 2 },
        { "another version", row => row["InstalledVersion"] = "3.0.12", 2 },
        { "another id", row => row["VulnerabilityID"] = "CVE-2026-0009", 2 },
    };

    [Theory, MemberData(nameof(Folding))]
    public void Rows_fold_only_if_no_policy_could_tell_them_apart(string because, Action<JsonObject> edit, int expected)
    {
        var report = Fixture.Accept("trivy.json", root =>
        {
            var copy = root.TrivyRow().DeepClone().AsObject();
            edit(copy);
            root["Results"]![0]!["Vulnerabilities"] = new JsonArray(copy, root.TrivyRow().DeepClone());
        });

        var same = report.Findings.Where(finding => finding.Locations.Count > 0 && finding.Package.Type == "debian").ToList();
        Assert.True(expected == same.Count, $"{because}: {same.Count}");
        Assert.Equal(Severity.Critical, same.Where(finding => finding.Severity != Severity.Unknown).Max(finding => finding.Severity));
        Assert.Equal(4, report.Rows);
    }

    private static bool IsPlain(char c) => !char.IsControl(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format;

    private static DateTimeOffset Utc(string text) => new(
        DateTime.ParseExact(text, "yyyy-MM-ddTHH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static void Rows(JsonObject root, int count, Action<JsonObject, int> edit)
    {
        var rows = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            var row = root.TrivyRow().DeepClone().AsObject();
            edit(row, i);
            rows.Add((JsonNode)row);
        }

        root["Results"]![0]!["Vulnerabilities"] = rows;
    }
}
