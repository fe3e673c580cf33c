// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>
/// One opening of a key for all who want it at the same time, which no one of them can end. What it fails with is given to all of them and,
/// for <see cref="Limits.KmsRest"/>, to those who come after: a service that hangs or is down is not asked anew for each.
/// </summary>
/// <param name="keep">Keeps what was opened, before anybody gets it.</param>
/// <param name="clock">The time.</param>
/// <typeparam name="TKey">What has to be alike for an opening to be shared.</typeparam>
/// <typeparam name="TOpened">What is opened.</typeparam>
public sealed class SharedOpenings<TKey, TOpened>(Action<TKey, TOpened> keep, TimeProvider clock)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Opening> _openings = [];

    /// <summary>Opens a key, or waits for the opening that is on its way.</summary>
    /// <param name="key">The key.</param>
    /// <param name="uri">Its name, for messages.</param>
    /// <param name="open">
    /// Opens it, if nobody does; is told to stop after <see cref="Limits.KmsCall"/>, and is not waited for any longer.
    /// </param>
    /// <param name="patience">How long an opening is waited for, from when it began, whoever began it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="KmsException">What the opening failed with; KMS_UNAVAILABLE where it takes too long.</exception>
    public async Task<TOpened> OpenAsync(
        TKey key, string uri, Func<CancellationToken, ValueTask<TOpened>> open, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        cancellationToken.ThrowIfCancellationRequested();
        var (opening, isNew) = Join(key);
        if (isNew)
            _ = RunAsync(key, opening, uri, open);

        var left = patience - clock.GetElapsedTime(opening.Since);
        try
        {
            return await opening.Answer.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw KmsCall.Late(uri, patience, late);
        }
    }

    private (Opening Opening, bool IsNew) Join(TKey key)
    {
        lock (_gate)
        {
            foreach (var (old, _) in _openings.Where(opening => IsOver(opening.Value)).ToArray())
                _openings.Remove(old);
            if (_openings.TryGetValue(key, out var known))
                return (known, IsNew: false);

            var opening = new Opening(clock.GetTimestamp());
            _openings.Add(key, opening);
            return (opening, IsNew: true);
        }
    }

    private async Task RunAsync(TKey key, Opening opening, string uri, Func<CancellationToken, ValueTask<TOpened>> open)
    {
        try
        {
            var opened = await KmsCall.MakeAsync(uri, open, clock, CancellationToken.None);
            keep(key, opened);
            Forget(key);
            opening.Answer.SetResult(opened);
        }
        catch (Exception fault)
        {
            // Of a fault that is not the key's nothing is known but that it was: the next one tries anew.
            if (fault is KmsException)
                LetRest(opening);
            else
                Forget(key);
            opening.Answer.SetException(fault);
        }
    }

    private bool IsOver(Opening opening) => opening.FailedAt is { } failed && clock.GetElapsedTime(failed) >= Limits.KmsRest;

    private void LetRest(Opening opening)
    {
        lock (_gate)
            opening.FailedAt = clock.GetTimestamp();
    }

    private void Forget(TKey key)
    {
        lock (_gate)
            _openings.Remove(key);
    }

    private sealed class Opening(long since)
    {
        public long Since => since;

        public TaskCompletionSource<TOpened> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>When it failed; null while it is on its way. Changed under the lock.</summary>
        public long? FailedAt { get; set; }
    }
}
