// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>Opens public keys only: what a verifier composes, which must not be able to sign.</summary>
[SuppressMessage(
    "Performance", "CA1822:Mark members as static",
    Justification = "Services will need clients; callers already hold an instance.")]
public sealed class PublicKeys
{
    /// <summary>
    /// Opens the public half of a key. For <c>file:release.key</c> and <c>file:release.pub</c> alike that is the file
    /// <c>release.pub</c>; the private file is never touched.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE, or KMS_UNAVAILABLE where another try may help.</exception>
    public ValueTask<PublicKey> OpenAsync(KeyUri uri, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return ReadAsync(FileKey.PublicPath(uri.Path), ct);
    }

    internal static async ValueTask<PublicKey> ReadAsync(string path, CancellationToken ct)
    {
        var content = await KeyFiles.ReadPublicAsync(path, "public key file", Limits.KeyBytes, ct);
        return PublicKey.TryParsePem(Encoding.UTF8.GetString(content), out var key, out var problem)
            ? key
            : throw KmsException.Unusable($"the public key {Printable.Escape(path)} cannot be used: {problem}");
    }
}
