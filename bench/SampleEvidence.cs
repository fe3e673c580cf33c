// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Scanning;

namespace SupplyChain.Bench;

/// <summary>Images with one report of Trivy each, the policies they are judged by, and the decision about one.</summary>
internal static class SampleEvidence
{
    /// <summary>When everything is judged.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Who asks.</summary>
    public static readonly DecisionRequester Requester = new("urn:supplychain:local", "bench");

    /// <summary>The signing policy with these checks.</summary>
    /// <param name="checks">The checks in YAML, as a list without indentation.</param>
    public static PolicySet Policies(string checks)
    {
        var loaded = PolicyLoader.Load(PolicyFiles(checks));
        return loaded.IsUsable ? loaded.Set : throw new InvalidOperationException(loaded.Problems[0].ToString());
    }

    /// <summary>The files of <see cref="Policies"/>.</summary>
    public static IReadOnlyList<PolicyFile> PolicyFiles(string checks) =>
    [
        new PolicyFile("bench.yaml", Encoding.UTF8.GetBytes(
            $$"""
            apiVersion: supplychain/v1
            kind: SigningPolicy
            metadata: { name: bench }
            spec:
              subjects: [registry.example.com/bench/**]
              requesters: [{ issuer: "urn:supplychain:local", claims: { sub: bench } }]
              attestor: release
              evidence:
                scanners: [{ name: trivy, source: submitted }]
                maximumScanAge: 24h
                maximumDatabaseAge: { limit: 48h, whenMissing: accept }
              checks:
                {{checks.ReplaceLineEndings("\n    ")}}
            """)),
        Attestor("release", "approval"),
        Attestor("builder", "evidence"),
    ];

    /// <summary>An image with a report of <paramref name="findings"/>; no two numbers share a digest.</summary>
    public static EvidenceSet Of(int number, IReadOnlyList<Finding> findings)
    {
        var manifest = DigestOf("manifest", number);
        var config = DigestOf("config", number);
        var report = DigestOf("report", number);
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Fixture,
            Subject = new ImageSubject(
                Repository.Parse("registry.example.com/bench/app"), Manifest(manifest), IsIndex: false,
                [new PlatformManifest(new Platform("linux", "amd64"), Manifest(manifest), config)]),
            Scans =
            [
                new ScanEvidence
                {
                    Digest = report,
                    Source = EvidenceSource.Submitted,
                    Binding = EvidenceBinding.Proven,
                    Covers = manifest,
                    Report = new ScanReport
                    {
                        Scanner = new ScannerIdentity("trivy", "0.58.1"),
                        Format = "Trivy JSON 2",
                        Time = Now.AddHours(-1),
                        Subjects = [new ReportSubject(SubjectRole.Config, config, null)],
                        Coverage = new Coverage { Vulnerabilities = VulnerabilityCoverage.Scanned, Because = "os-pkgs was scanned", OsFamily = "debian", OsVersion = "12.8" },
                        Findings = findings,
                        Rows = findings.Count,
                        Digest = report,
                        Size = findings.Count * 2_500,
                    },
                },
            ],
        };
    }

    /// <summary>One finding of an image.</summary>
    public static Finding FindingOf(int number, int row, Severity severity)
    {
        var package = SampleFinding.Text($"package-{row / 5}");
        var version = SampleFinding.Text($"1.{number % 97}.{row / 5}-3+deb12u1");
        return new Finding(
            SampleFinding.Text($"CVE-2026-{(number * 7 + row) % 90_000 + 10_000}"), [], severity, severity.ToString().ToUpperInvariant(),
            new Package(package, version, $"pkg:deb/debian/{package}@{version}?arch=amd64&distro=debian-12.8", "debian"),
            version + "+fixed", "fixed", ["bench (debian 12.8)"])
        {
            Cvss = new CvssScore(7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
        };
    }

    /// <summary>The decision that <paramref name="evaluation"/> leads to.</summary>
    public static Decision Decide(string id, SigningPolicy policy, EvidenceSet evidence, Evaluation evaluation) => new()
    {
        Id = id,
        Kind = DecisionKind.Signing,
        Outcome = Decision.OutcomeOf(DecisionKind.Signing, evaluation.Checks),
        Mode = EnforcementMode.Enforce,
        Time = Now,
        Subject = new DecisionSubject(evidence.Subject.Repository.ToString(), evidence.Subject.Digest, ["linux/amd64"]),
        Requester = Requester,
        Policy = new DecisionPolicy(policy.Name, policy.Revision, Rule: null),
        Checks = evaluation.Checks,
        Evidence = evaluation.Evidence,
    };

    private static PolicyFile Attestor(string name, string purpose) => new($"{name}.yaml", Encoding.UTF8.GetBytes(
        $$"""{ apiVersion: supplychain/v1, kind: Attestor, metadata: { name: {{name}} }, spec: { purpose: {{purpose}}, members: [{ key: "file:{{name}}" }] } }"""));

    private static Descriptor Manifest(Digest digest) => new("application/vnd.oci.image.manifest.v1+json", digest, 1_000);

    private static Digest DigestOf(string what, int number) => Digest.Compute(Encoding.UTF8.GetBytes(SampleFinding.Text($"{what} {number}")));
}
