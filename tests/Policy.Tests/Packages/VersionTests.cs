// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy.Tests.Packages;

public sealed class VersionTests
{
    /// <summary>Package type, lesser version, greater version.</summary>
    public static TheoryData<string, string, string> Ordered => new()
    {
        { "deb", "3.0.11-1~deb12u2", "3.0.11-1" },
        { "deb", "3.0.9-1", "3.0.11-1" },
        { "deb", "3.0.11-1", "3.0.11-2" },
        { "deb", "9.9", "1:1.0" },
        { "deb", "1.0~rc1", "1.0" },
        { "deb", "1.0~~", "1.0~" },
        { "deb", "1.0", "1.0+dfsg" },
        { "deb", "1.0a", "1.0b" },
        { "deb", "1.0a", "1.0+" },
        { "deb", "1.2", "1.10" },
        { "deb", "1.0-9", "1.0-10" },
        { "deb", "1.0-1-1", "1.0-1-2" },
        { "apk", "3.0.9-r0", "3.0.11-r0" },
        { "apk", "3.0.11-r1", "3.0.11-r2" },
        { "apk", "3.0.11-r9", "3.0.11-r10" },
        { "apk", "1.1.1a-r0", "1.1.1b-r0" },
        { "apk", "1.1.1-r5", "1.1.1a-r0" },
        { "apk", "1.2-r0", "1.2.1-r0" },
        { "npm", "1.2.3-alpha.1", "1.2.3-alpha.2" },
        { "npm", "1.2.3-alpha.9", "1.2.3-alpha.10" },
        { "npm", "1.2.3-1", "1.2.3-alpha" },
        { "npm", "1.2.3-alpha", "1.2.3-alpha.1" },
        { "npm", "1.2.3-rc.1", "1.2.3" },
        { "golang", "v0.17.0", "v0.45.0" },
        { "golang", "1.21", "1.21.1" },
        { "golang", "v0.0.0-20220101000000-abcdef", "v0.0.0-20230101000000-abcdef" },
        { "cargo", "0.9.0", "0.10.0" },
        { "nuget", "1.0.0-alpha", "1.0.0-Beta" },
        { "pypi", "2.9", "2.10.1" },
        { "hex", "1.0.0", "99999999999999999999999999.0.0" },
    };

    [Theory, MemberData(nameof(Ordered))]
    public void Are_ordered_as_their_ecosystem_orders_them(string type, string lesser, string greater)
    {
        Assert.True(VersionOrdering.Compare(Package(type, lesser), greater) < 0);
        Assert.True(VersionOrdering.Compare(Package(type, greater), lesser) > 0);
        Assert.Equal(0, VersionOrdering.Compare(Package(type, greater), greater));
    }

    public static TheoryData<string, string, string> Equal => new()
    {
        { "deb", "0:1.0-1", "1.0-1" },
        { "deb", "1.0", "1.0-0" },
        { "deb", "1.01", "1.1" },
        { "npm", "1.2", "1.2.0" },
        { "golang", "v1.2.3", "1.2.3+incompatible" },
    };

    [Theory, MemberData(nameof(Equal))]
    public void May_be_equal_in_different_spellings(string type, string a, string b) =>
        Assert.Equal(0, VersionOrdering.Compare(Package(type, a), b));

    public static TheoryData<string, string, string, string> Unordered => new()
    {
        { "an unknown kind of package", "rpm", "1.0-1", "2.0-1" },
        { "a Debian epoch that is no number", "deb", "a:1.0", "2.0" },
        { "a Debian version that starts with a letter", "deb", "v1.0", "2.0" },
        { "a Debian version with a space", "deb", "1.0 2", "2.0" },
        { "an Alpine suffix", "apk", "1.0_rc1-r0", "2.0-r0" },
        { "an Alpine fraction", "apk", "1.01-r0", "1.1-r0" },
        { "an Alpine version without a number", "apk", "-r0", "1.0-r0" },
        { "a Go version that is none", "golang", "(devel)", "1.0.0" },
        { "a release candidate of Go", "golang", "1.21rc2", "1.21.0" },
        { "a PyPI post-release", "pypi", "1.0-1", "1.0" },
        { "a PyPI suffix", "pypi", "1.0rc1", "1.0" },
        { "nothing", "npm", "", "1.0.0" },
    };

    [Theory, MemberData(nameof(Unordered))]
    public void Without_a_known_order_are_not_compared(string because, string type, string installed, string other)
    {
        Assert.True(VersionOrdering.Compare(Package(type, installed), other) is null, because);
        Assert.False(Range("<99999").Contains(Package(type, installed)), because);
        Assert.False(Range(">=0").Contains(Package(type, installed)), because);
    }

    [Fact]
    public void Without_a_package_url_have_no_order_but_their_own_text()
    {
        var package = new Package("openssl", "3.0.11", Purl: null, Type: "debian");

        Assert.False(Range("<4").Contains(package));
        Assert.True(Range("=3.0.11").Contains(package));
        Assert.False(Range("=3.0.11, <4").Contains(package));
    }

    public static TheoryData<string, string, bool> Ranges => new()
    {
        { "<3.0.20", "3.0.11", true },
        { "<3.0.20", "3.0.20", false },
        { "<=3.0.20", "3.0.20", true },
        { ">=3.0.0, <3.0.20", "2.9.9", false },
        { ">=3.0.0,<3.0.20", "3.0.0", true },
        { ">3.0.0", "3.0.0", false },
        { "> 3.0.0", "3.0.1", true },
        { "=3.0.1", "3.0.1", true },
        { "=3.0.1", "3.0.2", false },
    };

    [Theory, MemberData(nameof(Ranges))]
    public void Are_in_a_range_when_every_comparison_holds(string range, string version, bool expected) =>
        Assert.Equal(expected, Range(range).Contains(Package("deb", version)));

    [Theory]
    [InlineData("")]
    [InlineData("3.0.20")]
    [InlineData("~>3.0")]
    [InlineData("<")]
    [InlineData("<3.0 || >4.0")]
    [InlineData("<3.0,")]
    [InlineData("==3.0")]
    [InlineData("<3*")]
    [InlineData("<1,<1,<1,<1,<1,<1,<1,<1,<1")]
    public void Ranges_have_one_plain_form(string text)
    {
        Assert.False(VersionRange.TryParse(text, out _, out var problem));
        Assert.Contains("not a version range", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?, string, bool> Packages => new()
    {
        { "by name", "openssl", null, "openssl", true },
        { "by name, another", "openssl", null, "libssl3", false },
        { "by name, in other letters", "OpenSSL", null, "openssl", false },
        { "by package URL", "pkg:deb/debian/openssl", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12", "x", true },
        { "by package URL of another distribution", "pkg:deb/debian/openssl", "pkg:deb/ubuntu/openssl@3.0.11-1", "openssl", false },
        { "by package URL of another type", "pkg:deb/debian/openssl", "pkg:apk/debian/openssl@3.0.11-1", "openssl", false },
        { "by package URL, the name being a prefix", "pkg:deb/debian/openssl", "pkg:deb/debian/openssl-dev@1", "openssl", false },
        { "by package URL where the report has none", "pkg:deb/debian/openssl", null, "openssl", false },
        { "by package URL, type in capitals", "pkg:deb/debian/openssl", "pkg:DEB/debian/openssl@1", "x", true },
        { "a scoped package, encoded there", "pkg:npm/@angular/core", "pkg:npm/%40angular/core@1.0.0", "x", true },
        { "a scoped package, encoded here", "pkg:npm/%40angular/core", "pkg:npm/@angular/core@1.0.0", "x", true },
        { "a path of several segments", "pkg:golang/golang.org/x/net", "pkg:golang/golang.org/x/net@v0.17.0#http2", "x", true },
        { "a shorter path", "pkg:golang/golang.org/x", "pkg:golang/golang.org/x/net@v0.17.0", "x", false },
        { "a broken escape", "pkg:npm/a", "pkg:npm/a%2@1", "a", false },
    };

    [Theory, MemberData(nameof(Packages))]
    public void Packages_are_named_exactly(string because, string pattern, string? purl, string name, bool expected)
    {
        Assert.True(PackagePattern.TryParse(pattern, out var read, out var problem), problem);
        Assert.True(expected == read.IsMatch(new Package(name, "1", purl, null)), because);
    }

    [Theory]
    [InlineData("")]
    [InlineData("openssl*")]
    [InlineData("pkg:deb")]
    [InlineData("pkg:deb/debian/openssl@3.0")]
    [InlineData("pkg:deb/debian/openssl?arch=amd64")]
    [InlineData("pkg:deb/debian/openssl#x")]
    [InlineData("pkg:npm/a%zz")]
    public void Package_patterns_are_refused_with_versions_qualifiers_or_wildcards(string text) =>
        Assert.False(PackagePattern.TryParse(text, out _, out _));

    private static VersionRange Range(string text)
    {
        Assert.True(VersionRange.TryParse(text, out var range, out var problem), problem);
        return range;
    }

    private static Package Package(string type, string version) => new("p", version, $"pkg:{type}/x/p@{Uri.EscapeDataString(version)}", null);
}
