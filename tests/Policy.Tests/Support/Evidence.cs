// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests;

/// <summary>An image and what is known about it, made up.</summary>
internal static class Evidence
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static Repository Deployed { get; } = Repository.Parse("registry.example.com/payments/api");

    public static Platform Amd64 { get; } = new("linux", "amd64");

    public static Platform Arm64 { get; } = new("linux", "arm64", "v8");

    public static Digest DigestOf(string name) => Digest.Compute(Encoding.UTF8.GetBytes(name));

    /// <summary>A plain image.</summary>
    public static ImageSubject Image { get; } = Plain(Deployed);

    /// <summary>An index of two platforms.</summary>
    public static ImageSubject TwoPlatforms { get; } = new(
        Deployed, Descriptor("index", "application/vnd.oci.image.index.v1+json"), IsIndex: true,
        [
            new PlatformManifest(Amd64, Descriptor("manifest-amd64"), DigestOf("config-amd64")),
            new PlatformManifest(Arm64, Descriptor("manifest-arm64"), DigestOf("config-arm64")),
        ]);

    public static ImageSubject Plain(Repository repository) => new(
        repository, Descriptor("manifest"), IsIndex: false,
        [new PlatformManifest(Amd64, Descriptor("manifest"), DigestOf("config"))]);

    public static EvidenceSet Set(ImageSubject subject, params ScanEvidence[] scans) =>
        new() { Origin = EvidenceOrigin.Fixture, Subject = subject, Scans = scans };

    public static EvidenceSet Set(params ScanEvidence[] scans) => Set(Image, scans);

    /// <summary>A fresh, complete, submitted report of trivy without findings, for the first platform.</summary>
    public static ScanEvidence Scan(params Finding[] findings) => Scan("trivy", "0.58.1", findings);

    public static ScanEvidence Scan(string scanner, string? version, params Finding[] findings)
    {
        var digest = DigestOf(string.Join('|', findings.Select(finding => finding.ToString()).Prepend(scanner + version)));
        return new ScanEvidence
        {
            Digest = digest,
            Source = EvidenceSource.Submitted,
            Binding = EvidenceBinding.Proven,
            Covers = DigestOf("manifest"),
            Report = new ScanReport
            {
                Scanner = new ScannerIdentity(scanner, version),
                Format = "Trivy JSON 2",
                Time = Now - TimeSpan.FromHours(1),
                Coverage = new Coverage
                {
                    Vulnerabilities = VulnerabilityCoverage.Scanned,
                    Because = "os-pkgs was scanned",
                    OsFamily = "debian",
                    OsVersion = "12.5",
                },
                Findings = findings,
                Digest = digest,
                Size = 1000,
            },
        };
    }

    public static ScanEvidence With(this ScanEvidence scan, Func<ScanReport, ScanReport> change) => scan with { Report = change(scan.Report) };

    public static ScanEvidence For(this ScanEvidence scan, string manifest) =>
        scan with { Covers = DigestOf(manifest), Digest = DigestOf(scan.Digest + manifest) };

    public static ScanEvidence SignedBy(this ScanEvidence scan, TestKey key) =>
        scan with { Source = EvidenceSource.Attested, SignedBy = key.Public, Digest = DigestOf(scan.Digest + key.Pem) };

    public static Finding Finding(
        string id, Severity severity, string? fixedVersion = "3.0.20-1", string package = "openssl", string version = "3.0.11-1",
        string? purl = null, params string[] aliases) => new(
            id, aliases, severity, severity.ToString().ToUpperInvariant(),
            new Package(package, version, purl ?? $"pkg:deb/debian/{package}@{Uri.EscapeDataString(version)}?arch=amd64", "debian"),
            fixedVersion, fixedVersion is null ? "affected" : "fixed", ["usr/lib/libssl.so.3"]);

    /// <summary>Snapshots of the day before yesterday: CVE-2021-44228 is exploited and likely to be, CVE-2026-1 hardly.</summary>
    public static ThreatData Threats { get; } = new()
    {
        KnownExploited = Catalog(Now.AddDays(-2), "CVE-2021-44228"),
        Epss = Scores(Now.AddDays(-2), ("CVE-2021-44228", 0.94), ("CVE-2026-1", 0.01)),
    };

    public static KnownExploitedCatalog Catalog(DateTimeOffset released, params string[] ids) =>
        new(DigestOf("kev" + released + string.Join(',', ids)), "2026.11.20", released, ids);

    public static EpssScores Scores(DateTimeOffset date, params (string Id, double Score)[] scores) => new(
        DigestOf("epss" + date), "v2025.03.14", date,
        scores.ToDictionary(score => score.Id, score => score.Score, StringComparer.OrdinalIgnoreCase));

    /// <summary>A VEX document of ten days ago, signed.</summary>
    public static VexEvidence Vex(TestKey key, params VexStatement[] statements)
    {
        var digest = DigestOf(key.Pem + string.Join('|', statements.Select(statement => $"{statement} {statement.Products[0]}")));
        return new VexEvidence
        {
            Digest = digest,
            Source = EvidenceSource.Attested,
            SignedBy = key.Public,
            PredicateType = PredicateTypes.OpenVex,
            Images = [Image.Manifest.Digest],
            Document = new VexDocument { Format = VexFormat.OpenVex, Digest = digest, Author = "Vendor Security", Time = Now.AddDays(-10), Statements = statements },
        };
    }

    /// <summary>That the image, by digest, is not affected by a vulnerability.</summary>
    public static VexStatement Says(string id, VexProduct? product = null) => new()
    {
        Vulnerability = id,
        Status = VexStatus.NotAffected,
        Justification = "vulnerable_code_not_in_execute_path",
        Products = [product ?? new VexProduct { Digests = [Image.Manifest.Digest] }],
    };

    /// <summary>An approval of the image, given an hour ago and valid for another day, unless changed.</summary>
    public static StoredStatement Approval(
        TestKey? key = null, Digest? image = null, Func<VerificationSummary, VerificationSummary>? change = null)
    {
        var digest = image ?? Image.Manifest.Digest;
        var summary = new VerificationSummary
        {
            VerifierId = "supplychain:attestor/release",
            TimeVerified = Now - TimeSpan.FromHours(1),
            ResourceUri = new ImageResource(Deployed, digest).ToString(),
            PolicyUri = "supplychain:policy/payments",
            PolicyDigest = DigestOf("policy"),
            Result = VerificationResult.Passed,
            VerifiedLevels = ["SUPPLYCHAIN_APPROVED"],
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ApprovalExtensions.ValidUntil] = (Now + TimeSpan.FromDays(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
        };
        summary = change?.Invoke(summary) ?? summary;
        return new StoredStatement(
            (key ?? TestKey.Approval).Attest(PredicateTypes.VerificationSummary, Deployed.ToString(), digest, summary.Write), StorageLayout.Bundle);
    }

    public static StoredSignature Signature(TestKey key, Repository? repository = null, Digest? image = null) =>
        new(key.SignImage(repository ?? Deployed, image ?? Image.Manifest.Digest), StorageLayout.Tag);

    public static StoredStatement Attestation(TestKey key, string type, string? subjectName = "registry.example.com/payments/api") =>
        new(key.Attest(type, subjectName, Image.Manifest.Digest), StorageLayout.Bundle);

    public static Evaluation Evaluate(PolicySet set, EvidenceSet evidence, DateTimeOffset? time = null) =>
        SigningEvaluation.Evaluate(set.SigningPolicies[0], set, evidence, time ?? Now);

    /// <summary>Judges by the rule named payments, or the default one.</summary>
    public static Evaluation Admit(PolicySet set, EvidenceSet evidence, DateTimeOffset? time = null)
    {
        var policy = set.AdmissionPolicies[0];
        return AdmissionEvaluation.Evaluate(policy, policy.Rules.Count > 0 ? policy.Rules[0] : policy.Default!, set, evidence, time ?? Now);
    }

    public static Outcome Outcome(this Evaluation evaluation, DecisionKind kind = DecisionKind.Signing) => Decision.OutcomeOf(kind, evaluation.Checks);

    public static CheckResult Check(this Evaluation evaluation, string name) => Assert.Single(evaluation.Checks, check => check.Name == name);

    /// <summary>Every check that is no pass, as <c>name: CODE</c>.</summary>
    public static string[] Refusals(this Evaluation evaluation) =>
        [.. evaluation.Checks.Where(check => check.Verdict is Verdict.Fail or Verdict.Error).Select(check => $"{check.Name}: {check.Reason}")];

    /// <summary>The evaluation as the bytes a decision would have.</summary>
    public static string Text(this Evaluation evaluation, DecisionKind kind = DecisionKind.Signing) => Encoding.UTF8.GetString(new Decision
    {
        Id = "test",
        Kind = kind,
        Outcome = evaluation.Outcome(kind),
        Mode = EnforcementMode.Enforce,
        Time = Now,
        Subject = new DecisionSubject("image", null, []),
        Checks = evaluation.Checks,
        Evidence = evaluation.Evidence,
    }.ToJson());

    private static Descriptor Descriptor(string name, string mediaType = "application/vnd.oci.image.manifest.v1+json") =>
        new(mediaType, DigestOf(name), 1000);
}
