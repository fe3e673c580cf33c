// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Tags;

/// <summary>
/// Adds an entry to a tag of a registry that can only read it and overwrite it, while other writers do the same.
/// </summary>
/// <remarks>
/// <para>Reading back at once is not enough: a writer that read the tag before we replaced it may overwrite ours after
/// we looked. So an entry counts as added only when it is still there after a <em>settle time</em> that is longer than
/// any writer takes from reading to replacing, and every writer repairs the entries it saw vanish until then.</para>
/// <para>Why that loses nothing, if every writer keeps to it. Let <c>e</c> be an entry and <c>P</c> the last
/// replacement, at time t, that contained it. Its writer looked again at some time c, later than t by the settle time,
/// and saw <c>e</c>, or it would have replaced once more. As no later replacement contains <c>e</c>, the tag was not
/// replaced between t and c. A replacement <c>Q</c> after c that lacks <c>e</c> was made from a reading less than the
/// settle time earlier, so after t, when the tag held <c>e</c>: <c>Q</c> contains it. Hence there is no
/// <c>Q</c>.</para>
/// <para>To keep its own side short a writer composes first, and reads again if composing took long. A foreign client
/// that does not repair can still lose an entry of its own to us; nothing on such a registry can prevent that.</para>
/// </remarks>
internal sealed class TagAppend(TagAppend.IStore store, TimeSpan settleTime, TimeProvider clock)
{
    private TimeSpan _settleTime = settleTime;
    private TimeSpan _askedToWait;
    private int _faults;

    /// <summary>The one tag.</summary>
    internal interface IStore
    {
        /// <summary>Lets in one writer of this process at a time: from reading to replacing.</summary>
        ValueTask<KeyedGate.Passage> EnterAsync(CancellationToken cancellationToken);

        ValueTask<Manifest?> ReadAsync(CancellationToken cancellationToken);

        /// <summary>
        /// Sends one request that replaces what the tag names; <see langword="false"/> if the registry refused because
        /// the tag no longer names <paramref name="current"/>. Never repeats it: a late repetition would not be short.
        /// </summary>
        ValueTask<bool> TryReplaceAsync(Manifest? current, Manifest replacement, CancellationToken cancellationToken);
    }

    public async ValueTask<Manifest> RunAsync(
        Descriptor entry, ManifestComposer compose, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limits.TagUpdate, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AppendAsync(entry, compose, either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException(
                ReasonCode.PublishConflict,
                $"an entry did not stay under its tag within {Limits.TagUpdate.TotalSeconds:0} s", late);
        }
    }

    private async ValueTask<Manifest> AppendAsync(
        Descriptor entry, ManifestComposer compose, CancellationToken cancellationToken)
    {
        var seen = new EntrySet();
        seen.Add(entry);
        long? completeSince = null;
        while (true)
        {
            using (await store.EnterAsync(cancellationToken))
            {
                var readAt = clock.GetTimestamp();
                var current = await store.ReadAsync(cancellationToken);
                seen.AddRange(current?.Entries ?? []);
                var missing = seen.MissingFrom(current?.Entries ?? []);
                if (missing.Count > 0)
                {
                    completeSince = await ReplaceAsync(current, readAt, seen, missing, compose, cancellationToken)
                        ? clock.GetTimestamp()
                        : null;
                }
                else if (completeSince is { } since && clock.GetElapsedTime(since, readAt) >= _settleTime)
                {
                    return current!;
                }
                else
                {
                    completeSince ??= clock.GetTimestamp();
                }
            }

            await WaitAsync(cancellationToken);
        }
    }

    private async ValueTask<bool> ReplaceAsync(
        Manifest? current, long readAt, EntrySet seen, IReadOnlyList<Descriptor> missing, ManifestComposer compose,
        CancellationToken cancellationToken)
    {
        var replacement = await compose(current, missing, cancellationToken);
        if (clock.GetElapsedTime(readAt) > _settleTime / 4)
        {
            readAt = clock.GetTimestamp();
            var again = await store.ReadAsync(cancellationToken);
            if (again?.Digest != current?.Digest)
            {
                seen.AddRange(again?.Entries ?? []);
                return false;
            }
        }

        try
        {
            return await store.TryReplaceAsync(current, replacement, cancellationToken);
        }
        catch (RegistryException fault) when (fault.Reason.IsRetryable && ++_faults < Limits.RegistryTries)
        {
            // It may have arrived or not; the next reading tells.
            _askedToWait = fault.RetryAfter ?? TimeSpan.Zero;
            return false;
        }
        finally
        {
            // On a slow registry the other writers are slow as well.
            var window = clock.GetElapsedTime(readAt) * 2;
            _settleTime = window > _settleTime ? window : _settleTime;
        }
    }

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _settleTime * (1 + RandomNumberGenerator.GetInt32(500) / 1000.0);
        wait = wait > _askedToWait ? wait : _askedToWait;
        _askedToWait = TimeSpan.Zero;
        return Task.Delay(wait, clock, cancellationToken);
    }
}
