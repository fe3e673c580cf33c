// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Security.Cryptography;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Discipline;

/// <summary>
/// A key whose service is called within its budget, by a bounded queue, under a deadline, with one layer of repetitions, and not at
/// all for a while after a row of faults. What the service returns is verified before anybody sees it, and there is no other key to
/// fall back to.
/// </summary>
internal sealed class GuardedKey(ISigningKey key, KeyLimits limits, TimeProvider clock) : ISigningKey, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly CallBudget _budget = new(limits.CallsPerSecond, limits.Burst, clock);
    private readonly CircuitBreaker _breaker = new(limits.FaultsBeforeRest, limits.Rest, clock);
    private readonly SemaphoreSlim _inFlight = new(limits.InFlight, limits.InFlight);
    private int _present;

    public string Id => key.Id;

    public PublicKey PublicKey => key.PublicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var span = KmsMetrics.Spans.StartActivity("kms sign", ActivityKind.Client);
        span?.SetTag("kms.key", Id);
        if (Interlocked.Increment(ref _present) > limits.InFlight + limits.Waiting)
        {
            Interlocked.Decrement(ref _present);
            span?.SetStatus(ActivityStatusCode.Error, ReasonCode.KmsUnavailable.Name);
            throw TurnAway("queue", $"{limits.Waiting} signatures already wait for the key {Id}", limits.Deadline);
        }

        KmsMetrics.Queued(Id, 1);
        try
        {
            var signature = await SignWithinDeadlineAsync(message, ct);
            span?.SetStatus(ActivityStatusCode.Ok);
            return signature;
        }
        catch (KmsException fault)
        {
            span?.SetStatus(ActivityStatusCode.Error, fault.Reason.Name);
            throw;
        }
        finally
        {
            KmsMetrics.Queued(Id, -1);
            Interlocked.Decrement(ref _present);
        }
    }

    public void Dispose()
    {
        _inFlight.Dispose();
        (key as IDisposable)?.Dispose();
    }

    private async ValueTask<byte[]> SignWithinDeadlineAsync(ToBeSigned message, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await TryAsync(message, since, ct);
            }
            catch (KmsException fault) when (tried < limits.Tries && fault.Reason == ReasonCode.KmsUnavailable && !fault.IsTurnedAway)
            {
                var pause = PauseAfter(fault, tried);
                if (pause >= LeftSince(since))
                    throw;
                await Task.Delay(pause, clock, ct);
            }
        }
    }

    private async ValueTask<byte[]> TryAsync(ToBeSigned message, long since, CancellationToken ct)
    {
        var place = await TakePlaceAsync(since, ct);
        Answer answer;
        var isCalled = false;
        try
        {
            await WaitForRoomAsync(since, ct);
            try
            {
                if (_budget.IsPast(place))
                    place = await TakePlaceAsync(since, ct);

                // Asked last, so that those who waited do not all run into a service that failed meanwhile.
                if (!_breaker.MayCall(out var isTrial, out var rest))
                    throw TurnAway("rest", $"the service of the key {Id} failed {limits.FaultsBeforeRest} times in a row and is left alone", rest);

                isCalled = true;
                answer = await CallAsync(message, LeftSince(since), isTrial);
            }
            finally
            {
                _inFlight.Release();
            }
        }
        finally
        {
            if (!isCalled)
                _budget.Return(place);
        }

        // Whoever waits for the service goes first: its time is scarcer than ours.
        if (_inFlight.CurrentCount == 0)
            await Task.Yield();
        return Verify(message, answer);
    }

    private async ValueTask<TimeSpan> TakePlaceAsync(long since, CancellationToken ct)
    {
        if (!_budget.TryTake(LeftSince(since), out var wait, out var place))
            throw TurnAway("budget", $"the budget of the key {Id} is spent for longer than a request may wait", wait);
        if (wait == TimeSpan.Zero)
            return place;

        try
        {
            await Task.Delay(wait, clock, ct);
            return place;
        }
        catch (OperationCanceledException)
        {
            _budget.Return(place);
            throw;
        }
    }

    private async ValueTask WaitForRoomAsync(long since, CancellationToken ct)
    {
        // Where there is room, and mostly there is, nothing has to be timed.
        if (_inFlight.Wait(TimeSpan.Zero, ct))
            return;

        using var deadline = new CancellationTokenSource(LeftSince(since), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            await _inFlight.WaitAsync(either.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw PastDeadline(late);
        }
    }

    // A call that was begun is finished, whether or not its caller is still there: it is paid for, and its signature goes on record.
    private async ValueTask<Answer> CallAsync(ToBeSigned message, TimeSpan left, bool isTrial)
    {
        var time = left < limits.TryTimeout ? left : limits.TryTimeout;
        using var limit = new CancellationTokenSource(time, clock);
        var since = clock.GetTimestamp();
        try
        {
            return new Answer(await key.SignAsync(message, limit.Token), clock.GetElapsedTime(since));
        }
        catch (KmsException fault)
        {
            KmsMetrics.Called(Id, clock.GetElapsedTime(since), fault.Reason.Name);
            Judge(fault);
            throw;
        }
        catch (OperationCanceledException late)
        {
            KmsMetrics.Called(Id, clock.GetElapsedTime(since), "timeout");
            if (time < limits.TryTimeout)
            {
                // What was left of the deadline is less than a service may take.
                _breaker.Abandoned(isTrial);
                throw PastDeadline(late);
            }

            _breaker.Failed();
            throw KmsException.Unavailable($"the service of the key {Id} did not answer within {time.TotalSeconds:0.#} s", late);
        }
    }

    private byte[] Verify(ToBeSigned message, Answer answer)
    {
        if (PublicKey.Verify(message, answer.Signature))
        {
            _breaker.Worked();
            KmsMetrics.Called(Id, answer.Took, "signed");
            return answer.Signature;
        }

        _breaker.Failed();
        KmsMetrics.Called(Id, answer.Took, ReasonCode.KmsBadSignature.Name);
        throw new KmsException(
            ReasonCode.KmsBadSignature,
            $"key {Id} returned a signature that its public key {PublicKey.Id} does not verify");
    }

    private TimeSpan LeftSince(long since)
    {
        var left = limits.Deadline - clock.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    // Nobody is left to repeat it for.
    private KmsException PastDeadline(Exception late) => new(
        ReasonCode.KmsUnavailable, $"the key {Id} did not sign within {limits.Deadline.TotalSeconds:0.#} s", late)
    {
        RetryAfter = limits.TryTimeout,
        IsTurnedAway = true,
    };

    // A service that throttles or refuses works, as far as a breaker is concerned. Being asked less is the budget's business, and what
    // is refused today is refused tomorrow: its own words are worth more than those of a breaker.
    private void Judge(KmsException fault)
    {
        if (fault.IsThrottled)
            KmsMetrics.WasThrottled(Id);
        if (fault.IsThrottled || fault.Reason == ReasonCode.KeyUnusable)
            _breaker.Worked();
        else
            _breaker.Failed();
    }

    private KmsException TurnAway(string cause, string message, TimeSpan retryAfter)
    {
        KmsMetrics.TurnedAway(Id, cause);
        return new KmsException(ReasonCode.KmsUnavailable, message) { RetryAfter = retryAfter, IsTurnedAway = true };
    }

    private static TimeSpan PauseAfter(KmsException fault, int tried)
    {
        var jitter = RandomNumberGenerator.GetInt32(500, 1500) / 1000.0;
        var pause = FirstPause * Math.Pow(2, tried - 1) * jitter;
        return fault.RetryAfter > pause ? fault.RetryAfter.Value + FirstPause * jitter : pause;
    }

    /// <summary>What the service answered and how long it took; nobody has verified it.</summary>
    private readonly record struct Answer(byte[] Signature, TimeSpan Took);
}
