// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>Threat 28: what <see cref="Uri"/> and a resolver could take for another host.</summary>
public sealed class HostGrammarTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("r.example.com")]
    [InlineData("R.Example.COM")]
    [InlineData("xn--n3h.com:18080")]
    [InlineData("1a.example.com")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("255.255.255.255")]
    [InlineData("[::1]")]
    [InlineData("[2001:db8::1]:65535")]
    public void Is_a_host(string text) => Assert.True(HostGrammar.IsHost(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a_b")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a@b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a%2eb")]
    [InlineData("a\\b")]
    [InlineData("exämple.com")]
    [InlineData("example.com\n")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.08")]
    [InlineData("1.2.3.256")]
    [InlineData("0x7f000001")]
    [InlineData("0x")]
    [InlineData("0X7F.1")]
    [InlineData("foo.0x4")]
    [InlineData("foo.09")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[::1")]
    [InlineData("::1")]
    [InlineData("[::1]x")]
    [InlineData("[::1%1]")]
    [InlineData("[::ffff:1.2.3.4]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::g]")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:x")]
    [InlineData("a:65536")]
    [InlineData("a:1:2")]
    [InlineData("a: 80")]
    public void Is_no_host(string text) => Assert.False(HostGrammar.IsHost(text));

    [Fact]
    public void Labels_and_the_whole_are_bounded()
    {
        Assert.True(HostGrammar.IsHost(new string('a', 63) + ".com"));
        Assert.False(HostGrammar.IsHost(new string('a', 64) + ".com"));
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 50), 5));
        Assert.True(HostGrammar.IsHost(longest));
        Assert.False(HostGrammar.IsHost(longest + ".aaaaaa"));
        Assert.False(HostGrammar.IsHost(null));
    }

    [Theory]
    [InlineData("vectors/net/wpt-url/urltestdata.json")]
    [InlineData("vectors/net/wpt-url/ada_extra_urltestdata.json")]
    [InlineData("vectors/net/wpt-url/verifydnslength_tests.json")]
    public void No_text_is_a_host_that_browsers_read_as_another_or_as_none(string file)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(file)));
        var compared = 0;
        foreach (var row in vectors.RootElement.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object))
        {
            var input = row.GetProperty("input").GetString()!;
            var isRelativeToBadBase = row.TryGetProperty("base", out var against) && against.GetString() is { } text
                && !Uri.TryCreate(text, UriKind.Absolute, out _);
            if (isRelativeToBadBase || Authority(input) is not { } authority || !HostGrammar.IsHost(authority))
                continue;

            compared++;
            var fails = row.TryGetProperty("failure", out var failure) && failure.GetBoolean();
            Assert.False(fails, $"{input} is no URL to a browser");
            var bare = authority[0] == '['
                ? authority[..(authority.IndexOf(']', StringComparison.Ordinal) + 1)]
                : authority.Split(':')[0];
            if (row.TryGetProperty("hostname", out var hostname))
                Assert.Equal(hostname.GetString(), bare.ToLowerInvariant());
            Assert.Equal(bare.ToLowerInvariant(), new Uri($"https://{authority}/").Host);
        }

        Assert.True(compared > 0 || file.Contains("verifydnslength", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_is_a_host_needs_no_translation()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/net/wpt-url/toascii.json")));
        var accepted = 0;
        foreach (var row in vectors.RootElement.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object))
        {
            var input = row.GetProperty("input").GetString()!;
            if (!HostGrammar.IsHost(input))
                continue;

            accepted++;
            Assert.Equal(row.GetProperty("output").GetString(), input.ToLowerInvariant());
        }

        Assert.InRange(accepted, 5, 93);
    }

    private static string? Authority(string url)
    {
        var scheme = url.StartsWith("https://", StringComparison.Ordinal)
            ? 8 : url.StartsWith("http://", StringComparison.Ordinal) ? 7
            : 0;
        if (scheme == 0)
            return null;

        var rest = url[scheme..];
        var end = rest.AsSpan().IndexOfAny("/?#\\");
        return end < 0 ? rest : rest[..end];
    }
}
