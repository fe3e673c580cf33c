// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

/// <summary>Requests and decisions to fill a ledger with.</summary>
internal static class Sample
{
    internal const string KeyId = "file:approval#1";

    internal static readonly DecisionRequester Requester = new("https://issuer.example", "repo:example/api");
    internal static readonly Repository Repository = Repository.Parse("registry.example.com/payments/api");
    internal static readonly Digest Image = Digest.Compute("image"u8);
    internal static readonly Digest Revision = Digest.Compute("policy"u8);
    internal static readonly Digest Report = Digest.Compute("report"u8);
    internal static readonly IntendedStatement Statement = new("signature", Image, Digest.Compute("payload"u8));

    internal static ValueTask<DecisionLedger> OpenAsync(TempFolder folder, TimeProvider? clock = null) =>
        DecisionLedger.OpenAsync(new LedgerOptions { Path = folder["ledger.db"] }, clock ?? new ManualClock(), default);

    internal static RequestContent Content(params Digest[] evidence) =>
        new(Repository, Image, Policy: null, evidence.Length == 0 ? [Report] : evidence);

    internal static RequestIdentity Keyed(string key, params Digest[] evidence) =>
        RequestIdentity.ForIdempotencyKey(Requester, key, Content(evidence));

    internal static RequestIdentity Plain(params Digest[] evidence) =>
        RequestIdentity.ForContent(Requester, Content(evidence), Revision);

    internal static Decision Approval(string id) => Judgement(id, Outcome.Approved, CheckResult.Pass("clean", "vulnerabilities", "nothing found"));

    internal static Decision Refusal(string id) => Judgement(
        id, Outcome.Refused,
        CheckResult.Fail("clean", "vulnerabilities", ReasonCode.FindingOverLimit, "2 findings above LOW — „too“ many"));

    internal static Decision Error(string id) => Judgement(
        id, Outcome.Error, CheckResult.Error("clean", "vulnerabilities", ReasonCode.RegistryUnavailable, "no answer"));

    internal static SigningIntent Intent(RequestLease lease, params IntendedStatement[] statements) =>
        new(KeyId, Approval(lease.Request), statements.Length == 0 ? [Statement] : statements);

    internal static RecordedSignature Signature(IntendedStatement? statement = null, byte[]? content = null) => new()
    {
        Statement = statement ?? Statement,
        KeyId = KeyId,
        PublicKey = Digest.Compute("key"u8),
        MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json",
        Content = content ?? "{\"bundle\":1}"u8.ToArray(),
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "2", ["a"] = "1" },
    };

    internal static async Task<RequestLease> StartAsync(this DecisionLedger ledger, RequestIdentity identity) =>
        Assert.IsType<BeginResult.Started>(await ledger.BeginAsync(identity, default)).Lease;

    /// <summary>Takes one request through the whole cycle: three entries.</summary>
    internal static async Task<RecordedDecision> SignAsync(this DecisionLedger ledger, RequestIdentity identity)
    {
        var lease = await ledger.StartAsync(identity);
        await ledger.RecordIntentAsync(lease, Intent(lease), default);
        await ledger.RecordSignatureAsync(lease, Signature(), default);
        return await ledger.CompleteAsync(lease, Approval(lease.Request), default);
    }

    internal static async Task<List<LedgerEntry>> ShowAsync(this DecisionLedger ledger, EntryFilter? filter = null)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in ledger.Reader.ShowAsync(filter ?? new EntryFilter(), default))
            entries.Add(entry);
        return entries;
    }

    private static Decision Judgement(string id, Outcome outcome, CheckResult check) => new()
    {
        Id = id,
        Kind = DecisionKind.Signing,
        Outcome = outcome,
        Mode = EnforcementMode.Enforce,
        Time = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
        Subject = new DecisionSubject(Repository.ToString(), Image, ["linux/amd64"]),
        Requester = Requester,
        Policy = new DecisionPolicy("payments-release", Revision, Rule: null),
        Checks = [check],
    };
}
