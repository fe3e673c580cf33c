// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>Keys in encrypted files: <c>file:PATH</c>.</summary>
/// <param name="password">The password of the private halves; without it only public halves can be read.</param>
public sealed class FileKeys(KeyPassword? password) : ISigningKeySource
{
    /// <inheritdoc/>
    public string Scheme => KeyUri.FileScheme;

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return await FileKey.OpenAsync(
            uri.Rest,
            password ?? throw KmsException.Unusable($"the password of {Printable.Escape(uri.ToString())} is missing: set {KeyPassword.Variable} or name a password file"),
            algorithm, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return ReadPublicAsync(FileKey.PublicPath(uri.Rest), cancellationToken);
    }

    internal static async ValueTask<PublicKey> ReadPublicAsync(string path, CancellationToken cancellationToken)
    {
        var content = await KeyFiles.ReadPublicAsync(path, "public key file", Limits.KeyBytes, cancellationToken);
        return PublicKey.TryParsePem(Encoding.UTF8.GetString(content), out var key, out var problem)
            ? key
            : throw KmsException.Unusable($"the public key {Printable.Escape(path)} cannot be used: {problem}");
    }
}
