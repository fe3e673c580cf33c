// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Patterns;

public sealed class RepositoryPrefixTests
{
    public static TheoryData<string, string, string, bool> Covered => new()
    {
        { "itself", "example.com/a", "example.com/a", true },
        { "below", "example.com/a", "example.com/a/b", true },
        { "a sibling", "example.com/a", "example.com/ab", false },
        { "a whole registry", "example.com", "example.com/a/b", true },
        { "a registry with the name as suffix", "example.com", "evil.example.com/a", false },
        { "a registry with a port", "example.com", "example.com:80/a", false },
        { "docker.io by its alias", "index.docker.io/nginx", "nginx", true },
    };

    [Theory, MemberData(nameof(Covered))]
    public void Ends_at_a_segment(string because, string prefix, string repository, bool expected)
    {
        Assert.True(RepositoryPrefix.TryParse(prefix, out var read, out var problem), problem);
        Assert.True(expected == read.Covers(Repository.Parse(repository)), because);
    }

    [Fact]
    public void Agrees_with_the_table_of_containers_image()
    {
        var table = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/oci/prefix-validity.containers-image.json")))!;

        // Without a host a name could mean any registry that a node adds; here every prefix names one.
        var valid = table["valid"]!.AsArray().Select(text => text!.GetValue<string>()).Except(["shortname", "ns/shortname"], StringComparer.Ordinal);
        Assert.All(valid, text => Assert.True(RepositoryPrefix.TryParse(text, out _, out var problem), problem));
        var invalid = table["invalid"]!.AsArray().Select(text => text!.GetValue<string>()).Concat(["shortname", "ns/shortname"]);
        Assert.All(invalid, text => Assert.False(RepositoryPrefix.TryParse(text, out _, out _), text));
    }
}
