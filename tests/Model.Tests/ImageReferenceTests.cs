// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>Threats 53 and 54: names of images.</summary>
public sealed class ImageReferenceTests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Vectors = "vectors/oci/reference.distribution.json";

    public static TheoryData<string, string, string> Canonical => new()
    {
        { "short", "nginx", "docker.io/library/nginx" },
        { "short with a tag", "nginx:1.27", "docker.io/library/nginx:1.27" },
        { "without a host", "team/app", "docker.io/team/app" },
        { "the host's old name", "index.docker.io/nginx", "docker.io/library/nginx" },
        { "the host's machine", "registry-1.docker.io/library/nginx", "docker.io/library/nginx" },
        { "already canonical", "docker.io/library/nginx", "docker.io/library/nginx" },
        { "a library below", "docker.io/library/a/b", "docker.io/library/a/b" },
        { "a host by its dot", "r.example.com/app", "r.example.com/app" },
        { "a host by its port", "registry:5000/app", "registry:5000/app" },
        { "a host by its name", "localhost/app", "localhost/app" },
        { "a host by its capitals", "REGISTRY/app", "REGISTRY/app" },
        { "no host, although it looks like a port", "localhost:8080", "docker.io/library/localhost:8080" },
        { "everything", $"r.example.com:5000/a/b:v1@sha256:{Zeros}", $"r.example.com:5000/a/b:v1@sha256:{Zeros}" },
        { "a longer digest", $"r.example.com/a@sha512:{Zeros}{Zeros}", $"r.example.com/a@sha512:{Zeros}{Zeros}" },
        { "IPv4", "10.0.0.1:5000/a", "10.0.0.1:5000/a" },
        { "IPv6", "[::1]:5000/a", "[::1]:5000/a" },
        { "separators", "r.example.com/a.b/c_d/e__f/g---h", "r.example.com/a.b/c_d/e__f/g---h" },
        { "a capital tag", "r.example.com/a:V_1.0-RC", "r.example.com/a:V_1.0-RC" },
    };

    [Theory, MemberData(nameof(Canonical))]
    public void Is_printed_in_canonical_form(string because, string text, string expected)
    {
        Assert.True(ImageReference.TryParse(text, out var image, out var problem), $"{because}: {problem}");
        Assert.Equal(expected, image.ToString());
        Assert.Equal(image, ImageReference.Parse(expected));
    }

    public static TheoryData<string, string?, string> Rejected => new()
    {
        { "nothing", null, "empty" },
        { "empty", "", "empty" },
        { "a space in front", " nginx", "path segment" },
        { "a space behind", "nginx ", "path segment" },
        { "a line's end behind", "nginx\n", "path segment" },
        { "a line's end behind the tag", "nginx:v1\n", "not a tag" },
        { "a line's end behind the digest", $"nginx@sha256:{Zeros}\n", "64" },
        { "a scheme", "https://r.example.com/a", "host" },
        { "percent-encoding", "r.example.com/a%2Fb", "path segment" },
        { "a Cyrillic letter in the host", "r.ex\u0430mple.com/a", "host" },
        { "a Cyrillic letter in the path", "r.example.com/p\u0430yments", "path segment" },
        { "a full-width digit", "r.example.com/a\uFF11", "path segment" },
        { "a zero-width joiner", "r.example.com/a\u200Db", "path segment" },
        { "a soft hyphen", "r.exam\u00ADple.com/a", "host" },
        { "NUL", "r.example.com/a\0", "path segment" },
        { "a Kelvin sign", "r.example.com/\u212A", "path segment" },
        { "a dotless i", "r.example.com/\u0131", "path segment" },
        { "capitals in the path", "r.example.com/App", "path segment" },
        { "an empty segment", "r.example.com//a", "path segment" },
        { "a path that climbs", "r.example.com/../a", "path segment" },
        { "a slash in front", "/a", "path segment" },
        { "a slash behind", "r.example.com/a/", "path segment" },
        { "two dots", "r.example.com/a..b", "path segment" },
        { "three underscores", "r.example.com/a___b", "path segment" },
        { "mixed separators", "r.example.com/a-.b", "path segment" },
        { "a tag that starts with a dot", "nginx:.v1", "not a tag" },
        { "a tag that is too long", "nginx:" + new string('a', 129), "not a tag" },
        { "an empty tag", "nginx:", "not a tag" },
        { "two tags", "nginx:a:b", "path segment" },
        { "a tag after the digest", $"nginx@sha256:{Zeros}:v1", "64" },
        { "two digests", $"nginx@sha256:{Zeros}@sha256:{Zeros}", "longer" },
        { "a digest without a name", $"sha256:{Zeros}", "digest alone" },
        { "an empty digest", "nginx@", "digest" },
        { "a digest alone", $"@sha256:{Zeros}", "path segment" },
        { "an image id", Zeros, "image id" },
        { "a decimal address", "2130706433:5000/a", "host" },
        { "a hexadecimal address", "0x7f.1/a", "host" },
        { "a short address", "127.1/a", "host" },
        { "an octal address", "0177.0.0.1/a", "host" },
        { "an address of five parts", "1.2.3.4.5/a", "host" },
        { "an address out of range", "256.1.1.1/a", "host" },
        { "a host that ends in a number", "r.example.0x7f/a", "host" },
        { "a host with an empty label", "r..example.com/a", "host" },
        { "a host with a dot behind", "r.example.com./a", "host" },
        { "a host with an underscore", "r_1.example.com/a", "host" },
        { "a user in the host", "user@r.example.com/a", "digest" },
        { "port 0", "r.example.com:0/a", "host" },
        { "port 65536", "r.example.com:65536/a", "host" },
        { "a port with a sign", "r.example.com:+80/a", "host" },
        { "an IPv6 zone", "[fe80::1%eth0]:5000/a", "host" },
        { "an IPv6 address with an IPv4 one inside", "[::ffff:10.0.0.1]/a", "host" },
        { "an IPv6 address without brackets", "fc00::1:5000/a", "host" },
        { "a path that is too long", "r.example.com/" + new string('a', 256), "255" },
        { "endless", new string('a', 10_000), "800" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public void Says_what_is_wrong(string because, string? text, string expected)
    {
        Assert.False(ImageReference.TryParse(text, out _, out var problem), because);
        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
        Assert.DoesNotContain(problem, c => char.IsControl(c));
    }

    [Fact]
    public void A_repository_is_named_without_tag_or_digest()
    {
        Assert.Equal("r.example.com/a/b", Repository.Parse("r.example.com/a/b").ToString());
        Assert.Equal("b", Repository.Parse("r.example.com/a/b").Name);
        Assert.False(Repository.TryParse("r.example.com/a:v1", out _, out var tagged));
        Assert.Contains("repository alone", tagged, StringComparison.Ordinal);
        Assert.False(Repository.TryParse($"r.example.com/a@sha256:{Zeros}", out _, out _));
        Assert.Equal($"r.example.com/a@sha256:{Zeros}", Repository.Parse("r.example.com/a").At(Digest.Parse($"sha256:{Zeros}")).ToString());
    }

    [Fact]
    public void The_reference_implementations_cases_come_out_the_same()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Vectors)));
        var root = vectors.RootElement;

        foreach (var row in Rows(root, "normalizedNamed"))
            Assert.True(row.GetProperty("valid").GetBoolean() == ImageReference.TryParse(Text(row, "input"), out _, out var problem), $"{Text(row, "input")}: {problem}");

        foreach (var row in Rows(root, "repositoryInfo"))
        {
            foreach (var spelling in new[] { "AmbiguousName", "FamiliarName", "FullName" }.Select(name => Text(row, name)!).Where(text => text.Length > 0))
            {
                var repository = Repository.Parse(spelling);
                Assert.Equal((Text(row, "Domain"), Text(row, "RemoteName")), (repository.Host, repository.Path));
            }
        }

        foreach (var row in Rows(root, "tagAndDigest"))
            Assert.Equal(Text(row, "full"), ImageReference.Parse(Text(row, "input")!).ToString());

        // "AnyReference" also takes image ids and bare digests; an image name is neither.
        foreach (var row in Rows(root, "anyReference"))
        {
            var isName = !Text(row, "equivalent")!.StartsWith("sha256:", StringComparison.Ordinal);
            var parsed = ImageReference.TryParse(Text(row, "input"), out var image, out _);
            Assert.True(isName == parsed, Text(row, "input"));
            Assert.True(
                image is null || string.Equals(Text(row, "equivalent"), image.ToString(), StringComparison.Ordinal));
        }

        foreach (var row in Rows(root, "splitHostname"))
        {
            var repository = Repository.Parse(Text(row, "input")!);
            Assert.Equal((Text(row, "domain"), Text(row, "path")), (repository.Host, repository.Path));
        }

        // It drops a tag beside a digest and adds "latest" where neither is; here both stay as they were written.
        foreach (var row in Rows(root, "dockerRef"))
        {
            var image = ImageReference.Parse(Text(row, "input")!);
            var expected = Text(row, "expected");
            Assert.Equal(expected, image.Tag is null && image.Digest is null ? image + ":latest" : image.ToString());
        }
    }

    [Fact]
    public void What_the_reference_grammar_refuses_is_refused_and_what_it_accepts_is_read_alike()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Vectors)));
        foreach (var row in Rows(vectors.RootElement, "parse").Concat(Rows(vectors.RootElement, "withNameFailure")))
        {
            var input = Text(row, "input")!;
            var parsed = ImageReference.TryParse(input, out var image, out _);

            // The row that refuses sha512 only says that it was not compiled into that test.
            var refused = Text(row, "error") is not null && !input.Contains("sha512:", StringComparison.Ordinal);
            // "Fails as a name" rows are about names alone.
            var named = Text(row, "error") is not null && parsed && image!.Tag is not null;
            Assert.True(parsed != refused || named, input);

            // The grammar itself knows no default host: there "a/a" has the host "a", in use it has docker.io.
            if (!parsed || Text(row, "domain") is not { } domain || !IsHost(domain))
                continue;

            Assert.Equal(Text(row, "repository"), image!.Repository.ToString());
            Assert.Equal(Text(row, "tag"), image.Tag);
            Assert.Equal(Text(row, "digest"), image.Digest?.ToString());
        }

        // As the product reads a first segment: only with a dot, a port, capitals or the one well-known name.
        static bool IsHost(string domain) =>
            domain.Contains('.', StringComparison.Ordinal) || domain.Contains(':', StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_patterns_for_hosts_and_names_are_never_exceeded()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Vectors)));
        var patterns = vectors.RootElement.GetProperty("regexp");
        // The pattern counts digits, no port: 75050 and 750050 are none. It takes any hexadecimal for IPv6.
        string[] noHosts = ["192.168.1.1:750050", "[fd00:1:2::3]:75050", "[fd00123123123]:75050", "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:75050"];
        foreach (var row in patterns.GetProperty("domain").EnumerateArray())
        {
            var host = Text(row, "input")!;
            Assert.True((row.GetProperty("match").GetBoolean() && !noHosts.Contains(host, StringComparer.Ordinal)) == HostGrammar.IsHost(host), host);
        }

        foreach (var row in patterns.GetProperty("fullName").EnumerateArray())
            Assert.True(row.GetProperty("match").GetBoolean() == Repository.TryParse(Text(row, "input"), out _, out var problem), $"{Text(row, "input")}: {problem}");

        foreach (var row in patterns.GetProperty("reference").EnumerateArray())
            Assert.True(row.GetProperty("match").GetBoolean() == ImageReference.TryParse(Text(row, "input"), out _, out var problem), $"{Text(row, "input")}: {problem}");
    }

    [Fact]
    public void Repositories_are_equal_when_another_project_says_their_names_mean_the_same()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/oci/reference-match.containers-image.json")));
        foreach (var row in Rows(vectors.RootElement, "repositoryMatch_symmetric"))
        {
            var both = ImageReference.TryParse(Text(row, "refA"), out var a, out _) & ImageReference.TryParse(Text(row, "refB"), out var b, out _);
            Assert.True(
                row.GetProperty("result").GetBoolean() == (both && a!.Repository == b!.Repository), row.ToString());
        }
    }

    private static IEnumerable<JsonElement> Rows(JsonElement root, string name) =>
        root.GetProperty(name).EnumerateArray();

    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
