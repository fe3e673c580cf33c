// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

/// <summary>Public halves of signing keys: pinned when first used, replaced only when a policy says so.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private static readonly PinnedKey First = Key("awskms:///alias/release", "one");

    private readonly TempFolder _folder = new();
    private DecisionLedger _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await Sample.OpenAsync(_folder, new ManualClock());

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_found_first_stays()
    {
        await _ledger.PinKeyAsync(First, isNamed: false, default);

        var again = await _ledger.PinKeyAsync(Key(First.KeyUri, "two"), isNamed: false, default);

        Assert.Equal(First.PublicKey, again.PublicKey);
        Assert.Single(await _ledger.Reader.FindKeysAsync(default));
    }

    [Fact]
    public async Task The_same_key_again_is_no_new_entry()
    {
        await _ledger.PinKeyAsync(First, isNamed: false, default);
        await _ledger.PinKeyAsync(First, isNamed: true, default);

        Assert.Equal(First, Assert.Single(await _ledger.Reader.FindKeysAsync(default)) with { FirstUsed = default });
    }

    [Fact]
    public async Task The_public_key_itself_is_kept_with_its_algorithm()
    {
        var whole = First with { Spki = "MFkw", Algorithm = "ecdsa-p256-sha256" };
        await _ledger.PinKeyAsync(whole, isNamed: false, default);

        Assert.Equal(whole, Assert.Single(await _ledger.Reader.FindKeysAsync(default)) with { FirstUsed = default });
    }

    [Fact]
    public async Task A_policy_that_names_another_replaces_it_and_the_old_one_stays_on_record()
    {
        var next = Key(First.KeyUri, "two");
        await _ledger.PinKeyAsync(First, isNamed: false, default);

        Assert.Equal(next.PublicKey, (await _ledger.PinKeyAsync(next, isNamed: true, default)).PublicKey);
        Assert.Equal(next.PublicKey, (await _ledger.PinKeyAsync(First, isNamed: false, default)).PublicKey);

        Assert.Equal([First.PublicKey, next.PublicKey], (await _ledger.Reader.FindKeysAsync(default)).Select(key => key.PublicKey));
        Assert.Empty((await _ledger.Reader.VerifyAsync(expected: null, default)).Problems);
    }

    [Fact]
    public async Task Keys_of_other_names_do_not_meet()
    {
        await _ledger.PinKeyAsync(First, isNamed: false, default);
        var other = Key("awskms:///alias/other", "two");

        Assert.Equal(other.PublicKey, (await _ledger.PinKeyAsync(other, isNamed: false, default)).PublicKey);
    }

    [Fact]
    public async Task How_much_a_key_was_used_counts_images_and_not_requests()
    {
        var clock = new ManualClock();
        using var folder = new TempFolder();
        await using var ledger = await Sample.OpenAsync(folder, clock);
        await ledger.SignAsync(Sample.Keyed("one"));
        clock.Advance(TimeSpan.FromHours(1));
        await ledger.SignAsync(Sample.Keyed("two"));

        var use = await ledger.Reader.FindKeyUseAsync(Digest.Compute("key"u8), default);

        Assert.Equal(new KeyUse(1, clock.GetUtcNow().AddHours(-1), clock.GetUtcNow()), use);
        Assert.Null(await ledger.Reader.FindKeyUseAsync(Digest.Compute("another key"u8), default));
    }

    private static PinnedKey Key(string uri, string content) =>
        new("release", uri, uri + "#1", Digest.Compute(System.Text.Encoding.UTF8.GetBytes(content)));
}
