// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

public sealed class RegistriesSetupTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_layout_folder_serves_its_host_and_no_other_host_is_known()
    {
        Directory.CreateDirectory(_folder["registry"]);
        await File.WriteAllTextAsync(_folder["registry/oci-layout"], """{"imageLayoutVersion":"1.0.0"}""");
        await File.WriteAllTextAsync(_folder["registry/index.json"], """{"schemaVersion":2,"manifests":[]}""");
        using var registries = await SetUpAsync("""{ "registry.local": { "layout": "registry" } }""");
        var repository = Repository.Parse("registry.local/payments/api");

        Assert.Equal(["registry.local"], registries.Hosts);
        Assert.Null(await registries.For(repository).FetchManifestAsync(repository, Digest.Compute("x"u8), default));
        var refused = Assert.Throws<RegistryException>(() => registries.For(Repository.Parse("registry.example.com/x")));
        Assert.Equal(ReasonCode.RegistryNotAllowed, refused.Reason);
    }

    [Theory, InlineData("text", "no certificate"), InlineData(null, "ca.pem")]
    public async Task An_authority_that_cannot_be_used_stops_the_start(string? content, string expected)
    {
        if (content is not null)
            await File.WriteAllTextAsync(_folder["ca.pem"], content);

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => SetUpAsync("""{ "a.example": { "ca": "ca.pem" } }"""));

        Assert.StartsWith("registries: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_read_anew_for_each_question_and_only_for_its_host()
    {
        await File.WriteAllTextAsync(_folder["secret"], "one\n");
        var credentials = Credentials(new CredentialsConfiguration { Username = "attestor", PasswordFile = _folder["secret"] });

        Assert.Equal("one", Assert.IsType<RegistryCredential.Password>(await credentials.FindAsync("a.example", default)).Secret);
        await File.WriteAllTextAsync(_folder["secret"], "two\r\n");
        var second = Assert.IsType<RegistryCredential.Password>(await credentials.FindAsync("a.example", default));
        Assert.Equal(("attestor", "two"), (second.Username, second.Secret));
        Assert.Null(await credentials.FindAsync("b.example", default));
    }

    [Fact]
    public async Task An_identity_token_comes_from_its_file()
    {
        await File.WriteAllTextAsync(_folder["token"], "token");
        var credentials = Credentials(new CredentialsConfiguration { IdentityTokenFile = _folder["token"] });

        Assert.Equal("token", Assert.IsType<RegistryCredential.IdentityToken>(await credentials.FindAsync("a.example", default)).Secret);
    }

    [Fact]
    public async Task A_secret_that_is_no_secret_is_refused()
    {
        await File.WriteAllTextAsync(_folder["log"], new string('x', 70_000));
        var credentials = Credentials(new CredentialsConfiguration { IdentityTokenFile = _folder["log"] });

        var refused = await Assert.ThrowsAsync<RegistryException>(() => credentials.FindAsync("a.example", default).AsTask());

        Assert.Contains("more than", refused.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_gone_is_said_to_be_unreadable()
    {
        var credentials = Credentials(new CredentialsConfiguration { IdentityTokenFile = _folder["gone"] });

        var refused = await Assert.ThrowsAsync<RegistryException>(() => credentials.FindAsync("a.example", default).AsTask());

        Assert.Equal(ReasonCode.RegistryDenied, refused.Reason);
    }

    [Fact]
    public async Task A_host_without_credentials_of_its_own_is_looked_up_in_the_docker_configuration()
    {
        await File.WriteAllTextAsync(_folder["docker.json"], """{"auths":{"b.example":{"username":"docker","password":"p"},"a.example":{"username":"wrong","password":"p"}}}""");
        await File.WriteAllTextAsync(_folder["secret"], "one");
        var credentials = new FileCredentials(
            new Dictionary<string, CredentialsConfiguration>(StringComparer.Ordinal)
            {
                ["a.example"] = new() { Username = "attestor", PasswordFile = _folder["secret"] },
            },
            new DockerConfig(_folder["docker.json"], _clock));

        Assert.Equal("docker", Assert.IsType<RegistryCredential.Password>(await credentials.FindAsync("b.example", default)).Username);
        Assert.Equal("attestor", Assert.IsType<RegistryCredential.Password>(await credentials.FindAsync("a.example", default)).Username);
    }

    private static FileCredentials Credentials(CredentialsConfiguration configured) => new(
        new Dictionary<string, CredentialsConfiguration>(StringComparer.Ordinal) { ["a.example"] = configured }, KnownCredentials.None);

    private async Task<Registries> SetUpAsync(string registries)
    {
        await File.WriteAllTextAsync(
            _folder["config.json"], $$"""{ "listen": "http://127.0.0.1:0", "policies": ["p"], "registries": {{registries}} }""");
        return RegistriesSetup.Create(await ConfigurationFile.ReadVerifierAsync(_folder["config.json"], default), _clock);
    }
}
