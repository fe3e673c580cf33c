// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>A folder with key files, an attestor's document and a ledger, and the commands that work on them.</summary>
internal sealed class KeyFolder : IDisposable
{
    public const string Password = "made-for-tests";

    private readonly TempFolder _folder = new();

    public ManualClock Clock { get; } = new();

    public string Policy => _folder["attestor.yaml"];

    public string Ledger => _folder["ledger.db"];

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    public string Uri(string name) => $"file:{_folder[name]}";

    /// <summary>Makes a key file.</summary>
    public PublicKey Make(string name, KeyType type = KeyType.EcdsaP256)
    {
        using var password = KeyPassword.From(Password);
        return FileKey.Generate(_folder[name], type, password);
    }

    /// <summary>Writes the attestor <c>release</c> with these members, each indented by four spaces.</summary>
    public void Write(string members) => File.WriteAllText(
        Policy,
        $"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: {"{"} name: release {"}"}
        spec:
          purpose: approval
          members:
        {members}
        """);

    /// <summary>Runs a command on the policy, as <c>keys …</c>.</summary>
    public Task<Invoked> RunAsync(params string[] arguments) => Invoked.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal) { [KeyPassword.Variable] = Password },
        ["keys", .. arguments], clock: Clock);

    /// <summary>The same with the options that say which member of which document.</summary>
    public Task<Invoked> EditAsync(params string[] arguments) =>
        RunAsync([.. arguments, "--attestor", "release", "--policy", Policy]);

    /// <summary>Writes an attestor's configuration that reaches a key service, and returns its path.</summary>
    public string WriteConfiguration(VaultSimulator vault)
    {
        var options = vault.Options("token");
        var path = _folder["attestor.json"];
        File.WriteAllText(path, $$"""
            {
              "listen": "http://localhost:0", "ledger": "ledger.db", "policies": ["policies"],
              "registries": { "registry.local": { "layout": "registry" } },
              "localTokens": [{ "subject": "ci", "tokenFile": "token" }],
              "kms": {
                "vault": {
                  "address": "{{options.Address!.OriginalString}}",
                  "namespace": "{{options.Namespace}}", "mount": "{{options.Mount}}",
                  "login": { "method": "token", "tokenFile": "{{options.Login!.TokenFile}}" }
                },
                "limits": { "hashivault": { "deadline": "2s", "tryTimeout": "500ms" } }
              }
            }
            """);
        return path;
    }

    /// <summary>Records a signature as the attestor does, and whether it was published.</summary>
    /// <param name="uri">Where the key is.</param>
    /// <param name="key">Its public half.</param>
    /// <param name="repository">The image's repository.</param>
    /// <param name="image">What the image's digest is of.</param>
    /// <param name="isPublished">Whether it was published.</param>
    /// <param name="isWhole">Whether the public key itself is kept, and not only its id.</param>
    /// <param name="evidence">What the decision counted.</param>
    public async Task<string> RecordAsync(
        string uri, PublicKey key, string repository, string image, bool isPublished = true, bool isWhole = false,
        params DecisionEvidence[] evidence)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = Ledger }, Clock, cancellation);
        var pin = new PinnedKey("release", uri, uri + "#1", key.Id);
        if (isWhole)
            pin = pin with { Spki = Convert.ToBase64String(key.Spki.Span), Algorithm = key.Algorithm.Name() };
        await ledger.PinKeyAsync(pin, isNamed: true, cancellation);
        var digest = Digest.Compute(System.Text.Encoding.UTF8.GetBytes(image));
        var begun = await ledger.BeginAsync(
            RequestIdentity.ForContent(
                new DecisionRequester("urn:supplychain:local", "ci"),
                new RequestContent(Repository.Parse(repository), digest, Policy: null, []), Decisions.Revision),
            cancellation);
        var lease = Assert.IsType<BeginResult.Started>(begun).Lease;
        var decision = Decisions.Approved with
        {
            Id = lease.Request, Subject = new DecisionSubject(repository, digest, ["linux/amd64"]), Evidence = evidence,
        };
        var statement = new IntendedStatement("approval", digest, Digest.Compute("payload"u8));
        await ledger.RecordIntentAsync(lease, new SigningIntent(uri + "#1", decision, [statement]), cancellation);
        await ledger.RecordSignatureAsync(
            lease,
            new RecordedSignature
            {
                Statement = statement,
                KeyId = uri + "#1",
                PublicKey = key.Id,
                MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json",
                Content = "{}"u8.ToArray(),
            },
            cancellation);
        if (isPublished)
            await ledger.CompleteAsync(lease, decision, cancellation);
        return lease.Request;
    }
}
