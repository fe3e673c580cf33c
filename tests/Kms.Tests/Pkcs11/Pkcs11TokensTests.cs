// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Pkcs11;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>What holds before a token is spoken to; the rest is tested with a real one, end to end.</summary>
public sealed class Pkcs11TokensTests : IDisposable
{
    private const string Module = "PKCS#11 module";

    private static readonly KeyUri Key = KeyUri.Parse("pkcs11:token=t;object=k");

    private readonly TempFolder _folder = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Who complains of what, what comes of it, and the words.</summary>
    public static TheoryData<string, int, string, string> Errors => new()
    {
        { Module, 0xA0, "KEY_UNUSABLE", "refused the PIN" },
        { Module, 0xA2, "KEY_UNUSABLE", "refused the PIN" },
        { Module, 0xA4, "KEY_UNUSABLE", "is locked" },
        { Module, 0x102, "KEY_UNUSABLE", "refused the PIN" },
        { Module, 0x68, "KEY_UNUSABLE", "CKA_SIGN" },
        { Module, 0x70, "KEY_UNUSABLE", "CKA_SIGN" },
        { Module, 0x82, "KEY_UNUSABLE", "not on its token any more" },
        { Module, 0x32, "KMS_UNAVAILABLE", "is it there and connected" },
        { Module, 0xB3, "KMS_UNAVAILABLE", "is it there and connected" },
        { Module, 0xE0, "KMS_UNAVAILABLE", "CKR 0xE0" },
        { Module, 0x101, "KMS_UNAVAILABLE", "is it there and connected" },
        { "pkcs11 engine", 0x65, "KEY_UNUSABLE", "is not there" },
        { "UI routines", 0x6B, "KEY_UNUSABLE", "wants a PIN and there is none" },
        { "libp11", 0x401, "KEY_UNUSABLE", "module for the key cannot be loaded" },
        { "anybody else", 1, "KMS_UNAVAILABLE", "did not do it" },
    };

    [Theory, MemberData(nameof(Errors))]
    public void A_complaint_ends_in_its_reason(string library, int code, string reason, string words)
    {
        var fault = new Pkcs11Error(library, code, "fixed words").ToFault("the key");

        Assert.Equal(reason, fault.Reason.Name);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Contains("the key", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_module_nothing_is_loaded()
    {
        var tokens = new Pkcs11Tokens(new Pkcs11Options(), _ => null);
        var relative = new Pkcs11Tokens(new Pkcs11Options(), name => name == Pkcs11Options.ModuleVariable ? "libtoken.so" : null);

        var without = await Assert.ThrowsAsync<KmsException>(() => tokens.OpenAsync(Key, _ct).AsTask());
        var searched = await Assert.ThrowsAsync<KmsException>(() => relative.OpenAsync(Key, _ct).AsTask());

        Assert.Equal(("KEY_UNUSABLE", "KEY_UNUSABLE"), (without.Reason.Name, searched.Reason.Name));
        Assert.Contains("set module of kms.pkcs11 or PKCS11_MODULE_PATH", without.Message, StringComparison.Ordinal);
        Assert.Contains("PKCS11_MODULE_PATH is not the whole path", searched.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URI_cannot_name_what_code_to_run()
    {
        var tokens = new Pkcs11Tokens(new Pkcs11Options { Module = "/usr/lib/libours.so" }, _ => null);

        foreach (var query in (string[])["module-path=/tmp/theirs.so", "module-name=theirs"])
        {
            var problem = await Assert.ThrowsAsync<KmsException>(() => tokens.OpenAsync(KeyUri.Parse($"{Key}?{query}"), _ct).AsTask());
            Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
            Assert.Contains("another PKCS#11 module than the configured /usr/lib/libours.so", problem.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("an empty file", "\n", UnixFileMode.UserRead, "holds no PIN")]
    [InlineData("a zero byte", "12\u000034", UnixFileMode.UserRead, "holds no PIN")]
    [InlineData("a file that others read", "1234", UnixFileMode.UserRead | UnixFileMode.GroupRead, "open to other users")]
    public void A_PIN_file_is_a_secret_with_a_PIN(string because, string content, UnixFileMode mode, string words)
    {
        File.WriteAllText(_folder["pin"], content);
        File.SetUnixFileMode(_folder["pin"], mode);

        var problem = Assert.Throws<KmsException>(() => Pkcs11Pins.Read(_folder["pin"], _ => null));

        Assert.True(problem.Message.Contains(words, StringComparison.Ordinal), $"{because}: {problem.Message}");
        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
    }

    [Fact]
    public void The_PIN_comes_from_the_file_or_else_from_the_environment()
    {
        File.WriteAllText(_folder["pin"], "of-file\r\n");
        File.SetUnixFileMode(_folder["pin"], UnixFileMode.UserRead);
        Func<string, string?> environment = name => name == Pkcs11Options.PinVariable ? "of-environment" : null;

        Assert.Equal("of-file\0"u8.ToArray(), Pkcs11Pins.Read(_folder["pin"], environment));
        Assert.Equal("of-environment\0"u8.ToArray(), Pkcs11Pins.Read(file: null, environment));
        Assert.Empty(Pkcs11Pins.Read(file: null, _ => null));
    }

    [Fact]
    public void A_refused_PIN_is_refused_for_that_token_alone_whatever_it_is_called()
    {
        var token = new Pkcs11Token(1, "a", "maker", "model", "0001");
        Pkcs11Pins.Refuse(token, "1234\0"u8);

        Assert.True(Pkcs11Pins.IsRefused(token with { Slot = 2, Label = "b" }, "1234\0"u8));
        Assert.False(Pkcs11Pins.IsRefused(token, "1235\0"u8));
        Assert.False(Pkcs11Pins.IsRefused(token with { Serial = "0002" }, "1234\0"u8));
    }

    [Fact]
    public void A_token_without_a_number_is_known_by_its_slot()
    {
        var token = new Pkcs11Token(1, "a", "maker", "model", "");
        Pkcs11Pins.Refuse(token, "4321\0"u8);

        Assert.True(Pkcs11Pins.IsRefused(token, "4321\0"u8));
        Assert.False(Pkcs11Pins.IsRefused(token with { Slot = 2 }, "4321\0"u8));
    }

    [Fact]
    public void Options_say_what_is_wrong_with_their_pins()
    {
        var pins = new Dictionary<string, string>(StringComparer.Ordinal) { ["release"] = "/secrets/a.pin" };
        Assert.Empty(new Pkcs11Options { Pins = pins }.Problems());

        var both = Assert.Single(new Pkcs11Options { Pins = pins, PinFile = "/secrets/b.pin" }.Problems());
        var folder = Assert.Single(new Pkcs11Options { Pins = pins, PinFolder = "/secrets" }.Problems());
        pins[" "] = "/secrets/c.pin";
        var unnamed = Assert.Single(new Pkcs11Options { Pins = pins }.Problems());

        Assert.Equal("pins", both.Member);
        Assert.Contains("goes without pinFile and pinFolder", both.Problem, StringComparison.Ordinal);
        Assert.Equal(both, folder);
        Assert.Contains("expected the label or serial number of a token", unnamed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_does_not_wait_for_a_token_that_hangs()
    {
        using var token = new ManualResetEventSlim();
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pkcs11Calls.OpenAsync(
            () => token.Wait(TimeSpan.FromMinutes(1), CancellationToken.None), impatience.Token));

        // The token is still busy: the next one waits for its turn, and gives up as well.
        using var more = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pkcs11Calls.OpenAsync(() => true, more.Token));
        token.Set();
        Assert.True(await Pkcs11Calls.OpenAsync(() => true, _ct));
    }

    [Fact]
    public async Task So_many_wait_for_an_opening_and_no_more()
    {
        using var token = new ManualResetEventSlim();
        using var impatience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 64).Select(_ => Pkcs11Calls.OpenAsync(() => Wait(token), impatience.Token)).ToArray();

        var problem = await Assert.ThrowsAsync<KmsException>(() => Pkcs11Calls.OpenAsync(() => Wait(token), _ct));
        Assert.Equal("KMS_UNAVAILABLE", problem.Reason.Name);
        Assert.Contains("64 openings of keys on tokens already wait", problem.Message, StringComparison.Ordinal);

        await impatience.CancelAsync();
        foreach (var opening in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        token.Set();
        Assert.True(await Pkcs11Calls.OpenAsync(() => Wait(token), _ct));
    }

    private static bool Wait(ManualResetEventSlim token) => token.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
}
