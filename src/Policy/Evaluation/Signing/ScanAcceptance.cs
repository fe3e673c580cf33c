// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Whether a scan is of an accepted scanner and version, vouched for and tied to the image as the policy asks.
/// </summary>
internal sealed class ScanAcceptance(EvidenceRules rules, PolicySet policies, DateTimeOffset time)
{
    internal Rejection? Judge(ScanEvidence scan)
    {
        var scanner = scan.Report.Scanner;
        if (FindRule(scan) is not { } rule)
        {
            return new Rejection(ReasonCode.ReportScannerNotAccepted,
                IsBillOfMaterials(scan.Report)
                    ? "this is an SBOM without vulnerabilities; send it as --sbom"
                    : $"the policy does not list the scanner {Printable.Escape(scanner.Name)}")
            {
                Expected = string.Join(", ", rules.Scanners.Select(candidate => candidate.Name)),
                Actual = Printable.Escape(scanner.ToString()),
            };
        }

        return JudgeFormat(rule, scan.Report) ?? JudgeVersion(rule, scanner.Version) ?? JudgeSource(rule, scan) ?? JudgeBinding(rule, scan);
    }

    internal bool IsVouched(ScanEvidence scan) => FindRule(scan) is { } rule && JudgeSource(rule, scan) is null;

    // Its tool is no scanner that anybody would think of listing.
    private static bool IsBillOfMaterials(ScanReport report) =>
        report is { Kind: ReportKind.CycloneDx, Coverage.Vulnerabilities: VulnerabilityCoverage.NotScanned, Suppressed.Count: 0 };

    private ScannerRule? FindRule(ScanEvidence scan) => rules.Scanners.FirstOrDefault(candidate =>
        string.Equals(candidate.Name, scan.Report.Scanner.Name, StringComparison.Ordinal));

    private static Rejection? JudgeFormat(ScannerRule rule, ScanReport report) => rule.Formats.Contains(report.Kind)
        ? null
        : new Rejection(
            ReasonCode.ReportFormat,
            $"the policy does not accept reports of {rule.Name} as {Printable.Escape(report.Format)}; send the scanner's own format, or list it in formats")
        {
            Expected = string.Join(
                " or ", EvidenceRulesReader.FormatWords.Where(known => rule.Formats.Contains(known.Kind)).Select(known => known.Word)),
            Actual = Printable.Escape(report.Format),
        };

    private static Rejection? JudgeVersion(ScannerRule rule, string? version)
    {
        if (rule.Versions is { } range && (version is null || !range.Contains(version)))
        {
            return new Rejection(
                ReasonCode.ReportScannerNotAccepted,
                version is null ? $"the report does not tell the version of {rule.Name}"
                    : $"{rule.Name} {Printable.Escape(version)} is not {range}, or of no known order")
            {
                Expected = $"{rule.Name} {range}",
                Actual = version is null ? "no version" : $"{rule.Name} {Printable.Escape(version)}",
            };
        }

        if (rule.MinimumVersion is not { } minimum)
            return null;

        return version is not null && SemanticVersion.Compare(version, minimum) >= 0
            ? null
            : new Rejection(
                ReasonCode.ReportScannerNotAccepted,
                version is null ? $"the report does not tell the version of {rule.Name}"
                    : $"{rule.Name} {Printable.Escape(version)} is older than {minimum}, or of no known order")
            {
                Expected = $"{rule.Name} {minimum} or newer",
                Actual = version is null ? "no version" : $"{rule.Name} {Printable.Escape(version)}",
            };
    }

    private Rejection? JudgeSource(ScannerRule rule, ScanEvidence scan)
    {
        // Whoever accepts the requester's word accepts a signer's as well.
        if (rule.Source == EvidenceSource.Submitted)
            return null;

        var expected = $"signed by {string.Join(" or ", rule.SignedBy)}";
        if (scan.Source != EvidenceSource.Attested || scan.SignedBy is not { } key)
        {
            return new Rejection(ReasonCode.ReportUnvouched,
                $"only the requester vouches for the report of {rule.Name}")
            {
                Expected = expected,
                Actual = "submitted",
            };
        }

        var members = rule.SignedBy.Select(name => MemberOf(name, key)).OfType<AttestorMember>().ToList();
        if (members.Count == 0)
        {
            return new Rejection(ReasonCode.ReportUnvouched,
                $"the report of {rule.Name} is signed by a key that the policy does not name for it")
            {
                Expected = expected,
                Actual = $"signed by {key.Id}",
            };
        }

        return members.Exists(member => member.IsValidAt(time))
            ? null
            : new Rejection(members[0].RefusalAt(time)!,
                $"the key that signed the report of {rule.Name} {KeyWindow.Verb(members[0])}")
            {
                Expected = expected,
                Actual = KeyWindow.Describe(members[0]),
            };
    }

    private AttestorMember? MemberOf(string name, PublicKey key) =>
        policies.FindAttestor(name) is { Purpose: AttestorPurpose.Evidence } attestor ? attestor.MemberOf(key) : null;

    private static Rejection? JudgeBinding(ScannerRule rule, ScanEvidence scan) =>
        rule.Binding == EvidenceBinding.Asserted || scan.Binding == EvidenceBinding.Proven
            ? null
            : new Rejection(ReasonCode.ReportUnbound, $"the report of {rule.Name} names no digest of this image")
            {
                Expected = "a report that names the image's digest",
                Actual = "asserted by whoever sent it",
            };
}
