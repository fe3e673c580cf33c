// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Sarif;

/// <summary>The results of a run, and how they become rows when it ends.</summary>
internal static class SarifRows
{
    private static readonly Shape Location = Shape.Object(
        [
            ("physicalLocation", Shape.Object(
                [("artifactLocation", Shape.Object([("uri", Shape.Text(AddLocation))]))])),
            ("logicalLocations", Shape.Array(Shape.Object([("fullyQualifiedName", Shape.Text(AddNamedImage))]))),
        ]);

    private static readonly Shape Suppression = Shape.Object(
        [
            ("kind", Shape.Text((draft, text) => draft.Row.Suppression!.Origin ??= text)),
            ("justification", Shape.Text((draft, text) => draft.Row.Suppression!.Statement ??= text)),
            ("status", Shape.Text((draft, text) => Facts(draft).Result.IsDisputed |= text is not "accepted")),
        ],
        begin: draft => draft.Row.Suppression ??= new Suppression());

    private static readonly Shape Index = Shape.Anything((draft, ref value) => Facts(draft).Result.RuleIndex =
        value.TokenType == JsonTokenType.Number && value.TryGetInt32(out var index) && index >= 0 ? index : null);

    /// <summary>One result.</summary>
    public static readonly Shape Result = Shape.Object(
        [
            ("ruleId", Shape.Text((draft, text) => Facts(draft).Result.RuleId = text)),
            ("ruleIndex", Index),
            ("rule", Shape.Object([("id", Shape.Text((draft, text) => Facts(draft).Result.RuleId ??= text)), ("index", Index)])),
            ("message", Shape.Object([("text", Shape.String((draft, ref value) =>
            {
                if (Facts(draft).Run.Reads(SarifTexts.Message))
                    Facts(draft).Result.Message = SarifLabels.Read(draft, ref value);
            }))])),
            ("locations", Shape.Array(Location)),
            ("suppressions", Shape.Array(Suppression)),
        ],
        begin: draft =>
        {
            draft.BeginRow();
            var facts = Facts(draft);
            facts.Run.Results.Add(facts.Result = new SarifResult { Row = draft.Row });
        });

    private static SarifFacts Facts(ReportDraft draft) => draft.Facts<SarifFacts>();

    /// <summary>Makes rows of the results of the run that ends.</summary>
    public static void EndRun(ReportDraft draft)
    {
        var facts = Facts(draft);
        var run = facts.Run;
        if (run.Dialect is not { } dialect)
        {
            draft.Refuse(
                ReasonCode.ReportScannerNotAccepted,
                $"this is SARIF of '{Printable.Escape(run.Driver)}'; SARIF is accepted of {string.Join(", ", SarifDialect.All.Select(known => known.Driver))}");
            return;
        }

        if (facts.Dialect is not null && facts.Dialect != dialect)
            draft.Refuse(ReasonCode.ReportFormat, $"the runs are of {facts.Dialect.Driver} and of {dialect.Driver}; send one scanner's own output");
        facts.Dialect = dialect;
        facts.ScannerVersion ??= run.DriverVersion is "" or "[not provided]" ? null : run.DriverVersion;
        if (!run.HasResults)
            draft.AddError("a run has no results, not even none");

        var rules = run.Rules.Where(rule => rule.Id is not null).ToLookup(rule => rule.Id!, StringComparer.Ordinal);
        foreach (var result in run.Results)
            End(draft, dialect, rules, result);
    }

    private static void End(ReportDraft draft, SarifDialect dialect, ILookup<string, SarifRule> rules, SarifResult result)
    {
        var rule = FindRule(draft, rules, result);
        draft.Resume(result.Row);
        if (dialect.Scanner is "trivy" && OtherKind(rule.Name) is { } kind && result.Message.Vulnerability is null)
        {
            var other = draft.AddOther(kind);
            (other.Id, other.Title, other.SeverityWord) = (result.RuleId ?? rule.Id, rule.Short, result.Message.Severity);
            (other.Location, other.IsSetAside) = (result.Row.Locations?[0], result.Row.Suppression is not null && !result.IsDisputed);
            return;
        }

        if (!dialect.Describe(draft, rule, result))
            draft.Refuse(ReasonCode.ReportFormat, "a result names no vulnerability");
        if (result.IsDisputed || result.Row.Suppression is null)
        {
            draft.AddLive();
            return;
        }

        result.Row.Suppression.Status = "suppressed";
        draft.AddSuppressed();
    }

    private static SarifRule FindRule(ReportDraft draft, ILookup<string, SarifRule> rules, SarifResult result)
    {
        var run = Facts(draft).Run;
        var byId = result.RuleId is null ? [] : rules[result.RuleId].ToList();
        if (byId.Count > 1)
            draft.Refuse(ReasonCode.ReportFormat, $"two rules have the id '{Printable.Escape(result.RuleId)}'");
        if (result.RuleIndex is not { } index)
            return byId.FirstOrDefault() ?? new SarifRule();
        if (index < run.Rules.Count && (result.RuleId is null || string.Equals(run.Rules[index].Id, result.RuleId, StringComparison.Ordinal)))
            return run.Rules[index];

        draft.Refuse(ReasonCode.ReportFormat, "a result points to another rule than it names");
        return new SarifRule();
    }

    // Trivy's names for what is no vulnerability.
    private static OtherFindingKind? OtherKind(string? name) => name switch
    {
        "Secret" => OtherFindingKind.Secret,
        "Misconfiguration" => OtherFindingKind.Misconfiguration,
        "License" => OtherFindingKind.License,
        _ => null,
    };

    // Snyk writes "name@sha256_…" for the image.
    private static void AddLocation(ReportDraft draft, string uri)
    {
        draft.AddLocation(uri);
        var at = uri.LastIndexOf("@sha256_", StringComparison.Ordinal);
        if (at >= 0)
            AddImage(draft, string.Concat(uri.AsSpan(0, at), "@sha256:", uri.AsSpan(at + "@sha256_".Length)));
    }

    // Grype writes "image@layer:/path", in which the image may have a digest.
    private static void AddNamedImage(ReportDraft draft, string name)
    {
        if (name.Split('@', 4) is [var image, var digest, var layer, ..] && digest.StartsWith("sha256:", StringComparison.Ordinal)
            && layer.StartsWith("sha256:", StringComparison.Ordinal))
        {
            AddImage(draft, $"{image}@{digest}");
        }
    }

    private static void AddImage(ReportDraft draft, string name)
    {
        if (!Facts(draft).RepoDigests.Contains(name, StringComparer.Ordinal))
            draft.AddDigest(Facts(draft).RepoDigests, name);
    }
}
