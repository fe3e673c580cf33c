// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Sarif;

/// <summary>SARIF 2.1.0 as scanners of images write it; every run counts.</summary>
internal static class SarifFormat
{
    private const string Name = "SARIF";

    private const string AcceptedVersion = "2.1.0";

    private static readonly Shape Rule = Shape.Object(
        [
            ("id", Shape.Text((draft, text) => Facts(draft).Rule.Id = text)),
            ("name", Shape.Text((draft, text) => Facts(draft).Rule.Name = text)),
            ("shortDescription", Shape.Object([("text", Shape.Text((draft, text) => Facts(draft).Rule.Short = text))])),
            ("fullDescription", Shape.Object([("text", Shape.String((draft, ref value) =>
            {
                if (Facts(draft).Run.Reads(SarifTexts.FullDescription))
                    Facts(draft).Rule.Full = draft.Text(ref value);
            }))])),
            ("help", Shape.Object([("text", Shape.String((draft, ref value) =>
            {
                if (Facts(draft).Run.Reads(SarifTexts.Help))
                    Facts(draft).Rule.Help = SarifLabels.Read(draft, ref value);
            }))])),
            ("properties", Shape.Object(
            [
                ("cvssV3_severity", Shape.Anything((draft, ref value) => Facts(draft).Rule.Severity = draft.SeverityWord(ref value))),
                ("fixed_version", Shape.Text((draft, text) => Facts(draft).Rule.FixedVersion = text)),
            ])),
        ],
        begin: draft =>
        {
            var facts = Facts(draft);
            if (facts.Run.Rules.Count == Limits.Findings)
                draft.Refuse(ReasonCode.ReportLimit, $"a run has more than {Limits.Findings} rules");
            facts.Run.Rules.Add(facts.Rule = new SarifRule());
        });

    private static readonly Shape Driver = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => (Facts(draft).Run.Driver, Facts(draft).Run.Dialect) = (text, SarifDialect.Find(text)))),
            ("version", Shape.Text((draft, text) => Facts(draft).Run.DriverVersion = text)),
            ("semanticVersion", Shape.Text((draft, text) => Facts(draft).Run.DriverVersion ??= text)),
            ("rules", Shape.Array(Rule)),
        ]);

    private static readonly Shape Notification = Shape.Object(
        [
            ("level", Shape.Text((draft, text) =>
            {
                if (text is "error")
                    draft.AddError("the scanner reports an error of its own");
            })),
        ]);

    private static readonly Shape Invocation = Shape.Object(
        [
            ("startTimeUtc", Shape.Anything((draft, ref value) => SetTime(draft, ref value, "startTimeUtc"))),
            ("endTimeUtc", Shape.Anything((draft, ref value) => SetTime(draft, ref value, "endTimeUtc"))),
            ("executionSuccessful", Shape.Anything((draft, ref value) =>
            {
                if (value.TokenType != JsonTokenType.True)
                    draft.AddError("the scanner says that its run was not successful");
            })),
            ("toolExecutionNotifications", Shape.Array(Notification)),
            ("toolConfigurationNotifications", Shape.Array(Notification)),
        ]);

    // Trivy's.
    private static readonly Shape RunProperties = Shape.Object(
        [
            ("repoDigests", Shape.Array(Shape.Text((draft, text) => draft.AddDigest(Facts(draft).RepoDigests, text)))),
            ("imageID", Shape.Text((draft, text) => draft.AddDigest(Facts(draft).ImageIds, text))),
        ]);

    private static readonly Shape Elsewhere =
        Shape.Anything((draft, ref value) =>
        {
            if (value.TokenType != JsonTokenType.Null)
                draft.AddError("a part of the log stands outside its runs");
        });

    private static readonly Shape Run = Shape.Object(
        [
            ("tool", Shape.Object([("driver", Driver)])),
            ("invocations", Shape.Array(Invocation)),
            ("properties", RunProperties),
            ("results", Shape.Array(SarifRows.Result, begin: draft => Facts(draft).Run.HasResults = true)),
            ("externalPropertyFileReferences", Elsewhere),
        ],
        begin: draft =>
        {
            var facts = Facts(draft);
            facts.Run = new SarifRun();
            if (facts.Runs++ == Limits.ReportResults)
                draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.ReportResults} runs");
        },
        end: SarifRows.EndRun);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["runs"],
        Members =
        [
            ("version", Shape.Anything((draft, ref value) =>
                Facts(draft).Version = value.TokenType == JsonTokenType.String ? draft.Text(ref value) : null)),
            ("runs", Shape.Array(Run, begin: draft => Facts(draft).Runs = 0)),
            ("inlineExternalProperties", Elsewhere),
        ],
        Complete = Complete,
    };

    private static SarifFacts Facts(ReportDraft draft) => draft.Facts<SarifFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Version != AcceptedVersion)
        {
            draft.Refuse(
                ReasonCode.ReportFormat, $"of SARIF only {AcceptedVersion} is accepted, this is '{Printable.Escape(facts.Version)}'");
        }
        else if (facts.Dialect is null)
            draft.Refuse(ReasonCode.ReportFormat, "the SARIF log has no run");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a result names no vulnerability");
        if (draft.Refusal is not null)
            return null;

        var subjects = new SubjectList();
        foreach (var name in facts.RepoDigests)
            subjects.AddNamed(name);
        foreach (var id in facts.ImageIds)
            subjects.Add(SubjectRole.Config, id);

        var scanner = new ScannerIdentity(facts.Dialect!.Scanner, facts.ScannerVersion);
        return draft.ToReport(scanner, $"{Name} {AcceptedVersion}", Cover(draft)) with
        {
            Kind = ReportKind.Sarif,
            Time = facts.Time,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    // No result is no statement: a run that looked for secrets alone leaves the same log as one that found no vulnerability.
    private static Coverage Cover(ReportDraft draft) => new()
    {
        Vulnerabilities = draft.Live.Count + draft.Suppressed.Count > 0 ? VulnerabilityCoverage.Scanned
            : draft.Others.Count > 0 ? VulnerabilityCoverage.NotScanned
            : VulnerabilityCoverage.Empty,
        Because = draft.Live.Count + draft.Suppressed.Count > 0 ? "the report has results"
            : draft.Others.Count > 0 ? "the results are of other classes than vulnerabilities"
            : "there are no results, and SARIF does not tell what was looked for",
        Secrets = draft.CountOthers(OtherFindingKind.Secret),
        Misconfigurations = draft.CountOthers(OtherFindingKind.Misconfiguration),
        Licenses = draft.CountOthers(OtherFindingKind.License),
    };

    private static void SetTime(ReportDraft draft, ref Utf8JsonReader value, string name)
    {
        var time = draft.Time(ref value, name);
        if (Facts(draft).Time is null || time < Facts(draft).Time)
            Facts(draft).Time = time;
    }
}
