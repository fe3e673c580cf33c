// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Opens public keys only: what a verifier composes, which must not be able to sign. What a key service answered is remembered for
/// a while, since policies are looked at every few seconds and a key version never changes; key files are read each time.
/// </summary>
/// <remarks>
/// A service that does not answer takes no key out of force that is known already. A service that suddenly names another key under the same URI
/// is not believed: whoever can move an alias could otherwise choose whose signatures count.
/// </remarks>
/// <param name="sources">One for each scheme that can be read.</param>
/// <param name="clock">The time.</param>
public sealed class PublicKeys(IReadOnlyList<IPublicKeySource> sources, TimeProvider clock)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<KeyUri, (PublicKey Key, DateTimeOffset Until)> _known = new();

    /// <summary>Opens public halves of key files alone.</summary>
    public static PublicKeys OfFiles { get; } = new([new FileKeys(password: null)], TimeProvider.System);

    /// <summary>
    /// Opens the public half of a key. For <c>file:release.key</c> and <c>file:release.pub</c> alike that is the file
    /// <c>release.pub</c>; the private file is never touched.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public async ValueTask<PublicKey> OpenAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (_known.TryGetValue(uri, out var known) && clock.GetUtcNow() < known.Until)
            return known.Key;

        var source = sources.FirstOrDefault(source => string.Equals(source.Scheme, uri.Scheme, StringComparison.Ordinal))
            ?? throw KmsException.NotConfigured(uri);
        if (uri.Scheme is KeyUri.FileScheme)
            return await source.ReadPublicKeyAsync(uri, cancellationToken);

        var key = await ReadAsync(source, uri, known.Key, cancellationToken);
        if (known.Key is not null && !known.Key.Equals(key))
        {
            throw new KmsException(
                ReasonCode.KeyChanged,
                $"{Printable.Escape(uri.ToString())} was the key {known.Key.Id} and is {key.Id} now; name the new publicKey beside the key");
        }

        _known[uri] = (key, clock.GetUtcNow() + Remembered);
        return key;
    }

    private async ValueTask<PublicKey> ReadAsync(
        IPublicKeySource source, KeyUri uri, PublicKey? known, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadPublicKeyAsync(uri, cancellationToken).AsTask().WaitAsync(Limits.KmsCall, clock, cancellationToken);
        }
        catch (TimeoutException late)
        {
            return known ?? throw KmsException.Unavailable(
                $"the service of {Printable.Escape(uri.ToString())} did not answer within {Limits.KmsCall.TotalSeconds:0} s", late);
        }
        catch (KmsException fault) when (known is not null && fault.Reason == ReasonCode.KmsUnavailable)
        {
            return known;
        }
    }
}
