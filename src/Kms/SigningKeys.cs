// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Kms;

/// <summary>Opens keys to sign with. Key services join here, each behind its own URI scheme.</summary>
[SuppressMessage(
    "Performance", "CA1822:Mark members as static",
    Justification = "Services will need clients; callers already hold an instance.")]
public sealed class SigningKeys
{
    /// <summary>Opens a key; the caller disposes it if it can be disposed.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, KeyPassword password, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return await FileKey.OpenAsync(uri.Path, password, ct);
    }
}
