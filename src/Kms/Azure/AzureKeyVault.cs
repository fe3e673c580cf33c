// SPDX-License-Identifier: Apache-2.0

using Azure.Core;
using SupplyChain.Kms.Azure;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>Keys in Azure Key Vault or a Managed HSM: <c>azurekms://VAULT.vault.azure.net/KEY[/VERSION]</c>.</summary>
/// <remarks>A URI without a version means the one that is current when it is opened.</remarks>
public sealed class AzureKeyVault : ISigningKeySource, IDisposable
{
    private readonly AzureAccess _access;

    /// <summary>Keys for whoever the options and the environment say we are; nothing is asked for yet.</summary>
    /// <param name="options">How vaults are reached.</param>
    /// <param name="clock">The time that calls, tokens and keys are limited by.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public AzureKeyVault(AzureKeyVaultOptions options, TimeProvider clock)
        : this(options, clock, credential: null)
    {
    }

    /// <summary>Keys for somebody else.</summary>
    /// <param name="options">How vaults are reached.</param>
    /// <param name="clock">The time that calls, tokens and keys are limited by.</param>
    /// <param name="credential">Who we are; <see langword="null"/> for whom the options name.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public AzureKeyVault(AzureKeyVaultOptions options, TimeProvider clock, TokenCredential? credential)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.Problems().FirstOrDefault() is { Member: { } member } first)
            throw new ArgumentException($"{member}: {first.Problem}", nameof(options));

        _access = new AzureAccess(options, clock, credential);
    }

    /// <inheritdoc/>
    public string Scheme => AzureKeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return (await ReadAsync(uri, cancellationToken)).Key;
    }

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var (version, key) = await ReadAsync(uri, cancellationToken);
        return new AzureKey(_access, version, key.For(algorithm, version.ToString()));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _access.Dispose();

    private async ValueTask<(AzureKeyUri Version, PublicKey Key)> ReadAsync(KeyUri uri, CancellationToken ct)
    {
        if (!AzureKeyUri.TryRead(uri, out var read, out var problem))
            throw KmsException.Unusable(problem);

        return await _access.CallAsync(
            read, operation: null, content: null, new(read.ToString(), "keys/get"),
            answer => AzureJsonKey.Read(answer, read, _access.Now), ct);
    }
}
