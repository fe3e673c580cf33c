// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Azure;

namespace SupplyChain.Kms.Tests;

public sealed class AzureKeyUriTests
{
    private const string Version = "78deebed173b48e48f55abf87ed4cf71";

    public static TheoryData<string, string, string, string, string?> Good => new()
    {
        { "a key", "azurekms://my-vault.vault.azure.net/release", "my-vault.vault.azure.net", "release", null },
        { "a version", $"azurekms://my-vault.vault.azure.net/release/{Version}", "my-vault.vault.azure.net", "release", Version },
        { "a managed HSM", "azurekms://hsm1.managedhsm.azure.net/Release-2", "hsm1.managedhsm.azure.net", "Release-2", null },
        { "a host in capitals", "azurekms://My-Vault.Vault.Azure.Net/release", "my-vault.vault.azure.net", "release", null },
    };

    public static TheoryData<string, string, string> Bad => new()
    {
        { "a vault's name alone", "azurekms://my-vault/release", "write azurekms://my-vault.vault.azure.net/release" },
        { "one slash", "azurekms:/my-vault.vault.azure.net/release", "names no key" },
        { "no key", "azurekms://my-vault.vault.azure.net", "names no key" },
        { "no key's name", "azurekms://my-vault.vault.azure.net/", "names no key" },
        { "the path of the service", "azurekms://my-vault.vault.azure.net/keys/release/" + Version, "names no key" },
        { "a version in capitals", "azurekms://my-vault.vault.azure.net/release/" + Version.ToUpperInvariant(), "names no key" },
        { "half a version", "azurekms://my-vault.vault.azure.net/release/78deebed", "names no key" },
        { "an underscore", "azurekms://my-vault.vault.azure.net/release_key", "names no key" },
        { "a path upwards", "azurekms://my-vault.vault.azure.net/../secrets", "names no key" },
        { "an escaped slash", "azurekms://my-vault.vault.azure.net/a%2fb", "names no key" },
        { "a query", "azurekms://my-vault.vault.azure.net/release?x=y", "names no key" },
        { "a port", "azurekms://my-vault.vault.azure.net:8443/release", "names no key" },
        { "a user", "azurekms://a@my-vault.vault.azure.net/release", "names no key" },
        { "two dots", "azurekms://my-vault..vault.azure.net/release", "names no key" },
        { "a dot at the end", "azurekms://my-vault.vault.azure.net./release", "names no key" },
        { "a dot at the start", "azurekms://.vault.azure.net/release", "names no key" },
        { "a name that is too long", "azurekms://my-vault.vault.azure.net/" + new string('k', 128), "names no key" },
    };

    [Theory, MemberData(nameof(Good))]
    public void Reads_the_forms_of_cosign(string because, string text, string host, string key, string? version)
    {
        Assert.True(AzureKeyUri.TryRead(KeyUri.Parse(text), out var read, out var problem), $"{because}: {problem}");
        Assert.Equal(new AzureKeyUri(host, key, version), read);
    }

    [Theory, MemberData(nameof(Bad))]
    public void Refuses_everything_else(string because, string text, string expected)
    {
        Assert.False(AzureKeyUri.TryRead(KeyUri.Parse(text), out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, bool> Identifiers => new()
    {
        { "a version", $"https://v.vault.azure.net/keys/release/{Version}", true },
        { "a version with the port", $"https://v.vault.azure.net:443/keys/release/{Version}", true },
        { "no version", "https://v.vault.azure.net/keys/release", false },
        { "plain http", $"http://v.vault.azure.net/keys/release/{Version}", false },
        { "another port", $"https://v.vault.azure.net:8443/keys/release/{Version}", false },
        { "a secret", $"https://v.vault.azure.net/secrets/release/{Version}", false },
        { "a long text", "https://v.vault.azure.net/keys/" + new string('k', 5000), false },
        { "no address", "release", false },
        { "nothing", null, false },
    };

    [Theory, MemberData(nameof(Identifiers))]
    public void An_identifier_names_a_version(string because, string? identifier, bool isOne) =>
        Assert.True(isOne == (AzureKeyUri.OfIdentifier(identifier) == new AzureKeyUri("v.vault.azure.net", "release", Version)), because);

    public static TheoryData<string, AzureKeyVaultOptions, string?> Options => new()
    {
        { "nothing", new AzureKeyVaultOptions(), null },
        { "the chain", new AzureKeyVaultOptions { Credential = "default", TenantId = Tenant, ClientId = Tenant }, null },
        { "a workload", new AzureKeyVaultOptions { Credential = "workloadIdentity", TenantId = Tenant, ClientId = Tenant }, null },
        { "the system's identity", new AzureKeyVaultOptions { Credential = "managedIdentity" }, null },
        { "a user's identity", new AzureKeyVaultOptions { Credential = "managedIdentity", ClientId = Tenant }, null },
        { "the environment", new AzureKeyVaultOptions { Credential = "environment" }, null },
        { "the command line", new AzureKeyVaultOptions { Credential = "azureCli", TenantId = "contoso.onmicrosoft.com" }, null },
        { "another word", new AzureKeyVaultOptions { Credential = "password" }, "credential" },
        { "a tenant that is a path", new AzureKeyVaultOptions { TenantId = "a/b" }, "tenantId" },
        { "a tenant that nobody asks for", new AzureKeyVaultOptions { Credential = "managedIdentity", TenantId = Tenant }, "tenantId" },
        { "a client's name", new AzureKeyVaultOptions { ClientId = "attestor" }, "clientId" },
        { "a client that nobody asks for", new AzureKeyVaultOptions { Credential = "azureCli", ClientId = Tenant }, "clientId" },
        { "a domain", new AzureKeyVaultOptions { Domains = ["vault.usgovcloudapi.net"] }, null },
        { "a top-level domain", new AzureKeyVaultOptions { Domains = ["net"] }, "domains" },
        { "a domain with a dot before it", new AzureKeyVaultOptions { Domains = [".vault.azure.cn"] }, "domains" },
        { "a domain in capitals", new AzureKeyVaultOptions { Domains = ["vault.Azure.cn"] }, "domains" },
        { "a URL for a domain", new AzureKeyVaultOptions { Domains = ["https://vault.azure.cn"] }, "domains" },
        { "a plain endpoint here", With("v.vault.azure.net", "http://127.0.0.1:4567"), null },
        { "a tunnel", With("v.vault.azure.net", "https://tunnel.example:8443"), null },
        { "a plain endpoint elsewhere", With("v.vault.azure.net", "http://vault.example"), "endpoints" },
        { "an endpoint with a path", With("v.vault.azure.net", "https://vault.example/x"), "endpoints" },
        { "an endpoint for no host", With("v", "https://vault.example"), "endpoints" },
    };

    private static string Tenant => SupplyChain.Testing.Kms.AzureKeyVaultSimulator.Tenant;

    [Theory, MemberData(nameof(Options))]
    public void Options_say_what_is_wrong_with_them(string because, AzureKeyVaultOptions options, string? member)
    {
        Assert.Equal(member is null ? [] : [member], options.Problems().Select(problem => problem.Member));
        var refused = Record.Exception(() => new AzureKeyVault(options, TimeProvider.System).Dispose());
        Assert.True(member is null ? refused is null : refused is ArgumentException, $"{because}: {refused}");
    }

    private static AzureKeyVaultOptions With(string host, string endpoint) =>
        new() { Endpoints = new Dictionary<string, Uri>(StringComparer.Ordinal) { [host] = new(endpoint) } };
}
