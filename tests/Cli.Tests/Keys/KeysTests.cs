// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Keys;

public sealed class KeysTests : IDisposable
{
    private const string Password = "correct horse battery staple";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("p256", SigningAlgorithm.EcdsaP256Sha256)]
    [InlineData("p384", SigningAlgorithm.EcdsaP384Sha384)]
    [InlineData("p521", SigningAlgorithm.EcdsaP521Sha512)]
    [InlineData("rsa3072", SigningAlgorithm.RsaPkcs1Sha256)]
    [InlineData("ed25519", SigningAlgorithm.Ed25519)]
    public async Task A_generated_pair_opens_with_its_password(string algorithm, SigningAlgorithm expected)
    {
        var path = _folder["release"];

        var run = await GenerateAsync(path, "--algorithm", algorithm);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        using var password = KeyPassword.From(Password);
        using var key = await FileKey.OpenAsync(path, password, TestContext.Current.CancellationToken);
        Assert.Equal(expected, key.PublicKey.Algorithm);
        Assert.Equal(key.PublicKey.ToPem(), await File.ReadAllTextAsync(path + ".pub"));
        Assert.Contains(key.PublicKey.Id.ToString(), run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p384", true)]
    [InlineData("p521", true)]
    [InlineData("p256", false)]
    [InlineData("rsa3072", false)]
    public async Task A_key_that_cosign_does_not_verify_with_says_so(string algorithm, bool says)
    {
        var run = await GenerateAsync(_folder["release"], "--algorithm", algorithm);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(says, run.Out.Contains("cosign cannot verify with it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_help_tells_why_p256_is_the_default()
    {
        var run = await Invoked.RunAsync("keys", "generate", "--help");

        Assert.Contains("cosign", run.Out, StringComparison.Ordinal);
        Assert.Contains("SHA-256", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_never_replaced()
    {
        var path = _folder["release"];
        await GenerateAsync(path);
        var before = await File.ReadAllBytesAsync(path);

        var run = await GenerateAsync(path);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("a key is never replaced", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task The_password_may_come_from_a_file_of_its_owner()
    {
        var file = _folder["password"];
        await File.WriteAllTextAsync(file, Password + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var run = await Invoked.RunAsync("keys", "generate", _folder["release"], "--password-file", file);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        using var password = KeyPassword.From(Password);
        using var key = await FileKey.OpenAsync(_folder["release"], password, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("the same twice", Password, Password, ExitCodes.Done)]
    [InlineData("two that differ", Password, "other", ExitCodes.BadInput)]
    [InlineData("nothing", "", "", ExitCodes.BadInput)]
    public async Task A_password_that_is_asked_for_is_asked_for_twice(
        string because, string first, string second, int expected)
    {
        var answers = new Queue<string>([first, second]);

        var run = await Invoked.RunAsync(
            [], ["keys", "generate", _folder["release"]], askSecret: _ => answers.Dequeue());

        Assert.True(run.ExitCode == expected, because);
        Assert.Empty(answers);
        Assert.Equal(expected == ExitCodes.Done, File.Exists(_folder["release"]));
    }

    [Fact]
    public async Task Without_a_password_and_nobody_to_ask_nothing_is_made()
    {
        var run = await Invoked.RunAsync("keys", "generate", _folder["release"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("set SUPPLYCHAIN_KEY_PASSWORD or give --password-file", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task An_unknown_algorithm_is_refused_by_name()
    {
        var run = await GenerateAsync(_folder["release"], "--algorithm", "dsa");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(
            "--algorithm is one of p256, p384, p521, rsa3072, rsa4096, ed25519, not 'dsa'", run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the private key's file", "release")]
    [InlineData("the public key's file", "release.pub")]
    [InlineData("a public key under any name", "copy.pem")]
    [InlineData("a URI", "file:release")]
    public async Task A_public_key_is_printed_for(string because, string name)
    {
        await GenerateAsync(_folder["release"]);
        var pem = await File.ReadAllTextAsync(_folder["release.pub"]);
        await File.WriteAllTextAsync(_folder["copy.pem"], pem);
        var argument = name.StartsWith("file:", StringComparison.Ordinal)
            ? "file:" + _folder[name["file:".Length..]]
            : _folder[name];

        var run = await Invoked.RunAsync("keys", "public", argument);

        Assert.True(run.ExitCode == ExitCodes.Done, because + run.Error);
        Assert.Equal(pem, run.Out);
    }

    public static TheoryData<string, string, string> NoKeys => new()
    {
        { "a file that is not there", "/nowhere/key", "it does not exist" },
        { "a key service that the environment does not name", "hashivault://release", "no Vault is configured" },
        { "an unknown scheme", "ftp:key", "is not a key; expected file:PATH" },
    };

    [Theory, MemberData(nameof(NoKeys))]
    public async Task No_public_key_ends_with_2_for(string because, string argument, string expected)
    {
        var run = await Invoked.RunAsync("keys", "public", argument);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task A_public_key_that_cannot_be_used_ends_with_2()
    {
        await File.WriteAllTextAsync(
            _folder["weak.pub"], "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");

        var run = await Invoked.RunAsync("keys", "public", _folder["weak.pub"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("cannot be used", run.Error, StringComparison.Ordinal);
    }

    private static Task<Invoked> GenerateAsync(string path, params string[] options) => Invoked.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN_KEY_PASSWORD"] = Password },
        ["keys", "generate", path, .. options]);
}
