// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Pkcs11;

namespace SupplyChain.Kms.Tests;

/// <summary>Calls to tokens that may never answer.</summary>
public sealed class Pkcs11CallsTests
{
    private const int Places = 32;

    // Only a test that fails waits for so long.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_hangs_keeps_no_other_from_signing()
    {
        using var token = new ManualResetEventSlim();
        var hanging = Enumerable.Range(0, Places).Select(_ => Pkcs11Calls.SignAsync(Token("hangs"), () => Wait(token), _ct)).ToArray();
        try
        {
            Assert.Equal([7], await Pkcs11Calls.SignAsync(Token("works"), () => [7], _ct).WaitAsync(Soon, _ct));
            Assert.All(hanging, signature => Assert.False(signature.IsCompleted));
        }
        finally
        {
            token.Set();
        }

        Assert.All(await Task.WhenAll(hanging), signature => Assert.Equal([1], signature));
    }

    [Fact]
    public async Task A_token_that_hangs_takes_so_many_threads_and_no_more()
    {
        using var token = new ManualResetEventSlim();
        using var impatience = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, Places).Select(_ => Pkcs11Calls.SignAsync(Token("full"), () => Wait(token), _ct)).ToArray();
        var wasMade = false;

        var more = Pkcs11Calls.SignAsync(
            Token("full"),
            () =>
            {
                wasMade = true;
                return [2];
            },
            impatience.Token);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more);
        token.Set();
        await Task.WhenAll(hanging);
        Assert.False(wasMade);
        Assert.Equal([9], await Pkcs11Calls.SignAsync(Token("full"), () => [9], _ct));
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_the_place_taken_until_the_token_answers()
    {
        using var token = new ManualResetEventSlim();
        using var impatience = new CancellationTokenSource();
        using var later = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, Places).Select(_ => Pkcs11Calls.SignAsync(Token("slow"), () => Wait(token), impatience.Token)).ToArray();
        await impatience.CancelAsync();
        foreach (var signature in hanging)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signature);

        var next = Pkcs11Calls.SignAsync(Token("slow"), () => [2], later.Token);
        Assert.False(next.IsCompleted);
        token.Set();

        Assert.Equal([2], await next);
    }

    private static (string, string, string) Token(string serial) => ("maker", "model", serial);

    private static byte[]? Wait(ManualResetEventSlim token)
    {
        token.Wait(CancellationToken.None);
        return [1];
    }
}
