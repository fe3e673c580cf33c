// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Snyk;

/// <summary>One document: the packages of the operating system, or one application, which may stand inside the former.</summary>
internal static class SnykDocuments
{
    // What Snyk writes when it knows the system and has no advisories for it yet.
    private const string Untracked = "UNTRACKED_NEW_OS";

    // Findings of an older form, which repeats nothing of the list and has no severities.
    private static readonly Shape Binaries = Shape.Object(
        [
            ("issuesData", Shape.Map(Shape.Skipped, key: (draft, _) =>
                draft.AddError("findings in binaries stand beside the vulnerabilities, in a form that is not read"))),
        ]);

    private static readonly Shape Docker = Shape.Object(
        [
            ("baseImageRemediation", Shape.Object([("code", Shape.Text((draft, text) =>
            {
                if (text is Untracked)
                    draft.AddError("Snyk has no advisories for this operating system");
            }))])),
            ("binariesVulns", Binaries),
        ],
        begin: draft => Document(draft).IsContainer = true);

    private static readonly (string Name, Shape Shape)[] OwnMembers =
    [
        ("packageManager", Shape.Text((draft, text) => Document(draft).PackageManager = text)),
        ("vulnerabilities", Shape.Array(SnykVulnerability.Live, begin: draft => Document(draft).HasVulnerabilities = true)),
        ("filtered", Shape.Object(
        [
            ("ignore", Shape.Array(SnykVulnerability.SetAside("ignored"))),
            ("patch", Shape.Array(SnykVulnerability.SetAside("patched"))),
        ])),
        ("docker", Docker),
        ("path", Shape.Text((draft, text) => Document(draft).Path = text)),
        ("platform", Shape.Text((draft, text) => Document(draft).Platform = text)),
        ("targetFile", Shape.Text((draft, text) => Document(draft).TargetFile = text)),
        ("dependencyCount", Shape.Anything((draft, ref value) =>
            Facts(draft).Dependencies += draft.Number(ref value, Limits.ReportComponents, "dependencyCount") ?? 0)),
        ("uniqueCount", Shape.Anything((draft, ref value) =>
            Facts(draft).Counted += draft.Number(ref value, Limits.Findings, "uniqueCount") ?? 0)),
        ("error", Shape.Text((draft, text) => draft.AddError($"Snyk reports an error: {Printable.Escape(text)}"))),
    ];

    private static readonly Shape Application = Shape.Object(
        OwnMembers,
        begin: Begin,
        end: draft =>
        {
            End(draft);
            Facts(draft).Document = Document(draft).Parent!;
        });

    /// <summary>The members of a document of the first level.</summary>
    public static readonly (string Name, Shape Shape)[] Members = [.. OwnMembers, ("applications", Shape.Array(Application))];

    /// <summary>One document of a list.</summary>
    public static readonly Shape Element = Shape.Object(Members, begin: Begin, end: Close);

    /// <summary>A document of the first level is over.</summary>
    public static void Close(ReportDraft draft)
    {
        End(draft);
        if (Facts(draft).Documents.Count == Limits.ReportResults)
            draft.Refuse(Model.Decisions.ReasonCode.ReportLimit, $"the report has more than {Limits.ReportResults} documents");
        Facts(draft).Documents.Add(Document(draft));
    }

    private static SnykFacts Facts(ReportDraft draft) => draft.Facts<SnykFacts>();

    private static SnykDocument Document(ReportDraft draft) => Facts(draft).Document;

    private static void Begin(ReportDraft draft) => Facts(draft).Document = new SnykDocument
    {
        Parent = Document(draft), FirstLive = draft.Live.Count, FirstSuppressed = draft.Suppressed.Count,
    };

    private static void End(ReportDraft draft)
    {
        var document = Document(draft);
        if (!document.HasVulnerabilities)
            draft.AddError("a document of the report has no list of vulnerabilities");

        List<string>? file = string.IsNullOrEmpty(document.TargetFile) ? null : [document.TargetFile];
        var rows = draft.Live.Skip(document.FirstLive).Concat(draft.Suppressed.Skip(document.FirstSuppressed));
        foreach (var row in rows)
        {
            row.PackageType ??= document.PackageManager;
            row.Locations ??= file;
        }
    }
}
