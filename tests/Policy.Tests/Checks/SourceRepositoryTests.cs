// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>How provenance names repositories.</summary>
public sealed class SourceRepositoryTests
{
    [Theory]
    [InlineData("https://github.com/example/payments", "github.com/example/payments", null)]
    [InlineData("git+https://github.com/example/payments", "github.com/example/payments", null)]
    [InlineData("git+https://github.com/example/payments.git@refs/heads/main", "github.com/example/payments", "refs/heads/main")]
    [InlineData("https://github.com/example/payments.git#refs/tags/v1", "github.com/example/payments", "refs/tags/v1")]
    [InlineData("https://gitlab.example.com/a/b/c@refs/heads/x@y", "gitlab.example.com/a/b/c", "refs/heads/x@y")]
    public void A_url_names_host_and_path(string uri, string expected, string? reference)
    {
        Assert.True(SourceRepository.TryParseUri(uri, out var repository, out var found));
        Assert.Equal((expected, reference), (repository.Text, found));
    }

    [Theory]
    [InlineData("http://github.com/example/payments")]
    [InlineData("ssh://git@github.com/example/payments")]
    [InlineData("https://github.com@evil.example.com/example/payments")]
    [InlineData("https://evil.example.com#github.com/example/payments")]
    [InlineData("https://github.com:443/example/payments")]
    [InlineData("https://GitHub.com/example/payments")]
    [InlineData("https://github.com/example/../evil")]
    [InlineData("https://github.com//example/payments")]
    [InlineData("https://github.com/example/payments/")]
    [InlineData("https://github.com/example/pay%6dents")]
    [InlineData("https://github.com/example/payments?x=y")]
    [InlineData("https://github.com/example/paym\u0435nts")]
    [InlineData("https://github.com/example/payments\n")]
    [InlineData("github.com/example/payments")]
    [InlineData("pkg:github/example/payments")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_names_no_repository(string? uri) => Assert.False(SourceRepository.TryParseUri(uri, out _, out _));
}
