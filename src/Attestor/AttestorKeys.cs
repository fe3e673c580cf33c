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
/// <param name="open">Opens a key to sign with an algorithm.</param>
/// <param name="ledger">Where public halves are pinned.</param>
public sealed class AttestorKeys(
    Func<KeyUri, SigningAlgorithm?, CancellationToken, ValueTask<ISigningKey>> open, DecisionLedger ledger) : IDisposable
{
    private readonly ConcurrentDictionary<(string Uri, SigningAlgorithm Algorithm), ISigningKey> _opened = new();
    private readonly ConcurrentBag<ISigningKey> _replaced = [];
    private readonly KeyedGate _gate = new();

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

        if (_opened.TryGetValue((uri, pinned.Algorithm), out var key) && key.PublicKey.Equals(pinned))
            return key;

        // One opening at a time: a service that is down, or a key file that is slow to decrypt, is not asked by every request at once.
        using var passage = await _gate.EnterAsync(uri, cancellationToken);
        if (_opened.TryGetValue((uri, pinned.Algorithm), out key) && key.PublicKey.Equals(pinned))
            return key;

        if (!KeyUri.TryParse(uri, out var parsed, out var problem))
            throw new KmsException(ReasonCode.KeyUnusable, problem);

        key = await open(parsed, pinned.Algorithm, cancellationToken);
        try
        {
            await CheckAsync(key, attestor, signer, cancellationToken);
        }
        catch
        {
            (key as IDisposable)?.Dispose();
            throw;
        }

        // Whoever got the one before may be signing with it still.
        if (_opened.TryGetValue((uri, pinned.Algorithm), out var replaced))
            _replaced.Add(replaced);
        return _opened[(uri, pinned.Algorithm)] = key;
    }

    /// <summary>Closes the keys.</summary>
    public void Dispose()
    {
        _gate.Dispose();
        foreach (var key in _opened.Values.Concat(_replaced).OfType<IDisposable>())
            key.Dispose();
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

        var first = await ledger.PinKeyAsync(
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
