// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Kms;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Keys;

/// <summary>
/// Tokens that the test process itself talks to. There is one set for all its tests: a PKCS#11 module and its configuration are a
/// process's own.
/// </summary>
public sealed class TokenFixture : IDisposable
{
    private readonly TempFolder _folder = new();
    private SoftHsm? _hsm;
    private SoftToken? _token;
    private SoftToken? _guarded;

    /// <summary>The tokens.</summary>
    public SoftHsm Hsm => _hsm!;

    /// <summary>The module that everything goes through: a spy that passes calls on to the tokens.</summary>
    public string Module { get; private set; } = "";

    /// <summary>How often a PIN was offered to a token so far.</summary>
    public int Logins =>
        File.Exists(_folder["calls.log"]) ? File.ReadAllText(_folder["calls.log"]).Split("C_Login\n").Length - 1 : 0;

    /// <summary>The one with the keys <c>p256</c>, <c>p384</c>, <c>p521</c>, <c>rsa2048</c> and <c>rsa3072</c>.</summary>
    public SoftToken Token => _token!;

    /// <summary>Another one, with the key <c>p256</c>, to be offered wrong PINs.</summary>
    public SoftToken Guarded => _guarded!;

    /// <summary>Makes the tokens for the first test that needs them; skips the running test where a component is absent.</summary>
    public async ValueTask StartAsync(CancellationToken stop)
    {
        SoftHsm.Require();
        Module = SoftHsm.RequireSpy();
        if (_hsm is not null)
            return;

        _hsm = new SoftHsm();
        // The runtime's own idea of the environment does not reach native code.
        foreach (var (name, value) in (IEnumerable<KeyValuePair<string, string>>)
            [.. _hsm.Environment, new("PKCS11SPY", _hsm.Module), new("PKCS11SPY_OUTPUT", _folder["calls.log"])])
        {
            Assert.Equal(0, SetEnvironment(name, value, overwrite: 1));
        }

        _token = await _hsm.AddTokenAsync("release; tokens", stop);
        _guarded = await _hsm.AddTokenAsync("guarded", stop);
        await _hsm.AddKeyAsync(_guarded, "p256", "EC:prime256v1", stop);
        foreach (var (label, type) in ((string, string)[])
            [("p256", "EC:prime256v1"), ("p384", "EC:secp384r1"), ("p521", "EC:secp521r1"), ("rsa2048", "rsa:2048"), ("rsa3072", "rsa:3072")])
        {
            await _hsm.AddKeyAsync(_token, label, type, stop);
        }
    }

    /// <summary>Keys of these tokens, with the PIN in a file.</summary>
    public Pkcs11Tokens Connect(string pin) => new(new Pkcs11Options { Module = Module, PinFile = Write(pin) });

    /// <summary>Keys of the one token that the PIN is bound to.</summary>
    public Pkcs11Tokens Connect(string token, string pin) => new(new Pkcs11Options
    {
        Module = Module,
        Pins = new Dictionary<string, string>(StringComparer.Ordinal) { [token] = Write(pin) },
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder.Dispose();
        _hsm?.Dispose();
    }

    private string Write(string pin)
    {
        var file = _folder[Guid.NewGuid().ToString("N")];
        File.WriteAllText(file, pin + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
