// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests;

public sealed class ImageResourceTests
{
    private static readonly string Good = new ImageResource(Samples.Repository, Samples.Image).ToString();

    public static TheoryData<string, string?, string> Refused => new()
    {
        { "nothing", null, "not an OCI package URL" },
        { "another type", Good.Replace("pkg:oci/", "pkg:docker/", StringComparison.Ordinal), "not an OCI package URL" },
        { "a scheme in capitals", Good.Replace("pkg:", "PKG:", StringComparison.Ordinal), "not an OCI package URL" },
        { "no digest", $"pkg:oci/api?repository_url={Samples.Repository}", "digest" },
        { "no repository", $"pkg:oci/api@{Samples.Image}", "digest" },
        { "another qualifier", Good.Replace("repository_url", "tag", StringComparison.Ordinal), "repository_url" },
        { "a second qualifier", Good + "&tag=v1", "path segment" },
        { "a second repository", Good + "&repository_url=evil.example.com/api", "path segment" },
        { "a qualifier before", Good.Replace("?", "?arch=amd64&", StringComparison.Ordinal), "repository_url" },
        { "a subpath", Good + "#x", "path segment" },
        { "an encoded separator", Good + "%26tag=v1", "path segment" },
        { "a digest too short", Good.Replace(Samples.Image.Hex, Samples.Image.Hex[1..], StringComparison.Ordinal), "64" },
        { "a name that is not the repository's", Good.Replace("oci/api@", "oci/other@", StringComparison.Ordinal), "named 'other'" },
        { "a namespace", Good.Replace("oci/api@", "oci/payments/api@", StringComparison.Ordinal), "named 'payments/api'" },
        { "a repository with a tag", Good + ":v1", "tag" },
        { "too long", Good + new string('a', 2 * Limits.ImageReferenceLength), "not an OCI package URL" },
    };

    [Fact]
    public void Is_written_as_a_package_url() => Assert.Equal(
        $"pkg:oci/api@sha256%3A{Samples.Image.Hex}?repository_url=registry.example.com/payments/api", Good);

    [Theory]
    [InlineData("registry.example.com/payments/api")]
    [InlineData("127.0.0.1:5000/a")]
    [InlineData("[::1]:5000/team/app_1.x")]
    [InlineData("docker.io/library/nginx")]
    public void Reads_back_what_it_writes(string repository)
    {
        var resource = new ImageResource(Repository.Parse(repository), Samples.Image);

        Assert.True(ImageResource.TryParse(resource.ToString(), out var read, out var problem), problem);
        Assert.Equal(resource, read);
    }

    [Fact]
    public void A_colon_may_stand_for_itself()
    {
        Assert.True(ImageResource.TryParse(
            $"pkg:oci/a@{Samples.Image}?repository_url=localhost:5000/a", out var read, out var problem), problem);
        Assert.Equal("localhost:5000/a", read.Repository.ToString());
        Assert.Equal(Samples.Image, read.Digest);
    }

    [Theory, MemberData(nameof(Refused))]
    public void Says_what_is_wrong(string because, string? text, string expected)
    {
        Assert.False(ImageResource.TryParse(text, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }
}
