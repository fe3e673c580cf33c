// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class CrashTests
{
    [Fact]
    public async Task Writers_killed_again_and_again_leave_a_whole_chain_with_every_acknowledged_entry()
    {
        using var folder = new TempFolder();
        var acknowledged = new List<LedgerHead>();
        for (var round = 0; round < 4; round++)
        {
            var heads = await Task.WhenAll(KillAsync(folder["ledger.db"], after: 40), KillAsync(folder["ledger.db"], after: 70));
            acknowledged.AddRange(heads.SelectMany(head => head));
        }

        await using var ledger = await Sample.OpenAsync(folder, TimeProvider.System);
        var newest = acknowledged.MaxBy(head => head.Sequence);
        var result = await ledger.Reader.VerifyAsync(newest, default);
        Assert.Empty(result.Problems);

        var stored = (await ledger.ShowAsync()).Select(entry => entry.Head).ToHashSet();
        Assert.True(acknowledged.Count >= 440);
        Assert.All(acknowledged, head => Assert.Contains(head, stored));
        await ledger.SignAsync(Sample.Plain());
    }

    // Reads what the writer acknowledges and kills it in the midst of the next entries.
    private static async Task<List<LedgerHead>> KillAsync(string path, int after)
    {
        using var writer = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(CrashTests).Assembly.Location, CrashingWriter.Verb, path])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var heads = new List<LedgerHead>();
        while (heads.Count < after && await writer.StandardOutput.ReadLineAsync() is { } line)
            heads.Add(Read(line));

        writer.Kill();
        while (await writer.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be cut in the middle by the kill.
            if (LedgerHead.TryParse(line, out var head, out _))
                heads.Add(head);
        }

        await writer.WaitForExitAsync();
        Assert.Equal(137, writer.ExitCode);
        return heads;
    }

    private static LedgerHead Read(string line) =>
        LedgerHead.TryParse(line, out var head, out var problem) ? head : throw new FormatException(problem);
}
