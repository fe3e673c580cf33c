// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

public sealed class KeyPasswordTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> PasswordFiles => new()
    {
        { "no line feed", "secret", "secret" },
        { "a line feed", "secret\n", "secret" },
        { "a Windows line end", "secret\r\n", "secret" },
        { "only one line feed is not part of it", "secret\n\n", "secret\n" },
        { "spaces are part of it", " sec ret \n", " sec ret " },
        { "other scripts", "пароль\n", "пароль" },
    };

    [Theory, MemberData(nameof(PasswordFiles))]
    public async Task Is_read_from_a_file(string because, string content, string expected)
    {
        using var folder = new TempFolder();
        using var password = await KeyPassword.FromFileAsync(Write(folder, content, OwnerOnly), _ct);

        Assert.True(password.Utf8.SequenceEqual(Encoding.UTF8.GetBytes(expected)), because);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public async Task A_file_open_to_others_is_refused(UnixFileMode more)
    {
        using var folder = new TempFolder();
        var path = Write(folder, "secret", OwnerOnly | more);

        var refused = await Assert.ThrowsAsync<KmsException>(async () => await KeyPassword.FromFileAsync(path, _ct));
        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_or_endless_or_missing_password_is_refused()
    {
        using var folder = new TempFolder();
        Contains("empty", await Assert.ThrowsAsync<KmsException>(async () => await KeyPassword.FromFileAsync(Write(folder, "", OwnerOnly), _ct)));
        Contains("empty", await Assert.ThrowsAsync<KmsException>(async () => await KeyPassword.FromFileAsync(Write(folder, "\n", OwnerOnly), _ct)));
        Contains("more than 1024", await Assert.ThrowsAsync<KmsException>(async () =>
            await KeyPassword.FromFileAsync(Write(folder, new string('x', Limits.KeyPasswordBytes + 1), OwnerOnly), _ct)));
        Contains("does not exist", await Assert.ThrowsAsync<KmsException>(async () => await KeyPassword.FromFileAsync(folder["nothing"], _ct)));
        Contains("folder", await Assert.ThrowsAsync<KmsException>(async () => await KeyPassword.FromFileAsync(folder.Path, _ct)));
        Contains("empty", Assert.Throws<KmsException>(() => KeyPassword.From("")));
        Contains("more than 1024", Assert.Throws<KmsException>(() => KeyPassword.From(new string('x', Limits.KeyPasswordBytes + 1))));
    }

    [Fact]
    public void Is_read_from_the_environment()
    {
        var before = Environment.GetEnvironmentVariable(KeyPassword.Variable);
        try
        {
            Environment.SetEnvironmentVariable(KeyPassword.Variable, "secret");
            using var password = KeyPassword.FromEnvironment();
            Assert.True(password.Utf8.SequenceEqual("secret"u8));

            Environment.SetEnvironmentVariable(KeyPassword.Variable, null);
            Contains("SUPPLYCHAIN_KEY_PASSWORD", Assert.Throws<KmsException>(KeyPassword.FromEnvironment));
        }
        finally
        {
            Environment.SetEnvironmentVariable(KeyPassword.Variable, before);
        }
    }

    [Fact]
    public void Is_wiped_when_disposed_and_never_printed()
    {
        var password = KeyPassword.From("secret");
        Assert.DoesNotContain("secret", password.ToString(), StringComparison.Ordinal);

        password.Dispose();

        Assert.True(password.Utf8.SequenceEqual(new byte[6]));
    }

    private static void Contains(string expected, KmsException refused)
    {
        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static string Write(TempFolder folder, string content, UnixFileMode mode)
    {
        var path = folder["password"];
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
