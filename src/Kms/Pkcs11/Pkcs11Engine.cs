// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// OpenSSL's <c>pkcs11</c> engine, of which a process has one, with one module. It is called by one thread at a time to open keys;
/// to sign with them, by many.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class Pkcs11Engine
{
    private const string Missing =
        "OpenSSL has no pkcs11 engine here: install libengine-pkcs11-openssl (Debian), openssl-pkcs11 (Fedora) or libp11";

    private static readonly Lock Gate = new();
    private static nint _engine;
    private static string? _module;
    private static bool _hasPin;

    // Of keys that nobody disposed of nothing remains but a dead reference. Whoever registers one does not wait for a token that another
    // key is being opened on.
    private static readonly List<WeakReference<Pkcs11Key>> Opened = [];

    /// <summary>Opens a key, or its public half. Blocks as long as the token does.</summary>
    /// <param name="module">The token's library.</param>
    /// <param name="uri">The key.</param>
    /// <param name="pinOf">The PIN of its token, ending with a zero byte; empty if there is none. It is wiped here.</param>
    /// <param name="isPrivate">Whether to sign with it.</param>
    /// <exception cref="KmsException">It cannot be opened.</exception>
    public static (SafeEvpPKeyHandle Handle, Pkcs11Token Token) Open(
        string module, Pkcs11KeyUri uri, Func<Pkcs11Token, byte[]> pinOf, bool isPrivate)
    {
        lock (Gate)
        {
            try
            {
                Start(module, uri);
                var token = Find(module, uri);
                var pin = pinOf(token);
                try
                {
                    return (Open(token, uri, pin, isPrivate), token);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(pin);
                }
            }
            catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
            {
                throw KmsException.Unusable($"{uri.Text} cannot be opened: {Missing}; OpenSSL itself has to be of version 3", missing);
            }
        }
    }

    /// <summary>Makes a key known, to be closed when its token lost its sessions.</summary>
    public static void Register(Pkcs11Key key)
    {
        lock (Opened)
        {
            Opened.RemoveAll(opened => !opened.TryGetTarget(out _));
            Opened.Add(new WeakReference<Pkcs11Key>(key));
        }
    }

    // A PIN goes to a token, not to a name: what URIs call it in several ways is the same one, and what they leave open is none.
    private static Pkcs11Token Find(string module, Pkcs11KeyUri uri)
    {
        var found = List();
        if (found.Count == 0)
        {
            Restart();
            found = List();
        }

        return found.Count switch
        {
            1 => found[0],
            0 => throw Pkcs11Error.NotFound.ToFault(uri.Text),
            _ => throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: expected one token of that name, found {found.Count}; add its serial"),
        };

        List<Pkcs11Token> List() => [.. Pkcs11Module.ListTokens(module, uri).Where(uri.Names)];
    }

    private static SafeEvpPKeyHandle Open(Pkcs11Token token, Pkcs11KeyUri uri, ReadOnlySpan<byte> pin, bool isPrivate)
    {
        if (Pkcs11Pins.IsRefused(token, pin))
        {
            throw KmsException.Unusable(
                $"the token of {uri.Text} has refused this PIN before; it is not tried again, so that the token is not locked");
        }

        var (key, errors) = TryOpen(token, uri, pin, isPrivate);
        // A token that was changed or lost its sessions is seen anew only by an engine that starts anew, which it does when no key is
        // open any more. The token's own keys are closed for it and open again when they are used; those of others sign on, as nothing
        // is gained by closing them: of a healthy token the engine itself keeps keys open. To read a public half no key is closed.
        if (key == 0 && !errors.Any(error => error.IsAboutPin) && errors.Any(error => error.IsNotFound || error.IsAboutToken))
        {
            if (isPrivate && errors.Any(error => error.IsAboutToken))
                CloseKeysOf(token);
            Restart();
            (key, errors) = TryOpen(token, uri, pin, isPrivate);
        }

        return key == 0 ? throw FaultOf(errors, token, uri, pin) : new SafeEvpPKeyHandle(key, ownsHandle: true);
    }

    private static void CloseKeysOf(Pkcs11Token token)
    {
        lock (Opened)
        {
            foreach (var opened in Opened)
            {
                if (opened.TryGetTarget(out var key) && key.Token.Identity == token.Identity)
                    key.Close();
            }
        }
    }

    private static void Start(string module, Pkcs11KeyUri uri)
    {
        if (_engine != 0)
        {
            if (string.Equals(module, _module, StringComparison.Ordinal))
                return;
            throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: this process uses the PKCS#11 module {_module}, and can use no other");
        }

        Pkcs11Native.ClearErrors();
        var engine = Pkcs11Native.FindEngine("pkcs11");
        if (engine == 0)
            throw KmsException.Unusable($"{uri.Text} cannot be opened: {Missing}");

        // It would tell the names of keys it does not find to the standard error output.
        Pkcs11Native.Control(engine, "QUIET", default, isOptional: 1);
        if (Pkcs11Native.Control(engine, "MODULE_PATH", Encoding.UTF8.GetBytes(module + '\0'), isOptional: 0) == 0
            || Pkcs11Native.Start(engine) == 0)
        {
            throw KmsException.Unusable(
                $"{uri.Text} cannot be opened: OpenSSL's pkcs11 engine does not start ({string.Join("; ", Pkcs11Error.TakeAll())})");
        }

        (_engine, _module) = (engine, module);
    }

    private static void Restart()
    {
        // Whether it ends or only counts one user less, it is to be started again.
        _ = Pkcs11Native.Finish(_engine);
        if (Pkcs11Native.Start(_engine) == 0)
            _engine = 0;
        Pkcs11Native.ClearErrors();
    }

    private static (nint Key, IReadOnlyList<Pkcs11Error> Errors) TryOpen(
        Pkcs11Token token, Pkcs11KeyUri uri, ReadOnlySpan<byte> pin, bool isPrivate)
    {
        // The engine keeps the last PIN, and would offer it to a token that it is not for.
        if (pin.IsEmpty && _hasPin)
        {
            throw KmsException.Unusable(
                $"{uri.Text} has no PIN while other keys have one: set pinFile or pins of kms.pkcs11 or {Pkcs11Options.PinVariable}, "
                + "or name a file by pin-source");
        }

        if (!pin.IsEmpty)
        {
            Pkcs11Native.Control(_engine, "PIN", pin, isOptional: 0);
            _hasPin = true;
        }

        Pkcs11Native.ClearErrors();
        var nobody = Pkcs11Native.NobodyToAsk();
        var name = uri.On(token);
        var key = isPrivate
            ? Pkcs11Native.LoadPrivateKey(_engine, name, nobody, 0)
            : Pkcs11Native.LoadPublicKey(_engine, name, nobody, 0);
        return (key, Pkcs11Error.TakeAll());
    }

    private static KmsException FaultOf(
        IReadOnlyList<Pkcs11Error> errors, Pkcs11Token token, Pkcs11KeyUri uri, ReadOnlySpan<byte> pin)
    {
        var decisive = errors.FirstOrDefault(error => error.IsAboutPin)
            ?? errors.FirstOrDefault(error => error.IsAboutModule)
            ?? errors.FirstOrDefault(error => error.IsAboutKey || error.IsAboutToken || error.IsAboutObject)
            ?? errors.FirstOrDefault(error => error.IsNotFound || error.IsWithoutPin)
            ?? (errors.Count > 0 ? errors[0] : new Pkcs11Error("OpenSSL", 0, "no error was told"));
        if (decisive.IsAboutPin)
            Pkcs11Pins.Refuse(token, pin);
        return decisive.ToFault(uri.Text);
    }
}
