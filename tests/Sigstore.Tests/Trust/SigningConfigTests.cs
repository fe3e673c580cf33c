// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests.Trust;

/// <summary>Which services a signing configuration chooses, and what spoils one.</summary>
public sealed class SigningConfigTests
{
    private const string One = """{"url":"https://rekor.example.com","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"example.com"}""";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Says_where_everything_is()
    {
        var config = Read($$$"""
            {"mediaType":"{{{SigningConfig.MediaType}}}","caUrls":[{{{Service("ca")}}}],"oidcUrls":[{{{Service("oidc")}}}],
             "rekorTlogUrls":[{{{Service("log")}}}],"rekorTlogConfig":{"selector":"ANY"},"tsaUrls":[{{{Service("time")}}}],"tsaConfig":{"selector":"EXACT","count":1}}
            """);

        Assert.True(config.TryChooseCertificateAuthority(Now, out var authority, out var problem), problem);
        Assert.Equal("https://ca.example.com/", authority.Url.ToString());
        Assert.Equal("https://oidc.example.com/", Assert.Single(config.IdentityIssuers).Url.ToString());
        Assert.Equal(["log"], Logs(config));
        Assert.True(config.TryChooseTimestampAuthorities(Now, out var times, out problem), problem);
        Assert.Equal("https://time.example.com/", Assert.Single(times).Url.ToString());
    }

    public static TheoryData<string, string, string> Choices => new()
    {
        { "ALL", $"{Service("a")},{Service("b", by: "b")}", "a b" },
        { "ANY", $"{Service("a")},{Service("b", by: "b")}", "a" },
        { "EXACT\",\"count\":\"2", $"{Service("a")},{Service("b", by: "b")},{Service("c", by: "c")}", "a b" },
        // Of one operator the highest version, of that the newest.
        { "ALL", $"{Service("a")},{Service("b", version: 2)}", "b" },
        { "ALL", $"{Service("a")},{Service("b", start: "2026-02-01T00:00:00Z")}", "b" },
        { "ALL", $"{Service("a", start: "2026-02-01T00:00:00Z")},{Service("b", version: 2)}", "b" },
        // Versions that are not known, and times that are not now.
        { "ALL", $"{Service("a")},{Service("b", version: 3)}", "a" },
        { "ALL", $"{Service("a")},{Service("b", start: "2026-11-22T10:00:01Z")}", "a" },
        { "ALL", $"{Service("a")},{Service("b", start: "2026-02-01T00:00:00Z", end: "2026-11-22T09:59:59Z")}", "a" },
        { "ANY", $"{Service("a", end: "2026-11-22T10:00:00Z")},{Service("b", by: "b", start: "2026-11-22T10:00:00Z")}", "b" },
    };

    [Theory, MemberData(nameof(Choices))]
    public void Chooses_as_it_says(string selector, string services, string expected) =>
        Assert.Equal(expected.Split(' '), Logs(Read(With(services, selector))));

    [Fact]
    public void Chooses_only_versions_that_are_wanted()
    {
        var config = Read(With($"{Service("a")},{Service("b", version: 2)}", "ALL"));

        Assert.True(config.TryChooseLogs(Now, [1], out var chosen, out var problem), problem);
        Assert.Equal(1u, Assert.Single(chosen).MajorVersion);
    }

    [Fact]
    public void Tells_when_another_choice_may_come_out()
    {
        var config = Read(With(
            $"{Service("a", end: "2026-06-30T00:00:00Z")},{Service("b", start: "2026-03-01T00:00:00Z", end: "9999-12-31T23:59:59.9999999Z")}", "ANY"));

        Assert.Equal(
            [Time("2026-01-01T00:00:00Z"), Time("2026-03-01T00:00:00Z"), Time("2026-06-30T00:00:00.0000001Z")], config.LogChanges);
        Assert.Empty(config.TimestampChanges);
    }

    public static TheoryData<string, string, string> TooFew => new()
    {
        { "ALL", "", "the signing configuration asks for 1 logs of distinct operators; of the 0 it lists, 0 have version 1 or 2 and are in use at 2026-11-22T10:00:00Z" },
        { "ANY", Service("a", version: 3), "asks for 1 logs of distinct operators; of the 1 it lists, 0 have version 1 or 2" },
        { "EXACT\",\"count\":\"2", $"{Service("a")},{Service("b")}", "asks for 2 logs of distinct operators; of the 2 it lists, 1 have version 1 or 2" },
    };

    [Theory, MemberData(nameof(TooFew))]
    public void Says_that_there_are_too_few(string selector, string services, string expected)
    {
        Assert.False(Read(With(services, selector)).TryChooseLogs(Now, SigningConfig.LogVersions, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "config.v0.2", "config.v0.1", "the signing configuration has the mediaType 'application/vnd.dev.sigstore.signingconfig.v0.1+json'; expected 'application/vnd.dev.sigstore.signingconfig.v0.2+json'" },
        { "\"rekorTlogUrls\"", "\"rekorUrls\"", "the signing configuration has an unknown member rekorUrls" },
        { "\"rekorTlogUrls\"", "\"tsaUrls\":[],\"tsaUrls\":[],\"rekorTlogUrls\"", "the signing configuration is malformed: " },
        { ",\"rekorTlogConfig\":{\"selector\":\"ANY\"}", "", "the signing configuration has rekorTlogUrls and no rekorTlogConfig to say how many of them are used" },
        { "\"ANY\"", "\"SERVICE_SELECTOR_UNDEFINED\"", "the signing configuration.rekorTlogConfig.selector is 'SERVICE_SELECTOR_UNDEFINED'; expected ALL, ANY or EXACT" },
        { "\"ANY\"", "\"EXACT\"", "the signing configuration.rekorTlogConfig.count is 0; expected 1 to 64 for EXACT" },
        { "\"ANY\"", "\"EXACT\",\"count\":65", "the signing configuration.rekorTlogConfig.count is 65; expected 1 to 64 for EXACT" },
        { "\"ANY\"", "\"ANY\",\"count\":2", "the signing configuration.rekorTlogConfig has a count of 2, which ANY does not use" },
        { "\"ANY\"", "\"ALL\",\"more\":2", "the signing configuration.rekorTlogConfig has an unknown member more" },
        { "https://rekor", "http://rekor", "the signing configuration.rekorTlogUrls[0].url is 'http://rekor.example.com'; expected an https URL" },
        { "https://rekor", "https://me@rekor", "the signing configuration.rekorTlogUrls[0].url is 'https://me@rekor.example.com'; expected an https URL" },
        { "\"majorApiVersion\":1", "\"majorApiVersion\":0", "the signing configuration.rekorTlogUrls[0].majorApiVersion is 0; expected a version from 1 on" },
        { "\"majorApiVersion\":1,", "", "the signing configuration.rekorTlogUrls[0] has no majorApiVersion" },
        { "\"start\":\"2026-01-01T00:00:00Z\"", "", "the signing configuration.rekorTlogUrls[0].validFor has no start" },
        { "\"start\":\"2026-01-01T00:00:00Z\"", "\"start\":\"2026\"", "the signing configuration.rekorTlogUrls[0].validFor.start is String; expected a time" },
        { "\"example.com\"", "\"\"", "the signing configuration.rekorTlogUrls[0].operator is empty; expected who runs the service" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong_and_where(string part, string instead, string expected) =>
        Refused(With(One, "ANY").Replace(part, instead, StringComparison.Ordinal), expected);

    [Fact]
    public void More_than_a_signing_configuration_has_is_refused()
    {
        Refused(new string(' ', Limits.SigningConfigBytes + 1), "a signing configuration has at most 262144 bytes, found 262145");
        Read(With(string.Join(',', Enumerable.Repeat(One, Limits.TrustedInstances)), "ANY"));
        Refused(
            With(string.Join(',', Enumerable.Repeat(One, Limits.TrustedInstances + 1)), "ANY"),
            "the signing configuration.rekorTlogUrls has 65 entries; expected at most 64");
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Service(string name, int version = 1, string start = "2026-01-01T00:00:00Z", string? end = null, string by = "example.com") =>
        $$$"""{"url":"https://{{{name}}}.example.com","majorApiVersion":{{{version}}},"validFor":{"start":"{{{start}}}"{{{(end is null ? "" : $",\"end\":\"{end}\"")}}}},"operator":"{{{by}}}"}""";

    private static string With(string services, string selector) =>
        $$$"""{"mediaType":"{{{SigningConfig.MediaType}}}","rekorTlogUrls":[{{{services}}}],"rekorTlogConfig":{"selector":"{{{selector}}}"}}""";

    private static IEnumerable<string> Logs(SigningConfig config)
    {
        Assert.True(config.TryChooseLogs(Now, SigningConfig.LogVersions, out var chosen, out var problem), problem);
        return chosen.Select(log => log.Url.Host.Split('.')[0]);
    }

    private static SigningConfig Read(string text)
    {
        Assert.True(SigningConfig.TryRead(Encoding.UTF8.GetBytes(text), out var config, out var problem), problem);
        return config;
    }

    private static void Refused(string text, string expected)
    {
        Assert.False(SigningConfig.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }
}
