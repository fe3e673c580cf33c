// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Tests;

/// <summary>The process that the crash test kills: appends without end and prints the head of each acknowledged entry.</summary>
internal static class CrashingWriter
{
    internal const string Verb = "append-until-killed";

    internal static async Task<int> RunAsync(string path)
    {
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = path }, TimeProvider.System, default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => AppendAsync(ledger, worker)));
        return 0;
    }

    private static async Task AppendAsync(DecisionLedger ledger, int worker)
    {
        for (var i = 0; ; i++)
        {
            var rejected = await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, $"{worker}/{i}"), default);
            Print(rejected.Head);
            var identity = RequestIdentity.ForIdempotencyKey(Sample.Requester, Guid.NewGuid().ToString(), Sample.Content());
            var lease = ((BeginResult.Started)await ledger.BeginAsync(identity, default)).Lease;
            Print((await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default)).Head);
            await ledger.RecordSignatureAsync(lease, Sample.Signature(content: new byte[20_000]), default);
            await ledger.CompleteAsync(lease, Sample.Approval(lease.Request), default);
        }
    }

    private static void Print(LedgerHead head)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(head);
            Console.Out.Flush();
        }
    }
}
