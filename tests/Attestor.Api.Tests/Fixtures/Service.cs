// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SupplyChain.Attestor.Tests;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Oidc;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>An image in the registry, and the configuration by which a report proves that it is about it.</summary>
public sealed record SampleImage(string Name, Digest Digest, Digest Config);

/// <summary>
/// The attestor as its own process would run it, on a loopback port, in front of a registry and an identity issuer that
/// do as told. One host serves the tests of a class, which run one after another.
/// </summary>
public class Service : IAsyncLifetime
{
    public const string Token = "ci-0123456789-canary";
    public const string ScannersToken = "scanner-0123456789-canary";
    public const string StrangersToken = "stranger-0123456789-canary";

    private const string Password = "made-for-tests";

    // Key files are slow to make on purpose; one serves all hosts.
    private static readonly Lazy<(byte[] Private, byte[] Public)> Key = new(MakeKey);

    private WebApplication? _app;
    private int _images;

    public TempFolder Folder { get; } = new();

    public RegistrySimulator Registry { get; private set; } = null!;

    public OidcIssuer Issuer { get; private set; } = null!;

    public RecordedLogs Log { get; } = new();

    public HttpClient Client { get; } = new();

    /// <summary>The address it serves at.</summary>
    public Uri Address => new(_app!.Urls.Single());

    public string Ledger => Folder["ledger.db"];

    /// <summary>Changes what lies in the folder before the host starts.</summary>
    public Action? Prepare { get; set; }

    /// <summary>Whether the private key is there: without it, a test that answers as expected has used none.</summary>
    protected virtual bool HasKey => true;

    /// <summary>Which keys it may use, as members of the configuration file.</summary>
    protected virtual string KeyMembers => "\"keyPasswordFile\": \"password\"";

    /// <summary>The largest body it is configured to take.</summary>
    protected virtual int RequestBytes => 512 * 1024;

    public async ValueTask InitializeAsync()
    {
        Registry = await RegistrySimulator.StartAsync();
        Issuer = await OidcIssuer.StartAsync(TimeProvider.System);
        Directory.CreateDirectory(Folder["policies"]);
        WriteSecret("password", Encoding.UTF8.GetBytes(Password));
        WriteSecret("ci.token", Encoding.UTF8.GetBytes(Token));
        WriteSecret("scanner.token", Encoding.UTF8.GetBytes(ScannersToken));
        WriteSecret("stranger.token", Encoding.UTF8.GetBytes(StrangersToken));
        if (HasKey)
            WriteSecret("approval.key", Key.Value.Private);
        await File.WriteAllBytesAsync(Folder["approval.pub"], Key.Value.Public);
        WritePolicy("attestor", AttestorText);
        WritePolicy("shop", SigningText("shop", "demo"));
        WritePolicy("twice-a", SigningText("twice-a", "twice"));
        WritePolicy("twice-b", SigningText("twice-b", "twice"));
        Prepare?.Invoke();
        await File.WriteAllTextAsync(Folder["attestor.json"], Configuration());
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await Issuer.DisposeAsync();
        await Registry.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks at the policies' files again, as the host does by itself from time to time.</summary>
    public async Task ReloadAsync() => await _app!.Services.GetRequiredService<PolicySource>().RefreshAsync(
        CancellationToken.None);

    /// <summary>Starts the host again over the same folder, as after a crash or an update.</summary>
    public async Task RestartAsync()
    {
        await _app!.DisposeAsync();
        await StartAsync();
    }

    /// <summary>What a configuration file says; a test changes one thing.</summary>
    public string Configuration(string listen = "http://127.0.0.1:0") =>
        $$"""
        {
          "listen": "{{listen}}", "unsafePlainHttp": true, "ledger": "ledger.db", {{KeyMembers}},
          "policies": ["policies"], "limits": { "requestBytes": {{RequestBytes}} },
          "registries": {
            "{{Registry.Host}}": { "plainHttp": true, "privateNetwork": true, "operationTimeout": "2s" }
          },
          "oidc": [{ "issuer": "{{Issuer.Issuer}}", "audience": "{{Issuer.Audience}}" }],
          "localTokens": [
            { "subject": "ci", "tokenFile": "ci.token" },
            { "subject": "scanner", "tokenFile": "scanner.token" },
            { "subject": "stranger", "tokenFile": "stranger.token" }
          ]
        }
        """;

    public void WritePolicy(string name, string text) =>
        File.WriteAllText(Path.Combine(Folder["policies"], name + ".yaml"), text);

    /// <summary>A policy over the images of one folder of the registry.</summary>
    public string SigningText(string name, string folder) =>
        $$"""
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata: { name: {{name}} }
        spec:
          subjects: ["{{Registry.Host}}/{{folder}}/**"]
          requesters:
            - { issuer: "urn:supplychain:local", claims: { sub: ci } }
            - { issuer: "{{Issuer.Issuer}}", claims: { repository_id: "482193", ref: refs/heads/main } }
          attestor: release
          mode: enforce
          evidence:
            posters: [{ issuer: "urn:supplychain:local", claims: { sub: scanner } }]
            scanners: [{ name: trivy, source: submitted, binding: proven }]
            combine: union
            maximumScanAge: 24h
            maximumDatabaseAge: { limit: 48h, whenMissing: accept }
            platforms: all
          checks:
            - name: no-serious-vulnerabilities
              vulnerabilities:
                { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
          produce: { signature: true, attestations: [vulnerabilities], validFor: 30d }
        """;

    /// <summary>Puts a new image into the registry.</summary>
    public SampleImage PushImage(string repository = "demo/shop")
    {
        var stored = Registry.In(repository).AddImage($"{repository} {_images++}");
        var config = JsonNode.Parse(stored.Content)!["config"]!["digest"]!.GetValue<string>();
        return new SampleImage($"{Registry.Host}/{repository}@{stored.Digest}", stored.Digest, Digest.Parse(config));
    }

    /// <summary>A clean report of an image, as its scanner would write it now.</summary>
    public static string ReportOf(SampleImage image, params (string Id, string Severity, string? Fixed)[] findings) =>
        ReportOf(image, DateTimeOffset.UtcNow.AddMinutes(-1), findings);

    /// <summary>A report of an image, as its scanner would have written it then.</summary>
    public static string ReportOf(
        SampleImage image, DateTimeOffset time, params (string Id, string Severity, string? Fixed)[] findings) =>
        SampleReport.Json(image.Config, time, findings).ToJsonString();

    /// <summary>Asks for a signature as a pipeline does.</summary>
    public Task<Answer> AttestAsync(
        HttpContent body, string query = "", string? token = Token, string? idempotencyKey = null,
        CancellationToken cancellationToken = default)
    {
        var address = new Uri(Address, "/v1/attestations" + query);
        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        if (idempotencyKey is not null)
            Assert.True(message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey));
        // As curl and our own command do: a refusal that needs no body comes before it is sent.
        message.Headers.ExpectContinue = true;
        return SendAsync(message, token, cancellationToken);
    }

    /// <summary>Posts reports as a scanner does.</summary>
    public Task<Answer> PostAsync(HttpContent body, string? token = ScannersToken, string query = "") => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/v1/evidence" + query)) { Content = body }, token);

    /// <summary>Asks for something with a bearer token, or with none.</summary>
    public async Task<Answer> SendAsync(
        HttpRequestMessage message, string? token, CancellationToken cancellationToken = default)
    {
        using (message)
        {
            if (token is not null)
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await Client.SendAsync(message, cancellationToken);
            return await Answer.ReadAsync(response, this);
        }
    }

    public Task<Answer> GetAsync(string path, string? token = Token) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path)), token);

    /// <summary>The ledger's entries after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> EntriesAsync(long after = 0)
    {
        var entries = new List<LedgerEntry>();
        await foreach (
            var entry in new LedgerReader(Ledger).ShowAsync(new EntryFilter { After = after }, CancellationToken.None))
        {
            // The key is pinned when the first request of the fixture is signed, whichever that is, and policies are kept with the first.
            if (entry.Kind is not (EntryKind.Key or EntryKind.Document))
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>The number of the newest entry.</summary>
    public async Task<long> MarkAsync()
    {
        Registry.ForgetRequests();
        return (await new LedgerReader(Ledger).ReadHeadAsync(CancellationToken.None))?.Sequence ?? 0;
    }

    /// <summary>
    /// Makes sure that since the mark only these kinds were recorded, and nothing was written beside any image.
    /// </summary>
    public async Task AssertOnlyAsync(string because, long mark, params EntryKind[] kinds)
    {
        var entries = await EntriesAsync(mark);
        Assert.True(
            entries.Select(entry => entry.Kind).SequenceEqual(kinds),
            $"{because}: recorded {string.Join(", ", entries.Select(entry => entry.Kind))}");
        Assert.Equal(0, Registry.Count("PUT", "*") + Registry.Count("POST", "*") + Registry.Count("PATCH", "*"));
    }

    private async Task StartAsync()
    {
        var configuration = await ConfigurationFile.ReadAttestorAsync(Folder["attestor.json"], CancellationToken.None);
        _app = await AttestorApp.BuildAsync(configuration, TimeProvider.System, CancellationToken.None);
        _app.Services.GetRequiredService<ILoggerFactory>().AddProvider(Log);
        await _app.StartAsync();
    }

    private void WriteSecret(string name, byte[] content)
    {
        File.WriteAllBytes(Folder[name], content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static (byte[] Private, byte[] Public) MakeKey()
    {
        using var folder = new TempFolder();
        using var password = KeyPassword.From(Password);
        FileKey.Generate(folder["approval.key"], KeyType.EcdsaP256, password);
        return (File.ReadAllBytes(folder["approval.key"]), File.ReadAllBytes(folder["approval.pub"]));
    }

    protected const string AttestorText =
        """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec:
          purpose: approval
          members:
            - key: file:approval.key
        """;
}

/// <summary>A host whose private key is gone: what it answers, it answers without one.</summary>
public sealed class KeylessService : Service
{
    protected override bool HasKey => false;
}
