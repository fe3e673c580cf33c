// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary>
/// How commands reach keys: as the attestor's configuration says (<c>--config</c>), or else as the environment does.
/// </summary>
internal sealed class KeyAccess(Surroundings surroundings)
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "The attestor's configuration, for its key services and the password of key files; relative "
            + "file: keys are taken from its folder (default: what the environment says, and the current folder)",
        HelpName = "FILE",
    };

    /// <summary>Public keys of every kind of key service, as the environment says; they cannot sign.</summary>
    public static PublicKeys OfEnvironment(Surroundings surroundings) =>
        KeySources.ForVerifying(KmsConfiguration.OfEnvironment, surroundings.Clock);

    public void AddTo(Command command) => command.Options.Add(_config);

    /// <summary>Reads the configuration; no key is opened yet.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public async Task<KeyServices> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_config) is not { } path)
            return new KeyServices(surroundings, KmsConfiguration.OfEnvironment, Directory.GetCurrentDirectory(), null);

        var read = await ConfigurationFile.ReadAttestorAsync(path, cancellationToken);
        return new KeyServices(surroundings, read.Kms, read.Folder, read.KeyPasswordFile);
    }
}

/// <summary>Opens keys, to read and to sign with.</summary>
/// <param name="surroundings">Where the password of key files is, if no file holds it.</param>
/// <param name="kms">The key services.</param>
/// <param name="folder">Where relative <c>file:</c> keys are taken from.</param>
/// <param name="passwordFile">The file that holds the password of key files.</param>
internal sealed class KeyServices(
    Surroundings surroundings, KmsConfiguration? kms, string folder, string? passwordFile)
{
    private readonly PublicKeys _publicKeys = KeySources.ForVerifying(kms, surroundings.Clock);

    /// <summary>Reads the public half of a key.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE or KMS_UNAVAILABLE.</exception>
    public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken) =>
        _publicKeys.OpenAsync(uri.From(folder), cancellationToken);

    /// <summary>Reads the public half of a key as <see cref="PublicKeyArgument"/> has it.</summary>
    /// <exception cref="CommandFailure">There is none of that name.</exception>
    /// <exception cref="KmsException">KEY_UNUSABLE or KMS_UNAVAILABLE.</exception>
    public Task<PublicKey> ReadPublicKeyAsync(string text, CancellationToken cancellationToken) =>
        KeyUri.TryParse(text, out var uri, out _)
            ? ReadPublicKeyAsync(uri, cancellationToken).AsTask()
            : PublicKeyArgument.ReadAsync(text, _publicKeys, cancellationToken);

    /// <summary>Opens a key to sign with an algorithm, or with its own, as the service would; the caller disposes it if it can be disposed.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE or KMS_UNAVAILABLE.</exception>
    public async Task<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        using var password = await ReadPasswordAsync(cancellationToken);
        return await KeySources.ForSigning(kms, password, surroundings.Clock)
            .OpenAsync(uri.From(folder), algorithm, cancellationToken);
    }

    private async Task<KeyPassword?> ReadPasswordAsync(CancellationToken cancellationToken) =>
        passwordFile is not null ? await KeyPassword.FromFileAsync(passwordFile, cancellationToken)
        : surroundings.Variable(KeyPassword.Variable) is { } text ? KeyPassword.From(text)
        : null;
}
