// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Kms;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.EndToEnd.Components;

/// <summary>All that one attestor is told and keeps: configuration, policies, key, token and ledger, in a folder of its own.</summary>
public sealed class AttestorFolder : IDisposable
{
    private const string KeyPasswordText = "not-a-secret";

    private readonly TempFolder _folder = new();

    private AttestorFolder()
    {
    }

    /// <summary>The host under which the example's layout directory is served.</summary>
    public static string LayoutHost => "registry.local";

    /// <summary>Its configuration file.</summary>
    public string Configuration => _folder["attestor.json"];

    /// <summary>Its ledger.</summary>
    public string Ledger => _folder["ledger.db"];

    /// <summary>What pkcs11-spy wrote of the calls to the token, where it is the module.</summary>
    public string SpyLog => _folder["calls.log"];

    /// <summary>The layout directory, where it has one.</summary>
    public string Layout => _folder["registry"];

    /// <summary>The public half of its key, in PEM form.</summary>
    public string PublicKey => _folder["approval.pub"];

    /// <summary>The token that it knows its one requester by.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What it has in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN_KEY_PASSWORD"] = KeyPasswordText };

    /// <summary>The file with the PIN of its token, where its key is on one.</summary>
    public string PinFile => _folder["token.pin"];

    /// <summary>An attestor for the images of a docker-registry, however that lets its clients in.</summary>
    public static AttestorFolder For(DockerRegistry registry)
    {
        var folder = new AttestorFolder();
        folder.Write(registry.Host, folder.ReachOf(registry));
        return folder;
    }

    /// <summary>An attestor for the images of a docker-registry that signs with a key file of cosign's.</summary>
    public static AttestorFolder For(DockerRegistry registry, CosignKey key)
    {
        var folder = new AttestorFolder();
        File.Copy(key.PrivateFile, folder._folder["cosign.key"]);
        File.SetUnixFileMode(folder._folder["cosign.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Copy(key.PublicFile, folder._folder["cosign.pub"]);
        folder.Write(registry.Host, folder.ReachOf(registry), "file:cosign.key", kms: null);
        return folder;
    }

    /// <summary>An attestor for the images of a docker-registry whose key is on a token; <see cref="PublicKey"/> is not written.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="hsm">Where the token is.</param>
    /// <param name="module">The PKCS#11 module, SoftHSM's or one that passes calls on to it.</param>
    /// <param name="keyUri">The key.</param>
    /// <param name="pin">What to offer as the token's PIN.</param>
    /// <param name="algorithm">What the policy says it signs with, where that is not the key's usual one.</param>
    public static AttestorFolder For(
        DockerRegistry registry, SoftHsm hsm, string module, string keyUri, string pin, string? algorithm = null)
    {
        var environment = new Dictionary<string, string>(hsm.Environment, StringComparer.Ordinal)
        {
            // pkcs11-spy passes calls on to the one and writes what they were to the other.
            ["PKCS11SPY"] = hsm.Module,
            ["SUPPLYCHAIN_KEY_PASSWORD"] = KeyPasswordText,
        };
        var folder = new AttestorFolder { Environment = environment };
        environment["PKCS11SPY_OUTPUT"] = folder.SpyLog;
        folder.WriteSecret("token.pin", pin);
        folder.Write(
            registry.Host, folder.ReachOf(registry), keyUri,
            new JsonObject { ["pkcs11"] = new JsonObject { ["module"] = module, ["pinFile"] = "token.pin" } }, algorithm);
        return folder;
    }

    /// <summary>An attestor for a copy of the example's layout directory.</summary>
    public static AttestorFolder ForExample()
    {
        var folder = new AttestorFolder();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Examples.ExampleImage.Folder, "image"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.Layout, Path.GetRelativePath(Path.Combine(Examples.ExampleImage.Folder, "image"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        folder.Write(LayoutHost, new JsonObject { ["layout"] = folder.Layout });
        return folder;
    }

    /// <summary>Makes the policy want others to see what is signed, and lets the attestor speak to them.</summary>
    /// <param name="services">Those who see it.</param>
    /// <param name="asked">What is asked of them, such as <c>log: required</c>.</param>
    public void RequireTransparency(SigstoreServices services, string asked)
    {
        var configuration = JsonNode.Parse(File.ReadAllText(Configuration))!;
        configuration["transparency"] = new JsonObject { ["hosts"] = new JsonArray(services.Origin.GetLeftPart(UriPartial.Authority)) };
        File.WriteAllText(Configuration, configuration.ToJsonString());
        File.WriteAllText(_folder["policies/trust.json"], services.TrustRootDocument("example", services.Config()).ToJsonString());
        File.AppendAllText(_folder["policies/signing.yaml"], $"\n  transparency: {{ trustRoot: example, {asked} }}\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private JsonObject ReachOf(DockerRegistry registry)
    {
        // On a busy machine everything takes its time, and slowness is not what these tests are about.
        var reach = new JsonObject { ["operationTimeout"] = "60s" };
        if (registry.CaFile is { } authority)
            reach["ca"] = authority;
        else
            reach["plainHttp"] = true;

        if (registry.HasUsers)
        {
            WriteSecret("registry.password", DockerRegistry.Password);
            reach["credentials"] = new JsonObject { ["username"] = DockerRegistry.User, ["passwordFile"] = "registry.password" };
        }

        if (registry.Tokens is { } tokens)
            reach["realms"] = new JsonArray(tokens.Realm.GetLeftPart(UriPartial.Authority));
        return reach;
    }

    private void Write(string host, JsonObject reach)
    {
        using var password = KeyPassword.From(KeyPasswordText);
        FileKey.Generate(_folder["approval.key"], KeyType.EcdsaP256, password);
        Write(host, reach, "file:approval.key", kms: null);
    }

    private void Write(string host, JsonObject reach, string keyUri, JsonObject? kms, string? algorithm = null)
    {
        WriteSecret("requester.token", Token);
        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["registries"] = new JsonObject { [host] = reach },
            ["policies"] = new JsonArray("policies/"),
            ["ledger"] = "ledger.db",
            ["localTokens"] = new JsonArray(new JsonObject { ["subject"] = "pipeline", ["tokenFile"] = "requester.token" }),
        };
        if (kms is not null)
            configuration["kms"] = kms;
        File.WriteAllText(Configuration, configuration.ToJsonString());
        Directory.CreateDirectory(_folder["policies"]);
        File.WriteAllText(
            _folder["policies/attestor.yaml"],
            $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec: { purpose: approval, members: [{ key: "{{keyUri}}", state: signing{{(algorithm is null ? "" : ", algorithm: " + algorithm)}} }] }
            """);
        File.WriteAllText(
            _folder["policies/signing.yaml"],
            $$"""
            apiVersion: supplychain/v1
            kind: SigningPolicy
            metadata: { name: tests }
            spec:
              subjects: ["{{host}}/**"]
              requesters: [{ issuer: "urn:supplychain:local", claims: { sub: pipeline } }]
              attestor: release
              evidence:
                scanners: [{ name: trivy, source: submitted, binding: proven }]
                # The example's reports keep the date on which they were made.
                maximumScanAge: 3650d
                maximumDatabaseAge: { limit: 48h, whenMissing: accept }
              checks:
                - name: no-serious-vulnerabilities
                  vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
              produce: { signature: true, layouts: [bundle, tag], attestations: [vulnerabilities], validFor: 30d }
            """);
    }

    private void WriteSecret(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
