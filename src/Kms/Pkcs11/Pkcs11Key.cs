// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using System.Security.Cryptography;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>A private key on a token. When the token loses its session, the key is opened again with the next signature.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Pkcs11Key : ISigningKey, IDisposable
{
    // More would mean that the token loses its sessions as fast as they are opened.
    private const int Tries = 3;

    private readonly Pkcs11Access _access;
    private readonly Pkcs11KeyUri _uri;
    private readonly Lock _gate = new();
    private SafeEvpPKeyHandle? _handle;
    private bool _isDisposed;

    public Pkcs11Key(Pkcs11Access access, Pkcs11KeyUri uri, SafeEvpPKeyHandle handle, Pkcs11Token token, SigningAlgorithm? algorithm)
    {
        (_access, _uri, _handle, Token) = (access, uri, handle, token);
        PublicKey = Pkcs11PublicHalf.Read(handle, uri).For(algorithm, uri.Text);
        Pkcs11Engine.Register(this);
    }

    public string Id => _uri.Text;

    public PublicKey PublicKey { get; }

    /// <summary>The token that it is on.</summary>
    public Pkcs11Token Token { get; private set; }

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var digest = message.DigestFor(PublicKey.Algorithm).ToArray();
        for (var tried = 1; ; tried++)
        {
            if (!IsOpen())
                await _access.OpenPrivateAsync(_uri, Keep, ct);
            // Where the key was closed on the way, nobody is to blame: it is opened again.
            if (await Pkcs11Calls.SignAsync(Token.Identity, () => Sign(digest), ct) is { } signature)
                return signature;
            if (tried == Tries)
                throw KmsException.Unavailable($"the session of {Id} was gone {Tries} times in a row");
        }
    }

    /// <summary>Lets go of the token until the next signature; one that is being made comes to its end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _handle?.Dispose();
            _handle = null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Close();
        }
    }

    private bool IsOpen()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _handle is not null;
        }
    }

    // Several signatures may have found the key closed; they come here one after the other.
    private bool Keep(Func<(SafeEvpPKeyHandle Handle, Pkcs11Token Token)> open)
    {
        if (IsOpen())
            return true;

        var (opened, token) = open();
        try
        {
            var found = Pkcs11PublicHalf.Read(opened, _uri);
            if (!found.Equals(PublicKey))
                throw new KmsException(ReasonCode.KeyChanged, $"{Id} was {PublicKey.Id} and is now {found.Id}");
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        lock (_gate)
        {
            if (_isDisposed)
                opened.Dispose();
            else
                (_handle, Token) = (opened, token);
            return true;
        }
    }

    // Null where the key is closed, or was while this signature was made.
    private byte[]? Sign(byte[] digest)
    {
        // A handle of its own, which stays whole when the key is closed meanwhile.
        if (Duplicate() is not { } handle)
            return null;
        using (handle)
        {
            try
            {
                return Sign(handle, digest);
            }
            catch (CryptographicException refused)
            {
                var error = Pkcs11Error.From(refused);
                var isLost = error.IsAboutToken || error.IsAboutObject;
                return isLost && !Forget(handle) ? null : throw error.ToFault(Id);
            }
        }
    }

    private byte[] Sign(SafeEvpPKeyHandle handle, byte[] digest)
    {
        if (PublicKey.Algorithm is SigningAlgorithm.RsaPkcs1Sha256 or SigningAlgorithm.RsaPssSha256)
        {
            using var rsa = new RSAOpenSsl(handle);
            return rsa.SignHash(digest, PublicKey.Algorithm.DigestAlgorithm(), PublicKey.Algorithm.Padding());
        }

        using var ecdsa = new ECDsaOpenSsl(handle);
        return ecdsa.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
    }

    private SafeEvpPKeyHandle? Duplicate()
    {
        lock (_gate)
            return _handle?.DuplicateHandle();
    }

    // One lost session is one fault, however many signatures find it gone: only the first of them tells.
    private bool Forget(SafeEvpPKeyHandle used)
    {
        lock (_gate)
        {
            // The handle that is used keeps its number from being given to another key.
            var isFirst = _handle is not null && _handle.DangerousGetHandle() == used.DangerousGetHandle();
            if (isFirst)
                Close();
            return isFirst;
        }
    }
}
