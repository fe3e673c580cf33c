// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text;
using SupplyChain.Attestor;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Scanning;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>Replaying a record of many decisions, no two of which share a report. There is no floor to compare with, so an allowance stands for it.</summary>
internal static class SimulationBenchmarks
{
    private const int Decisions = 10_000;
    private const int Findings = 150;
    private const double AllowedSeconds = 10;

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Every decision is read, made under its own policy, compared, and made under the changed one.</summary>
    public static async Task<Result> ReplayAsync()
    {
        using var folder = new TempFolder();
        var path = folder["ledger.db"];
        await RecordAsync(path);

        using var reader = new LedgerReader(path);
        var watch = Stopwatch.StartNew();
        var flips = 0;
        await foreach (var replayed in new PolicySimulation(reader, Policies("HIGH")).RunAsync(DateTimeOffset.UnixEpoch, CancellationToken.None))
        {
            if (replayed.Problem is { } problem)
                throw new InvalidOperationException(problem);
            flips += replayed.Flips ? 1 : 0;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return flips == Decisions / 2
            ? new Result("Simulation.Replay", AllowedSeconds / seconds, 1.0, AllowedSeconds, $"s-allowed-for-{Decisions}-decisions-of-{Findings}-findings")
            : throw new InvalidOperationException($"{flips} decisions flip");
    }

    private static async Task RecordAsync(string path)
    {
        var policies = Policies("LOW");
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = path }, TimeProvider.System, CancellationToken.None);
        await Parallel.ForAsync(0, Decisions, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, stop) =>
        {
            var evidence = EvidenceOf(number);
            var policy = policies.SigningPolicies[0];
            var evaluation = SigningEvaluation.Evaluate(policy, policies, evidence, Now);
            var requester = new DecisionRequester("urn:supplychain:local", "bench");
            var content = new RequestContent(evidence.Subject.Repository, evidence.Subject.Digest, null, [evidence.Scans[0].Digest]);
            var started = (BeginResult.Started)await ledger.BeginAsync(
                RequestIdentity.ForContent(requester, content, policy.Revision), stop);
            var pieces = EvidenceFormat.Write(policies, policy, evidence)!;
            var decision = new Decision
            {
                Id = started.Lease.Request,
                Kind = DecisionKind.Signing,
                Outcome = Decision.OutcomeOf(DecisionKind.Signing, evaluation.Checks),
                Mode = EnforcementMode.Enforce,
                Time = Now,
                Subject = new DecisionSubject(evidence.Subject.Repository.ToString(), evidence.Subject.Digest, ["linux/amd64"]),
                Requester = requester,
                Policy = new DecisionPolicy(policy.Name, policy.Revision, Rule: null),
                Checks = evaluation.Checks,
                Evidence = evaluation.Evidence,
            };
            await ledger.RefuseAsync(
                started.Lease, decision,
                new DecisionBasis(pieces[0].Digest, [.. pieces.Select(piece => new LedgerDocument(piece.Form, piece.Content))]), stop);
        });
    }

    // Every other image passes once findings that are HIGH do.
    private static EvidenceSet EvidenceOf(int number)
    {
        var manifest = DigestOf("manifest", number);
        var report = DigestOf("report", number);
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Fixture,
            Subject = new ImageSubject(
                Repository.Parse("registry.example.com/bench/app"), Manifest(manifest), IsIndex: false,
                [new PlatformManifest(new Platform("linux", "amd64"), Manifest(manifest), DigestOf("config", number))]),
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
                        Subjects = [new ReportSubject(SubjectRole.Config, DigestOf("config", number), null)],
                        Coverage = new Coverage { Vulnerabilities = VulnerabilityCoverage.Scanned, Because = "os-pkgs was scanned", OsFamily = "debian", OsVersion = "12.8" },
                        Findings = [.. Enumerable.Range(0, Findings).Select(row => FindingOf(number, row))],
                        Rows = Findings,
                        Digest = report,
                        Size = Findings * 2_500,
                    },
                },
            ],
        };
    }

    private static Finding FindingOf(int number, int row)
    {
        var severity = row > 0 ? Severity.Medium : number % 2 == 0 ? Severity.High : Severity.Critical;
        var package = Text($"package-{row / 5}");
        var version = Text($"1.{number % 97}.{row / 5}-3+deb12u1");
        return new Finding(
            Text($"CVE-2026-{(number * 7 + row) % 90_000 + 10_000}"), [], severity, severity.ToString().ToUpperInvariant(),
            new Package(package, version, $"pkg:deb/debian/{package}@{version}?arch=amd64&distro=debian-12.8", "debian"),
            version + "+fixed", "fixed", ["bench (debian 12.8)"])
        {
            Cvss = new CvssScore(7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
        };
    }

    private static Descriptor Manifest(Digest digest) => new("application/vnd.oci.image.manifest.v1+json", digest, 1_000);

    private static Digest DigestOf(string what, int number) => Digest.Compute(Encoding.UTF8.GetBytes(Text($"{what} {number}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static PolicySet Policies(string maximum)
    {
        var loaded = PolicyLoader.Load(
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
                    - name: no-serious-vulnerabilities
                      vulnerabilities: { maximumFixableSeverity: {{maximum}}, maximumUnfixableSeverity: MEDIUM }
                """)),
            new PolicyFile("release.yaml",
                "{ apiVersion: supplychain/v1, kind: Attestor, metadata: { name: release }, spec: { purpose: approval, members: [{ key: \"file:release\" }] } }"u8.ToArray()),
        ]);
        return loaded.IsUsable ? loaded.Set : throw new InvalidOperationException(loaded.Problems[0].ToString());
    }
}
