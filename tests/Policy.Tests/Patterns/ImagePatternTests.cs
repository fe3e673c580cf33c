// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Patterns;

/// <summary>Threats 49, 50, 54 and 58: patterns are anchored, ordinal and literal in the host.</summary>
public sealed class ImagePatternTests
{
    public static TheoryData<string, string, string, bool> Matches => new()
    {
        { "a literal", "ghcr.io/a/b", "ghcr.io/a/b", true },
        { "a sibling with the pattern as prefix", "ghcr.io/a/b", "ghcr.io/a/b-evil", false },
        { "a child", "ghcr.io/a/b", "ghcr.io/a/b/c", false },
        { "a host with the pattern as suffix", "ghcr.io/a", "evil-ghcr.io/a", false },
        { "a host where the dot would be any character", "ghcr.io/a", "ghcrxio/a", false },
        { "a host with a port", "ghcr.io/a", "ghcr.io:443/a", false },
        { "a port that is named", "localhost:5000/a", "localhost:5000/a", true },
        { "a star takes one segment", "ghcr.io/*", "ghcr.io/a", true },
        { "a star does not cross a slash", "ghcr.io/*", "ghcr.io/a/b", false },
        { "two stars take two segments", "ghcr.io/*/*", "ghcr.io/a/b", true },
        { "two stars do not take one", "ghcr.io/*/*", "ghcr.io/a", false },
        { "a star inside a segment", "ghcr.io/a-*-b/c", "ghcr.io/a-x.y-b/c", true },
        { "a star for nothing", "ghcr.io/a*/c", "ghcr.io/a/c", true },
        { "a star inside a segment stays inside", "ghcr.io/a*/c", "ghcr.io/a/b/c", false },
        { "several stars", "ghcr.io/*a*b*", "ghcr.io/xaxxbx", true },
        { "several stars out of order", "ghcr.io/*a*b*", "ghcr.io/xbxa", false },
        { "the end after a star", "ghcr.io/*a", "ghcr.io/ab", false },
        { "the rest takes one segment", "ghcr.io/**", "ghcr.io/a", true },
        { "the rest takes many", "ghcr.io/**", "ghcr.io/a/b/c", true },
        { "the rest takes at least one", "ghcr.io/a/**", "ghcr.io/a", false },
        { "the rest starts at a slash", "ghcr.io/a/**", "ghcr.io/ab/c", false },
        { "a star and the rest", "ghcr.io/*/b/**", "ghcr.io/a/b/c/d", true },
        { "docker.io in canonical form", "docker.io/library/nginx", "nginx", true },
        { "docker.io by its alias", "index.docker.io/library/nginx", "docker.io/nginx", true },
        { "docker.io without library", "docker.io/nginx", "nginx", true },
        { "docker.io, all of it", "docker.io/**", "user/app", true },
        { "docker.io, official images", "docker.io/library/*", "redis", true },
        { "docker.io, official images only", "docker.io/library/*", "user/redis", false },
        { "a host in capitals is another one", "GHCR.io/a", "ghcr.io/a", false },
    };

    [Theory, MemberData(nameof(Matches))]
    public void Matches_the_whole_of_a_canonical_name(string because, string pattern, string repository, bool expected) =>
        Assert.True(expected == ImagePattern.Parse(pattern).IsMatch(Repository.Parse(repository)), because);

    public static TheoryData<string, string?, string> Refused => new()
    {
        { "nothing", null, "empty" },
        { "empty", "", "empty" },
        { "no host", "nginx", "registry's host" },
        { "a path on docker.io without the host", "payments/api", "registry's host" },
        { "everything", "**", "host has to be literal" },
        { "any host", "*/a", "host has to be literal" },
        { "part of a host", "*.example.com/a", "host has to be literal" },
        { "a prefix of hosts", "ghcr.i*/a", "host has to be literal" },
        { "a host alone", "ghcr.io", "registry's host" },
        { "a host and nothing", "ghcr.io/", "path segment ''" },
        { "an empty segment", "ghcr.io/a//b", "path segment ''" },
        { "a slash at the end", "ghcr.io/a/", "path segment ''" },
        { "a tag", "ghcr.io/a:1.0", "tag" },
        { "a wildcard tag", "ghcr.io/a:*", "tag" },
        { "a digest", "ghcr.io/a@sha256:" + new string('0', 64), "digest" },
        { "capitals in the path", "ghcr.io/App", "path segment 'App'" },
        { "two dots in a row", "ghcr.io/a..b", "path segment" },
        { "a dot before a slash, star or not", "ghcr.io/*./a", "path segment" },
        { "a dash first", "ghcr.io/-*", "path segment" },
        { "a question mark is no wildcard", "ghcr.io/a?", "path segment" },
        { "a regular expression", "ghcr.io/(a+)+b", "path segment" },
        { "the rest inside a segment", "ghcr.io/a**", "stands alone" },
        { "the rest in the middle", "ghcr.io/**/a", "stands alone" },
        { "three stars", "ghcr.io/***", "stands alone" },
        { "a line feed at the end", "ghcr.io/a\n", "path segment" },
        { "a space", "ghcr.io/a b", "path segment" },
        { "a scheme", "https://ghcr.io/a", "registry's host" },
        { "a percent-encoded slash", "ghcr.io/a%2Fb", "path segment" },
        { "a Kelvin sign", "ghcr.io/\u212Aube", "path segment" },
        { "a soft hyphen", "ghcr.io/a\u00ADb", "path segment" },
        { "a number for a host", "0x7f.1/a", "registry's host" },
        { "one segment of docker.io with a star", "docker.io/*", "docker.io/library" },
        { "one segment of docker.io's alias with a star", "index.docker.io/ngin*", "docker.io/library" },
        { "a path longer than any repository's", "ghcr.io/" + string.Join('/', Enumerable.Repeat("aaaaaaaaa", 26)), "longer than any" },
        { "endless", "ghcr.io/" + new string('a', 600), "at most 512" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Refuses_what_can_never_match_or_matches_too_much(string because, string? text, string expected)
    {
        Assert.False(ImagePattern.TryParse(text, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(problem, char.IsControl);
    }

    [Fact]
    public void Matching_does_not_backtrack_without_bound()
    {
        var pattern = ImagePattern.Parse("ghcr.io/" + string.Concat(Enumerable.Repeat("*a", 120)) + "*b");
        var repository = Repository.Parse("ghcr.io/" + new string('a', 240));
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 1_000; i++)
            Assert.False(pattern.IsMatch(repository));

        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"took {watch.Elapsed}");
    }

    public static TheoryData<string, string, bool> Overlaps => new()
    {
        { "ghcr.io/a/b", "ghcr.io/a/b", true },
        { "ghcr.io/a/b", "ghcr.io/a/c", false },
        { "ghcr.io/a/**", "ghcr.io/a/b", true },
        { "ghcr.io/a/**", "ghcr.io/a", false },
        { "ghcr.io/a/**", "ghcr.io/*/b/c", true },
        { "ghcr.io/**", "docker.io/**", false },
        { "ghcr.io/a-*", "ghcr.io/*-b", true },
        { "ghcr.io/a*c", "ghcr.io/b*", false },
        { "ghcr.io/a/**", "ghcr.io/**", true },
        { "ghcr.io/a/**", "ghcr.io/b/**", false },
        { "ghcr.io/*/b", "ghcr.io/a/*/c", false },
    };

    [Theory, MemberData(nameof(Overlaps))]
    public void Knows_whether_two_patterns_share_a_repository(string a, string b, bool expected)
    {
        Assert.Equal(expected, ImagePattern.Parse(a).Overlaps(ImagePattern.Parse(b)));
        Assert.Equal(expected, ImagePattern.Parse(b).Overlaps(ImagePattern.Parse(a)));
    }

    /// <summary>
    /// The table of another verifier, whose patterns also match tags, unqualified names and parts of hosts: such rows are
    /// refused when the pattern is read; all others must agree.
    /// </summary>
    [Fact]
    public void Agrees_with_the_glob_table_of_policy_controller()
    {
        var cases = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/policy/glob.policy-controller.json")))!["cases"]!.AsArray();
        var refused = new List<string>();
        foreach (var row in cases)
        {
            var (glob, image) = (row!["glob"]!.GetValue<string>(), row["image"]!.GetValue<string>());
            if (!ImagePattern.TryParse(glob, out var pattern, out _))
                refused.Add(glob);
            else if (ImageReference.TryParse(image, out var reference, out _))
                Assert.True(row["wantMatch"]!.GetValue<bool>() == pattern.IsMatch(reference.Repository), $"{glob} {image}");
        }

        Assert.Equal(
            [
                "*", "**", "**", "*/*", "*/**", "foo", "ghc**",
                "ghcr.io/foo@sha256:5504f2a95018e3d8a52d80d9e1a128c6ea337581808ff9fe96f5628ce2336350",
                "inde**", "index.docker.**", "index.docker.**", "index.docker.io/library/foo:latest", "myuser/myapp", "myuser/myapp**",
            ],
            refused.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
