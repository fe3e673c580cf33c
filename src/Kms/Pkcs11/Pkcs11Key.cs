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
    private readonly Pkcs11Access _access;
    private readonly Pkcs11KeyUri _uri;
    private readonly Lock _gate = new();
    private SafeEvpPKeyHandle? _handle;
    private bool _isDisposed;

    public Pkcs11Key(Pkcs11Access access, Pkcs11KeyUri uri, SafeEvpPKeyHandle handle, SigningAlgorithm? algorithm)
    {
        (_access, _uri, _handle) = (access, uri, handle);
        PublicKey = Pkcs11PublicHalf.Read(handle, uri).For(algorithm, uri.Text);
        Pkcs11Engine.Register(this);
    }

    public string Id => _uri.Text;

    public PublicKey PublicKey { get; }

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var digest = message.DigestFor(PublicKey.Algorithm).ToArray();
        var handle = await CurrentAsync(ct);
        return await Pkcs11Calls.SignAsync(_uri.Token, () => Sign(handle, digest), ct);
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

    private async ValueTask<SafeEvpPKeyHandle> CurrentAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_handle is not null)
                return _handle;
        }

        return await _access.OpenPrivateAsync(_uri, Keep, ct);
    }

    // Several signatures may have found the key closed; they come here one after the other.
    private SafeEvpPKeyHandle Keep(Func<SafeEvpPKeyHandle> open)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_handle is not null)
                return _handle;
        }

        var opened = open();
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
            return _handle = opened;
        }
    }

    private byte[] Sign(SafeEvpPKeyHandle handle, byte[] digest)
    {
        try
        {
            if (PublicKey.Algorithm is SigningAlgorithm.RsaPkcs1Sha256 or SigningAlgorithm.RsaPssSha256)
            {
                using var rsa = new RSAOpenSsl(handle);
                return rsa.SignHash(digest, PublicKey.Algorithm.DigestAlgorithm(), PublicKey.Algorithm.Padding());
            }

            using var ecdsa = new ECDsaOpenSsl(handle);
            return ecdsa.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException refused)
        {
            var error = Pkcs11Error.From(refused);
            if (error.IsAboutToken || error.IsAboutObject)
                Forget(handle);
            throw error.ToFault(Id);
        }
        catch (InvalidOperationException closed)
        {
            throw KmsException.Unavailable($"another signature found the session of {Id} gone", closed);
        }
    }

    private void Forget(SafeEvpPKeyHandle handle)
    {
        lock (_gate)
        {
            handle.Dispose();
            if (ReferenceEquals(_handle, handle))
                _handle = null;
        }
    }
}
