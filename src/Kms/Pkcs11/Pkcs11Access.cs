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
    /// <summary>Opens a key to sign with, and takes what was opened while it has its turn at the engine.</summary>
    /// <param name="uri">The key.</param>
    /// <param name="take">Takes it, or finds that somebody else has opened it meanwhile, and asks for nothing.</param>
    /// <param name="ct">Gives up.</param>
    public Task<T> OpenPrivateAsync<T>(
        Pkcs11KeyUri uri, Func<Func<(SafeEvpPKeyHandle Handle, Pkcs11Token Token)>, T> take, CancellationToken ct) =>
        OpenAsync(uri, (module, pinOf) => take(() => Pkcs11Engine.Open(module, uri, pinOf, isPrivate: true)), ct);

    /// <summary>Reads a public key, as a rule without logging in.</summary>
    public Task<PublicKey> ReadPublicAsync(Pkcs11KeyUri uri, CancellationToken ct) => OpenAsync(
        uri,
        (module, pinOf) =>
        {
            using var handle = Pkcs11Engine.Open(module, uri, pinOf, isPrivate: false).Handle;
            return Pkcs11PublicHalf.Read(handle, uri);
        },
        ct);

    private Task<T> OpenAsync<T>(Pkcs11KeyUri uri, Func<string, Func<Pkcs11Token, byte[]>, T> open, CancellationToken ct)
    {
        var module = Module(uri);
        var file = options.Pins.Count > 0
            ? null
            : Pkcs11PinFiles.Find(uri, options.PinFile, options.PinFolder ?? environment(Pkcs11Options.PinFolderVariable));
        // The PIN is read when the token is known that it is for, and not by those who still wait for their turn.
        return Pkcs11Calls.OpenAsync(() => open(module, token => PinOf(token, uri, file)), ct);
    }

    private byte[] PinOf(Pkcs11Token token, Pkcs11KeyUri uri, string? file)
    {
        if (options.Pins.Count == 0)
            return Pkcs11Pins.Read(file, environment);
        if (!options.Pins.TryGetValue(token.Serial, out var bound) && !options.Pins.TryGetValue(token.Label, out bound))
            return [];
        return uri.PinFile is { } named && !string.Equals(named, bound, StringComparison.Ordinal)
            ? throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: its pin-source names {Printable.Escape(named)}, expected {Printable.Escape(bound)}, "
                + "which pins of kms.pkcs11 binds to its token")
            : Pkcs11Pins.Read(bound, environment);
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
