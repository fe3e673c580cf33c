// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What images are built on, proven by their lowest layers.</summary>
public sealed class BaseImageTests
{
    private static readonly ImageReference Debian = ImageReference.Parse("registry.example.com/base/debian@" + DigestOf("debian"));

    private static readonly PolicySet Set = Checking("baseImage", $$"""{ "approved": ["{{Debian}}"] }""");

    [Theory]
    [InlineData("one,two", "one,two,app", true)]
    [InlineData("one,two", "one,two", true)]
    [InlineData("one,two", "one", false)]
    [InlineData("one,two", "two,one,app", false)]
    [InlineData("one,two", "app,one,two", false)]
    [InlineData("one,two", "one,other,app", false)]
    [InlineData("", "one", false)]
    [InlineData("", "", false)]
    public void The_lowest_layers_have_to_be_those_of_the_base(string layers, string image, bool passes)
    {
        var check = Judge(Set, Built(image, new BaseImage(Debian, Of(layers))));

        if (passes)
            AssertPasses(check);
        else
            AssertFails(check, ReasonCode.BaseImageNotApproved, Debian.ToString(), "layers");
    }

    [Fact]
    public void A_label_is_no_proof()
    {
        var labelled = Configured($$$"""{ "config": { "Labels": { "org.opencontainers.image.base.digest": "{{{Debian.Digest}}}" } } }""");

        AssertFails(
            Judge(Set, Evidence.Set(labelled, Scan()) with { BaseImages = [new BaseImage(Debian, Of("one"))] }), ReasonCode.BaseImageNotApproved, "layers of", "no layers");
    }

    [Fact]
    public void A_base_that_could_not_be_fetched_is_an_error_and_no_absence()
    {
        var check = Judge(Set, Built("one", new BaseImage(Debian, null) { Reason = ReasonCode.RegistryUnavailable }));

        Assert.Equal((Verdict.Error, ReasonCode.RegistryUnavailable), (check.Verdict, check.Reason));
        Assert.Contains(Debian.ToString(), check.Expected, StringComparison.Ordinal);
        AssertFails(Judge(Set, Built("one", new BaseImage(Debian, null) { Reason = ReasonCode.ImageNotFound })), ReasonCode.ImageNotFound, Debian.ToString(), "not to be had");
        Assert.NotEqual(Verdict.Pass, Judge(Set, Built("one")).Verdict);
    }

    [Fact]
    public void A_base_that_this_check_does_not_approve_does_not_count()
    {
        var other = ImageReference.Parse("registry.example.com/base/other@" + DigestOf("other"));

        AssertFails(
            Judge(Set, Built("two,app", new BaseImage(Debian, Of("one")), new BaseImage(other, Of("two")))), ReasonCode.BaseImageNotApproved, Debian.ToString(), "2 layers");
    }

    [Theory]
    [InlineData("{}", "approved is required")]
    [InlineData("""{ "approved": [] }""", "is an empty list")]
    [InlineData("""{ "approved": ["registry.example.com/base/debian:12"] }""", "has to name a digest")]
    public void A_base_that_others_can_move_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("baseImage", body), StringComparison.Ordinal);

    [Fact]
    public void More_bases_than_are_fetched_are_refused_at_load() => Assert.Contains(
        "at most 32 are fetched",
        Problems("baseImage", $$"""{ "approved": [{{string.Join(',', Enumerable.Range(0, Limits.BaseImages + 1).Select(i => $"\"registry.example.com/base/x@{DigestOf("b" + i)}\""))}}] }"""),
        StringComparison.Ordinal);

    private static EvidenceSet Built(string layers, params BaseImage[] bases) => Evidence.Set(Of(layers), Scan()) with { BaseImages = bases };

    private static ImageSubject Of(string layers) => Configured(
        $$$"""{ "rootfs": { "diff_ids": [{{{string.Join(',', layers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(layer => $"\"{DigestOf(layer)}\""))}}}] } }""");
}
