// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Kms;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.EndToEnd.Keys;

/// <summary>What holds for keys on tokens, with a real one: whatever a token can be made to do wrong.</summary>
public sealed class Pkcs11TokensTests(TokenFixture fixture) : IClassFixture<TokenFixture>, IAsyncLifetime
{
    private const string Token = "pkcs11:token=release%3B%20tokens";

    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{\"token\":true}"u8.ToArray());

    private static readonly KeyLimits Limits = new() { Tries = 3, TryTimeout = TimeSpan.FromSeconds(20), Deadline = TimeSpan.FromSeconds(60) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Pkcs11Tokens Source => fixture.Connect(fixture.Token.Pin);

    public static TheoryData<string, SigningAlgorithm> Kinds => new()
    {
        { "p256", SigningAlgorithm.EcdsaP256Sha256 },
        { "p384", SigningAlgorithm.EcdsaP384Sha384 },
        { "p521", SigningAlgorithm.EcdsaP521Sha512 },
        { "rsa2048", SigningAlgorithm.RsaPkcs1Sha256 },
        { "rsa3072", SigningAlgorithm.RsaPkcs1Sha256 },
    };

    public ValueTask InitializeAsync() => fixture.StartAsync(Stop);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_key_of_each_kind_signs_what_its_public_key_verifies(string label, SigningAlgorithm algorithm)
    {
        var uri = KeyUri.Parse($"{Token};object={label};type=private?module-name=pkcs11-spy&module-path={fixture.Module}");
        using var key = await OpenAsync(uri);

        var signature = await key.Value.SignAsync(Message, Stop);

        Assert.Equal(algorithm, key.Value.PublicKey.Algorithm);
        Assert.True(key.Value.PublicKey.Verify(Message, signature));
        Assert.Equal(key.Value.PublicKey, await Source.ReadPublicKeyAsync(uri, Stop));
        Assert.Equal(key.Value.PublicKey.ToPem(), await fixture.Hsm.PublicKeyAsync($"{Token};object={label}", Stop));
        Assert.Equal($"{Token};object={label}", key.Value.Id);
        using var again = await OpenAsync(KeyUri.Parse(key.Value.Id));
        Assert.Equal(key.Value.PublicKey, again.Value.PublicKey);
    }

    [Theory]
    [InlineData("rsa2048")]
    [InlineData("rsa3072")]
    public async Task An_RSA_key_signs_PSS_if_it_is_asked_to(string label)
    {
        var uri = KeyUri.Parse($"{Token};object={label}");
        using var key = new Opened(await new SigningKeys([Source], _ => Limits, TimeProvider.System).OpenAsync(uri, SigningAlgorithm.RsaPssSha256, Stop));

        var signature = await key.Value.SignAsync(Message, Stop);

        var plain = await Source.ReadPublicKeyAsync(uri, Stop);
        Assert.Equal(SigningAlgorithm.RsaPssSha256, key.Value.PublicKey.Algorithm);
        Assert.True(plain.With(SigningAlgorithm.RsaPssSha256).Verify(Message, signature));
        Assert.False(plain.Verify(Message, signature));
    }

    [Fact]
    public async Task What_a_key_does_not_offer_is_refused_when_it_is_opened()
    {
        var problem = await Assert.ThrowsAsync<KmsException>(
            () => Source.OpenAsync(KeyUri.Parse($"{Token};object=p256"), SigningAlgorithm.RsaPssSha256, Stop).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("expected rsa-pss-sha256, found a key for ecdsa-p256-sha256", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_a_PIN_does_not_get_that_of_another()
    {
        using var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256"));
        var without = new Pkcs11Tokens(new Pkcs11Options { Module = fixture.Module });

        var problem = await Assert.ThrowsAsync<KmsException>(
            () => without.OpenAsync(KeyUri.Parse("pkcs11:token=guarded;object=p256"), Stop).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("has no PIN while other keys have one", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_sign_at_once()
    {
        using var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256"));
        using var other = await OpenAsync(KeyUri.Parse($"{Token};object=rsa2048"));

        var signatures = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            async i => (Key: i % 4 == 0 ? other : key, Signature: await (i % 4 == 0 ? other : key).Value.SignAsync(Message, Stop))));

        Assert.All(signatures, made => Assert.True(made.Key.Value.PublicKey.Verify(Message, made.Signature)));
    }

    [Theory]
    [InlineData("CloseAllSessions")]
    [InlineData("Finalize")]
    public async Task A_session_that_the_token_dropped_is_opened_again_with_the_next_try(string how)
    {
        using var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256"));
        using var idle = await OpenAsync(KeyUri.Parse($"{Token};object=p384"));
        var single = await Source.OpenAsync(KeyUri.Parse($"{Token};object=p521"), Stop);
        Drop(how);

        var problem = await Assert.ThrowsAsync<KmsException>(() => single.SignAsync(Message, Stop).AsTask());
        var signature = await key.Value.SignAsync(Message, Stop);

        Assert.Equal(ReasonCode.KmsUnavailable, problem.Reason);
        Assert.Contains("is it there and connected?", problem.Message, StringComparison.Ordinal);
        Assert.True(key.Value.PublicKey.Verify(Message, signature));
        Assert.True(idle.Value.PublicKey.Verify(Message, await idle.Value.SignAsync(Message, Stop)));
        Assert.True(single.PublicKey.Verify(Message, await single.SignAsync(Message, Stop)));
        ((IDisposable)single).Dispose();
    }

    [Fact]
    public async Task One_lost_session_is_one_fault_however_many_signatures_find_it_gone()
    {
        var key = await Source.OpenAsync(KeyUri.Parse($"{Token};object=p256"), Stop);
        for (var round = 0; round < 5; round++)
        {
            Drop("CloseAllSessions");
            var signatures = Enumerable.Range(0, 16)
                .Select(_ => Task.Run(() => Record.ExceptionAsync(() => key.SignAsync(Message, Stop).AsTask()).AsTask(), Stop));
            var faults = (await Task.WhenAll(signatures)).OfType<Exception>().ToList();

            Assert.All(faults, fault => Assert.Equal(ReasonCode.KmsUnavailable, Assert.IsType<KmsException>(fault).Reason));
            Assert.True(faults.Count <= 1, $"{faults.Count} of 16: {string.Join('\n', faults)}");
            Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, Stop)));
        }

        ((IDisposable)key).Dispose();
    }

    [Fact]
    public async Task A_wrong_PIN_is_offered_once_whatever_the_token_is_called()
    {
        var wrong = fixture.Connect("wrong-pin-0815");
        var before = fixture.Logins;
        var refusals = new List<KmsException>();
        foreach (var token in (string[])
            [
                "token=guarded", $"serial={await fixture.Hsm.SerialAsync(fixture.Guarded, Stop)}",
                "token=guarded;manufacturer=SoftHSM%20project", "token=guarded;model=SoftHSM%20v2",
                $"slot-id={await fixture.Hsm.SlotAsync(fixture.Guarded, Stop)}",
            ])
        {
            refusals.Add(await Assert.ThrowsAsync<KmsException>(
                () => wrong.OpenAsync(KeyUri.Parse($"pkcs11:{token};object=p256"), Stop).AsTask()));
        }

        Assert.All(refusals, refusal => Assert.Equal(ReasonCode.KeyUnusable, refusal.Reason));
        Assert.Contains("refused the PIN", refusals[0].Message, StringComparison.Ordinal);
        Assert.All(refusals[1..], refusal => Assert.Contains("has refused this PIN before", refusal.Message, StringComparison.Ordinal));
        Assert.Equal(1, fixture.Logins - before);
    }

    [Fact]
    public async Task A_PIN_that_is_bound_to_a_token_goes_to_no_other()
    {
        foreach (var name in (string[])[fixture.Token.Label, await fixture.Hsm.SerialAsync(fixture.Token, Stop)])
        {
            var bound = fixture.Connect(name, fixture.Token.Pin);
            using var key = new Opened(await bound.OpenAsync(KeyUri.Parse($"{Token};object=p256"), Stop));
            Assert.True(key.Value.PublicKey.Verify(Message, await key.Value.SignAsync(Message, Stop)));

            var before = fixture.Logins;
            var refused = await Assert.ThrowsAsync<KmsException>(
                () => bound.OpenAsync(KeyUri.Parse("pkcs11:token=guarded;object=p256"), Stop).AsTask());
            var named = await Assert.ThrowsAsync<KmsException>(
                () => bound.OpenAsync(KeyUri.Parse($"{Token};object=p256?pin-source=file:/secrets/other.pin"), Stop).AsTask());

            Assert.Equal((ReasonCode.KeyUnusable, ReasonCode.KeyUnusable), (refused.Reason, named.Reason));
            Assert.Contains("has no PIN while other keys have one", refused.Message, StringComparison.Ordinal);
            Assert.Contains("its pin-source names /secrets/other.pin, expected ", named.Message, StringComparison.Ordinal);
            Assert.Equal(before, fixture.Logins);
        }
    }

    [Fact]
    public async Task A_key_that_is_removed_while_it_is_in_use_is_unusable()
    {
        var uri = KeyUri.Parse(await fixture.Hsm.AddKeyAsync(fixture.Token, "short-lived", "EC:prime256v1", Stop));
        using var key = await OpenAsync(uri);
        await key.Value.SignAsync(Message, Stop);
        await fixture.Hsm.RemoveAsync(fixture.Token, "short-lived", "privkey", Stop);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.Value.SignAsync(Message, Stop).AsTask());

        Assert.True(problem.Reason == ReasonCode.KeyUnusable, $"{problem}");
        Assert.Contains("short-lived is not on its token any more", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_replaced_under_its_name_is_another_key()
    {
        var uri = KeyUri.Parse(await fixture.Hsm.AddKeyAsync(fixture.Token, "replaced", "EC:prime256v1", Stop));
        using var key = await OpenAsync(uri);
        foreach (var half in (string[])["privkey", "pubkey"])
            await fixture.Hsm.RemoveAsync(fixture.Token, "replaced", half, Stop);
        await fixture.Hsm.AddKeyAsync(fixture.Token, "replaced", "EC:prime256v1", Stop);

        var gone = await Assert.ThrowsAsync<KmsException>(() => key.Value.SignAsync(Message, Stop).AsTask());
        var other = await Assert.ThrowsAsync<KmsException>(() => key.Value.SignAsync(Message, Stop).AsTask());

        Assert.Equal((ReasonCode.KeyUnusable, ReasonCode.KeyChanged), (gone.Reason, other.Reason));
    }

    [Theory]
    [InlineData("secp256k1", "EC:secp256k1", "cannot sign here")]
    [InlineData("rsa1024", "rsa:1024", "cannot sign here")]
    public async Task A_key_of_another_kind_is_unusable(string label, string type, string words)
    {
        var uri = KeyUri.Parse(await fixture.Hsm.AddKeyAsync(fixture.Token, label, type, Stop));

        var problem = await Assert.ThrowsAsync<KmsException>(() => Source.OpenAsync(uri, Stop).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_its_public_half_is_unusable()
    {
        var uri = KeyUri.Parse(await fixture.Hsm.AddKeyAsync(fixture.Token, "half", "EC:prime256v1", Stop));
        await fixture.Hsm.RemoveAsync(fixture.Token, "half", "pubkey", Stop);

        var problem = await Assert.ThrowsAsync<KmsException>(() => Source.OpenAsync(uri, Stop).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("public half cannot be read", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Token + ";object=absent", "is not there")]
    [InlineData("pkcs11:token=absent;object=p256", "is not there")]
    [InlineData("pkcs11:slot-id=77;object=p256", "is not there")]
    [InlineData(Token + ";object=p256?module-path=/usr/lib/other.so", "names another PKCS#11 module")]
    [InlineData(Token + ";object=p256?module-name=other", "names another PKCS#11 module")]
    [InlineData(Token + ";object=p256?pin-source=file:/nonexistent/pin", "its pin-source names /nonexistent/pin")]
    public async Task What_is_not_there_is_unusable(string uri, string words)
    {
        foreach (var attempt in (Func<Task>[])
            [() => Source.OpenAsync(KeyUri.Parse(uri), Stop).AsTask(), () => Source.ReadPublicKeyAsync(KeyUri.Parse(uri), Stop).AsTask()])
        {
            var problem = await Assert.ThrowsAsync<KmsException>(attempt);
            Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
            Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_process_uses_one_module()
    {
        using var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256"));
        var other = new Pkcs11Tokens(new Pkcs11Options { Module = "/usr/lib/other.so" });

        var problem = await Assert.ThrowsAsync<KmsException>(() => other.OpenAsync(KeyUri.Parse($"{Token};object=p256"), Stop).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("can use no other", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_names_a_token_too()
    {
        var slot = await fixture.Hsm.SlotAsync(fixture.Token, Stop);
        using var named = await OpenAsync(KeyUri.Parse($"{Token};object=p384"));

        using var byLabel = await OpenAsync(KeyUri.Parse($"pkcs11:slot-id={slot};object=p384"));
        using var byId = await OpenAsync(KeyUri.Parse($"pkcs11:slot-id={slot};id=%03"));

        Assert.Equal(($"pkcs11:slot-id={slot};object=p384", named.Value.PublicKey), (byLabel.Value.Id, byLabel.Value.PublicKey));
        Assert.Equal(($"pkcs11:slot-id={slot};id=%03", named.Value.PublicKey), (byId.Value.Id, byId.Value.PublicKey));
        Assert.True(byId.Value.PublicKey.Verify(Message, await byId.Value.SignAsync(Message, Stop)));
    }

    [Fact]
    public async Task Whoever_gives_up_before_does_not_sign()
    {
        using var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => key.Value.SignAsync(Message, new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public async Task The_PIN_is_in_no_text_whatever_goes_wrong()
    {
        const string uri = "pkcs11:token=guarded;object=p256";
        const string Wrong = "wrong-pin-4711";
        var texts = new ConcurrentQueue<string>();
        using var listener = Listen(texts);

        using (var key = await OpenAsync(KeyUri.Parse($"{Token};object=p256")))
        {
            await key.Value.SignAsync(Message, Stop);
            Drop("CloseAllSessions");
            texts.Enqueue($"{await Record.ExceptionAsync(() => Source.OpenAsync(KeyUri.Parse($"{Token};object=absent"), Stop).AsTask())}");
            await key.Value.SignAsync(Message, Stop);
            texts.Enqueue($"{Source} {key.Value} {key.Value.Id}");
        }

        var refusals = new List<string>();
        foreach (var _ in Enumerable.Range(0, 2))
            refusals.Add($"{await Record.ExceptionAsync(() => fixture.Connect(Wrong).OpenAsync(KeyUri.Parse(uri), Stop).AsTask())}");
        foreach (var written in (string[])[$"{uri}?pin-value={Wrong}", $"{uri};pin-value={Wrong}", $"{uri};pin={Wrong}"])
        {
            refusals.Add(KeyUri.TryParse(written, out var parsed, out var problem)
                ? $"{await Record.ExceptionAsync(() => Source.OpenAsync(parsed, Stop).AsTask())}"
                : problem);
        }

        Assert.Contains("refused the PIN", refusals[0], StringComparison.Ordinal);
        Assert.Contains("has refused this PIN before", refusals[1], StringComparison.Ordinal);
        Assert.Contains("a PIN does not belong into a URI", refusals[2], StringComparison.Ordinal);
        Assert.Contains("a PIN does not belong into a URI", refusals[3], StringComparison.Ordinal);
        Assert.Contains("attribute pin is not known", refusals[4], StringComparison.Ordinal);
        Assert.Contains(texts, text => text.Contains("kms sign", StringComparison.Ordinal));
        Assert.All(
            texts.Concat(refusals),
            text => Assert.All(
                [Wrong, fixture.Guarded.Pin, fixture.Token.Pin], pin => Assert.DoesNotContain(pin, text, StringComparison.Ordinal)));
    }

    private async Task<Opened> OpenAsync(KeyUri uri) =>
        new(await new SigningKeys([Source], _ => Limits, TimeProvider.System).OpenAsync(uri, Stop));

    // The module's functions are called as if the token had lost our sessions.
    private void Drop(string how)
    {
        var module = NativeLibrary.Load(fixture.Hsm.Module);
        if (how == "Finalize")
        {
            Assert.Equal(0u, Marshal.GetDelegateForFunctionPointer<Call>(NativeLibrary.GetExport(module, "C_Finalize"))(0));
            return;
        }

        var slots = new nuint[64];
        nuint count = 64;
        Assert.Equal(0u, Marshal.GetDelegateForFunctionPointer<GetSlots>(NativeLibrary.GetExport(module, "C_GetSlotList"))(1, slots, ref count));
        var close = Marshal.GetDelegateForFunctionPointer<Call>(NativeLibrary.GetExport(module, "C_CloseAllSessions"));
        Assert.All(slots[..(int)count], slot => close(slot));
    }

    private static ActivityListener Listen(ConcurrentQueue<string> texts)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => texts.Enqueue(
                $"{activity.DisplayName} {activity.StatusDescription} "
                + string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private delegate nuint Call(nuint argument);

    private delegate nuint GetSlots(byte withToken, [In, Out] nuint[] slots, ref nuint count);

    private sealed record Opened(ISigningKey Value) : IDisposable
    {
        public void Dispose() => (Value as IDisposable)?.Dispose();
    }
}
