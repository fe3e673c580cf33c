// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Tests.Rendering;

public sealed class DecisionTableTests
{
    private static readonly string Revision = Decisions.Revision.Hex[..12];

    [Fact]
    public void A_refusal_lists_the_worst_check_first_with_every_finding() => Assert.Equal(
        $"""
        REFUSED  {Decisions.Reference}   policy payments-release ({Revision})

          ✗ no-serious-vulnerabilities   2 fixable findings above LOW  FINDING_OVER_LIMIT
              CVE-2026-0001  CRITICAL  openssl 3.0.11-1  →  3.0.20-1  libssl3
              CVE-2026-0002  HIGH      zlib1g 1:1.2.13   →  1:1.3.2
          ! knows-its-parts              no SBOM for linux/arm64 could be read  EVIDENCE_UNREACHABLE
          ✓ built-by-us                  github-hosted, github.com/example/payments
          - freshness                    there is no report that counts  EVIDENCE_MISSING

        What would help:
          update openssl to 3.0.20-1 (CVE-2026-0001), zlib1g to 1:1.3.2 (CVE-2026-0002)
          {ReasonCode.EvidenceUnreachable.Remedy}

        Decision 0198c0de-0000-7000-8000-000000000001

        """,
        Shown(Decisions.Of(
            DecisionKind.Signing, Decisions.Skipped, Decisions.Passed, Decisions.Unknown, Decisions.Vulnerable)));

    [Fact]
    public void A_finding_that_is_refused_for_more_than_its_severity_says_so()
    {
        var line = new FindingLine("CVE-2021-44228", "LOW", "log4j-core", "2.14.0", "2.15.0", null, null) { Note = "known exploited" };

        var shown = Shown(Decisions.Of(DecisionKind.Signing, Decisions.Vulnerable with { Findings = new FindingSummary(1, [line]) }));

        Assert.Matches("\n      CVE-2021-44228  LOW  log4j-core 2.14.0  →  2.15.0 +known exploited\n", shown);
    }

    [Fact]
    public void An_approval_lists_what_was_stored() => Assert.Equal(
        $"""
        APPROVED  {Decisions.Reference}   policy payments-release ({Revision})

          ✓ built-by-us   github-hosted, github.com/example/payments

        Stored beside the image:
          signature         {Decisions.Report}  sha256-abc.sig
          scan-attestation  {Decisions.Image}  application/vnd.dev.sigstore.bundle.v0.3+json

        Decision 0198c0de-0000-7000-8000-000000000001

        """,
        Shown(Decisions.Approved with
        {
            Artifacts =
            [
                new DecisionArtifact(
                    "signature", Decisions.Image, "application/vnd.oci.image.manifest.v1+json", Decisions.Report, 500,
                    "sha256-abc.sig"),
                new DecisionArtifact(
                    "scan-attestation:sha256:0123", Decisions.Image, "application/vnd.dev.sigstore.bundle.v0.3+json",
                    Decisions.Image, 700),
            ],
        }));

    [Fact]
    public void A_denial_names_the_rule_what_was_expected_and_the_evidence_that_did_not_count() => Assert.Equal(
        $"""
        DENIED  {Decisions.Reference}   policy payments-release ({Revision}) rule payments   (warned about only)

          ✗ approval   no approval of payments-release  APPROVAL_MISSING
              expected  an approval by payments-release
              actual    one by someone else

        Evidence that did not count:
          approval  sha256:{Decisions.Report.Hex[..12]}  someone  signed by a key that no attestor names

        What would help:
          {ReasonCode.ApprovalMissing.Remedy}

        Decision 0198c0de-0000-7000-8000-000000000001

        """,
        Shown(Decisions.Of(
            DecisionKind.Admission,
            CheckResult.Fail("approval", "approval", ReasonCode.ApprovalMissing, "no approval of payments-release") with
            {
                Expected = "an approval by payments-release",
                Actual = "one by someone else",
            }) with
        {
            Mode = EnforcementMode.Warn,
            Policy = new DecisionPolicy("payments-release", Decisions.Revision, "payments"),
            Evidence =
            [
                new DecisionEvidence
                {
                    Digest = Decisions.Report,
                    Kind = "approval",
                    Producer = "someone",
                    Used = false,
                    Note = "signed by a key that no attestor names",
                },
            ],
        }));

    [Fact]
    public void Findings_that_are_not_listed_are_counted_and_several_platforms_are_named()
    {
        var findings = new FindingSummary(120,
        [
            new FindingLine("CVE-1", "HIGH", "a", "1", null, null, "linux/amd64"),
            new FindingLine("CVE-2", "LOW", "b", null, "2", "usr/bin/b", "linux/arm64"),
        ]);

        Assert.Contains(
            """
                  CVE-1  HIGH  a 1  →  no fix known             linux/amd64
                  CVE-2  LOW   b    →  2             usr/bin/b  linux/arm64
                  and 118 more

            """,
            Shown(Decisions.Of(DecisionKind.Signing, Decisions.Vulnerable with { Findings = findings })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_all_findings_share_is_named_once()
    {
        var findings = new FindingSummary(2,
        [
            new FindingLine("CVE-1", "HIGH", "a", "1", "2", "the image", null),
            new FindingLine("CVE-2", "LOW", "b", "1", "2", "the image", null),
        ]);

        Assert.Contains(
            """
                  CVE-1  HIGH  a 1  →  2
                  CVE-2  LOW   b 1  →  2
                  all in the image

            """,
            Shown(Decisions.Of(DecisionKind.Signing, Decisions.Vulnerable with { Findings = findings })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_check_at_all_is_said_aloud() =>
        Assert.Contains("  no check ran\n", Shown(Decisions.Of(DecisionKind.Signing)), StringComparison.Ordinal);

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "a line of its own", "x\n  ✓ forged   all good", @"x\u{a}  ✓ forged   all good" },
        { "a carriage return", "x\rAPPROVED", @"x\u{d}APPROVED" },
        { "a colour", "\u001b[32mgood\u001b[0m", @"\u{1b}[32mgood\u{1b}[0m" },
        { "an 8-bit control sequence", "\u009b2J", @"\u{9b}2J" },
        { "text that runs backwards", "\u202egpj.exe", @"\u{202e}gpj.exe" },
        { "markup", "[red]x[/]", "[red]x[/]" },
        { "half a character", "\ud83d", @"\u{fffd}" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Text_from_outside_is_shown_and_never_obeyed(string because, string text, string shown)
    {
        var line = new FindingLine(text, text, text, text, text, text, null);
        var check = CheckResult.Fail(text, text, ReasonCode.FindingOverLimit, text) with
        {
            Remedy = text,
            Findings = new FindingSummary(1, [line]),
        };
        var second = CheckResult.Fail("b", "b", ReasonCode.FindingOverLimit, "b") with
        {
            Expected = text,
            Actual = text,
        };
        var decision = Decisions.Of(DecisionKind.Signing, check, second) with
        {
            Id = text,
            Subject = new DecisionSubject(text, Decisions.Image, []),
            Policy = new DecisionPolicy(text, Decisions.Revision, text),
            Evidence =
            [
                new DecisionEvidence
                {
                    Digest = Decisions.Report,
                    Kind = text,
                    Producer = text,
                    Used = false,
                    Note = text,
                },
            ],
            Artifacts = [new DecisionArtifact(text, Decisions.Image, text, Decisions.Image, 1)],
        };

        var plain = Shown(decision);
        var coloured = Shown(decision, colours: true);

        const int Lines = 19;
        Assert.True(plain.Count(c => c == '\n') == Lines, because);
        Assert.True(coloured.Count(c => c == '\n') == Lines, because);
        Assert.Equal(20, plain.Split(shown).Length - 1);
        Assert.DoesNotContain(
            text.Any(char.IsControl) || shown != text ? text : "\u001b", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_longer_than_a_line_is_shown_whole()
    {
        var message = string.Concat(Enumerable.Repeat("0123456789ab🙂", 300)) + "the end";

        Assert.Contains(
            message,
            Shown(Decisions.Of(DecisionKind.Signing, CheckResult.Pass("a", "a", message))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a terminal", true, "", true)]
    [InlineData("a file", false, "", false)]
    [InlineData("a terminal with NO_COLOR", true, "NO_COLOR=1", false)]
    [InlineData("a terminal with an empty NO_COLOR", true, "NO_COLOR=", true)]
    [InlineData("a terminal that knows no colours", true, "TERM=dumb", false)]
    public void Colours_are_for_terminals_that_want_them(string because, bool terminal, string variable, bool expected)
    {
        using var output = new StringWriter();
        var surroundings = new Surroundings
        {
            Out = output,
            Error = output,
            OutIsTerminal = terminal,
            Variable = name => variable.StartsWith(name + "=", StringComparison.Ordinal)
                ? variable[(name.Length + 1)..]
                : null,
        };

        DecisionTable.Write(surroundings.OutScreen(), Decisions.Refused);

        Assert.True(output.ToString().Contains("\u001b[", StringComparison.Ordinal) == expected, because);
    }

    private static string Shown(Decision decision, bool colours = false)
    {
        using var output = new StringWriter();
        DecisionTable.Write(new Screen(output, colours), decision);
        return output.ToString();
    }
}
