// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using System.Security.Cryptography;
using SupplyChain.Kms.Pkcs11;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Keys on PKCS#11 tokens, smart cards and hardware security modules alike: <c>pkcs11:token=TOKEN;object=KEY</c> (RFC 7512). OpenSSL's
/// <c>pkcs11</c> engine speaks to the token.
/// </summary>
public sealed class Pkcs11Tokens : ISigningKeySource
{
    private readonly Pkcs11Options _options;
    private readonly Func<string, string?> _environment;

    /// <summary>Keys on the tokens of one module; nothing is loaded yet.</summary>
    /// <param name="options">How tokens are reached.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public Pkcs11Tokens(Pkcs11Options options)
        : this(options, Environment.GetEnvironmentVariable)
    {
    }

    internal Pkcs11Tokens(Pkcs11Options options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().FirstOrDefault() is { Member: { } member } first)
            throw new ArgumentException($"{member}: {first.Problem}", nameof(options));

        (_options, _environment) = (options, environment);
    }

    /// <inheritdoc/>
    public string Scheme => Pkcs11KeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var read = Parse(uri);
        return OperatingSystem.IsWindows()
            ? throw NotHere(read)
            : await OpenAsync(new Pkcs11Access(_options, _environment), read, algorithm, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var read = Parse(uri);
        return OperatingSystem.IsWindows()
            ? throw NotHere(read)
            : new ValueTask<PublicKey>(new Pkcs11Access(_options, _environment).ReadPublicAsync(read, cancellationToken));
    }

    [UnsupportedOSPlatform("windows")]
    private static Task<Pkcs11Key> OpenAsync(
        Pkcs11Access access, Pkcs11KeyUri uri, SigningAlgorithm? algorithm, CancellationToken ct) =>
        access.OpenPrivateAsync(uri, open => Take(access, uri, open, algorithm), ct);

    [UnsupportedOSPlatform("windows")]
    private static Pkcs11Key Take(
        Pkcs11Access access, Pkcs11KeyUri uri, Func<(SafeEvpPKeyHandle Handle, Pkcs11Token Token)> open, SigningAlgorithm? algorithm)
    {
        var (handle, token) = open();
        try
        {
            return new Pkcs11Key(access, uri, handle, token, algorithm);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static KmsException NotHere(Pkcs11KeyUri uri) =>
        KmsException.Unusable($"{uri.Text} cannot be opened: PKCS#11 tokens are for Linux alone");

    private static Pkcs11KeyUri Parse(KeyUri uri) =>
        Pkcs11KeyUri.TryRead(uri, out var read, out var problem) ? read : throw KmsException.Unusable(problem);
}
