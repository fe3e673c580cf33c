// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor;

/// <summary>
/// The signing keys of the attestors this service signs as, each opened once for each algorithm that a policy asks of it, and again when
/// the policy names another public half for it. A key whose public half is not the one the policy names, or not the one it had when it
/// was first used, is never used, and there is no other key to fall back to.
/// </summary>
public sealed class AttestorKeys : IDisposable
{
    private readonly Func<KeyUri, SigningAlgorithm?, CancellationToken, ValueTask<ISigningKey>> _open;
    private readonly DecisionLedger _ledger;
    private readonly ConcurrentDictionary<(string Uri, SigningAlgorithm Algorithm), ISigningKey> _opened = new();
    private readonly ConcurrentBag<ISigningKey> _replaced = [];
    private readonly SharedOpenings<(string Uri, SigningAlgorithm Algorithm, PublicKey Pinned), ISigningKey> _openings;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="open">Opens a key to sign with an algorithm.</param>
    /// <param name="ledger">Where public halves are pinned.</param>
    /// <param name="clock">The time.</param>
    public AttestorKeys(
        Func<KeyUri, SigningAlgorithm?, CancellationToken, ValueTask<ISigningKey>> open, DecisionLedger ledger, TimeProvider clock)
    {
        (_open, _ledger) = (open, ledger);
        _openings = new(((string Uri, SigningAlgorithm Algorithm, PublicKey) wanted, ISigningKey key) =>
            Keep((wanted.Uri, wanted.Algorithm), key), clock);
    }

    /// <summary>The key that signs for an attestor at <paramref name="time"/>.</summary>
    /// <exception cref="KmsException">
    /// The key is outside its window, cannot be opened, or is another one than the policy names.
    /// </exception>
    public async ValueTask<ISigningKey> OpenAsync(
        AttestorDefinition attestor, DateTimeOffset time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attestor);
        if (attestor.Signer is not { KeyUri: { } uri, PublicKey: { } pinned } signer)
        {
            throw new KmsException(
                ReasonCode.KeyUnusable, $"attestor {attestor.Name} has no member with a key that this service may sign with");
        }

        // Nobody would accept what it signs, or will until its time comes.
        if (signer.RefusalAt(time) is { } refusal)
            throw new KmsException(refusal, $"the key of attestor {attestor.Name} is not valid now");

        if (Find(uri, pinned) is { } key)
            return key;

        // One opening for all: a service that is down, or a key file that is slow to decrypt, is not asked by every request at once.
        return await _openings.OpenAsync(
            (uri, pinned.Algorithm, pinned), uri, ct => OpenAsync(attestor, signer, ct), Limits.KmsCall, cancellationToken);
    }

    /// <summary>Closes the keys.</summary>
    public void Dispose()
    {
        foreach (var key in _opened.Values.Concat(_replaced).OfType<IDisposable>())
            key.Dispose();
    }

    private void Keep((string Uri, SigningAlgorithm Algorithm) name, ISigningKey key)
    {
        // Whoever got the one before may be signing with it still.
        if (_opened.TryGetValue(name, out var before) && !ReferenceEquals(before, key))
            _replaced.Add(before);
        _opened[name] = key;
    }

    private ISigningKey? Find(string uri, PublicKey pinned) =>
        _opened.TryGetValue((uri, pinned.Algorithm), out var key) && key.PublicKey.Equals(pinned) ? key : null;

    private async ValueTask<ISigningKey> OpenAsync(AttestorDefinition attestor, AttestorMember signer, CancellationToken ct)
    {
        var (uri, pinned) = (signer.KeyUri!, signer.PublicKey!);
        // Another opening may have come to its end since it was looked for.
        if (Find(uri, pinned) is { } known)
            return known;
        if (!KeyUri.TryParse(uri, out var parsed, out var problem))
            throw new KmsException(ReasonCode.KeyUnusable, problem);

        var key = await _open(parsed, pinned.Algorithm, ct);
        try
        {
            await CheckAsync(key, attestor, signer, ct);
            return key;
        }
        catch
        {
            (key as IDisposable)?.Dispose();
            throw;
        }
    }

    private async ValueTask CheckAsync(
        ISigningKey key, AttestorDefinition attestor, AttestorMember signer, CancellationToken cancellationToken)
    {
        var (uri, pinned) = (signer.KeyUri!, signer.PublicKey!);
        if (!key.PublicKey.Equals(pinned))
        {
            throw new KmsException(
                ReasonCode.KeyChanged,
                $"key {key.Id} has the public key {key.PublicKey.Id}; attestor {attestor.Name} names {pinned.Id}");
        }

        if (key.PublicKey.Algorithm != pinned.Algorithm)
        {
            throw new KmsException(
                ReasonCode.KeyUnusable,
                $"key {key.Id} signs with {key.PublicKey.Algorithm.Name()}; attestor {attestor.Name} names {pinned.Algorithm.Name()}");
        }

        var first = await _ledger.PinKeyAsync(
            new PinnedKey(attestor.Name, uri, key.Id, key.PublicKey.Id)
            {
                Spki = Convert.ToBase64String(key.PublicKey.Spki.Span),
                Algorithm = key.PublicKey.Algorithm.Name(),
            },
            signer.NamesPublicKey, cancellationToken);
        if (first.PublicKey != key.PublicKey.Id)
        {
            throw new KmsException(
                ReasonCode.KeyChanged,
                $"key {key.Id} has the public key {key.PublicKey.Id}; on {first.FirstUsed:O} {uri} was {first.PublicKey}");
        }
    }
}
