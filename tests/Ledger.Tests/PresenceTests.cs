// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class PresenceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_lease_of_a_worker_that_is_gone_is_not_waited_for()
    {
        await using (var gone = await Sample.OpenAsync(_folder, _clock))
            await gone.StartAsync(Sample.Plain());

        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        Assert.IsType<BeginResult.Started>(await ledger.BeginAsync(Sample.Plain(), default));
    }

    [Fact]
    public async Task The_lease_of_a_worker_that_lives_stands_however_many_come_and_go()
    {
        await using var living = await Sample.OpenAsync(_folder, _clock);
        var lease = await living.StartAsync(Sample.Plain());

        for (var other = 0; other < 2; other++)
        {
            await using var ledger = await Sample.OpenAsync(_folder, _clock);
            Assert.IsType<BeginResult.InProgress>(await ledger.BeginAsync(Sample.Plain(), default));
        }

        await living.RenewAsync(lease, default);
    }
}
