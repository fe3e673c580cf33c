// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;
using static SupplyChain.Policy.Tests.Submission;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>
/// A pipeline that tries to get an image approved whose report has a critical finding: by what it writes into the report, how
/// it packs it, or what it sends beside it. Every try is refused for a reason of its own.
/// </summary>
public sealed class HostileSubmissionTests
{
    private const string Severity = "\"Severity\":\"CRITICAL\"";

    private static readonly PolicySet Set = PolicyText.LoadSigning();

    /// <summary>What was done to the report's text, and the reason that it is refused for.</summary>
    public static TheoryData<string, Func<string, byte[]>, string> Tries => new()
    {
        { "nothing", text => Utf8(text), "FINDING_OVER_LIMIT" },

        // Two readers would understand it differently.
        { "the results again, empty", text => Utf8(text[..^1] + ",\"Results\":[]}"), "REPORT_DUPLICATE_MEMBER" },
        { "the results before, empty", text => Utf8("{\"Results\":[]," + text[1..]), "REPORT_DUPLICATE_MEMBER" },
        { "the results again, as an escape", text => Utf8(text[..^1] + ",\"R\\u0065sults\":[]}"), "REPORT_DUPLICATE_MEMBER" },
        { "the results again, in small letters", text => Utf8(text[..^1] + ",\"results\":[]}"), "REPORT_DUPLICATE_MEMBER" },
        { "the results again, with a long s", text => Utf8(text[..^1] + ",\"Re\u017Fult\u017F\":[]}"), "REPORT_DUPLICATE_MEMBER" },
        { "a severity again", text => Utf8(text.Replace(Severity, Severity + ",\"Severity\":\"LOW\"", StringComparison.Ordinal)), "REPORT_DUPLICATE_MEMBER" },
        { "a severity again, in small letters", text => Utf8(text.Replace(Severity, Severity + ",\"severity\":\"LOW\"", StringComparison.Ordinal)), "REPORT_DUPLICATE_MEMBER" },
        { "a severity in small letters alone", text => Utf8(text.Replace(Severity, "\"severity\":\"LOW\"", StringComparison.Ordinal)), "REPORT_DUPLICATE_MEMBER" },
        { "the vulnerabilities in small letters", text => Utf8(text.Replace("\"Vulnerabilities\"", "\"vulnerabilities\"", StringComparison.Ordinal)), "REPORT_DUPLICATE_MEMBER" },
        { "the image's digest again", text => Utf8(text.Replace("\"ImageID\"", "\"ImageID\":\"\",\"ImageID\"", StringComparison.Ordinal)), "REPORT_DUPLICATE_MEMBER" },

        // Not one plain document.
        { "a byte order mark", text => [0xEF, 0xBB, 0xBF, .. Utf8(text)], "REPORT_MALFORMED" },
        { "UTF-16", text => Encoding.Unicode.GetBytes(text), "REPORT_MALFORMED" },
        { "UTF-16, the other way round", text => Encoding.BigEndianUnicode.GetBytes(text), "REPORT_MALFORMED" },
        { "UTF-32", text => Encoding.UTF32.GetBytes(text), "REPORT_MALFORMED" },
        { "Latin letters", text => Encoding.Latin1.GetBytes(text.Replace("made-for-tests", "m\u00E4de", StringComparison.Ordinal)), "REPORT_MALFORMED" },
        { "packed", Pack, "REPORT_MALFORMED" },
        { "a clean document before it", text => Utf8(Clean() + text), "REPORT_MALFORMED" },
        { "a clean document behind it", text => Utf8(text + Clean()), "REPORT_MALFORMED" },
        { "one document a line", text => Utf8(Clean() + "\n" + text + "\n"), "REPORT_MALFORMED" },
        { "a sequence of documents", text => Utf8("\u001E" + Clean() + "\n\u001E" + text + "\n"), "REPORT_MALFORMED" },
        { "a comment around the findings", text => Utf8(text.Replace("\"Vulnerabilities\":[", "\"Vulnerabilities\":[/*", StringComparison.Ordinal).Replace("}]}]}", "}*/]}]}", StringComparison.Ordinal)), "REPORT_MALFORMED" },
        { "a list of a clean one and it", text => Utf8($"[{Clean()},{text}]"), "REPORT_FORMAT" },
        { "a text that holds a clean one", _ => Utf8(JsonValue.Create(Clean())!.ToJsonString()), "REPORT_FORMAT" },
        { "nothing at all", _ => [], "REPORT_EMPTY" },

        // Another format, or two.
        { "an empty list of Grype's beside it", text => Utf8(text[..^1] + ",\"matches\":[]}"), "REPORT_FORMAT" },
        { "no runs of SARIF beside it", text => Utf8("{\"runs\":[]," + text[1..]), "REPORT_FORMAT" },
        { "another format inside of a predicate", text => Utf8(Predicate(text[..^1] + ",\"runs\":[]}")), "REPORT_FORMAT" },
        { "a statement inside of a predicate", text => Utf8(Predicate(Predicate(text))), "REPORT_FORMAT" },
        { "a predicate around it", text => Utf8(Predicate(text)), "FINDING_OVER_LIMIT" },
        { "a predicate with a text around it", text => Utf8(Predicate(JsonValue.Create(text)!.ToJsonString())), "REPORT_FORMAT" },
        { "a bill of materials", _ => Utf8("""{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":[{"name":"trivy","version":"0.58.1"}]},"components":[]}"""), "REPORT_FORMAT" },

        // Another image, or none.
        { "a digest in capitals", text => Utf8(text.Replace(DigestOf("config").Hex, DigestOf("config").Hex.ToUpperInvariant(), StringComparison.Ordinal)), "REPORT_UNBOUND" },
        { "an algorithm in capitals", text => Utf8(text.Replace("sha256:", "SHA256:", StringComparison.Ordinal)), "REPORT_UNBOUND" },
        { "a longer digest", text => Utf8(text.Replace(DigestOf("config").ToString(), "sha512:" + DigestOf("config").Hex + DigestOf("config").Hex, StringComparison.Ordinal)), "REPORT_UNBOUND" },
        { "no digest", text => Utf8(text.Replace(DigestOf("config").ToString(), "", StringComparison.Ordinal).Replace($"\"{Deployed}@{DigestOf("manifest")}\"", "", StringComparison.Ordinal)), "REPORT_UNBOUND" },
        { "another image's digest", text => Utf8(text.Replace(DigestOf("config").Hex, DigestOf("other").Hex, StringComparison.Ordinal)), "REPORT_SUBJECT_MISMATCH" },
    };

    [Theory, MemberData(nameof(Tries))]
    public void Nothing_that_is_done_to_a_report_gets_the_image_approved(string because, Func<string, byte[]> change, string reason)
    {
        var evaluation = Evaluate(Set, Of(change(Trivy(Row()).ToJsonString())));

        Assert.True(evaluation.Outcome() == Outcome.Refused, because);
        Assert.True(evaluation.Refusals().Any(refusal => refusal.EndsWith($": {reason}", StringComparison.Ordinal)), $"{because}: {string.Join(", ", evaluation.Refusals())}");
        Assert.DoesNotContain(evaluation.Checks, check => check.Message.Any(char.IsControl));
    }

    [Fact]
    public void The_same_report_without_findings_is_approved()
    {
        Assert.Equal(Outcome.Approved, Evaluate(Set, Of(Trivy())).Outcome());
        Assert.Equal(Outcome.Approved, Evaluate(Set, Of(Utf8(Predicate(Clean())))).Outcome());
    }

    /// <summary>A member of the row, what stands there instead, and the reason that the report is refused for.</summary>
    public static TheoryData<string, string, string> Rows => new()
    {
        { "Severity", "0", "FINDING_OVER_LIMIT" },
        { "Severity", "true", "FINDING_OVER_LIMIT" },
        { "Severity", "null", "FINDING_OVER_LIMIT" },
        { "Severity", "[\"LOW\"]", "FINDING_OVER_LIMIT" },
        { "Severity", "{\"Severity\":\"LOW\"}", "FINDING_OVER_LIMIT" },
        { "Severity", "\"\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"NONE\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"0.0\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"LOW\\u0000\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"L\u039FW\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"\uFF2C\uFF2F\uFF37\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"LOW\u200B\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"LOWER\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"LOW, CRITICAL\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"not_affected\"", "FINDING_OVER_LIMIT" },
        { "Severity", "\"unimportant\"", "FINDING_OVER_LIMIT" },
        { "Status", "\"not_affected\"", "FINDING_OVER_LIMIT" },
        { "Status", "\"will_not_fix\"", "FINDING_OVER_LIMIT" },
        { "Status", "\"fixed\"", "FINDING_OVER_LIMIT" },
        { "Status", "\"end_of_life\"", "FINDING_OVER_LIMIT" },
        { "Status", "\"under_investigation\"", "FINDING_OVER_LIMIT" },
        { "FixedVersion", "null", "FINDING_OVER_LIMIT" },
        { "FixedVersion", "\"NotAvailable\"", "FINDING_OVER_LIMIT" },
        { "FixedVersion", "7", "REPORT_FORMAT" },
        { "VulnerabilityID", "7", "REPORT_FORMAT" },
        { "VulnerabilityID", "null", "REPORT_FORMAT" },
        { "VulnerabilityID", "\"\u0421VE-2026-1\"", "REPORT_FORMAT" },
        { "VulnerabilityID", "\"CVE-2026-1\\n\"", "REPORT_FORMAT" },
        { "PkgName", "[]", "REPORT_FORMAT" },
        { "CVSS", "{\"nvd\":{\"V3Score\":-1}}", "REPORT_FORMAT" },
        { "CVSS", "{\"nvd\":{\"V3Score\":\"NaN\"}}", "REPORT_FORMAT" },
        { "CVSS", "{\"nvd\":{\"V3Score\":1e400}}", "REPORT_FORMAT" },
        { "CVSS", "{\"nvd\":{\"V3Score\":0}}", "FINDING_OVER_LIMIT" },
        { "VendorIDs", "[\"CVE-2026-1 \"]", "REPORT_FORMAT" },
    };

    [Theory, MemberData(nameof(Rows))]
    public void Nothing_that_is_written_into_a_row_gets_the_image_approved(string member, string json, string reason)
    {
        foreach (var source in new[] { "label", "cvss", "highest" })
        {
            var set = PolicyText.LoadSigning(("spec.checks[0].vulnerabilities.severityFrom", source));
            var evaluation = Evaluate(set, Of(Trivy(Row().With(member, json))));

            Assert.True(evaluation.Outcome() == Outcome.Refused, source);
            Assert.Contains(evaluation.Refusals(), refusal => refusal.EndsWith($": {reason}", StringComparison.Ordinal));
        }
    }

    /// <summary>What the scanner is said to have been doing, and whether the image is approved by a report without findings.</summary>
    public static TheoryData<string, Action<JsonObject>, bool> Scans => new()
    {
        { "a whole scan", _ => { }, true },
        { "no packages", root => root["Results"]![0]!["Packages"] = new JsonArray(), false },
        { "some packages", root => root["Results"]![0]!["Packages"] = new JsonArray(new JsonObject { ["Name"] = "openssl" }), true },
        { "no results", root => root["Results"] = new JsonArray(), false },
        { "null for results", root => root["Results"] = null, false },
        { "only secrets", root => root["Results"]![0]!["Class"] = "secret", false },
        { "an application, and not the system it is on", root => root["Results"]![0]!["Class"] = "lang-pkgs", false },
        { "an application, on no system", root => { root["Results"]![0]!["Class"] = "lang-pkgs"; root["Metadata"]!.AsObject().Remove("OS"); }, true },
        { "a system without advisories any more", root => root["Metadata"]!["OS"]!["EOSL"] = true, false },
    };

    [Theory, MemberData(nameof(Scans))]
    public void Finding_nothing_is_not_enough(string because, Action<JsonObject> edit, bool approved)
    {
        var report = Trivy();
        edit(report);

        var evaluation = Evaluate(Set, Of(report));

        Assert.True(approved ? evaluation.Outcome() == Outcome.Approved : evaluation.Refusals() is ["coverage: REPORT_INCOMPLETE"], $"{because}: {string.Join(", ", evaluation.Refusals())}");
    }

    /// <summary>When the scan is said to have been, as JSON, and whether that is between yesterday, 10 o'clock, and now.</summary>
    public static TheoryData<string, string, bool> Times => new()
    {
        { "an hour ago", "\"2026-11-22T09:00:00Z\"", true },
        { "an hour ago, far in the east", "\"2026-11-22T23:00:00+14:00\"", true },
        { "an hour ago, far in the west", "\"2026-11-21T19:00:00-14:00\"", true },
        { "an hour ago, in seconds", "1795338000", true },
        { "at the limit", "\"2026-11-21T10:00:00Z\"", true },
        { "a second before", "\"2026-11-21T09:59:59Z\"", false },
        { "tomorrow", "\"2026-11-23T10:00:00Z\"", false },
        { "tomorrow, by its zone", "\"2026-11-22T09:00:00-14:00\"", false },
        { "in the last year there is", "\"9999-12-31T23:59:59Z\"", false },
        { "in the year after", "\"10000-01-01T00:00:00Z\"", false },
        { "in a year with a sign", "\"+02026-11-22T09:00:00Z\"", false },
        { "before the year 1", "\"-0001-11-22T09:00:00Z\"", false },
        { "without a zone", "\"2026-11-22T09:00:00\"", false },
        { "in a zone that is none", "\"2026-11-22T09:00:00+24:00\"", false },
        { "in a zone of minutes that are none", "\"2026-11-22T09:00:00+00:60\"", false },
        { "in a zone beyond all", "\"2026-11-22T09:00:00+14:01\"", false },
        { "in a leap second", "\"2026-11-22T09:59:60Z\"", false },
        { "at 24 o'clock", "\"2026-11-21T24:00:00Z\"", false },
        { "on a day of a week", "\"2026-W47-7T09:00:00Z\"", false },
        { "on a day of the year", "\"2026-326T09:00:00Z\"", false },
        { "in the short form", "\"20261122T090000Z\"", false },
        { "on a day", "\"2026-11-22\"", false },
        { "in seconds, as text", "\"1795338000\"", false },
        { "in thousandths of seconds", "1795338000000", false },
        { "before 1970, in seconds", "-1", false },
        { "never", "null", false },
        { "in a list", "[\"2026-11-22T09:00:00Z\"]", false },
    };

    [Theory, MemberData(nameof(Times))]
    public void A_scan_that_cannot_be_dated_or_not_to_today_is_stale(string because, string json, bool approved)
    {
        var evaluation = Evaluate(Set, Of(Trivy().With("CreatedAt", json)));

        Assert.True(approved ? evaluation.Outcome() == Outcome.Approved : evaluation.Refusals() is ["freshness: REPORT_STALE"], $"{because}: {string.Join(", ", evaluation.Refusals())}");
    }

    /// <summary>When the scan was, when its database was built (null: not told), and whether both are young enough.</summary>
    public static TheoryData<string, string, string?, bool> Databases => new()
    {
        { "of the day before", "2026-11-22T09:00:00Z", "2026-11-21T09:00:00Z", true },
        { "at the limit", "2026-11-22T09:00:00Z", "2026-11-20T10:00:00Z", true },
        { "a second before", "2026-11-22T09:00:00Z", "2026-11-20T09:59:59Z", false },
        { "newer than the scan, which helps neither", "2026-11-21T09:59:59Z", "2026-11-22T09:00:00Z", false },
        { "newer than the scan, both young enough", "2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z", true },
        { "of tomorrow", "2026-11-22T09:00:00Z", "2026-11-23T10:00:00Z", false },
        { "of no known zone", "2026-11-22T09:00:00Z", "2026-11-21T09:00:00", false },
        { "not told", "2026-11-22T09:00:00Z", null, false },
    };

    [Theory, MemberData(nameof(Databases))]
    public void The_age_of_the_database_counts_beside_that_of_the_scan(string because, string scanned, string? built, bool approved)
    {
        var set = PolicyText.LoadSigning(
            ("spec.evidence.scanners[0].name", "grype"), ("spec.evidence.maximumDatabaseAge", JsonNode.Parse("""{ "limit": "48h", "whenMissing": "refuse" }""")));
        var report = Grype();
        report["descriptor"]!["timestamp"] = scanned;
        report["descriptor"]!["db"]!["built"] = built;

        var evaluation = Evaluate(set, Of(report));

        Assert.True(approved ? evaluation.Outcome() == Outcome.Approved : evaluation.Refusals() is ["freshness: REPORT_STALE"], $"{because}: {string.Join(", ", evaluation.Refusals())}");
    }

    [Fact]
    public void A_nicer_report_beside_it_does_not_help()
    {
        AssertRefused("no-serious-vulnerabilities: FINDING_OVER_LIMIT", Of(Trivy(Row()), Trivy()));
        AssertRefused("no-serious-vulnerabilities: FINDING_OVER_LIMIT", Of(Trivy(), Trivy(Row())));
        AssertRefused("evidence: REPORT_MALFORMED", Of(Utf8(Clean()), Utf8(Clean() + "x")));
    }

    private static void AssertRefused(string refusal, EvidenceSet evidence)
    {
        var evaluation = Evaluate(Set, evidence);

        Assert.Equal(Outcome.Refused, evaluation.Outcome());
        Assert.Equal([refusal], evaluation.Refusals(), StringComparer.Ordinal);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Clean() => Trivy().ToJsonString();

    private static string Predicate(string report) => $$$"""
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"{{{DigestOf("manifest").Hex}}}"}}],
         "predicateType":"https://cosign.sigstore.dev/attestation/vuln/v1","predicate":{"scanner":{"uri":"trivy","result":{{{report}}} },
         "metadata":{"scanStartedOn":"2026-11-22T09:00:00Z","scanFinishedOn":"2026-11-22T09:00:00Z"} } }
        """;

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(Utf8(text));
        return packed.ToArray();
    }
}
