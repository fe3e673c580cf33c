// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;
using static SupplyChain.Policy.Tests.Submission;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>A finding that hides behind another one, or under an exception or a VEX statement that is not about it.</summary>
public sealed class HidingTests
{
    private const string Name = "no-serious-vulnerabilities";
    private const string Vulnerabilities = "spec.checks[0].vulnerabilities";

    [Fact]
    public void A_statement_about_one_architecture_leaves_another_s_package_live()
    {
        var set = PolicyText.LoadSigning(("spec.evidence.vex", JsonNode.Parse(
            """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/*"], "statuses": ["not_affected"], "maximumAge": "90d" }]""")));
        var vex = Vex(TestKey.Scanner, Says("CVE-2026-1", new VexProduct
        {
            Digests = [Image.Manifest.Digest], Subcomponents = [new VexComponent { Purl = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64" }],
        }));
        var (amd64, i386) = (Row(), Row(purl: "pkg:deb/debian/openssl@3.0.11-1?arch=i386"));

        Assert.Equal(Outcome.Approved, Evaluate(set, Of(Trivy(Copy(amd64))) with { Vex = [vex] }).Outcome());
        foreach (var report in new[] { Trivy(Copy(amd64), Copy(i386)), Trivy(Copy(i386), Copy(amd64)) })
            Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], Evaluate(set, Of(report) with { Vex = [vex] }).Refusals(), StringComparer.Ordinal);
    }

    /// <summary>A policy's field, a row that it accepts, one that it does not, and the reason for which not.</summary>
    public static TheoryData<string, string, string, Func<JsonObject>, Func<JsonObject>, string> Pairs => new()
    {
        {
            "a score beside none", "severityFrom", "\"cvss\"",
            () => Trivy(Row().With("CVSS", """{"nvd":{"V3Score":0.1}}""")), () => Trivy(Row()), "FINDING_OVER_LIMIT"
        },
        {
            "a score beside one of 0", "severityFrom", "\"cvss\"",
            () => Trivy(Row().With("CVSS", """{"nvd":{"V3Score":0.1}}""")), () => Trivy(Row().With("CVSS", """{"nvd":{"V3Score":0}}""")), "FINDING_OVER_LIMIT"
        },
        {
            "a probability beside none", "epss", """{ "maximum": 0.5 }""",
            () => Grype(Match("Low")), () => Grype(Match("Low", epss: null)), "EPSS_OVER_LIMIT"
        },
        {
            "a young fix beside one of no date", "fixableGracePeriod", "\"7d\"",
            () => Grype(Match("Medium")), () => Grype(Match("Medium", since: null)), "FINDING_OVER_LIMIT"
        },
        {
            "a young fix beside one of the future", "fixableGracePeriod", "\"7d\"",
            () => Grype(Match("Medium")), () => Grype(Match("Medium", since: "2026-12-24")), "FINDING_OVER_LIMIT"
        },
        {
            "a young fix beside an old one", "fixableGracePeriod", "\"7d\"",
            () => Grype(Match("Medium")), () => Grype(Match("Medium", since: "2026-01-01")), "FINDING_OVER_LIMIT"
        },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void No_row_hides_behind_one_of_the_same_id_and_package(
        string because, string field, string value, Func<JsonObject> accepted, Func<JsonObject> refused, string reason)
    {
        var set = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")), ("spec.evidence.combine", "any"),
            ($"{Vulnerabilities}.{field}", JsonNode.Parse(value)));
        Evaluation Judge(JsonObject report) => Evaluate(set, Of(report) with { ThreatData = Threats });

        Assert.True(Judge(accepted()).Outcome() == Outcome.Approved, because);
        foreach (var report in new[] { refused(), Join(accepted(), refused()), Join(refused(), accepted()) })
            Assert.Equal([$"{Name}: {reason}"], Judge(report).Refusals(), StringComparer.Ordinal);
    }

    /// <summary>Ids and aliases of the rows, and whether an exception for CVE-2026-1 waives them all.</summary>
    public static TheoryData<string, string[], bool> Aliases => new()
    {
        { "its own id", ["CVE-2026-1"], true },
        { "its own id in small letters", ["cve-2026-1"], true },
        { "an alias alone", ["GHSA-aaaa-bbbb-cccc CVE-2026-1"], true },
        { "an alias beside another", ["GHSA-aaaa-bbbb-cccc CVE-2026-1 CVE-2026-2"], false },
        { "an alias beside another in small letters", ["GHSA-aaaa-bbbb-cccc CVE-2026-1 cve-2026-2"], false },
        { "an alias of another CVE", ["CVE-2026-2 CVE-2026-1"], false },
        { "an alias of a malicious package", ["MAL-2026-1 CVE-2026-1"], false },
        { "two rows of one id, one of them with another alias", ["GHSA-aaaa-bbbb-cccc CVE-2026-1", "GHSA-aaaa-bbbb-cccc CVE-2026-2"], false },
        { "two rows, one without an alias", ["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"], false },
        { "another id that begins like it", ["CVE-2026-11"], false },
    };

    [Theory, MemberData(nameof(Aliases))]
    public void An_exception_is_not_widened_by_what_a_report_calls_an_alias(string because, string[] rows, bool waived)
    {
        var set = PolicyText.LoadSigning(($"{Vulnerabilities}.exceptions", Exception()));
        foreach (var order in new[] { rows, [.. rows.Reverse()] })
        {
            var report = Trivy([.. order.Select(row => row.Split(' ')).Select(ids =>
                Row(ids[0]).With("VendorIDs", new JsonArray([.. ids.Skip(1).Select(id => (JsonNode)id)]).ToJsonString()))]);

            var evaluation = Evaluate(set, Of(report));
            Assert.True(evaluation.Outcome() == (waived ? Outcome.Approved : Outcome.Refused), because);
            Assert.Equal(waived ? [] : [$"{Name}: FINDING_OVER_LIMIT"], evaluation.Refusals(), StringComparer.Ordinal);
        }
    }

    /// <summary>What is written as the package URL, and whether it is openssl of Debian.</summary>
    public static TheoryData<string, bool> PackageUrls => new()
    {
        { "pkg:deb/debian/openssl@3.0.11-1", true },
        { "pkg:deb/debian/openssl@3%2E0%2E11-1", true },
        { "pkg:deb/debian/open%73sl@3.0.11-1", true },
        { "pkg:DEB/debian/openssl@3.0.11-1", true },
        { "pkg:deb/debian/openssl", true },
        { "pkg:deb/debian/openssl@3.0.11-1?arch=amd64#sub/path", true },
        { "pkg:deb/debian/open%2573sl@3.0.11-1", false },
        { "pkg:deb/debian/openssl%00@3.0.11-1", false },
        { "pkg:deb/debian/openssl%20@3.0.11-1", false },
        { "pkg:deb/debian%2Fopenssl@3.0.11-1", false },
        { "pkg:deb/debian/x%2F..%2Fopenssl@3.0.11-1", false },
        { "pkg:deb/debian/../debian/openssl@3.0.11-1", false },
        { "pkg:deb/Debian/openssl@3.0.11-1", false },
        { "pkg:deb/debian/OpenSSL@3.0.11-1", false },
        { "pkg:deb/debian/\u043Epenssl@3.0.11-1", false },
        { "pkg:deb/debian/%D0%BEpenssl@3.0.11-1", false },
        { "pkg:deb/debian/openssl%zz@3.0.11-1", false },
        { "pkg:deb/debian/openssl@3.0.11-1?arch=%zz", false },
        { "pkg:deb/ubuntu/openssl@3.0.11-1", false },
        { "pkg:npm/openssl@3.0.11-1", false },
        { "PKG:deb/debian/openssl@3.0.11-1", false },
        { " pkg:deb/debian/openssl@3.0.11-1", false },
        { "pkg:deb/debian/zlib1g@3.0.11-1?name=pkg:deb/debian/openssl", false },
        { "pkg:deb/debian/zlib1g@3.0.11-1#pkg:deb/debian/openssl", false },
        { "openssl", false },
        { "", false },
    };

    [Theory, MemberData(nameof(PackageUrls))]
    public void An_exception_for_a_package_is_not_met_by_how_another_one_is_written(string purl, bool waived)
    {
        var set = PolicyText.LoadSigning(($"{Vulnerabilities}.exceptions", Exception("pkg:deb/debian/openssl")));

        var evaluation = Evaluate(set, Of(Trivy(Row(purl: purl))));

        Assert.Equal(waived ? Outcome.Approved : Outcome.Refused, evaluation.Outcome());
        Assert.Equal(waived ? [] : [$"{Name}: FINDING_OVER_LIMIT"], evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void What_a_policy_blocks_is_found_under_every_name_and_outranks_an_exception()
    {
        var set = PolicyText.LoadSigning(($"{Vulnerabilities}.exceptions", Exception()), ($"{Vulnerabilities}.blockedCves", new JsonArray("CVE-2026-9")));
        foreach (var aliases in new[] { "[\"CVE-2026-9\"]", "[\"cve-2026-9\"]", "[\"DSA-1\",\"CVE-2026-9\"]" })
            Assert.Equal([$"{Name}: CVE_BLOCKED"], Evaluate(set, Of(Trivy(Row().With("VendorIDs", aliases)))).Refusals(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("not_affected")]
    [InlineData("fixed")]
    [InlineData("ignored")]
    public void What_a_report_sets_aside_itself_is_judged_like_all_else(string status)
    {
        var report = Trivy();
        report["Results"]![0]!["ExperimentalModifiedFindings"] = new JsonArray(new JsonObject
        {
            ["Type"] = "vulnerability", ["Status"] = status, ["Source"] = "vex.json", ["Statement"] = "vulnerable_code_not_present", ["Finding"] = Row(),
        });
        var grype = Grype();
        grype["ignoredMatches"] = new JsonArray(Match("Critical"));
        var either = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")), ("spec.evidence.combine", "any"));

        Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], Evaluate(either, Of(report)).Refusals(), StringComparer.Ordinal);
        Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], Evaluate(either, Of(grype)).Refusals(), StringComparer.Ordinal);
    }

    private static JsonArray Exception(string? package = null)
    {
        var exception = new JsonObject { ["id"] = "CVE-2026-1", ["until"] = "2027-01-31", ["owner"] = "platform-security", ["reason"] = "Not reachable." };
        if (package is not null)
            exception["package"] = package;
        return [exception];
    }

    private static JsonObject Copy(JsonObject row) => row.DeepClone().AsObject();

    // The rows of both in one report.
    private static JsonObject Join(JsonObject first, JsonObject second)
    {
        static JsonArray Rows(JsonObject report) => (report["matches"] ?? report["Results"]![0]!["Vulnerabilities"]!).AsArray();

        foreach (var row in Rows(second))
            Rows(first).Add(row!.DeepClone());
        return first;
    }
}
