// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Tests;

public sealed class KeyUriTests
{
    public static TheoryData<string, string?, string> Refused => new()
    {
        { "nothing", null, "expected file:PATH" },
        { "empty", "", "expected file:PATH" },
        { "a bare path", "keys/release.key", "expected file:PATH" },
        { "no path", "file:", "names no key" },
        { "a URL", "file:///keys/release.key", "names no file" },
        { "a scheme in capitals", "FILE:release.key", "expected file:PATH" },
        { "an unknown scheme", "vault:x", "expected file:PATH" },
        { "a line feed", "file:a\nb", "names no key" },
        { "too long", "file:" + new string('a', 4097), "names no key" },
        { "a service and no key", "awskms:", "names no key" },
        { "a service in capitals", "AwsKms:///alias/release", "expected file:PATH or a URI that begins with one of awskms:, azurekms:" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Says_what_is_wrong(string because, string? text, string expected)
    {
        Assert.False(KeyUri.TryParse(text, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        if (text is not null)
            Assert.Contains(expected, Assert.Throws<FormatException>(() => KeyUri.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:release.key", "release.key")]
    [InlineData("file:/var/keys/release.key", "/var/keys/release.key")]
    [InlineData("file:keys/a key:1.key", "keys/a key:1.key")]
    public void Reads_a_path(string text, string path)
    {
        var uri = KeyUri.Parse(text);

        Assert.Equal(("file", path), (uri.Scheme, uri.Rest));
        Assert.Equal(text, uri.ToString());
        Assert.Equal(KeyUri.Parse(text), uri);
    }

    [Theory]
    [InlineData("PKCS11:token=t;object=k?pin-value=4711")]
    [InlineData(" pkcs11:token=t;object=k?pin-value=4711")]
    [InlineData("pkcs11;token=t?PIN-Value=4711")]
    [InlineData("pkcs11:token=t;object=k?pin-value=4711")]
    [InlineData("pkcs11:token=t;object=k?pin-value=4711\n")]
    [InlineData("file://pkcs11:token=t?pin-value=4711")]
    public void A_PIN_is_not_repeated_however_the_rest_is_spelt(string text)
    {
        Assert.False(KeyUri.TryParse(text, out _, out var problem));

        Assert.Contains("a PIN does not belong into a URI", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("awskms:///alias/release")]
    [InlineData("azurekms://vault.vault.azure.net/release")]
    [InlineData("gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k")]
    [InlineData("hashivault://release")]
    [InlineData("pkcs11:token=t;object=k")]
    public void A_key_of_a_service_stays_as_written_wherever_it_is_taken_from(string text) =>
        Assert.Equal(text, KeyUri.Parse(text).From("/etc").ToString());

    [Fact]
    public void A_relative_path_can_be_taken_from_a_folder_and_an_absolute_one_stays()
    {
        Assert.Equal("file:/etc/keys/release.key", KeyUri.Parse("file:keys/release.key").From("/etc").ToString());
        Assert.Equal("file:/var/release.key", KeyUri.Parse("file:/var/release.key").From("/etc").ToString());
    }
}
