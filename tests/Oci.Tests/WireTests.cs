// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Oci.Http;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Headers, URLs, the number of requests, and what is told about them.</summary>
public sealed class WireTests
{
    public static TheoryData<string, string[], string> Challenges => new()
    {
        { "bearer", ["Bearer realm=\"https://a/t\",service=\"s\",scope=\"x:y:z\""], "bearer[realm=https://a/t;scope=x:y:z;service=s]" },
        { "in capitals", ["BEARER Realm=\"r\""], "bearer[realm=r]" },
        { "basic", ["Basic realm=\"r\""], "basic[realm=r]" },
        { "a token for a value", ["Basic realm=r"], "basic[realm=r]" },
        { "spaces around", ["Bearer  realm = \"r\" , service=\"s\""], "bearer[realm=r;service=s]" },
        { "a comma in a value", ["Bearer realm=\"r\",scope=\"a:pull,push\""], "bearer[realm=r;scope=a:pull,push]" },
        { "an escaped quote", ["Bearer realm=\"a\\\"b\""], "bearer[realm=a\"b]" },
        { "two in one", ["Negotiate, Bearer realm=\"r\", Basic realm=\"b\""], "negotiate[] bearer[realm=r] basic[realm=b]" },
        { "two headers", ["Basic realm=\"b\"", "Bearer realm=\"r\""], "basic[realm=b] bearer[realm=r]" },
        { "a parameter twice: neither counts", ["Bearer realm=\"good\",realm=\"evil\""], "" },
        { "the same in other letters", ["Bearer realm=\"good\",REALM=\"evil\""], "" },
        { "an open quote", ["Bearer realm=\"r"], "" },
        { "a lone escape", ["Bearer realm=\"r\\"], "" },
        { "no value", ["Bearer realm="], "" },
        { "nothing", [""], "" },
        { "nonsense", ["\"Bearer\""], "" },
        { "too long", ["Bearer realm=\"" + new string('r', 9000) + "\""], "" },
    };

    [Theory, MemberData(nameof(Challenges))]
    public void Challenges_are_read_in_one_way_or_not_at_all(string because, string[] values, string expected)
    {
        var read = Challenge.ReadAll(values).Select(challenge =>
            $"{challenge.Scheme}[{string.Join(';', challenge.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}]");

        Assert.True(string.Equals(expected, string.Join(' ', read), StringComparison.Ordinal), because);
    }

    public static TheoryData<string, string?> Links => new()
    {
        { "</next>; rel=\"next\"", "/next" },
        { "</next>; rel=next", "/next" },
        { "</next>;title=\"x\";rel=\"next\"", "/next" },
        { "</prev>; rel=\"prev\", </next>; rel=\"next\"", "/next" },
        { "</prev>; rel=\"prev\"", null },
        { "</next", null },
        { "next", null },
        { "", null },
    };

    [Theory, MemberData(nameof(Links))]
    public void The_next_page_is_found(string value, string? expected) =>
        Assert.Equal(expected, LinkHeader.FindNext([value]));

    [Fact]
    public void Redirects_and_token_servers_of_other_projects_cases_are_judged_at_least_as_strictly()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/oci/ssrf.go-containerregistry.json")));
        var root = vectors.RootElement;

        foreach (var row in Rows(root, "redirectBlocked"))
            Assert.False(Follows(Text(row, "orig"), Text(row, "dest"), plainHttp: false), row.ToString());

        // Upstream follows to any host with a public address. Here a host must be configured, and http is never left to.
        foreach (var row in Rows(root, "redirectOther"))
            Assert.False(Follows(Text(row, "orig"), Text(row, "dest"), plainHttp: false), row.ToString());
        Assert.True(Follows("registry.example.com", "https://storage.googleapis.com/bucket/layer.tar.gz", plainHttp: false, "storage.googleapis.com"));
        Assert.False(Follows("registry.example.com", "http://storage.googleapis.com/bucket/layer.tar.gz", plainHttp: false, "storage.googleapis.com"));

        foreach (var row in Rows(root, "redirectSameHostAllowed"))
            Assert.True(Follows(Text(row, "orig"), Text(row, "dest"), Text(row, "dest").StartsWith("http:", StringComparison.Ordinal)), row.ToString());

        // Upstream trusts any public token server; here it is the registry's own origin or a configured one.
        foreach (var row in Rows(root, "authRealm"))
        {
            var own = Text(row, "realm").StartsWith("https://registry.example.com/", StringComparison.Ordinal);
            Assert.Equal(own, Trusts("registry.example.com", Text(row, "realm"), plainHttp: false));
        }

        foreach (var row in Rows(root, "authRealmSameHost"))
        {
            var refused = row.TryGetProperty("wantErr", out var wanted) && wanted.GetBoolean();
            var insecure = row.TryGetProperty("insecure", out var flag) && flag.GetBoolean();
            Assert.True(refused == !Trusts(Text(row, "registryHost"), Text(row, "realm"), insecure), row.ToString());
        }

        foreach (var row in Rows(root, "canonicalAddress"))
        {
            // Half-written addresses, which upstream completes, are not hosts here.
            var host = Text(row, "address");
            if (!HostGrammar.IsHost(host))
                continue;

            var origin = Origin.OfHost(host, Text(row, "scheme") is "http");
            Assert.Equal(Text(row, "want"), $"{origin.Host}:{origin.Port}");
        }
    }

    [Fact]
    public void No_URL_is_accepted_that_browsers_take_to_another_host()
    {
        var compared = 0;
        foreach (var file in new[] { "urltestdata.json", "ada_extra_urltestdata.json" })
        {
            using var vectors = JsonDocument.Parse(
                File.ReadAllBytes(SharedFiles.Require($"vectors/net/wpt-url/{file}")));
            foreach (var row in vectors.RootElement.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object))
            {
                // Some rows fail because of their base, which plays no part here.
                var input = Text(row, "input");
                if (row.TryGetProperty("base", out var against) && against.GetString() is { } text
                    && !Uri.TryCreate(text, UriKind.Absolute, out _))
                    continue;

                if (!Origin.TryResolve(from: null, input, out var accepted))
                    continue;

                compared++;
                Assert.False(row.TryGetProperty("failure", out _), $"{input} is no URL, and was taken for {accepted}");
                Assert.True(string.Equals(Text(row, "hostname"), accepted.Host, StringComparison.Ordinal), $"{input} leads to {Text(row, "hostname")}, and was taken for {accepted}");
                Assert.Equal(Text(row, "port") is { Length: > 0 } port
                    ? port : accepted.IsDefaultPort ? $"{accepted.Port}"
                    : "", $"{accepted.Port}");
            }
        }

        Assert.InRange(compared, 20, 1000);
    }

    [Fact]
    public async Task URLs_in_a_descriptor_are_never_fetched()
    {
        await using var listener = await RegistrySimulator.StartAsync();
        await using var simulator = await RegistrySimulator.StartAsync();
        var image = simulator.In("team/app").AddImage();
        var json = Encoding.UTF8.GetString(image.Content).Replace("\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\"", $"\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"urls\":[\"{listener.Origin}/layer\"]", StringComparison.Ordinal);
        simulator.In("team/app").AddManifest(Encoding.UTF8.GetBytes(json), image.MediaType, "v1");
        using var client = Client.Of(simulator);

        var manifest = await client.FetchAsync("v1");
        simulator.In("team/app").LoseBlob(manifest!.Layers[0].Digest);

        Assert.Null(await client.FetchAsync(manifest.Layers[0]));
        Assert.Empty(listener.Requests);
    }

    [Fact]
    public async Task A_cold_admission_costs_a_token_the_referrers_and_a_manifest_and_a_blob_for_each()
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Access = RegistryAccess.Token });
        using var writer = Client.Of(simulator, Client.Password(simulator.Host, "robot", "correct horse"));
        using var client = Client.Of(simulator, Client.Password(simulator.Host, "robot", "correct horse"));
        var image = await ReferrersTests.ImageAsync(simulator, writer);
        for (var i = 0; i < 3; i++)
            await ReferrersTests.AttachAsync(writer, image, $"{i}");

        // The first contact with a host learns how it wants to be asked: one answer of 401.
        await client.Registry.FetchManifestAsync(Repository.Parse($"{simulator.Host}/any/where"), "v1", Client.Token);
        simulator.ForgetRequests();

        var referrers = await client.ReferrersAsync(image.Digest);
        await Task.WhenAll(referrers.Select(async referrer =>
        {
            var manifest = await client.FetchAsync(referrer.Digest);
            await client.FetchAsync(manifest!.Layers[0]);
        }));

        Assert.Equal(1 + 1 + (2 * 3), simulator.Requests.Count);
        Assert.Equal(simulator.Requests.Count, simulator.Requests.Select(request => request.ToString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Each_request_is_one_span_that_tells_host_method_path_and_status_and_no_secret()
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Access = RegistryAccess.Token });
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Client.Password(simulator.Host, "robot", "correct horse"));
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "SupplyChain.Oci",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (string.Equals(span.GetTagItem("server.address") as string, simulator.Host, StringComparison.Ordinal))
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await client.FetchAsync("v1");

        Assert.Equal("GET 401, GET 200, GET 200", string.Join(", ", spans.Select(span =>
            $"{span.GetTagItem("http.request.method")} {span.GetTagItem("http.response.status_code")}")));
        Assert.All(spans, span => Assert.Equal(4, span.TagObjects.Count()));
        Assert.Equal(
            ["/v2/team/app/manifests/v1", "/token", "/v2/team/app/manifests/v1"],
            spans.Select(span => (string)span.GetTagItem("url.full")!).Select(url => url[simulator.Origin.Length..]));
        Assert.DoesNotContain(simulator.Requests, request => request.Header("traceparent") is not null);
    }

    private static IEnumerable<JsonElement> Rows(JsonElement root, string name) =>
        root.GetProperty(name).EnumerateArray();

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static bool Follows(string host, string target, bool plainHttp, params string[] redirectHosts)
    {
        var own = Origin.OfHost(host, plainHttp);
        var rule = new RedirectRule(
            own, new RegistryOptions { Host = host, PlainHttp = plainHttp, RedirectHosts = redirectHosts });
        return Origin.TryResolve(from: null, target, out var uri) && rule.AllowsDownloadFrom(uri);
    }

    private static bool Trusts(string host, string realm, bool plainHttp)
    {
        var rule = new RedirectRule(
            Origin.OfHost(host, plainHttp), new RegistryOptions { Host = host, PlainHttp = plainHttp });
        return Origin.TryResolve(from: null, realm, out var uri) && rule.AllowsRealm(uri);
    }
}
