// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier.Tests;

public sealed class DenialTextTests : IDisposable
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_denial_names_image_place_policy_check_reason_remedy_and_decision()
    {
        var answer = await _gate.ReviewAsync(Gate.GoodImage, Gate.BadImage);
        var decision = answer.Images[1].Verdict.Decision;
        Assert.Equal(
            $"""
             1 of 2 images may not run

             DENIED  registry.example.com/team/api@{Gate.Bad}
                     spec.containers[1] "c1"
                     policy production, rule default ({decision.Policy!.Revision.Hex[..12]})
               ✗ signature release   there is no signature by release (SIGNATURE_MISSING)
                 {ReasonCode.SignatureMissing.Remedy}
               Decision {decision.Id}
             """.ReplaceLineEndings("\n"),
            answer.Message);
    }

    [Fact]
    public void Findings_are_shown_with_what_fixes_them()
    {
        var check = CheckResult.Fail("no-serious-vulnerabilities", "vulnerabilities", ReasonCode.FindingOverLimit, "4 findings") with
        {
            Findings = new FindingSummary(4,
            [
                new FindingLine("CVE-2026-0001", "CRITICAL", "openssl", "3.0.11-1", "3.0.20-1", null, null),
                new FindingLine("CVE-2026-0002", "HIGH", "zlib1g", "1.2", null, null, null),
                new FindingLine("CVE-2026-0003", "HIGH", "a", "1", null, null, null),
                new FindingLine("CVE-2026-0004", "HIGH", "b", "1", null, null, null),
            ]),
        };
        var text = DenialText.Write(new WorkloadVerdict([new JudgedImage(Verdict(check), [])]));
        Assert.Contains("      CVE-2026-0001  CRITICAL  openssl 3.0.11-1  →  3.0.20-1\n", text, StringComparison.Ordinal);
        Assert.Contains("      CVE-2026-0002  HIGH  zlib1g 1.2  →  no fix\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CVE-2026-0004", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_come_before_errors_and_passes_are_left_out()
    {
        var text = DenialText.Write(new WorkloadVerdict([new JudgedImage(Verdict(
            CheckResult.Pass("fine", "a", "ok"),
            CheckResult.Error("unsure", "b", ReasonCode.RegistryUnavailable, "down"),
            CheckResult.Fail("broken", "c", ReasonCode.SignatureMissing, "none")), [])]));
        Assert.True(text.IndexOf("✗ broken", StringComparison.Ordinal) < text.IndexOf("! unsure", StringComparison.Ordinal));
        Assert.DoesNotContain("fine", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_without_any_check_says_so() =>
        Assert.Contains("no check passed", DenialText.Write(new WorkloadVerdict([new JudgedImage(Verdict(), [])])), StringComparison.Ordinal);

    [Fact]
    public async Task However_many_and_long_the_message_stays_below_8_KiB_and_says_how_many_are_missing()
    {
        var images = Enumerable.Range(0, 300).Select(i => $"registry.example.com/{new string('a', 200)}/api:{i}").ToArray();
        var message = (await _gate.ReviewAsync(images)).Message;
        Assert.InRange(Encoding.UTF8.GetByteCount(message), 4096, 8192);
        Assert.Matches("\\A300 of 300 images may not run\n[\\s\\S]*… and [0-9]+ more\\z", message);
    }

    [Fact]
    public void One_image_with_endless_checks_stays_below_8_KiB_and_is_not_left_out()
    {
        var checks = Enumerable.Range(0, 100)
            .Select(i => CheckResult.Fail($"check{i}", "a", ReasonCode.SignatureMissing, new string('é', 5000)) with { Remedy = new string('x', 5000) })
            .ToArray();
        var message = DenialText.Write(new WorkloadVerdict([new JudgedImage(Verdict(checks), [])]));
        Assert.InRange(Encoding.UTF8.GetByteCount(message), 1000, 8192);
        Assert.Contains("✗ check0", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_name_cannot_forge_a_line()
    {
        var message = (await _gate.ReviewAsync("a\nDecision 0 \u001b[2J")).Message;
        Assert.DoesNotContain("\nDecision 0", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', message);
    }

    private static ImageVerdict Verdict(params CheckResult[] checks) => new(new Decision
    {
        Id = "id",
        Kind = DecisionKind.Admission,
        Outcome = Decision.OutcomeOf(DecisionKind.Admission, checks),
        Mode = EnforcementMode.Enforce,
        Time = DateTimeOffset.UnixEpoch,
        Subject = new DecisionSubject("registry.example.com/x", null, []),
        Checks = checks,
    });

    public void Dispose() => _gate.Dispose();
}
