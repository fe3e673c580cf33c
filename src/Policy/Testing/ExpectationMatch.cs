// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Testing;

/// <summary>Compares a decision with what was expected of it.</summary>
internal static class ExpectationMatch
{
    internal static IReadOnlyList<TestMismatch> Find(TestExpectation expected, Decision found, SigningPolicy? signing) =>
    [
        .. Compare("outcome", Word(expected.Outcome), Word(found.Outcome)),
        .. Compare("policy", expected.Policy, found.Policy?.Name),
        .. Compare("rule", expected.Rule, found.Policy?.Rule),
        .. Compare("mode", expected.Mode is { } mode ? Word(mode) : null, Word(found.Mode)),
        .. expected.Checks.SelectMany(check => Compare(check, found)),
        .. found.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Error && IsUnexpected(check, expected))
            .Select(check => new TestMismatch(NameOf(check.Name), "PASS, as of every check that is not named", Show(check))),
        .. expected.Signs is { } signs ? Compare(signs, found, signing) : [],
    ];

    private static bool IsUnexpected(CheckResult check, TestExpectation expected) =>
        !expected.Checks.Any(named => string.Equals(named.Name, check.Name, StringComparison.Ordinal));

    private static IEnumerable<TestMismatch> Compare(ExpectedCheck expected, Decision found)
    {
        var check = found.Checks.FirstOrDefault(check => string.Equals(check.Name, expected.Name, StringComparison.Ordinal));
        if (check is null)
        {
            var names = string.Join(", ", found.Checks.Select(known => Printable.Escape(known.Name)));
            yield return new TestMismatch(NameOf(expected.Name), expected.ToString(), $"no such check; there are {names}");
        }
        else if (check.Verdict != expected.Verdict || check.Reason != expected.Reason)
        {
            yield return new TestMismatch(NameOf(expected.Name), expected.ToString(), Show(check));
        }
    }

    private static IEnumerable<TestMismatch> Compare(ExpectedSigning expected, Decision found, SigningPolicy? policy)
    {
        if (policy is null)
            return [new TestMismatch("signs", "a policy that signs", "none")];

        var layouts = policy.Produce.Signature ? policy.Produce.Layouts : [];
        return
        [
            .. Compare("signs.attestor", expected.Attestor, policy.Attestor),
            .. Compare("signs.signature", Word(expected.Signature), Word(policy.Produce.Signature)),
            .. Compare("signs.layouts", Word(expected.Layouts), Word(layouts)),
            .. Compare("signs.reports", Word(expected.Reports), Word(policy.Produce.VulnerabilityAttestation)),
            .. Compare("signs.sboms", Word(expected.Sboms), Word(policy.Produce.SbomAttestation)),
            .. Compare("signs.vsa", Word(expected.Vsa), Word(policy.Produce.Summary)),
            .. Compare(
                "signs.validUntil", expected.ValidUntil is { } end ? Times.Show(end) : null,
                Times.Show(found.Time + policy.Produce.ValidFor)),
        ];
    }

    private static IEnumerable<TestMismatch> Compare(string what, string? expected, string? found)
    {
        if (expected is not null && !string.Equals(expected, found, StringComparison.Ordinal))
            yield return new TestMismatch(what, expected, found ?? "none");
    }

    private static string NameOf(string check) => $"check {Printable.Escape(check)}";

    private static string Show(CheckResult check) => $"{ExpectedCheck.Show(check.Verdict, check.Reason)}: {check.Message}";

    private static string Word(Outcome outcome) => outcome.ToString().ToLowerInvariant();

    private static string Word(EnforcementMode mode) => mode == EnforcementMode.DryRun ? "dryRun" : mode.ToString().ToLowerInvariant();

    private static string? Word(bool? truth) => truth is null ? null : truth.Value ? "true" : "false";

    private static string? Word(IReadOnlyList<StorageLayout>? layouts) =>
        layouts is null ? null : string.Join(", ", layouts.Order().Select(layout => layout.ToString().ToLowerInvariant()));
}
