// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.OsvScanner;
using SupplyChain.Scanning.Reading;
using SupplyChain.Scanning.Twistcli;

namespace SupplyChain.Scanning.Results;

/// <summary>
/// The JSON of osv-scanner and that of twistcli. Both have one member at the top level that tells anything,
/// <c>results</c>: which of them it is shows in its entries.
/// </summary>
internal static class ResultsFormat
{
    private static readonly Shape Result = Shape.Object(
        [
            .. OsvResults.Members,
            .. TwistcliImage.Members,
            ("packages", Shape.Array(OsvResults.Package)),
        ],
        begin: draft =>
        {
            if (Facts(draft).Results++ == Limits.ReportResults)
                draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.ReportResults} results");
            OsvResults.Begin(draft);
        },
        end: draft => OsvResults.End(draft));

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = "osv-scanner or twistcli JSON",
        Marks = ["results"],
        Members =
        [
            ("results", Shape.Array(Result, begin: draft => Facts(draft).Results = 0)),
            ("image_metadata", OsvResults.ImageMetadata),
        ],
        Complete = Complete,
    };

    private static ResultsFacts Facts(ReportDraft draft) => draft.Facts<ResultsFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts is { IsOsvScanner: true, IsTwistcli: true })
            draft.Refuse(ReasonCode.ReportFormat, "some results are of osv-scanner and some of twistcli; send one scanner's own output");
        else if (facts is { Results: > 0, IsOsvScanner: false, IsTwistcli: false })
            draft.Refuse(ReasonCode.ReportFormat, "the results are neither of osv-scanner nor of twistcli");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no id");
        if (draft.Refusal is not null)
            return null;

        if (facts.IsTwistcli)
            return TwistcliImage.Complete(draft);
        return facts.IsOsvScanner ? OsvResults.Complete(draft) : CompleteEmpty(draft, facts);
    }

    // What osv-scanner writes when it found nothing, whether it looked at something or not.
    private static ScanReport CompleteEmpty(ReportDraft draft, ResultsFacts facts) => draft.ToReport(
        ScannerIdentity.Unnamed,
        Format.Name,
        facts.Results is null
            ? new Coverage { Vulnerabilities = VulnerabilityCoverage.NotScanned, Because = "results is null" }
            : new Coverage { Vulnerabilities = VulnerabilityCoverage.Empty, Because = "results is an empty list" });
}
