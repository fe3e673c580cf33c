// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Pkcs11;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Keys on PKCS#11 tokens, smart cards and hardware security modules alike: <c>pkcs11:token=TOKEN;object=KEY</c> (RFC 7512). OpenSSL's
/// <c>pkcs11</c> engine speaks to the token.
/// </summary>
public sealed class Pkcs11Tokens : ISigningKeySource
{
    private readonly Pkcs11Access _access;

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

        _access = new Pkcs11Access(options, environment);
    }

    /// <inheritdoc/>
    public string Scheme => Pkcs11KeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var read = Parse(uri);
        var handle = await _access.OpenPrivateAsync(read, cancellationToken);
        try
        {
            return new Pkcs11Key(_access, read, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return _access.ReadPublicAsync(Parse(uri), cancellationToken);
    }

    private static Pkcs11KeyUri Parse(KeyUri uri) =>
        Pkcs11KeyUri.TryRead(uri, out var read, out var problem) ? read : throw KmsException.Unusable(problem);
}
