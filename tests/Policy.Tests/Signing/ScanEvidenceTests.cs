// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>Which reports count, and what is missing without them.</summary>
public sealed class ScanEvidenceTests
{
    private static readonly PolicySet Submitted = PolicyText.LoadSigning();

    private static readonly PolicySet Attested = PolicyText.LoadSigning(
        ("spec.evidence.scanners[0]", JsonNode.Parse("""{ "name": "trivy", "source": "attested", "signedBy": ["scanner-service"] }""")));

    private static readonly PolicySet TwoScanners = PolicyText.LoadSigning(
        ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")));

    [Fact]
    public void A_clean_fresh_complete_report_is_approved()
    {
        var evaluation = Evaluate(Submitted, Set(Scan()));

        Assert.Equal(Outcome.Approved, evaluation.Outcome());
        Assert.Equal(["reports", "coverage", "freshness", "no-serious-vulnerabilities"], evaluation.Checks.Select(check => check.Name), StringComparer.Ordinal);
        Assert.Equal("trivy 0.58.1 for linux/amd64", evaluation.Check("reports").Message);
        var line = Assert.Single(evaluation.Evidence);
        Assert.True(line is { Kind: "scan", Producer: "trivy 0.58.1", Source: "submitted", Binding: "proven", Platform: "linux/amd64", Used: true, Note: null });
        Assert.Equal([Scan().Digest], evaluation.Check("no-serious-vulnerabilities").Evidence);
    }

    [Fact]
    public void No_report_at_all_is_refused_by_every_check_that_needs_one()
    {
        var evaluation = Evaluate(Submitted, Set());

        Assert.Equal(Outcome.Refused, evaluation.Outcome());
        Assert.Equal(["reports: EVIDENCE_MISSING", "no-serious-vulnerabilities: EVIDENCE_MISSING"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("trivy for linux/amd64", evaluation.Check("reports").Expected);
        Assert.Equal("no report that counts", evaluation.Check("reports").Actual);
        Assert.Equal(Verdict.Skipped, evaluation.Check("coverage").Verdict);
        Assert.Equal(Verdict.Skipped, evaluation.Check("freshness").Verdict);
    }

    [Fact]
    public void A_report_that_covers_no_platform_of_the_image_is_refused_as_of_another_subject() // threat 1
    {
        var evaluation = Evaluate(Submitted, Set(Scan() with { Covers = DigestOf("another manifest") }));

        Assert.Contains("reports: REPORT_SUBJECT_MISMATCH", evaluation.Refusals(), StringComparer.Ordinal);
        Assert.False(Assert.Single(evaluation.Evidence).Used);
    }

    [Fact]
    public void An_asserted_report_is_refused_unless_the_policy_accepts_it() // threat 2
    {
        var asserted = Set(Scan() with { Binding = EvidenceBinding.Asserted });

        Assert.Contains("reports: REPORT_UNBOUND", Evaluate(Submitted, asserted).Refusals(), StringComparer.Ordinal);
        var lenient = PolicyText.LoadSigning(("spec.evidence.scanners[0].binding", "asserted"));
        Assert.Equal(Outcome.Approved, Evaluate(lenient, asserted).Outcome());
        Assert.Equal("asserted", Assert.Single(Evaluate(lenient, asserted).Evidence).Binding);
    }

    [Fact]
    public void Every_platform_of_an_index_needs_its_own_report() // threat 3
    {
        var amd64 = Scan().For("manifest-amd64");
        var evaluation = Evaluate(Submitted, Set(TwoPlatforms, amd64));

        Assert.Equal(["reports: REPORT_PLATFORM_GAP"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("linux/arm64/v8 has no report of trivy", evaluation.Check("reports").Message);
        Assert.Equal("trivy for linux/arm64/v8", evaluation.Check("reports").Expected);
        Assert.Equal(Outcome.Approved, Evaluate(Submitted, Set(TwoPlatforms, amd64, Scan().For("manifest-arm64"))).Outcome());
    }

    [Fact]
    public void Findings_of_any_platform_count()
    {
        var evaluation = Evaluate(
            Submitted, Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan(Finding("CVE-2026-1", Severity.High)).For("manifest-arm64")));

        Assert.Equal(["no-serious-vulnerabilities: FINDING_OVER_LIMIT"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("linux/arm64/v8", Assert.Single(evaluation.Check("no-serious-vulnerabilities").Findings!.First).Platform);
    }

    public static TheoryData<string, string, bool> Platforms => new()
    {
        { "the platform that was scanned", "linux/amd64", true },
        { "another", "linux/arm64", false },
        { "another by its variant", "linux/arm64/v8", false },
        { "one by a variant it does not have", "linux/amd64/v3", false },
        { "one that the image has not", "linux/s390x", false },
    };

    [Theory, MemberData(nameof(Platforms))]
    public void A_list_of_platforms_says_which_need_a_report(string because, string platform, bool approved)
    {
        var set = PolicyText.LoadSigning(("spec.evidence.platforms", new JsonArray(platform)));

        var evaluation = Evaluate(set, Set(TwoPlatforms, Scan().For("manifest-amd64")));

        Assert.True(approved == (evaluation.Outcome() == Outcome.Approved), because);
        if (!approved)
            Assert.Contains(evaluation.Refusals(), refusal => refusal is "reports: REPORT_PLATFORM_GAP" or "reports: EVIDENCE_MISSING");
    }

    public static TheoryData<string, string, string> Runnable => new()
    {
        { "a node calls it amd64", "linux/amd64", "linux/x86_64" },
        { "a node calls it arm64", "linux/arm64", "linux/aarch64" },
        { "a node takes arm64 for v8", "linux/arm64/v8", "linux/arm64" },
        { "a node takes 8 for v8", "linux/arm64/v8", "linux/arm64/8" },
        { "a node takes arm for v7", "linux/arm/v7", "linux/arm" },
        { "a node calls it arm/v7", "linux/arm/v7", "linux/armhf" },
        { "an amd64 node falls back to it", "linux/amd64", "linux/386" },
        { "an amd64 node falls back to it by another name", "linux/amd64", "linux/i386" },
        { "an arm64 node falls back to it", "linux/arm64", "linux/arm/v7" },
        { "a v7 node falls back to it", "linux/arm/v7", "linux/arm/v6" },
    };

    [Theory, MemberData(nameof(Runnable))]
    public void What_a_node_of_a_listed_platform_would_run_needs_a_report(string because, string listed, string found)
    {
        var platform = Platform.TryParse(found, out var parsed, out _) ? parsed : null;
        var scanned = new Platform("linux", "riscv64");
        var subject = TwoPlatforms with
        {
            Platforms = [TwoPlatforms.Platforms[0] with { Platform = scanned }, TwoPlatforms.Platforms[1] with { Platform = platform }],
        };
        var set = PolicyText.LoadSigning(("spec.evidence.platforms", new JsonArray("linux/riscv64", listed)));

        var evaluation = Evaluate(set, Set(subject, Scan().For("manifest-amd64")));

        Assert.True(evaluation.Refusals() is ["reports: REPORT_PLATFORM_GAP"], because);
    }

    [Fact]
    public void What_no_node_falls_back_to_needs_no_report()
    {
        var subject = TwoPlatforms with
        {
            Platforms = [TwoPlatforms.Platforms[0], TwoPlatforms.Platforms[1] with { Platform = new Platform("linux", "386") }],
        };
        var set = PolicyText.LoadSigning(("spec.evidence.platforms", new JsonArray("linux/amd64")));

        Assert.Equal(Outcome.Approved, Evaluate(set, Set(subject, Scan().For("manifest-amd64"))).Outcome());
    }

    [Fact]
    public void A_platform_that_is_not_known_is_never_outside_the_list()
    {
        var subject = Image with { Platforms = [Image.Platforms[0] with { Platform = null }] };
        var set = PolicyText.LoadSigning(("spec.evidence.platforms", new JsonArray("linux/arm64")));

        Assert.Contains("reports: EVIDENCE_MISSING", Evaluate(set, Set(subject)).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void An_index_without_any_platform_is_refused()
    {
        var evaluation = Evaluate(Submitted, Set(TwoPlatforms with { Platforms = [] }, Scan().For("manifest-amd64")));

        Assert.Contains("reports: REPORT_PLATFORM_GAP", evaluation.Refusals(), StringComparer.Ordinal);
    }

    public static TheoryData<string, string?, string> Versions => new()
    {
        { "older", "0.57.9", "refused" },
        { "equal", "0.58", "approved" },
        { "newer", "0.58.1", "approved" },
        { "newer, though less as text", "0.100.0", "approved" },
        { "a pre-release of it", "0.58.0-rc1", "refused" },
        { "a development build", "dev", "refused" },
        { "none told", null, "refused" },
    };

    [Theory, MemberData(nameof(Versions))]
    public void The_scanner_has_to_be_new_enough(string because, string? version, string outcome)
    {
        var set = PolicyText.LoadSigning(("spec.evidence.scanners[0].minimumVersion", "0.58"));

        var evaluation = Evaluate(set, Set(Scan("trivy", version)));

        Assert.True(outcome == (evaluation.Outcome() == Outcome.Approved ? "approved" : "refused"), because);
        if (outcome == "refused")
        {
            Assert.Contains("reports: REPORT_SCANNER_NOT_ACCEPTED", evaluation.Refusals(), StringComparer.Ordinal);
            Assert.Equal("trivy 0.58 or newer", evaluation.Check("reports").Expected);
        }
    }

    [Fact]
    public void A_scanner_that_is_not_listed_is_refused_by_name()
    {
        var evaluation = Evaluate(Submitted, Set(Scan("grype", "0.80.0")));

        Assert.Contains("reports: REPORT_SCANNER_NOT_ACCEPTED", evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("the policy does not list the scanner grype", evaluation.Check("reports").Message);
        Assert.Equal("grype 0.80.0", evaluation.Check("reports").Actual);
    }

    [Fact]
    public void A_scanner_that_is_not_listed_does_not_count_beside_one_that_is()
    {
        var stray = Scan("grype", "0.80.0", Finding("CVE-2026-1", Severity.Critical));

        var evaluation = Evaluate(Submitted, Set(Scan(), stray));

        Assert.Equal(Outcome.Approved, evaluation.Outcome());
        Assert.Equal("the policy does not list the scanner grype", evaluation.Evidence.Single(line => !line.Used).Note);
    }

    [Fact]
    public void A_submitted_report_is_refused_where_the_policy_wants_a_signer() // threat 5
    {
        var evaluation = Evaluate(Attested, Set(Scan()));

        Assert.Contains("reports: REPORT_UNVOUCHED", evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("signed by scanner-service", evaluation.Check("reports").Expected);
    }

    [Fact]
    public void A_report_by_a_named_signer_counts() =>
        Assert.Equal(Outcome.Approved, Evaluate(Attested, Set(Scan().SignedBy(TestKey.Scanner))).Outcome());

    public static TheoryData<string, string> OtherSigners => new() { { "a stranger", "stranger" }, { "our own approval key", "approval" }, { "nobody", "nobody" } };

    [Theory, MemberData(nameof(OtherSigners))]
    public void A_report_by_anybody_else_does_not(string because, string signer)
    {
        var scan = signer switch
        {
            "stranger" => Scan().SignedBy(TestKey.Stranger),
            "approval" => Scan().SignedBy(TestKey.Approval),
            _ => Scan() with { Source = EvidenceSource.Attested },
        };

        Assert.True(Evaluate(Attested, Set(scan)).Refusals().Contains("reports: REPORT_UNVOUCHED", StringComparer.Ordinal), because);
    }

    [Fact]
    public void What_a_signer_claims_does_not_count_when_the_key_is_named_as_submitted() => // our own word never makes evidence attested
        Assert.Contains(
            "reports: REPORT_UNVOUCHED",
            Evaluate(Attested, Set(Scan().SignedBy(TestKey.Scanner) with { Source = EvidenceSource.Submitted })).Refusals(), StringComparer.Ordinal);

    public static TheoryData<string, string?, string?, bool> Windows => new()
    {
        { "no window", null, null, true },
        { "not yet", "2026-11-22T10:00:01Z", null, false },
        { "from now on", "2026-11-22T10:00:00Z", null, true },
        { "until now", null, "2026-11-22T10:00:00Z", false },
        { "a second longer", null, "2026-11-22T10:00:01Z", true },
        { "until today, all of it", null, "2026-11-22", true },
        { "until yesterday", null, "2026-11-21", false },
    };

    [Theory, MemberData(nameof(Windows))]
    public void A_signer_counts_only_inside_its_window(string because, string? from, string? until, bool counts) // threat 73
    {
        List<(string, JsonNode?)> changes = [];
        if (from is not null)
            changes.Add(("spec.members[0].validFrom", from));
        if (until is not null)
            changes.Add(("spec.members[0].validUntil", until));
        var attestor = PolicyText.Edit(PolicyText.ScannerAttestor, [.. changes]);
        var policy = PolicyText.Edit(
            PolicyText.Signing,
            ("spec.evidence.scanners[0]", JsonNode.Parse("""{ "name": "trivy", "source": "attested", "signedBy": ["scanner-service"] }""")));

        var evaluation = Evaluate(PolicyText.Load(policy, PolicyText.ApprovalAttestor, attestor), Set(Scan().SignedBy(TestKey.Scanner)));

        Assert.True(counts == (evaluation.Outcome() == Outcome.Approved), because);
        if (!counts)
            Assert.Contains("reports: KEY_NOT_VALID_AT_TIME", evaluation.Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Union_needs_every_scanner_and_counts_all_findings()
    {
        var trivy = Scan();
        var grype = Scan("grype", "0.80.0", Finding("CVE-2026-1", Severity.Critical));

        Assert.Contains("reports: EVIDENCE_MISSING", Evaluate(TwoScanners, Set(trivy)).Refusals(), StringComparer.Ordinal);
        Assert.Equal("there is no report of grype", Evaluate(TwoScanners, Set(trivy)).Check("reports").Message);
        Assert.Equal(["no-serious-vulnerabilities: FINDING_OVER_LIMIT"], Evaluate(TwoScanners, Set(trivy, grype)).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Any_needs_one_scanner_and_still_counts_all_findings()
    {
        var any = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")), ("spec.evidence.combine", "any"));
        var grype = Scan("grype", "0.80.0", Finding("CVE-2026-1", Severity.Critical));

        Assert.Equal(Outcome.Approved, Evaluate(any, Set(Scan())).Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(any, Set(Scan(), grype)).Outcome());
        Assert.Equal("there is no report of trivy or grype", Evaluate(any, Set()).Check("reports").Message);
    }

    /// <summary>A version of trivy and whether it is accepted as at least 0.58 and below 0.70.</summary>
    public static TheoryData<string?, bool> RangedVersions => new()
    {
        { "0.58", true }, { "v0.58.0", true }, { "0.69.3", true }, { "0.70", false }, { "0.58.0-rc1", false }, { "0.9", false }, { "nightly", false }, { null, false },
    };

    [Theory, MemberData(nameof(RangedVersions))]
    public void A_scanner_s_version_has_to_be_in_the_range(string? version, bool accepted)
    {
        var set = PolicyText.LoadSigning(("spec.evidence.scanners[0].versions", ">=0.58, <0.70"));

        var check = Evaluate(set, Set(Scan("trivy", version))).Check("reports");

        Assert.Equal(accepted ? null : ReasonCode.ReportScannerNotAccepted, check.Reason);
        if (!accepted)
            Assert.Equal(("trivy >=0.58, <0.70", version is null ? "no version" : $"trivy {version}"), (check.Expected, check.Actual));
    }

    [Theory]
    [InlineData(ReportKind.Sarif, "SARIF 2.1.0", "sarif")]
    [InlineData(ReportKind.CycloneDx, "CycloneDX 1.6", "cyclonedx")]
    public void A_format_that_tells_less_than_the_scanner_s_own_counts_only_where_the_policy_lists_it(ReportKind kind, string format, string word)
    {
        var listed = PolicyText.LoadSigning(("spec.evidence.scanners[0].formats", JsonNode.Parse($"[\"{word}\"]")));
        var scan = Scan().With(report => report with { Kind = kind, Format = format });

        var check = Evaluate(Submitted, Set(scan)).Check("reports");

        Assert.Equal((ReasonCode.ReportFormat, "native", format), (check.Reason, check.Expected, check.Actual));
        Assert.Equal(Outcome.Approved, Evaluate(listed, Set(scan)).Outcome());
        var own = Evaluate(listed, Set(Scan())).Check("reports");
        Assert.Equal((ReasonCode.ReportFormat, word, "Trivy JSON 2"), (own.Reason, own.Expected, own.Actual));
    }

    [Fact]
    public void At_least_two_needs_two_scanners_on_each_platform()
    {
        var two = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")),
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "snyk", "source": "submitted" }""")),
            ("spec.evidence.combine", JsonNode.Parse("""{ "atLeast": 2 }""")));

        Assert.Equal(Outcome.Approved, Evaluate(two, Set(Scan(), Scan("snyk", "1.0"))).Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(two, Set(Scan(), Scan("snyk", "1.0", Finding("CVE-2026-1", Severity.Critical)))).Outcome());
        var one = Evaluate(two, Set(Scan(), Scan() with { Digest = DigestOf("again") })).Check("reports");
        Assert.Equal((ReasonCode.EvidenceMissing, "there is no report of grype or snyk"), (one.Reason, one.Message));
        Assert.Equal("2 of trivy, grype, snyk for linux/amd64", Evaluate(two, Set()).Check("reports").Expected);
        Assert.Contains(
            "reports: REPORT_PLATFORM_GAP",
            Evaluate(two, Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan("grype", "1.0").For("manifest-amd64"), Scan().For("manifest-arm64"))).Refusals(),
            StringComparer.Ordinal);
    }

    [Fact]
    public void The_newest_report_of_a_scanner_binds() // no shopping for a nicer one
    {
        var old = Scan().With(report => report with { Time = Now - TimeSpan.FromHours(5) });
        var current = Scan(Finding("CVE-2026-1", Severity.Critical));

        var evaluation = Evaluate(Submitted, Set(old, current));

        Assert.Equal(["no-serious-vulnerabilities: FINDING_OVER_LIMIT"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal("a newer report of trivy binds, of 2026-11-22T09:00:00Z", evaluation.Evidence.Single(line => !line.Used).Note);
        var cleaned = Set(Scan(Finding("CVE-2026-1", Severity.Critical)).With(report => report with { Time = Now - TimeSpan.FromHours(5) }), Scan());
        Assert.Equal(Outcome.Approved, Evaluate(Submitted, cleaned).Outcome());
    }

    [Fact]
    public void A_newer_report_that_does_not_count_supersedes_nothing()
    {
        var attested = Scan(Finding("CVE-2026-1", Severity.Critical)).SignedBy(TestKey.Scanner)
            .With(report => report with { Time = Now - TimeSpan.FromHours(5) });

        Assert.Equal(["no-serious-vulnerabilities: FINDING_OVER_LIMIT"], Evaluate(Attested, Set(attested, Scan())).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Reports_of_one_time_or_none_all_count()
    {
        var worse = Scan(Finding("CVE-2026-1", Severity.Critical));
        var undated = worse.With(report => report with { Time = null });
        var lenient = PolicyText.LoadSigning(("spec.evidence.maximumScanAge", JsonNode.Parse("""{ "limit": "24h", "whenMissing": "accept" }""")));

        Assert.Equal(Outcome.Refused, Evaluate(Submitted, Set(Scan(), worse)).Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(lenient, Set(Scan(), undated)).Outcome());
    }

    /// <summary>Threat 6: finding nothing is not enough.</summary>
    public static TheoryData<string, Func<Coverage, Coverage>, string> Incomplete => new()
    {
        { "nothing scanned for vulnerabilities", coverage => coverage with { Vulnerabilities = VulnerabilityCoverage.NotScanned, Because = "only secrets" }, "only secrets" },
        { "nothing found to scan", coverage => coverage with { Vulnerabilities = VulnerabilityCoverage.Empty, Because = "no results" }, "no results" },
        { "a system past its end of life", coverage => coverage with { OsEndOfLife = true }, "debian 12.5 gets no advisories any more" },
        { "an unnamed system past its end of life", coverage => coverage with { OsEndOfLife = true, OsFamily = null }, "the system gets no advisories" },
        { "only what is fixed", coverage => coverage with { Filters = NoFilters with { OnlyFixed = true } }, "drop findings by their fix" },
        { "only what is not fixed", coverage => coverage with { Filters = NoFilters with { OnlyNotFixed = true } }, "drop findings by their fix" },
        { "all but what will not be fixed", coverage => coverage with { Filters = NoFilters with { IgnoreWontFix = true } }, "drop findings by their fix" },
        { "paths left out", coverage => coverage with { Filters = NoFilters with { Excludes = 1 } }, "leave out paths" },
    };

    private static ScanFilters NoFilters => new(false, false, false, 7, 0, 0, "squashed");

    [Theory, MemberData(nameof(Incomplete))]
    public void An_incomplete_scan_is_refused(string because, Func<Coverage, Coverage> change, string expected)
    {
        var evaluation = Evaluate(Submitted, Set(Scan().With(report => report with { Coverage = change(report.Coverage) })));

        Assert.True(evaluation.Refusals() is ["coverage: REPORT_INCOMPLETE"], because);
        Assert.Contains(expected, evaluation.Check("coverage").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_that_left_nothing_out_are_no_gap() => Assert.Equal(
        Outcome.Approved, Evaluate(Submitted, Set(Scan().With(report => report with { Coverage = report.Coverage with { Filters = NoFilters } }))).Outcome());

    /// <summary>Threat 4, each a second around its limit: scan age, database age, seconds; approved or not.</summary>
    public static TheoryData<string, int?, int?, bool> Ages => new()
    {
        { "fresh", 0, 0, true },
        { "the scan at its limit", 24 * 3600, 0, true },
        { "the scan a second over", (24 * 3600) + 1, 0, false },
        { "the database at its limit", 0, 48 * 3600, true },
        { "the database a second over", 0, (48 * 3600) + 1, false },
        { "a scan as far ahead as clocks may be", -300, 0, true },
        { "a scan a second further ahead", -301, 0, false },
        { "a scan of tomorrow", -24 * 3600, 0, false },
        { "a database as far ahead as clocks may be", 0, -300, true },
        { "a database a second further ahead", 0, -301, false },
        { "a scan of no time, which the policy refuses", null, 0, false },
        { "a database of no time, which the policy accepts", 0, null, true },
    };

    [Theory, MemberData(nameof(Ages))]
    public void Scans_and_databases_have_to_be_fresh(string because, int? scanAge, int? databaseAge, bool approved)
    {
        var scan = Scan().With(report => report with { Time = Now.AddSeconds(-scanAge ?? 0), DatabaseTime = Now.AddSeconds(-databaseAge ?? 0) });
        if (scanAge is null)
            scan = scan.With(report => report with { Time = null });
        if (databaseAge is null)
            scan = scan.With(report => report with { DatabaseTime = null });

        var evaluation = Evaluate(Submitted, Set(scan));

        Assert.True(approved ? evaluation.Outcome() == Outcome.Approved : evaluation.Refusals() is ["freshness: REPORT_STALE"], because);
    }

    [Fact]
    public void What_is_to_be_done_about_a_time_is_told_by_what_is_wrong_with_it()
    {
        string? RemedyOf(DateTimeOffset? scanned, DateTimeOffset? database) => Evaluate(
            Submitted, Set(Scan().With(report => report with { Time = scanned, DatabaseTime = database }))).Check("freshness").Remedy;

        Assert.Equal(ReasonCode.ReportStale.Remedy, RemedyOf(Now.AddDays(-3), Now));
        Assert.Equal(FreshnessRemedy.Ahead, RemedyOf(Now.AddDays(1), Now));
        Assert.Equal(FreshnessRemedy.Undated, RemedyOf(null, Now));
        Assert.Equal($"{FreshnessRemedy.Undated} {ReasonCode.ReportStale.Remedy}", RemedyOf(null, Now.AddDays(-9)));
    }

    [Theory]
    [InlineData(ReportKind.CycloneDx, VulnerabilityCoverage.NotScanned, "this is an SBOM without vulnerabilities; send it as --sbom")]
    [InlineData(ReportKind.CycloneDx, VulnerabilityCoverage.Empty, "the policy does not list the scanner unnamed")]
    [InlineData(ReportKind.Sarif, VulnerabilityCoverage.NotScanned, "the policy does not list the scanner unnamed")]
    public void An_SBOM_sent_as_a_report_is_told_to_be_one(ReportKind kind, VulnerabilityCoverage coverage, string expected)
    {
        var sent = Scan("unnamed", "1").With(report => report with
        {
            Kind = kind,
            Coverage = report.Coverage with { Vulnerabilities = coverage },
        });

        var check = Evaluate(Submitted, Set(sent)).Check("reports");

        Assert.Equal(ReasonCode.ReportScannerNotAccepted, check.Reason);
        Assert.Contains(expected, check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_older_of_report_and_envelope_counts()
    {
        var fresh = Scan();

        Assert.Equal(Outcome.Approved, Evaluate(Submitted, Set(fresh with { EnvelopeTime = Now })).Outcome());
        Assert.Equal(["freshness: REPORT_STALE"], Evaluate(Submitted, Set(fresh with { EnvelopeTime = Now.AddDays(-2) })).Refusals(), StringComparer.Ordinal);
        var outside = fresh.With(report => report with { Time = null }) with { EnvelopeTime = Now.AddHours(-1) };
        Assert.Equal(Outcome.Approved, Evaluate(Submitted, Set(outside)).Outcome());
    }

    [Fact]
    public void Staleness_is_told_with_ages()
    {
        var check = Evaluate(Submitted, Set(Scan().With(report => report with { Time = Now.AddDays(-3) }))).Check("freshness");

        Assert.Equal("trivy 0.58.1 for linux/amd64: the scan is 3d old, of 2026-11-19T10:00:00Z", check.Message);
        Assert.Equal("the scan at most 1d old", check.Expected);
        Assert.Equal("the scan 3d old", check.Actual);
        Assert.Equal([Scan().Digest], check.Evidence);
    }

    [Fact]
    public void Problems_of_gathering_are_checks_with_their_own_reasons()
    {
        var evidence = Set(Scan()) with
        {
            Problems =
            [
                new EvidenceProblem(ReasonCode.RegistryUnavailable, "the registry did not answer", IsError: true),
                new EvidenceProblem(ReasonCode.ReportMalformed, "the report is cut off", IsError: false) { Evidence = DigestOf("report"), Expected = "JSON", Actual = "none" },
            ],
        };

        var evaluation = Evaluate(Submitted, evidence);

        Assert.Equal(["evidence: REPORT_MALFORMED", "evidence 2: REGISTRY_UNAVAILABLE"], evaluation.Refusals(), StringComparer.Ordinal);
        Assert.Equal(Outcome.Refused, evaluation.Outcome());
        var first = evaluation.Checks[0];
        Assert.Equal(("JSON", "none"), (first.Expected, first.Actual));
        Assert.Equal([DigestOf("report")], first.Evidence);
        Assert.Equal(Outcome.Error, Evaluate(Submitted, evidence with { Problems = [evidence.Problems[0]] }).Outcome());
    }

    [Fact]
    public void What_is_wrong_with_a_report_comes_before_what_is_missing_because_of_it()
    {
        var missing = new EvidenceProblem(
            ReasonCode.EvidenceMissing, "a report of trivy is known for this image and binds", IsError: false);
        var foreign = new EvidenceProblem(ReasonCode.ReportSubjectMismatch, "trivy.json is about another image", IsError: false)
        {
            Evidence = DigestOf("foreign"),
        };

        var evaluation = Evaluate(Submitted, Set() with { Problems = [missing, foreign] });

        Assert.Equal(
            ["evidence: REPORT_SUBJECT_MISMATCH", "evidence 2: EVIDENCE_MISSING", "reports: EVIDENCE_MISSING"],
            evaluation.Refusals().Take(3), StringComparer.Ordinal);
    }

    [Fact]
    public void Every_check_has_a_name_of_its_own()
    {
        var problems = Enumerable.Range(0, 3).Select(i => new EvidenceProblem(
            ReasonCode.ReportFormat, $"report {i}: nobody knows its format", IsError: false)
        {
            Evidence = DigestOf($"report {i}"),
        });

        var evaluation = Evaluate(Submitted, Set() with { Problems = [.. problems] });

        Assert.Equal(
            ["evidence", "evidence 2", "evidence 3", "reports"],
            evaluation.Checks.Take(4).Select(check => check.Name), StringComparer.Ordinal);
        Assert.Distinct(evaluation.Checks.Select(check => check.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Text_from_a_report_is_escaped() // threat 10
    {
        var scan = Scan("trivy", "1\u001B[2J", Finding("CVE-2026-1", Severity.High, package: "a\nb", version: "\u202E1", fixedVersion: "2\r"))
            .With(report => report with { Coverage = report.Coverage with { OsFamily = "x\u0007", OsEndOfLife = true } });

        Assert.DoesNotContain(Evaluate(Submitted, Set(scan)).Text(), c => char.IsControl(c) || c == '\u202E');
        Assert.Contains("\\\\u{1b}", Evaluate(Submitted, Set(scan)).Text(), StringComparison.Ordinal);
    }
}
