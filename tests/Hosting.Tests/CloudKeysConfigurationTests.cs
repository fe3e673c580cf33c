// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

/// <summary>The key services of clouds in configuration files.</summary>
public sealed class CloudKeysConfigurationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Key_services_are_read_and_make_sources_of_their_schemes()
    {
        var read = await ReadAsync(
            """
            {
              "azure": {
                "credential": "managedIdentity", "clientId": "5f0c2f4e-6a58-4c39-8a5e-3a0f6f7f2b11", "domains": ["vault.usgovcloudapi.net"],
                "endpoints": { "v.vault.azure.net": "https://tunnel.example:8443" }
              },
              "google": { "credentialsFile": "secrets/account.json", "endpoint": "https://cloudkms-psc.p.googleapis.com" }
            }
            """);

        var sources = KeySources.Create(read.Kms, password: null, TimeProvider.System);

        Assert.Equal("managedIdentity", read.Kms!.Azure!.Credential);
        Assert.Equal(["vault.usgovcloudapi.net"], read.Kms.Azure.Domains);
        Assert.Equal(new Uri("https://tunnel.example:8443"), read.Kms.Azure.Endpoints!["v.vault.azure.net"]);
        Assert.Equal(_folder["secrets/account.json"], read.Kms.Google!.CredentialsFile);
        Assert.Equal(["file", "azurekms", "gcpkms"], sources.Select(source => source.Scheme));
        foreach (var source in sources.OfType<IDisposable>())
            source.Dispose();
    }

    [Fact]
    public async Task A_service_that_is_not_configured_has_no_source()
    {
        var read = await ReadAsync("""{ "google": {} }""");

        var sources = KeySources.Create(read.Kms, password: null, TimeProvider.System);

        Assert.Equal(["file", "gcpkms"], sources.Select(source => source.Scheme));
        sources.OfType<GoogleKms>().Single().Dispose();
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "a region that is a host", """{"aws":{"region":"eu-west-1.evil.example"}}""", "kms.aws.region: expected a region" },
        { "a credential of another kind", """{"azure":{"credential":"password"}}""", "kms.azure.credential: expected one of default, workloadIdentity" },
        { "a domain that is a URL", """{"azure":{"domains":["https://vault.azure.cn"]}}""", "kms.azure.domains: expected domains in lower case" },
        { "plain http elsewhere", """{"azure":{"endpoints":{"v.vault.azure.net":"http://vault.example"}}}""", "kms.azure.endpoints: expected an https URL" },
        { "a client secret", """{"azure":{"clientSecret":"x"}}""", "clientSecret: unknown member" },
        { "plain http to Google", """{"google":{"endpoint":"http://kms.example"}}""", "kms.google.endpoint: expected an https URL" },
        { "a file without a name", """{"google":{"credentialsFile":""}}""", "kms.google.credentialsFile: is empty" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Is_refused(string because, string kms, string expected)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync(kms));

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    private async Task<VerifierConfiguration> ReadAsync(string kms)
    {
        await File.WriteAllTextAsync(_folder["config.json"], $$"""
            {
              "listen": "http://localhost:8081",
              "registries": { "registry.local": { "layout": "registry" } },
              "policies": ["policies"],
              "kms": {{kms}}
            }
            """);
        return await ConfigurationFile.ReadVerifierAsync(_folder["config.json"], default);
    }
}
