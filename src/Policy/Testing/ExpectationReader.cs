// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Testing;

/// <summary>Reads what has to come of a case. A no without its reason is refused: any other no would look the same.</summary>
internal static class ExpectationReader
{
    internal static TestExpectation? Read(Field? field, bool isSigning)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var outcome = ReadOutcome(reader.Required("outcome"), isSigning);
        var policy = Values.Name(reader.Optional("policy"));
        var ruleField = reader.Optional("rule");
        var rule = Values.Name(ruleField);
        var mode = ReadMode(reader.Optional("mode"), isSigning);
        var checksField = reader.Optional("checks");
        var checks = ReadChecks(checksField);
        var signsField = reader.Optional("signs");
        var signs = ReadSigning(signsField);
        reader.Close();
        if (isSigning)
            ruleField?.Error("admission policies have rules; this case asks for a signature");
        if (outcome is not Outcome.Approved)
            signsField?.Error("only an approved image is signed");
        // What could not be read was said already.
        var isWhole = checksField is null || (checksField.Node as YamlMapping)?.Members.Count == checks.Count;
        if (outcome is { } found && isWhole && FindContradiction(found, checks) is { } contradiction)
            reader.Error(contradiction);

        return outcome is null
            ? null
            : new TestExpectation { Outcome = outcome.Value, Policy = policy, Rule = rule, Mode = mode, Checks = checks, Signs = signs };
    }

    private static string? FindContradiction(Outcome outcome, IReadOnlyList<ExpectedCheck> checks)
    {
        var worst = checks.Select(check => check.Verdict).DefaultIfEmpty(Verdict.Skipped).Max();
        return outcome switch
        {
            Outcome.Approved or Outcome.Allowed => worst > Verdict.Pass ? "with a check that fails the outcome is no yes" : null,
            Outcome.Error => worst == Verdict.Error ? null : "checks: name the check that cannot be judged and its reason, as NAME: ERROR REASON_CODE",
            _ => worst == Verdict.Fail ? null : "checks: name the check that fails and its reason, as NAME: FAIL REASON_CODE",
        };
    }

    private static Outcome? ReadOutcome(Field? field, bool isSigning) => isSigning
        ? Values.Word(field, ("approved", Outcome.Approved), ("refused", Outcome.Refused), ("error", Outcome.Error))
        : Values.Word(field, ("allowed", Outcome.Allowed), ("denied", Outcome.Denied), ("error", Outcome.Error));

    private static EnforcementMode? ReadMode(Field? field, bool isSigning) => isSigning
        ? Values.Word(field, ("enforce", EnforcementMode.Enforce), ("observe", EnforcementMode.Observe))
        : Values.Word(field, ("enforce", EnforcementMode.Enforce), ("warn", EnforcementMode.Warn), ("dryRun", EnforcementMode.DryRun));

    private static List<ExpectedCheck> ReadChecks(Field? field)
    {
        var checks = new List<ExpectedCheck>();
        if (field is null)
            return checks;
        if (field.Node is not YamlMapping { Members.Count: > 0 } mapping)
        {
            field.Error("expected a mapping of checks, such as no-serious-vulnerabilities: FAIL FINDING_OVER_LIMIT");
            return checks;
        }

        foreach (var member in mapping.Members)
        {
            if (ReadCheck(member.Name, field with { Node = member.Value, Path = $"{field.Path}.{Printable.Escape(member.Name)}" }) is { } check)
                checks.Add(check);
        }

        return checks;
    }

    private static ExpectedCheck? ReadCheck(string name, Field field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        var words = text.Split(' ');
        Verdict? verdict = words[0] switch
        {
            "PASS" => Verdict.Pass, "FAIL" => Verdict.Fail, "ERROR" => Verdict.Error, "SKIPPED" => Verdict.Skipped, _ => null,
        };
        if (verdict is null || words.Length > 2)
            return field.Error<ExpectedCheck>($"'{Printable.Escape(text)}' is no verdict; expected PASS, or FAIL, ERROR or SKIPPED and a reason code");
        if (verdict == Verdict.Pass)
            return words.Length == 1 ? new ExpectedCheck(name, verdict.Value, null) : field.Error<ExpectedCheck>("a pass has no reason");
        if (words.Length == 1)
            return field.Error<ExpectedCheck>($"{words[0]} needs its reason code, such as {words[0]} FINDING_OVER_LIMIT: another reason would be another answer");

        return ReasonCode.TryParse(words[1], out var reason)
            ? new ExpectedCheck(name, verdict.Value, reason)
            : field.Error<ExpectedCheck>($"'{Printable.Escape(words[1])}' is not a reason code; {Suggest(words[1])}");
    }

    private static string Suggest(string word) => Suggestion.Nearest(word, ReasonCode.All.Select(code => code.Name)) is { } near
        ? $"did you mean {near}?"
        : "the reference lists them all";

    private static ExpectedSigning? ReadSigning(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;
        if (reader.IsEmpty)
            reader.Error("expects nothing; name the attestor, signature, layouts, attestations or validUntil");

        var signs = new ExpectedSigning
        {
            Attestor = Values.Name(reader.Optional("attestor")),
            Signature = Values.Truth(reader.Optional("signature")),
            Layouts = Layouts.ReadWritten(reader.Optional("layouts")),
            Reports = Values.Truth(reader.Optional("reports")),
            Sboms = Values.Truth(reader.Optional("sboms")),
            Vsa = Values.Truth(reader.Optional("vsa")),
            ValidUntil = TestFactsReader.ReadTime(reader.Optional("validUntil")),
        };
        reader.Close();
        return signs;
    }
}
