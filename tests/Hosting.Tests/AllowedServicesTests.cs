// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Kms;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Hosting.Tests;

/// <summary>Policies name logs and timestamp authorities; the configuration says which of them may be spoken to.</summary>
public sealed class AllowedServicesTests : IDisposable
{
    private static readonly JsonArray Logs =
        [Service("rekor.example.com", 1), Service("log2026.rekor.example.com", 2), Service("log2030.rekor.example.com", 3)];

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly TrustWorld _world;

    public AllowedServicesTests()
    {
        _world = new TrustWorld(_clock);
        Directory.CreateDirectory(_folder["policies"]);
    }

    public static TheoryData<string, string, string> Policies => new()
    {
        { "log: required, timestamp: required", "rekor.example.com log2026.rekor.example.com time.example.com:8443", "" },
        { "log: required, timestamp: required", "rekor.example.com log2026.rekor.example.com time.example.com", "time.example.com:8443" },
        { "log: required, timestamp: required", "rekor.example.com time.example.com:8443", "log2026.rekor.example.com" },
        { "log: required", "rekor.example.com log2026.rekor.example.com", "" },
        { "timestamp: required", "time.example.com:8443", "" },
        { "timestamp: required", "", "time.example.com:8443" },
    };

    [Theory, MemberData(nameof(Policies))]
    public void Every_service_that_a_policy_may_choose_is_allowed(string asked, string hosts, string missing)
    {
        var services = new AllowedServices(hosts.Length == 0 ? null : new TransparencyConfiguration(hosts.Split(' ')));

        var problems = services.Check(Load(asked));

        if (missing.Length == 0)
        {
            Assert.Empty(problems);
            return;
        }

        var problem = Assert.Single(problems);
        Assert.Equal(ProblemSeverity.Error, problem.Severity);
        Assert.Equal("signing.yaml", problem.Location.File);
        Assert.Equal(
            $"spec.transparency: example names a service at {missing}, which this service may not speak to; allow it in the configuration as one of transparency.hosts",
            problem.Message);
    }

    [Theory]
    [InlineData("http", "127.0.0.1:3000", "http://127.0.0.1:3000")]
    [InlineData("https", "http://127.0.0.1:3000", "127.0.0.1:3000")]
    public void Plain_http_is_another_service_than_https_at_the_same_place(string scheme, string allowed, string missing)
    {
        var set = Load("timestamp: required", scheme + "://127.0.0.1:3000");

        Assert.Contains(
            $"names a service at {missing}, which", Assert.Single(new AllowedServices(new TransparencyConfiguration([allowed])).Check(set)).Message,
            StringComparison.Ordinal);
        Assert.Empty(new AllowedServices(new TransparencyConfiguration([missing])).Check(set));
    }

    [Theory]
    [InlineData("time.example.com", "https://time.example.com/a%2e%2e/b")]
    [InlineData("time.example.com/a", "https://time.example.com/a")]
    [InlineData("time.example.com/a", "https://time.example.com/a/")]
    [InlineData("time.example.com/a", "https://time.example.com/a/b/api/v1/timestamp")]
    [InlineData("time.example.com/a", "https://time.example.com/b/../a")]
    [InlineData("time.example.com:8443/a/b", "https://time.example.com:8443/a/b/c")]
    [InlineData("http://127.0.0.1:3000/a", "http://127.0.0.1:3000/a/b")]
    public void A_path_admits_itself_and_what_is_below(string allowed, string service) =>
        Assert.Empty(new AllowedServices(new TransparencyConfiguration([allowed])).Check(Load("timestamp: required", service)));

    [Theory]
    [InlineData("https://time.example.com", "time.example.com")]
    [InlineData("https://time.example.com/ab", "time.example.com/ab")]
    [InlineData("https://time.example.com/b/a", "time.example.com/b/a")]
    [InlineData("https://time.example.com/A", "time.example.com/A")]
    [InlineData("https://time.example.com/a/../b", "time.example.com/b")]
    [InlineData("https://time.example.com/a/%2e%2e/b", "time.example.com/b")]
    [InlineData("https://time.example.com/a/%252e%252e/b", "time.example.com/a/%252e%252e/b")]
    [InlineData("https://time.example.com/a/..%2fb", "time.example.com/a/..%2fb")]
    [InlineData("https://time.example.com/a/..;/b", "time.example.com/a/..;/b")]
    [InlineData("https://time.example.com/a%2fb", "time.example.com/a%2fb")]
    [InlineData("https://time.example.com:8443/a", "time.example.com:8443/a")]
    [InlineData("http://127.0.0.1:3000/a", "http://127.0.0.1:3000/a")]
    public void And_nothing_beside_it(string service, string missing) => Assert.Contains(
        $"names a service at {missing}, which this service may not speak to;",
        Assert.Single(new AllowedServices(new TransparencyConfiguration(["time.example.com/a", "127.0.0.1:3000/a"])).Check(Load("timestamp: required", service))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_set_that_needs_another_is_not_put_in_force_and_the_one_before_stays()
    {
        Write("attestor.yaml", Attestor());
        var log = new RecordedLog<PolicySource>();
        await using var source = new PolicySource([_folder["policies"]], _folder.Path, PublicKeys.OfFiles, _clock, log)
        {
            CheckSet = new AllowedServices(configuration: null).Check,
        };
        Assert.True((await source.RefreshAsync(default)).IsUsable);
        var before = source.Current;

        Write("trust.json", TrustRoot());
        Write("signing.yaml", Signing("timestamp: required"));
        var found = await source.RefreshAsync(default);

        Assert.False(found.IsUsable);
        Assert.Contains("which this service may not speak to", Assert.Single(found.Result.Problems).Message, StringComparison.Ordinal);
        Assert.Same(before, source.Current);
        Assert.NotNull(source.Failure);
        Assert.Contains("transparency.hosts", log.Text, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    private PolicySet Load(string asked, string authority = "https://time.example.com:8443")
    {
        var trust = TrustRoot().Replace("https://time.example.com:8443", authority, StringComparison.Ordinal);
        var loaded = PolicyLoader.Load([File("trust.json", trust), File("attestor.yaml", Attestor()), File("signing.yaml", Signing(asked))]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        return loaded.Set;
    }

    private static string Attestor() =>
        $$$"""{"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"release"},"spec":{"purpose":"approval","members":[{"key":"awskms:///alias/release","publicKey":{{{Key()}}}}]}}""";

    private static string Key()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return JsonValue.Create(key.ExportSubjectPublicKeyInfoPem() + "\n").ToJsonString();
    }

    private string TrustRoot() => new JsonObject
    {
        ["apiVersion"] = "supplychain/v1",
        ["kind"] = "TrustRoot",
        ["metadata"] = new JsonObject { ["name"] = "example" },
        ["spec"] = new JsonObject
        {
            ["trustedRoot"] = _world.Root().ToJsonString(),
            ["signingConfig"] = new JsonObject
            {
                ["mediaType"] = SigningConfig.MediaType,
                ["rekorTlogUrls"] = Logs.DeepClone(),
                ["rekorTlogConfig"] = new JsonObject { ["selector"] = "ANY" },
                ["tsaUrls"] = new JsonArray(Service("time.example.com:8443", 1)),
                ["tsaConfig"] = new JsonObject { ["selector"] = "ANY" },
            }.ToJsonString(),
        },
    }.ToJsonString();

    private static string Signing(string asked) =>
        $$"""
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata: { name: payments }
        spec:
          subjects: [registry.example.com/payments/**]
          requesters: [{ issuer: https://ci.example.com, claims: { ref: refs/heads/main } }]
          attestor: release
          evidence:
            scanners: [{ name: trivy, source: submitted }]
            maximumScanAge: 24h
            maximumDatabaseAge: 48h
          checks:
            - { name: clean, vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM } }
          transparency: { trustRoot: example, {{asked}} }
        """;

    private static JsonObject Service(string host, int version) => new()
    {
        ["url"] = $"https://{host}",
        ["majorApiVersion"] = version,
        ["validFor"] = new JsonObject { ["start"] = "2026-01-01T00:00:00Z" },
        ["operator"] = "example",
    };

    private void Write(string name, string text) => System.IO.File.WriteAllText(Path.Combine(_folder["policies"], name), text);

    private static PolicyFile File(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
