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
            var evaluation = SigningEvaluation.Evaluate(policy, policies, evidence, SampleEvidence.Now);
            var content = new RequestContent(evidence.Subject.Repository, evidence.Subject.Digest, null, [evidence.Scans[0].Digest]);
            var started = (BeginResult.Started)await ledger.BeginAsync(
                RequestIdentity.ForContent(SampleEvidence.Requester, content, policy.Revision), stop);
            var pieces = EvidenceFormat.Write(policies, policy, evidence)!;
            var decision = SampleEvidence.Decide(started.Lease.Request, policy, evidence, evaluation);
            await ledger.RefuseAsync(
                started.Lease, decision,
                new DecisionBasis(pieces[0].Digest, [.. pieces.Select(piece => new LedgerDocument(piece.Form, piece.Content))]), stop);
        });
    }

    // Every other image passes once findings that are HIGH do.
    private static EvidenceSet EvidenceOf(int number) => SampleEvidence.Of(
        number, [.. Enumerable.Range(0, Findings).Select(row => SampleEvidence.FindingOf(
            number, row, row > 0 ? Severity.Medium : number % 2 == 0 ? Severity.High : Severity.Critical))]);

    private static PolicySet Policies(string maximum) => SampleEvidence.Policies(
        $$"""
        - name: no-serious-vulnerabilities
          vulnerabilities: { maximumFixableSeverity: {{maximum}}, maximumUnfixableSeverity: MEDIUM }
        """);
}
