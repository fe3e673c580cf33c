// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What the configuration of an image says: who runs, which ports, which labels, built when.</summary>
public sealed class ImageConfigTests
{
    private static readonly PolicySet NonRoot = Checking("imageConfig", """{ "user": "nonRoot" }""");

    [Theory]
    [InlineData("1000")]
    [InlineData("65532:65532")]
    [InlineData("1000:0")]
    [InlineData("007")]
    [InlineData("1:root")]
    public void A_user_by_number_is_not_root(string user) => AssertPasses(Judge(NonRoot, User(user)));

    [Theory]
    [InlineData("", "no user")]
    [InlineData("root", "root")]
    [InlineData("root:1000", "root:1000")]
    [InlineData("0", "0")]
    [InlineData("0:1000", "0:1000")]
    [InlineData("00", "00")]
    [InlineData("+0", "+0")]
    [InlineData("-0", "-0")]
    [InlineData("+1", "+1")]
    [InlineData("0x0", "0x0")]
    [InlineData(" 1", " 1")]
    [InlineData("\u0661", "\u0661")]
    [InlineData("2147483648", "2147483648")]
    [InlineData("4294967296", "4294967296")]
    [InlineData(":1000", ":1000")]
    [InlineData("app", "app")]
    [InlineData("nonroot", "nonroot")]
    public void Anything_else_is_root_or_does_not_prove_that_it_is_not(string user, string actual) =>
        AssertFails(Judge(NonRoot, User(user)), ReasonCode.UserNotAllowed, "a user by number, other than 0", actual);

    [Fact]
    public void An_image_that_names_no_user_runs_as_root()
    {
        foreach (var configuration in new[] { "{}", """{ "config": null }""", """{ "config": {} }""", """{ "config": { "User": null } }""" })
            AssertFails(Judge(NonRoot, Of(configuration)), ReasonCode.UserNotAllowed, "a user by number", "no user");
    }

    [Fact]
    public void Every_platform_is_judged()
    {
        var good = Configured("""{ "config": { "User": "1000" } }""", TwoPlatforms);
        var evidence = Set(good, Scan().For("manifest-amd64"), Scan().For("manifest-arm64"));
        AssertPasses(Judge(NonRoot, evidence));

        var bad = good with { Platforms = [good.Platforms[0], Configured("{}", TwoPlatforms).Platforms[1]] };
        var check = Judge(NonRoot, evidence with { Subject = bad });
        AssertFails(check, ReasonCode.UserNotAllowed, "a user by number", "no user");
        Assert.StartsWith("linux/arm64", check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "config": { "User": "1000", "user": "0" } }""", "MANIFEST_AMBIGUOUS")]
    [InlineData("""{ "config": { "User": "1000" }, "Config": {} }""", "MANIFEST_AMBIGUOUS")]
    [InlineData("""{ "config": { "User": 1000 } }""", "MANIFEST_MALFORMED")]
    [InlineData("""{ "config": [] }""", "MANIFEST_MALFORMED")]
    [InlineData("""{ "config": { "User": "1000", "Labels": { "a": 1 } } }""", "MANIFEST_MALFORMED")]
    [InlineData("""{ "config": { "User": "1000", "ExposedPorts": ["22/tcp"] } }""", "MANIFEST_MALFORMED")]
    [InlineData("""{ "config": { "User": "1000" }, "rootfs": { "diff_ids": ["x"] } }""", "MANIFEST_MALFORMED")]
    [InlineData("[]", "MANIFEST_MALFORMED")]
    public void A_configuration_that_is_read_in_two_ways_or_in_none_fails(string configuration, string reason)
    {
        var check = Judge(NonRoot, Of(configuration));

        Assert.Equal((Verdict.Fail, reason), (check.Verdict, check.Reason?.Name));
    }

    [Fact]
    public void More_labels_than_are_read_are_refused()
    {
        var labels = string.Join(',', Enumerable.Range(0, Limits.ImageConfigEntries + 1).Select(i => $"\"{i.ToString(CultureInfo.InvariantCulture)}\":\"\""));

        AssertFails(Judge(NonRoot, Of($$$"""{ "config": { "User": "1", "Labels": { {{{labels}}} } } }""")), ReasonCode.ManifestMalformed, "configuration", "more than 4096");
    }

    [Fact]
    public void More_layers_than_a_manifest_may_have_are_refused()
    {
        var layers = string.Join(',', Enumerable.Repeat($"\"{DigestOf("layer")}\"", Limits.ManifestLayers + 1));

        AssertFails(Judge(NonRoot, Of($$$"""{ "config": { "User": "1" }, "rootfs": { "diff_ids": [{{{layers}}}] } }""")), ReasonCode.ManifestMalformed, "configuration", "at most 1000");
    }

    [Fact]
    public void An_image_whose_configuration_nobody_read_fails() =>
        AssertFails(Judge(NonRoot, Set(Scan())), ReasonCode.ImageConfigMissing, "a configuration", "not known");

    private static readonly PolicySet NoSsh = Checking("imageConfig", """{ "deniedPorts": [22, 3389] }""");

    [Theory]
    [InlineData("8080/tcp", true)]
    [InlineData("222", true)]
    [InlineData("23-25/tcp", true)]
    [InlineData("22/tcp", false)]
    [InlineData("22", false)]
    [InlineData("022/udp", false)]
    [InlineData("3389/tcp", false)]
    [InlineData("20-30/tcp", false)]
    [InlineData("ssh", false)]
    [InlineData("+22/tcp", false)]
    [InlineData("30-20", false)]
    [InlineData("$PORT/tcp", false)]
    public void A_denied_port_or_one_that_may_be_it_fails(string port, bool passes)
    {
        var check = Judge(NoSsh, Of($$"""{ "config": { "ExposedPorts": { "8443/tcp": {}, "{{port}}": {} } } }"""));

        if (passes)
            AssertPasses(check);
        else
            AssertFails(check, ReasonCode.PortDenied, "none of the ports 22, 3389", port);
    }

    [Fact]
    public void A_label_that_is_required_has_to_be_there_with_its_value()
    {
        var named = Checking("imageConfig", """{ "requiredLabels": ["org.opencontainers.image.source"] }""");
        var valued = Checking("imageConfig", """{ "requiredLabels": { "team": "payments" } }""");

        AssertPasses(Judge(named, Of("""{ "config": { "Labels": { "org.opencontainers.image.source": "x" } } }""")));
        AssertFails(Judge(named, Of("""{ "config": { "Labels": { "org.opencontainers.image.source": " " } } }""")), ReasonCode.LabelMissing, "a label org.opencontainers.image.source", "=");
        AssertFails(Judge(named, Of("{}")), ReasonCode.LabelMissing, "a label org.opencontainers.image.source", "none");
        AssertPasses(Judge(valued, Of("""{ "config": { "Labels": { "team": "payments" } } }""")));
        AssertFails(Judge(valued, Of("""{ "config": { "Labels": { "team": "Payments" } } }""")), ReasonCode.LabelMissing, "team=payments", "team=Payments");
        AssertFails(Judge(valued, Of("""{ "config": { "Labels": { "Team": "payments" } } }""")), ReasonCode.LabelMissing, "team=payments", "none");
    }

    [Theory]
    [InlineData("{}", "asks for nothing")]
    [InlineData("""{ "user": "root" }""", "'root' is not accepted")]
    [InlineData("""{ "deniedPorts": [] }""", "is an empty list")]
    [InlineData("""{ "deniedPorts": [0] }""", "is not a port")]
    [InlineData("""{ "deniedPorts": [65536] }""", "is not a port")]
    [InlineData("""{ "deniedPorts": [22, 22] }""", "listed twice")]
    [InlineData("""{ "requiredLabels": [] }""", "is an empty list")]
    [InlineData("""{ "requiredLabels": {} }""", "names no label")]
    [InlineData("""{ "requiredLabels": { "a": "" } }""", "found an empty one")]
    public void A_check_that_says_nothing_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("imageConfig", body), StringComparison.Ordinal);

    private static readonly PolicySet Fresh = Checking("freshness", """{ "maximumBuildAge": "30d" }""");

    private static readonly PolicySet FreshIfDated = Checking("freshness", """{ "maximumBuildAge": "30d", "whenMissing": "accept" }""");

    [Theory]
    [InlineData("2026-10-23T10:00:00Z")]
    [InlineData("2026-11-22T11:59:59.123456789+02:00")]
    [InlineData("2026-11-22T10:05:00Z")]
    public void A_young_build_passes(string created) => AssertPasses(Judge(Fresh, Created(created)));

    [Theory]
    [InlineData("2026-10-23T09:59:59Z", "2026-10-23T09:59:59Z")]
    [InlineData("2013-01-01T00:00:00Z", "2013-01-01")]
    [InlineData("2026-11-22T10:05:01Z", "2026-11-22T10:05:01Z")]
    public void An_old_build_or_one_ahead_of_the_clock_fails_whatever_missing_means(string created, string actual)
    {
        AssertFails(Judge(Fresh, Created(created)), ReasonCode.BuildTooOld, "built at most 30d ago", actual);
        AssertFails(Judge(FreshIfDated, Created(created)), ReasonCode.BuildTooOld, "built at most 30d ago", actual);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1980-01-01T00:00:01Z")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T10:00:00")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void A_placeholder_is_no_time(string created)
    {
        AssertFails(Judge(Fresh, Created(created)), ReasonCode.BuildUndated, "built at most 30d ago", "no time");
        AssertPasses(Judge(FreshIfDated, Created(created)));
    }

    [Fact]
    public void An_image_without_a_time_fails_unless_the_policy_accepts_that()
    {
        AssertFails(Judge(Fresh, Of("{}")), ReasonCode.BuildUndated, "built at most 30d ago", "no time");
        AssertPasses(Judge(FreshIfDated, Of("{}")));
        AssertFails(Judge(FreshIfDated, Set(Scan())), ReasonCode.ImageConfigMissing, "a configuration", "not known");
    }

    [Theory]
    [InlineData("{}", "maximumBuildAge is required")]
    [InlineData("""{ "maximumBuildAge": "0d" }""", "out of range")]
    [InlineData("""{ "maximumBuildAge": "1d", "whenMissing": "ignore" }""", "'ignore' is not accepted")]
    [InlineData("""{ "maximumBuildAge": "1d", "maximumSignatureAge": "1d" }""", "known but not built yet")]
    public void An_age_that_is_none_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("freshness", body), StringComparison.Ordinal);

    private static EvidenceSet Of(string configuration) => Set(Configured(configuration), Scan());

    private static EvidenceSet User(string user) => Of($$"""{ "config": { "User": {{JsonSerializer.Serialize(user)}} } }""");

    private static EvidenceSet Created(string created) => Of($$"""{ "created": "{{created}}" }""");
}
