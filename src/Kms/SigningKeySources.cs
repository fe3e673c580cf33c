// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>Ways to ask a source of keys.</summary>
public static class SigningKeySources
{
    /// <summary>Opens a key for what it means by itself. See <see cref="ISigningKeySource.OpenAsync"/>.</summary>
    public static ValueTask<ISigningKey> OpenAsync(this ISigningKeySource source, KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.OpenAsync(uri, algorithm: null, cancellationToken);
    }
}
