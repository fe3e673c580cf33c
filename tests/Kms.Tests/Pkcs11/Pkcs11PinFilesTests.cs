// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Pkcs11;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>Which files of this machine a URI may name as those of PINs: the operator says, and no policy.</summary>
public sealed class Pkcs11PinFilesTests : IDisposable
{
    private const string Key = "pkcs11:token=t;object=k";

    private readonly TempFolder _folder = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public Pkcs11PinFilesTests()
    {
        Directory.CreateDirectory(_folder["pins/team"]);
        Directory.CreateDirectory(_folder["pins-of-others"]);
        foreach (var file in (string[])["pins/a.pin", "pins/team/b.pin", "pins-of-others/c.pin", "secret"])
            File.WriteAllText(_folder[file], "1234");
    }

    /// <summary>What pin-source names, with {0} for the folder that the folder of PINs is in.</summary>
    public static TheoryData<string, string> Elsewhere => new()
    {
        { "a file beside the folder", "file:{0}/secret" },
        { "a file of the system", "file:/etc/shadow" },
        { "a folder whose name begins like it", "file:{0}/pins-of-others/c.pin" },
        { "the folder itself", "file:{0}/pins" },
        { "a way out", "file:{0}/pins/../secret" },
        { "a way out and in again", "file:{0}/pins/../pins/a.pin" },
        { "a way out of a folder below", "file:{0}/pins/team/../../secret" },
        { "another spelling", "file:{0}/pins/./a.pin" },
        { "yet another spelling", "file:{0}/pins//a.pin" },
        { "a way out, encoded", "file:{0}/pins/%2e%2e/secret" },
        { "a way out, encoded whole", "file:{0}/pins%2F%2E%2E%2Fsecret" },
        { "three slashes", "file://{0}/secret" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pins/a.pin")]
    [InlineData("pins/team/b.pin")]
    public void A_file_below_the_configured_folder_counts(string file)
    {
        Assert.Equal(_folder[file], Find($"file:{_folder[file]}", folder: _folder["pins"]));
        Assert.Equal(_folder[file], Find($"file://{_folder[file]}", folder: _folder["pins/"]));
        Assert.Equal(_folder[file], Find($"file:{_folder[file].Replace("pin", "%70in", StringComparison.Ordinal)}", folder: _folder["pins"]));
    }

    [Fact]
    public void The_configured_file_counts_wherever_it_is()
    {
        Assert.Equal(_folder["secret"], Find($"file:{_folder["secret"]}", file: _folder["secret"]));
        Assert.Equal(_folder["secret"], Find(source: null, file: _folder["secret"], folder: _folder["pins"]));
        Assert.Null(Find(source: null, folder: _folder["pins"]));
    }

    [Theory, MemberData(nameof(Elsewhere))]
    public void Another_file_is_refused(string because, string source)
    {
        var problem = Assert.Throws<KmsException>(
            () => Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, source, _folder.Path), folder: _folder["pins"]));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.True(
            problem.Message.Contains($"expected a file below the configured pinFolder {_folder["pins"]}", StringComparison.Ordinal),
            $"{because}: {problem.Message}");
        Assert.Contains("pin-source names /", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_configured_folder_the_message_says_what_to_configure()
    {
        var problem = Assert.Throws<KmsException>(() => Find($"file:{_folder["pins/a.pin"]}", file: _folder["secret"]));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.Contains($"names {_folder["pins/a.pin"]}", problem.Message, StringComparison.Ordinal);
        Assert.Contains("set pinFolder of kms.pkcs11 or SUPPLYCHAIN_PKCS11_PIN_FOLDER", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a file", "leak.pin", "../secret", "leak.pin")]
    [InlineData("a file by its whole path", "leak.pin", "/etc/shadow", "leak.pin")]
    [InlineData("a folder", "leak", "..", "leak/secret")]
    [InlineData("a link to a link", "leak.pin", "team/more", "leak.pin")]
    public void A_link_that_leads_out_is_refused(string because, string link, string target, string named)
    {
        File.CreateSymbolicLink(_folder["pins/team/more"], "../../secret");
        File.CreateSymbolicLink(_folder[$"pins/{link}"], target);

        var problem = Assert.Throws<KmsException>(() => Find($"file:{_folder[$"pins/{named}"]}", folder: _folder["pins"]));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.True(problem.Message.Contains("links lead out of the configured pinFolder", StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public void A_link_that_stays_inside_counts_as_mounted_secrets_have_them()
    {
        Directory.CreateDirectory(_folder["pins/..2026"]);
        File.WriteAllText(_folder["pins/..2026/token.pin"], "1234");
        File.CreateSymbolicLink(_folder["pins/..data"], "..2026");
        File.CreateSymbolicLink(_folder["pins/token.pin"], "..data/token.pin");
        File.CreateSymbolicLink(_folder["mount"], _folder["pins"]);

        Assert.Equal(_folder["pins/..2026/token.pin"], Find($"file:{_folder["pins/token.pin"]}", folder: _folder["pins"]));
        Assert.Equal(_folder["pins/..2026/token.pin"], Find($"file:{_folder["mount/token.pin"]}", folder: _folder["mount"]));
    }

    [Fact]
    public void Links_in_a_circle_come_to_an_end()
    {
        File.CreateSymbolicLink(_folder["pins/one"], "two");
        File.CreateSymbolicLink(_folder["pins/two"], "one");

        var problem = Assert.Throws<KmsException>(() => Find($"file:{_folder["pins/one"]}", folder: _folder["pins"]));

        Assert.Contains("more than 40 links on its way", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:pins/a.pin")]
    [InlineData("pins/a.pin")]
    [InlineData("file:..%2Fsecret")]
    public void A_relative_file_names_none(string source)
    {
        Assert.False(Pkcs11KeyUri.TryRead(KeyUri.Parse($"{Key}?pin-source={source}"), out _, out var problem));
        Assert.Contains("pin-source is file: and the whole path of a file", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_folder_holds_none()
    {
        var problem = Assert.Throws<KmsException>(() => Find($"file:{_folder["pins/a.pin"]}", folder: "pins"));

        Assert.Contains("pins is not the whole path of a folder of PIN files", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_opens_a_key_or_reads_its_public_half_keeps_to_it()
    {
        var uri = KeyUri.Parse($"{Key}?pin-source=file:{_folder["secret"]}");
        var configured = new Pkcs11Tokens(new Pkcs11Options { Module = "/usr/lib/libours.so", PinFolder = _folder["pins"] }, _ => null);
        var surrounded = new Pkcs11Tokens(
            new Pkcs11Options { Module = "/usr/lib/libours.so" },
            name => name == Pkcs11Options.PinFolderVariable ? _folder["pins"] : null);

        foreach (var tokens in (Pkcs11Tokens[])[configured, surrounded])
        {
            var opening = await Assert.ThrowsAsync<KmsException>(() => tokens.OpenAsync(uri, _ct).AsTask());
            var reading = await Assert.ThrowsAsync<KmsException>(() => tokens.ReadPublicKeyAsync(uri, _ct).AsTask());

            Assert.Contains($"below the configured pinFolder {_folder["pins"]}", opening.Message, StringComparison.Ordinal);
            Assert.Equal(opening.Message, reading.Message);
        }
    }

    private static string? Find(string? source, string? file = null, string? folder = null)
    {
        var text = source is null ? Key : $"{Key}?pin-source={source}";
        return Pkcs11KeyUri.TryRead(KeyUri.Parse(text), out var uri, out var problem)
            ? Pkcs11PinFiles.Find(uri, file, folder)
            : throw new FormatException(problem);
    }
}
