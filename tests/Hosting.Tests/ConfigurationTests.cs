// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private const string Attestor = """
        {
          "listen": "https://*:8443",
          "tls": { "certificate": "tls/server.pem", "key": "/etc/tls/server.key" },
          "publicUrl": "https://attestor.example.com",
          "registries": {
            "registry.local": { "layout": "data/registry" },
            "registry.example.com": {
              "ca": "ca.pem", "realms": ["https://auth.example.com"], "redirectHosts": ["blobs.example.com"],
              "privateNetwork": true, "operationTimeout": "1500ms",
              "credentials": { "username": "attestor", "passwordFile": "secrets/registry" }
            },
            "127.0.0.1:5000": { "plainHttp": true }
          },
          "dockerConfig": "../docker/config.json",
          "policies": ["policies"],
          "ledger": "data/ledger.db",
          "keyPasswordFile": "secrets/key",
          "oidc": [
            { "issuer": "https://token.actions.githubusercontent.com", "audience": "https://attestor.example.com", "maximumLifetime": "10m" },
            { "issuer": "http://127.0.0.1:9000/tenant", "audience": "a", "jwksUri": "https://keys.example.com/set" }
          ],
          "threatData": { "knownExploited": "data/kev.json", "epss": "/srv/epss.csv" },
          "transparency": { "hosts": ["rekor.example.com", "127.0.0.1:3000", "www.example.com/time"] },
          "limits": { "requestBytes": 1000000 }
        }
        """;

    private const string Verifier = """
        {
          "listen": "http://localhost:8081",
          "registries": { "registry.local": { "layout": "registry" } },
          "policies": ["policies", "more.yaml"],
          "cluster": "prod-eu",
          "deadline": "5s"
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_attestor_s_file_is_read_and_its_paths_are_taken_from_its_folder()
    {
        var read = await ReadAttestorAsync(Attestor);

        Assert.Equal(_folder.Path, read.Folder);
        Assert.Equal(8443, read.Address.Port);
        Assert.Equal(new TlsConfiguration(_folder["tls/server.pem"], "/etc/tls/server.key"), read.Tls);
        Assert.Equal("https://attestor.example.com", read.PublicUrl);
        Assert.Equal(_folder["data/registry"], read.Registries["registry.local"].Layout);
        var registry = read.Registries["registry.example.com"];
        Assert.Equal(_folder["ca.pem"], registry.Ca);
        Assert.Equal(["https://auth.example.com"], registry.Realms);
        Assert.Equal(["blobs.example.com"], registry.RedirectHosts);
        Assert.True(registry.PrivateNetwork);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), registry.OperationTimeout);
        Assert.Equal(_folder["secrets/registry"], registry.Credentials!.PasswordFile);
        Assert.True(read.Registries["127.0.0.1:5000"].PlainHttp);
        Assert.Equal(Path.GetFullPath(_folder["../docker/config.json"]), read.DockerConfig);
        Assert.Equal([_folder["policies"]], read.Policies);
        Assert.Equal(_folder["data/ledger.db"], read.Ledger);
        Assert.Equal(_folder["secrets/key"], read.KeyPasswordFile);
        Assert.Equal(TimeSpan.FromMinutes(10), read.Oidc[0].MaximumLifetime);
        Assert.Equal(TimeSpan.FromHours(24), read.Oidc[1].MaximumLifetime);
        Assert.Equal(new ThreatDataConfiguration { KnownExploited = _folder["data/kev.json"], Epss = "/srv/epss.csv" }, read.ThreatData);
        Assert.Equal(["rekor.example.com", "127.0.0.1:3000", "www.example.com/time"], read.Transparency!.Hosts);
        Assert.Equal(1_000_000, read.Limits.RequestBytes);
    }

    [Fact]
    public async Task Key_services_are_read_and_their_paths_are_taken_from_the_file_s_folder()
    {
        const string Services = """
            {
              "aws": { "region": "eu-central-1", "endpoint": "https://kms.example", "role": "arn:aws:iam::111122223333:role/attestor" },
              "vault": {
                "address": "https://vault.example:8200", "namespace": "team-a", "ca": "tls/ca.pem",
                "login": { "method": "approle", "roleId": "attestor", "secretIdFile": "secrets/id" }
              },
              "pkcs11": { "module": "/usr/lib/softhsm/libsofthsm2.so", "pinFile": "secrets/pin", "pinFolder": "secrets/pins" }
            }
            """;

        var read = await ReadAttestorAsync(Change(Attestor, "kms", Services));

        Assert.Equal(new Uri("https://kms.example"), read.Kms!.Aws!.Endpoint);
        Assert.Equal(("team-a", _folder["tls/ca.pem"]), (read.Kms.Vault!.Namespace, read.Kms.Vault.Ca));
        Assert.Equal(_folder["secrets/id"], read.Kms.Vault.Login!.SecretIdFile);
        Assert.Equal(("/usr/lib/softhsm/libsofthsm2.so", _folder["secrets/pin"]), (read.Kms.Pkcs11!.Module, read.Kms.Pkcs11.PinFile));
        Assert.Equal(_folder["secrets/pins"], read.Kms.Pkcs11.PinFolder);
        Assert.Equal(read.Kms, (await ReadVerifierAsync(Change(Verifier, "kms", Services))).Kms);
    }

    [Fact]
    public async Task Every_configured_key_service_has_its_source()
    {
        var read = await ReadAttestorAsync(Change(Attestor, "kms", """{ "aws": {}, "vault": {}, "pkcs11": { "pins": { "release": "pin" } } }"""));

        Assert.Equal(_folder["pin"], read.Kms!.Pkcs11!.Pins["release"]);

        Assert.Equal(["file", "awskms", "hashivault", "pkcs11"], KeySources.Create(read.Kms, password: null, TimeProvider.System).Select(source => source.Scheme));
        Assert.Equal(["file"], KeySources.Create(kms: null, password: null, TimeProvider.System).Select(source => source.Scheme));
    }

    [Fact]
    public async Task A_verifier_s_file_is_read()
    {
        var read = await ReadVerifierAsync(Verifier);

        Assert.Equal("prod-eu", read.Cluster);
        Assert.Equal(TimeSpan.FromSeconds(5), read.Deadline);
        Assert.Equal([_folder["policies"], _folder["more.yaml"]], read.Policies);
        Assert.True(read.Address.IsLoopback);
        Assert.Null(read.Tls);
    }

    [Fact]
    public async Task What_is_left_out_has_safe_defaults()
    {
        var read = await ReadAttestorAsync(Change(Attestor, "limits", null));
        Assert.Null(read.Limits.RequestBytes);
        Assert.Empty(read.Registries["127.0.0.1:5000"].Realms);
        Assert.False(read.UnsafePlainHttp);
        Assert.Empty(read.LocalTokens);
        Assert.Equal(TimeSpan.FromSeconds(8), (await ReadVerifierAsync(Change(Verifier, "deadline", null))).Deadline);
    }

    [Fact]
    public async Task An_approval_of_policies_is_of_one_folder_and_its_paths_are_taken_from_the_file_s()
    {
        const string Approval = """{ "attestor": "managers.yaml", "name": "production", "approvals": 2, "state": "data/policies.json", "minimumVersion": 3 }""";
        var read = await ReadAttestorAsync(Change(Attestor, "policyApproval", Approval));
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ReadVerifierAsync(Change(Verifier, "policyApproval", Approval)));

        Assert.Equal(
            new PolicyApprovalConfiguration
            {
                Attestor = _folder["managers.yaml"], Name = "production", Approvals = 2, State = _folder["data/policies.json"], MinimumVersion = 3,
            },
            read.PolicyApproval);
        Assert.Contains("policies: names 2 paths; with policyApproval it is one folder", problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?, string> Refused => new()
    {
        { "no address", "listen", null, "missing" },
        { "an address that is none", "listen", "\"attestor.example.com\"", "listen: 'attestor.example.com' is not an address" },
        { "a value of another type", "listen", "8080", ":2:" },
        { "null where something is needed", "ledger", "null", "another type" },
        { "https without certificate", "tls", null, "tls: https needs" },
        { "a certificate without key", "tls", """{"certificate":"c"}""", "'key'" },
        { "http with certificate", "listen", "\"http://127.0.0.1:80\"", "tls: a certificate is of no use" },
        { "an unknown member", "polices", "[]", "polices: unknown member" },
        { "a member in another case", "Limits", "{}", "Limits: unknown member" },
        { "an unknown member inside", "tls", """{"certificate":"c","key":"k","password":"p"}""", "tls.password: unknown member" },
        { "an unknown member of a registry", "registries", """{"a.example":{"insecure":true}}""", "insecure: unknown member" },
        { "no registry", "registries", "{}", "registries: at least one" },
        { "a registry with a path", "registries", """{"a.example/x":{}}""", "'a.example/x']: is not a registry host" },
        { "a registry that is no host", "registries", """{"0x7f.1":{}}""", "is not a registry host" },
        { "a registry by its alias", "registries", """{"index.docker.io":{}}""", "is not a registry host as image names write it" },
        { "a layout with server options", "registries", """{"a.example":{"layout":"x","plainHttp":true}}""", "takes no options of a server" },
        { "a layout with credentials", "registries", """{"a.example":{"layout":"x","credentials":{"identityTokenFile":"t"}}}""", "takes no options of a server" },
        { "plain http with an authority", "registries", """{"a.example":{"ca":"x","plainHttp":true}}""", "exclude each other" },
        { "a name without password", "registries", """{"a.example":{"credentials":{"username":"x"}}}""", "credentials: expected" },
        { "a password and a token", "registries", """{"a.example":{"credentials":{"username":"x","passwordFile":"p","identityTokenFile":"t"}}}""", "credentials: expected" },
        { "a password in the file itself", "registries", """{"a.example":{"credentials":{"username":"x","password":"p"}}}""", "password: unknown member" },
        { "no time at all for a registry", "registries", """{"a.example":{"operationTimeout":"0s"}}""", "above zero" },
        { "a time without unit", "registries", """{"a.example":{"operationTimeout":"10"}}""", "whole number above zero" },
        { "a time with a fraction", "registries", """{"a.example":{"operationTimeout":"1.5s"}}""", "whole number above zero" },
        { "a time as a number", "registries", """{"a.example":{"operationTimeout":10}}""", "whole number above zero" },
        { "no policies", "policies", "[]", "policies: at least one" },
        { "an approval by nobody", "policyApproval", """{"name":"production","minimumVersion":1}""", "'attestor'" },
        { "an approval of no set", "policyApproval", """{"attestor":"a.yaml","minimumVersion":1}""", "'name'" },
        { "an approval of a set that is no name", "policyApproval", """{"attestor":"a.yaml","name":"Production","minimumVersion":1}""", "policyApproval.name: 'Production' is no name" },
        { "no approvals", "policyApproval", """{"attestor":"a.yaml","name":"production","minimumVersion":1,"approvals":0}""", "policyApproval.approvals: expected a number from 1 to 16" },
        { "too many approvals", "policyApproval", """{"attestor":"a.yaml","name":"production","minimumVersion":1,"approvals":17}""", "policyApproval.approvals: expected" },
        { "approvals from version 0 on", "policyApproval", """{"attestor":"a.yaml","name":"production","minimumVersion":0}""", "policyApproval.minimumVersion: expected a whole number" },
        { "approvals of any version after a restart", "policyApproval", """{"attestor":"a.yaml","name":"production"}""", "policyApproval.state: without state or minimumVersion" },
        { "an unknown member of an approval", "policyApproval", """{"attestor":"a.yaml","name":"production","minimumVersion":1,"key":"x"}""", "policyApproval.key: unknown member" },
        { "nobody who may ask", "oidc", "[]", "nobody could ask" },
        { "an issuer over http", "oidc", """[{"issuer":"http://issuer.example","audience":"a"}]""", "oidc[0].issuer: 'http://issuer.example' must be https" },
        { "an issuer that is no URL", "oidc", """[{"issuer":"issuer.example","audience":"a"}]""", "oidc[0].issuer: 'issuer.example' is not a URL" },
        { "an issuer with a query", "oidc", """[{"issuer":"https://issuer.example/?a=b","audience":"a"}]""", "is not a URL without query" },
        { "an issuer with a numeric oddity", "oidc", """[{"issuer":"http://0x7f.1","audience":"a"}]""", "oidc[0].issuer" },
        { "an issuer beyond all measure", "oidc", $$"""[{"issuer":"https://issuer.example/{{new string('x', 1_100)}}","audience":"a"}]""", "is not a URL" },
        { "keys over http", "oidc", """[{"issuer":"https://issuer.example","audience":"a","jwksUri":"http://issuer.example/keys"}]""", "oidc[0].jwksUri" },
        { "no audience", "oidc", """[{"issuer":"https://issuer.example","audience":" "}]""", "oidc[0].audience: is empty" },
        { "no lifetime", "oidc", """[{"issuer":"https://issuer.example","audience":"a","maximumLifetime":"0s"}]""", "above zero" },
        { "one issuer twice", "oidc", """[{"issuer":"https://issuer.example","audience":"a"},{"issuer":"https://issuer.example","audience":"b"}]""", "is configured twice" },
        { "static tokens on an address that others reach", "localTokens", """[{"subject":"ci","tokenFile":"t"}]""", "static tokens are for local use" },
        { "a static token of nobody", "localTokens", """[{"subject":"","tokenFile":"t"}]""", "localTokens[0].subject: is empty" },
        { "a public URL that is none", "publicUrl", "\"attestor\"", "publicUrl: expected" },
        { "a request limit above the product's", "limits", """{"requestBytes":134217729}""", "limits.requestBytes: expected a number from 1 to 134217728" },
        { "a region that is a host", "kms", """{"aws":{"region":"eu-west-1.evil.example"}}""", "kms.aws.region: expected a region" },
        { "a plain endpoint of AWS elsewhere", "kms", """{"aws":{"endpoint":"http://kms.example"}}""", "kms.aws.endpoint: expected an https URL" },
        { "an endpoint of AWS that is no URL", "kms", """{"aws":{"endpoint":"kms.example"}}""", "kms.aws.endpoint: expected an https URL" },
        { "a role by its name", "kms", """{"aws":{"role":"attestor"}}""", "kms.aws.role: expected arn:aws:iam::" },
        { "an endpoint for roles without one", "kms", """{"aws":{"stsEndpoint":"https://sts.example"}}""", "kms.aws.stsEndpoint: means nothing" },
        { "a secret key in the file itself", "kms", """{"aws":{"secretAccessKey":"x"}}""", "secretAccessKey: unknown member" },
        { "a plain Vault elsewhere", "kms", """{"vault":{"address":"http://vault.example"}}""", "kms.vault.address: expected an https URL" },
        { "a mount of Vault that leads elsewhere", "kms", """{"vault":{"mount":"../sys"}}""", "kms.vault.mount: expected a path" },
        { "a namespace of Vault that is none", "kms", """{"vault":{"namespace":"a b"}}""", "kms.vault.namespace: expected a path" },
        { "a login to Vault that nobody knows", "kms", """{"vault":{"login":{"method":"ldap"}}}""", "kms.vault.login.method: expected token, kubernetes or approle" },
        { "a login to Vault without method", "kms", """{"vault":{"login":{"role":"x"}}}""", "'method'" },
        { "a pod's login to Vault without role", "kms", """{"vault":{"login":{"method":"kubernetes"}}}""", "kms.vault.login.role: the method kubernetes needs it" },
        { "an application's login to Vault without secret", "kms", """{"vault":{"login":{"method":"approle","roleId":"x"}}}""", "kms.vault.login.secretIdFile: the method approle needs it" },
        { "a member of another login to Vault", "kms", """{"vault":{"login":{"method":"token","roleId":"x"}}}""", "kms.vault.login.roleId: is for the method approle" },
        { "a PKCS#11 module to be searched for", "kms", """{"pkcs11":{"module":"libsofthsm2.so"}}""", "kms.pkcs11.module: expected the whole path" },
        { "no PIN file", "kms", """{"pkcs11":{"pinFile":" "}}""", "kms.pkcs11.pinFile: is empty" },
        { "no folder of PIN files", "kms", """{"pkcs11":{"pinFolder":""}}""", "kms.pkcs11.pinFolder: is empty" },
        { "PINs by token and for all", "kms", """{"pkcs11":{"pinFile":"pin","pins":{"release":"release.pin"}}}""", "kms.pkcs11.pins: goes without pinFile" },
        { "a token without a PIN file", "kms", """{"pkcs11":{"pins":{"release":" "}}}""", "kms.pkcs11.pins: expected the label or serial number" },
        { "a try as long as all tries together", "kms", """{"limits":{"awskms":{"tryTimeout":"4s","deadline":"4s"}}}""", "kms.limits.awskms: tryTimeout has to be shorter than deadline" },
        { "a try longer than all tries together", "kms", """{"limits":{"pkcs11":{"tryTimeout":"5s","deadline":"4s"}}}""", "kms.limits.pkcs11: tryTimeout has to be shorter than deadline" },
        { "a deadline below the usual try", "kms", """{"limits":{"gcpkms":{"deadline":"3s"}}}""", "kms.limits.gcpkms: tryTimeout has to be shorter than deadline" },
        { "a try beyond the usual deadline", "kms", """{"limits":{"gcpkms":{"tryTimeout":"10s"}}}""", "kms.limits.gcpkms: tryTimeout has to be shorter than deadline" },
        { "limits of what is no scheme", "kms", """{"limits":{"aws":{"burst":1}}}""", "kms.limits.aws: is no scheme of keys" },
        { "no call at all", "kms", """{"limits":{"awskms":{"inFlight":0}}}""", "kms.limits.awskms: a limit has to leave room" },
        { "a PIN in the file itself", "kms", """{"pkcs11":{"pin":"1234"}}""", "pin: unknown member" },
        { "a token of Vault in the file itself", "kms", """{"vault":{"login":{"method":"token","token":"x"}}}""", "token: unknown member" },
        { "threat data of no file", "threatData", "{}", "threatData: names no file; expected knownExploited, epss or both" },
        { "threat data of an unknown kind", "threatData", """{"kev":"kev.json"}""", "kev: unknown member" },
        { "transparency by nobody", "transparency", """{"hosts":[]}""", "transparency.hosts: names no host; leave transparency out" },
        { "transparency by nobody in particular", "transparency", "{}", "transparency" },
        { "a URL for a host", "transparency", """{"hosts":["https://rekor.example.com"]}""", "transparency.hosts: 'https://rekor.example.com' is not a host as URLs write it" },
        { "a pattern for a host", "transparency", """{"hosts":["*.example.com/x"]}""", "transparency.hosts: '*.example.com/x' is not a host" },
        { "a pattern alone", "transparency", """{"hosts":["*.example.com"]}""", "transparency.hosts: '*.example.com' is not a host" },
        { "a host in other letters", "transparency", """{"hosts":["Rekor.example.com"]}""", "transparency.hosts: 'Rekor.example.com' is not a host" },
        { "a path that ends in a slash", "transparency", """{"hosts":["www.example.com/rekor/"]}""", "transparency.hosts: 'www.example.com/rekor/' is not a host" },
        { "a path that leads elsewhere", "transparency", """{"hosts":["www.example.com/a/../b"]}""", "transparency.hosts: 'www.example.com/a/../b' is not a host" },
        { "a path with something escaped", "transparency", """{"hosts":["www.example.com/a%2fb"]}""", "transparency.hosts: 'www.example.com/a%2fb' is not a host" },
        { "a path with a query", "transparency", """{"hosts":["www.example.com/a?b"]}""", "transparency.hosts: 'www.example.com/a?b' is not a host" },
        { "a usual port", "transparency", """{"hosts":["rekor.example.com:443"]}""", "transparency.hosts: 'rekor.example.com:443' is not a host" },
        { "no request at all", "limits", """{"requestBytes":0}""", "limits.requestBytes" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Is_refused(string because, string member, string? value, string expected)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ReadAttestorAsync(Change(Attestor, member, value)));

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
        Assert.All(problem.Problems, line => Assert.StartsWith(_folder["config.json"], line, StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string?, string> RefusedOfVerifier => new()
    {
        { "a deadline beyond the API server's", "deadline", "\"30s\"", "deadline: expected 100ms to 29s" },
        { "a deadline nobody can meet", "deadline", "\"99ms\"", "deadline: expected 100ms to 29s" },
        { "a cluster without name", "cluster", "\"\"", "cluster: is empty" },
        { "plain http for everybody", "listen", "\"http://*:80\"", "listen: plain http is for loopback" },
        { "plain http for a network", "listen", "\"http://10.0.0.1:80\"", "listen: plain http is for loopback" },
        { "what only the attestor has", "ledger", "\"x\"", "ledger: unknown member" },
    };

    [Theory, MemberData(nameof(RefusedOfVerifier))]
    public async Task Is_refused_of_a_verifier(string because, string member, string? value, string expected)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ReadVerifierAsync(Change(Verifier, member, value)));

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public async Task Plain_http_for_others_has_to_be_called_unsafe()
    {
        var read = await ReadVerifierAsync(Change(Change(Verifier, "listen", "\"http://*:80\""), "unsafePlainHttp", "true"));

        Assert.True(read.UnsafePlainHttp);
    }

    [Fact]
    public async Task Static_tokens_are_for_loopback()
    {
        var local = Change(Change(Change(Attestor, "listen", "\"http://127.0.0.1:0\""), "tls", null), "oidc", null);

        var read = await ReadAttestorAsync(Change(local, "localTokens", """[{"subject":"ci","tokenFile":"tokens/ci"}]"""));

        Assert.Equal([new LocalTokenConfiguration("ci", _folder["tokens/ci"])], read.LocalTokens);
    }

    [Fact]
    public async Task Unsafe_plain_http_does_not_open_the_door_to_static_tokens()
    {
        var open = Change(Change(Change(Attestor, "listen", "\"http://*:80\""), "tls", null), "unsafePlainHttp", "true");

        var problem = await Assert.ThrowsAsync<ConfigurationException>(
            () => ReadAttestorAsync(Change(open, "localTokens", """[{"subject":"ci","tokenFile":"t"}]""")));

        Assert.Contains("static tokens are for local use", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_contradiction_is_told_at_once()
    {
        var bad = Change(Change(Change(Attestor, "tls", null), "policies", "[]"), "oidc", "[]");

        Assert.Equal(3, (await Assert.ThrowsAsync<ConfigurationException>(() => ReadAttestorAsync(bad))).Problems.Count);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "nothing", "", "not JSON" },
        { "null", "null", "null" },
        { "a list", "[]", "another type" },
        { "cut off", Verifier[..^3], "not JSON" },
        { "a comment", "// x\n" + Verifier, "not JSON" },
        { "a trailing comma", Verifier.TrimEnd()[..^1] + ",}", "not JSON" },
        { "more after the end", Verifier + "{}", "not JSON" },
        { "a repeated member", Verifier.Replace("\"cluster\"", "\"listen\"", StringComparison.Ordinal), "listen" },
        { "a repeated registry", Verifier.Replace("{ \"registry.local\": ", "{ \"registry.local\": {}, \"registry.local\": ", StringComparison.Ordinal), "registry.local" },
        { "a byte order mark", "\uFEFF" + Verifier, "byte order mark" },
        { "too large", Verifier + new string(' ', Limits.ConfigurationBytes), "more than" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task Is_no_configuration(string because, string content, string expected)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ReadVerifierAsync(content));

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public async Task An_absent_file_is_said_to_be_absent()
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(
            () => ConfigurationFile.ReadVerifierAsync(_folder["absent.json"], default).AsTask());

        Assert.Contains("absent.json: cannot be read", problem.Message, StringComparison.Ordinal);
    }

    private static string Change(string document, string member, string? value)
    {
        var changed = JsonNode.Parse(document)!.AsObject();
        if (value is null)
            changed.Remove(member);
        else
            changed[member] = JsonNode.Parse(value);
        return changed.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
    }

    private async Task<AttestorConfiguration> ReadAttestorAsync(string content)
    {
        await File.WriteAllTextAsync(_folder["config.json"], content);
        return await ConfigurationFile.ReadAttestorAsync(_folder["config.json"], default);
    }

    private async Task<VerifierConfiguration> ReadVerifierAsync(string content)
    {
        await File.WriteAllTextAsync(_folder["config.json"], content);
        return await ConfigurationFile.ReadVerifierAsync(_folder["config.json"], default);
    }
}
