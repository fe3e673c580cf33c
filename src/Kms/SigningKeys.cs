// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Discipline;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Opens keys to sign with. Whatever stands behind a key, what is opened here keeps the discipline of a <see cref="GuardedKey"/>.
/// </summary>
/// <param name="sources">One for each scheme that can be opened.</param>
/// <param name="limits">What a key of a scheme is asked for at most, and how long it is waited for.</param>
/// <param name="clock">The time.</param>
public sealed class SigningKeys(IReadOnlyList<ISigningKeySource> sources, Func<string, KeyLimits> limits, TimeProvider clock)
{
    /// <summary>Opens a key for what it means by itself; the caller disposes it if it can be disposed.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public ValueTask<ISigningKey> OpenAsync(KeyUri uri, CancellationToken cancellationToken) =>
        OpenAsync(uri, algorithm: null, cancellationToken);

    /// <summary>Opens a key to sign with an algorithm; the caller disposes it if it can be disposed.</summary>
    /// <param name="uri">The key.</param>
    /// <param name="algorithm">What it has to sign with; <see langword="null"/> for what the key means by itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE, also where the key does not offer the algorithm, or KMS_UNAVAILABLE where another try may help.
    /// </exception>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var source = sources.FirstOrDefault(source => string.Equals(source.Scheme, uri.Scheme, StringComparison.Ordinal))
            ?? throw KmsException.NotConfigured(uri);
        var opened = await KmsCall.MakeAsync(uri.ToString(), ct => source.OpenAsync(uri, algorithm, ct), clock, cancellationToken);
        return new GuardedKey(opened, limits(uri.Scheme), clock);
    }
}
