// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>Opens keys with the module and the PIN that are configured for them.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Pkcs11Access(Pkcs11Options options, Func<string, string?> environment)
{
    /// <summary>Opens a key to sign with.</summary>
    public ValueTask<SafeEvpPKeyHandle> OpenPrivateAsync(Pkcs11KeyUri uri, CancellationToken ct) =>
        OpenPrivateAsync(uri, open => open(), ct);

    /// <summary>Opens a key to sign with, unless <paramref name="keep"/> finds that somebody else has.</summary>
    public ValueTask<SafeEvpPKeyHandle> OpenPrivateAsync(
        Pkcs11KeyUri uri, Func<Func<SafeEvpPKeyHandle>, SafeEvpPKeyHandle> keep, CancellationToken ct) =>
        OpenAsync(uri, (module, pin) => keep(() => Pkcs11Engine.Open(module, uri, pin, isPrivate: true)), ct);

    /// <summary>Reads a public key, as a rule without logging in.</summary>
    public ValueTask<PublicKey> ReadPublicAsync(Pkcs11KeyUri uri, CancellationToken ct) => OpenAsync(
        uri,
        (module, pin) =>
        {
            using var handle = Pkcs11Engine.Open(module, uri, pin, isPrivate: false);
            return Pkcs11PublicHalf.Read(handle, uri);
        },
        ct);

    private async ValueTask<T> OpenAsync<T>(Pkcs11KeyUri uri, Func<string, byte[], T> open, CancellationToken ct)
    {
        var module = Module(uri);
        var file = Pkcs11PinFiles.Find(uri, options.PinFile, options.PinFolder ?? environment(Pkcs11Options.PinFolderVariable));
        var pin = await Pkcs11Pins.ReadAsync(file, environment, ct);
        return await Pkcs11Calls.OpenAsync(
            () =>
            {
                try
                {
                    return open(module, pin);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(pin);
                }
            },
            ct);
    }

    // What a library may be loaded is the operator's to say and no policy's.
    private string Module(Pkcs11KeyUri uri)
    {
        var module = options.Module ?? environment(Pkcs11Options.ModuleVariable);
        if (string.IsNullOrEmpty(module))
        {
            throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: no PKCS#11 module is configured; set module of kms.pkcs11 or "
                + Pkcs11Options.ModuleVariable);
        }

        if (!Path.IsPathFullyQualified(module))
            throw KmsException.Unusable($"{uri.Text} cannot be opened: {Pkcs11Options.ModuleVariable} is not the whole path of a library");
        var name = Path.GetFileNameWithoutExtension(module);
        var isOther = (uri.ModulePath is { } path && !string.Equals(path, module, StringComparison.Ordinal))
            || (uri.ModuleName is { } wanted && wanted != name && $"lib{wanted}" != name);
        return isOther
            ? throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: it names another PKCS#11 module than the configured {Printable.Escape(module)}")
            : module;
    }
}
