// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Reads public keys of one kind of key service: all that a verifier composes, which must not be able to sign. Implementations are
/// thread-safe.
/// </summary>
public interface IPublicKeySource
{
    /// <summary>The scheme of the URIs it reads, such as <c>awskms</c>.</summary>
    string Scheme { get; }

    /// <summary>Reads the public half of the key version that the URI names; of the version that signs now, if it names none.</summary>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE: the URI, the key or the permission for it is not as it has to be. KMS_UNAVAILABLE: another try may help.
    /// </exception>
    ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken);
}

/// <summary>Opens keys of one kind of key service to sign with.</summary>
public interface ISigningKeySource : IPublicKeySource
{
    /// <summary>
    /// Opens one version of a key: the one the URI names, or the one that signs now. What is opened stays on that version, and its
    /// <see cref="ISigningKey.Id"/> tells which it is.
    /// </summary>
    /// <param name="uri">The key.</param>
    /// <param name="algorithm">
    /// What it has to sign with, as the policy says; <see langword="null"/> for what the key means by itself. The key decides: one that
    /// does not offer it is not opened.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE: the URI, the key, its algorithm or the permission for it is not as it has to be. KMS_UNAVAILABLE: another try may help.
    /// </exception>
    ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken);
}
