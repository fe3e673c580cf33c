// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Kms.Google;

namespace SupplyChain.Kms.Tests;

public sealed class GoogleKeyUriTests
{
    private const string Key = "projects/release-prod/locations/europe-west3/keyRings/Ring_1/cryptoKeys/image-signer";

    public static TheoryData<string, string, string, string?> Good => new()
    {
        { "a key", $"gcpkms://{Key}", Key, null },
        { "a version", $"gcpkms://{Key}/cryptoKeyVersions/7", Key, "7" },
        { "a version in cosign's short form", $"gcpkms://{Key}/versions/12", Key, "12" },
        { "the global location", "gcpkms://projects/p1/locations/global/keyRings/r/cryptoKeys/k", "projects/p1/locations/global/keyRings/r/cryptoKeys/k", null },
        { "a domain's project", "gcpkms://projects/example.com:p1/locations/eu/keyRings/r/cryptoKeys/k", "projects/example.com:p1/locations/eu/keyRings/r/cryptoKeys/k", null },
    };

    public static TheoryData<string, string> Bad => new()
    {
        { "one slash", $"gcpkms:/{Key}" },
        { "three slashes", $"gcpkms:///{Key}" },
        { "a key ring", "gcpkms://projects/p/locations/l/keyRings/r" },
        { "no key's name", "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/" },
        { "a slash at the end", $"gcpkms://{Key}/" },
        { "no version's number", $"gcpkms://{Key}/cryptoKeyVersions/" },
        { "version 0", $"gcpkms://{Key}/cryptoKeyVersions/0" },
        { "a version with a zero before it", $"gcpkms://{Key}/cryptoKeyVersions/07" },
        { "a version's name", $"gcpkms://{Key}/cryptoKeyVersions/latest" },
        { "a version that no number has", $"gcpkms://{Key}/cryptoKeyVersions/1234567890123456789" },
        { "other digits than ASCII's", $"gcpkms://{Key}/cryptoKeyVersions/٢" },
        { "a verb", $"gcpkms://{Key}:setIamPolicy" },
        { "a path upwards", "gcpkms://projects/p/locations/../keyRings/r/cryptoKeys/k" },
        { "an escaped slash", "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k%2fx" },
        { "a query", $"gcpkms://{Key}?alt=media" },
        { "a host", $"gcpkms://kms.example/{Key}" },
        { "capitals elsewhere", "gcpkms://Projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        { "a name that is too long", "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/" + new string('k', 64) },
    };

    [Theory, MemberData(nameof(Good))]
    public void Reads_the_forms_of_cosign(string because, string text, string key, string? version)
    {
        Assert.True(GoogleKeyUri.TryRead(KeyUri.Parse(text), out var read, out var problem), $"{because}: {problem}");
        Assert.Equal(new GoogleKeyUri(key, version), read);
    }

    [Theory, MemberData(nameof(Bad))]
    public void Refuses_everything_else(string because, string text)
    {
        Assert.False(GoogleKeyUri.TryRead(KeyUri.Parse(text), out _, out var problem), because);
        Assert.Contains("names no key of Google Cloud KMS; expected gcpkms://projects/", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Key + "/cryptoKeyVersions/12", 12)]
    [InlineData(Key + "/cryptoKeyVersions/0", 0)]
    [InlineData(Key + "/cryptoKeyVersions/", 0)]
    [InlineData(Key + "/cryptoKeyVersions/12/x", 0)]
    [InlineData(Key + "-2/cryptoKeyVersions/12", 0)]
    [InlineData(null, 0)]
    public void The_number_of_a_version_is_that_of_the_key_s_own(string? name, long number) =>
        Assert.Equal(number, GoogleKeyUri.NumberOf(name, Key));

    // The first four are those of RFC 3720, appendix B.4; its table writes the bytes in reverse.
    public static TheoryData<string, byte[], uint> Checksums => new()
    {
        { "32 zeros", new byte[32], 0x8a9136aa },
        { "32 ones", [.. Enumerable.Repeat((byte)0xff, 32)], 0x62a8ab43 },
        { "32 bytes upwards", [.. Enumerable.Range(0, 32).Select(one => (byte)one)], 0x46dd794e },
        { "32 bytes downwards", [.. Enumerable.Range(0, 32).Select(one => (byte)(31 - one))], 0x113fdb5c },
        { "the check value of the algorithm's catalogue", Encoding.ASCII.GetBytes("123456789"), 0xe3069283 },
        { "nothing", [], 0 },
    };

    [Theory, MemberData(nameof(Checksums))]
    public void Checksums_are_those_of_the_standard(string because, byte[] content, uint expected)
    {
        Assert.True(expected == Crc32C.Compute(content), because);
        Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), Crc32C.Text(content));
    }

    public static TheoryData<string, GoogleKmsOptions, string?> Options => new()
    {
        { "nothing", new GoogleKmsOptions(), null },
        { "a file", new GoogleKmsOptions { CredentialsFile = "account.json" }, null },
        { "a file without a name", new GoogleKmsOptions { CredentialsFile = " " }, "credentialsFile" },
        { "an endpoint", new GoogleKmsOptions { Endpoint = new("https://cloudkms-psc.p.googleapis.com") }, null },
        { "a plain endpoint here", new GoogleKmsOptions { Endpoint = new("http://127.0.0.1:9010") }, null },
        { "a plain endpoint elsewhere", new GoogleKmsOptions { Endpoint = new("http://kms.example") }, "endpoint" },
        { "an endpoint with a path", new GoogleKmsOptions { Endpoint = new("https://kms.example/v1") }, "endpoint" },
        { "an endpoint with a password", new GoogleKmsOptions { Endpoint = new("https://a:b@kms.example") }, "endpoint" },
        { "no URL", new GoogleKmsOptions { Endpoint = new("kms.example", UriKind.Relative) }, "endpoint" },
    };

    [Theory, MemberData(nameof(Options))]
    public void Options_say_what_is_wrong_with_them(string because, GoogleKmsOptions options, string? member)
    {
        Assert.Equal(member is null ? [] : [member], options.Problems().Select(problem => problem.Member));
        var refused = Record.Exception(() => new GoogleKms(options, TimeProvider.System).Dispose());
        Assert.True(member is null ? refused is null : refused is ArgumentException, because);
    }
}
