// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64/v8")]
    [InlineData("windows/amd64")]
    [InlineData("unknown/unknown")]
    public void Is_read_and_printed_the_same(string text)
    {
        Assert.True(Platform.TryParse(text, out var platform, out _));
        Assert.Equal(text, platform.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("/amd64")]
    [InlineData("linux//v8")]
    [InlineData("linux/arm64/v8/x")]
    [InlineData("Linux/amd64")]
    [InlineData("linux/amd64 ")]
    [InlineData("linux/amd64\n")]
    [InlineData("linux/*")]
    public void Is_no_platform(string? text)
    {
        Assert.False(Platform.TryParse(text, out _, out var problem));
        Assert.Contains("os/architecture", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/amd64", true)]
    [InlineData("unknown/unknown", false)]
    [InlineData("linux/unknown", false)]
    public void Attestations_inside_an_index_do_not_run(string text, bool runs)
    {
        Assert.True(Platform.TryParse(text, out var platform, out _));
        Assert.Equal(runs, platform.IsRunnable);
    }

    [Fact]
    public void Equality_is_that_of_another_project_where_both_know_the_members()
    {
        // OS version, OS features and CPU features are not told apart here: reports name none of them.
        string[] known = ["$type", "OS", "Architecture", "Variant"];
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/oci/platform.go-containerregistry.json")));
        var compared = 0;
        foreach (var row in vectors.RootElement.GetProperty("equals").EnumerateArray())
        {
            var (a, b) = (row.GetProperty("a"), row.GetProperty("b"));
            if (a.EnumerateObject().Concat(b.EnumerateObject()).Any(member => !known.Contains(member.Name, StringComparer.Ordinal)))
                continue;

            compared++;
            Assert.Equal(row.GetProperty("equal").GetBoolean(), Read(a) == Read(b));
        }

        Assert.Equal(4, compared);

        static Platform Read(JsonElement platform) => new(
            platform.GetProperty("OS").GetString()!, platform.GetProperty("Architecture").GetString()!,
            platform.TryGetProperty("Variant", out var variant) ? variant.GetString() : null);
    }
}
