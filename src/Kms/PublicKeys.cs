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
/// is not believed as long as this object lives: whoever can move an alias could otherwise choose whose signatures count. A process that starts
/// anew believes what it is told then; only a policy that names the <c>publicKey</c> holds beyond that.
/// </remarks>
public sealed class PublicKeys
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<IPublicKeySource> _sources;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<KeyUri, (PublicKey Key, DateTimeOffset Until)> _known = new();
    private readonly SharedOpenings<KeyUri, PublicKey> _openings;

    /// <summary>Knows no key yet.</summary>
    /// <param name="sources">One for each scheme that can be read.</param>
    /// <param name="clock">The time.</param>
    public PublicKeys(IReadOnlyList<IPublicKeySource> sources, TimeProvider clock)
    {
        (_sources, _clock) = (sources, clock);
        _openings = new SharedOpenings<KeyUri, PublicKey>(
            (uri, key) => _known[uri] = (key, _clock.GetUtcNow() + Remembered), clock);
    }

    /// <summary>Opens public halves of key files alone.</summary>
    public static PublicKeys OfFiles { get; } = new([new FileKeys(password: null)], TimeProvider.System);

    /// <summary>
    /// Opens the public half of a key. For <c>file:release.key</c> and <c>file:release.pub</c> alike that is the file
    /// <c>release.pub</c>; the private file is never touched.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public ValueTask<PublicKey> OpenAsync(KeyUri uri, CancellationToken cancellationToken) =>
        OpenAsync(uri, Limits.KmsCall, cancellationToken);

    /// <summary>
    /// Opens the public half of a key. A service that does not answer in time is asked on meanwhile, so that its answer may be known the
    /// next time; of a key that is known already the old answer stands.
    /// </summary>
    /// <param name="uri">The key.</param>
    /// <param name="patience">How long a service is waited for, from when it was first asked, whoever asked it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public async ValueTask<PublicKey> OpenAsync(KeyUri uri, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (_known.TryGetValue(uri, out var known) && _clock.GetUtcNow() < known.Until)
            return known.Key;

        var source = _sources.FirstOrDefault(source => string.Equals(source.Scheme, uri.Scheme, StringComparison.Ordinal))
            ?? throw KmsException.NotConfigured(uri);
        if (uri.Scheme is KeyUri.FileScheme)
            return await source.ReadPublicKeyAsync(uri, cancellationToken);

        try
        {
            return await _openings.OpenAsync(uri, uri.ToString(), ct => ReadAsync(source, uri, ct), patience, cancellationToken);
        }
        catch (KmsException fault) when (known.Key is not null && fault.Reason == ReasonCode.KmsUnavailable)
        {
            return known.Key;
        }
    }

    private async ValueTask<PublicKey> ReadAsync(IPublicKeySource source, KeyUri uri, CancellationToken ct)
    {
        var key = await source.ReadPublicKeyAsync(uri, ct);
        return !_known.TryGetValue(uri, out var known) || known.Key.Equals(key)
            ? key
            : throw new KmsException(
                ReasonCode.KeyChanged,
                $"{Printable.Escape(uri.ToString())} was the key {known.Key.Id} and is {key.Id} now; name the new publicKey beside the key");
    }
}
