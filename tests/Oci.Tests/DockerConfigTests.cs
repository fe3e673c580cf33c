// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.Oci.Tests;

public sealed class DockerConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        _folder.Dispose();
    }

    public static TheoryData<string, string, string, string> Found => new()
    {
        { "name and password in base64", """{"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com", "name:secret" },
        { "a password with colons", """{"auths":{"r.example.com":{"auth":"bmFtZTphOmI6Yw=="}}}""", "r.example.com", "name:a:b:c" },
        { "in clear", """{"auths":{"r.example.com":{"username":"name","password":"secret"}}}""", "r.example.com", "name:secret" },
        { "under a URL", """{"auths":{"https://r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com", "name:secret" },
        { "under a versioned URL", """{"auths":{"https://r.example.com/v2/":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com", "name:secret" },
        { "with a port", """{"auths":{"r.example.com:5000":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com:5000", "name:secret" },
        { "Docker's own registry", """{"auths":{"https://index.docker.io/v1/":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "docker.io", "name:secret" },
        { "the exact name goes first", """{"auths":{"https://r.example.com":{"auth":"b2xkOm9sZA=="},"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com", "name:secret" },
        { "an identity token", """{"auths":{"r.example.com":{"identitytoken":"t"}}}""", "r.example.com", "token t" },
        { "an identity token beside a name", """{"auths":{"r.example.com":{"auth":"bmFtZTo=","identitytoken":"t"}}}""", "r.example.com", "token t" },
        { "unknown members", """{"HttpHeaders":{"a":"b"},"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ=","email":"x"}},"detachKeys":"x"}""", "r.example.com", "name:secret" },
    };

    [Theory, MemberData(nameof(Found))]
    public async Task A_login_is_found(string because, string config, string host, string expected) =>
        Assert.True(string.Equals(expected, await AskAsync(config, host), StringComparison.Ordinal), because);

    public static TheoryData<string, string, string> Absent => new()
    {
        { "no logins", "{}", "r.example.com" },
        { "of another host", """{"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "s.example.com" },
        { "of the host on another port", """{"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com:5000" },
        { "of a parent domain", """{"auths":{"example.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com" },
        { "of a host that starts so", """{"auths":{"r.example.com.evil.com":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com" },
        { "for one path of the host only", """{"auths":{"r.example.com/team":{"auth":"bmFtZTpzZWNyZXQ="}}}""", "r.example.com" },
        { "a marker of a credential store", """{"auths":{"r.example.com":{}}}""", "r.example.com" },
    };

    [Theory, MemberData(nameof(Absent))]
    public async Task A_login_that_was_not_given_for_this_host_is_not_used(
        string because, string config, string host) =>
        Assert.True(await AskAsync(config, host) is null, because);

    [Fact]
    public async Task No_file_is_no_login() =>
        Assert.Null(await new DockerConfig(_folder["absent.json"], TimeProvider.System).FindAsync("r.example.com", Client.Token));

    public static TheoryData<string, string> Unusable => new()
    {
        { "not JSON", "x" },
        { "an array", "[]" },
        { "a login twice", """{"auths":{"r.example.com":{"auth":"YTpi"},"r.example.com":{"auth":"YzpkCg=="}}}""" },
        { "a login that is text", """{"auths":{"r.example.com":"x"}}""" },
        { "not base64", """{"auths":{"r.example.com":{"auth":"?"}}}""" },
        { "no colon", """{"auths":{"r.example.com":{"auth":"bmFtZQ=="}}}""" },
        { "no name", """{"auths":{"r.example.com":{"auth":"OnNlY3JldA=="}}}""" },
        { "too long", "{\"x\":\"" + new string('x', 1024 * 1024) + "\"}" },
        { "a helper outside its folder", """{"credsStore":"../../bin/sh"}""" },
        { "a helper with an argument", """{"credsStore":"x get; id"}""" },
        { "a helper that is not there", """{"credHelpers":{"r.example.com":"nowhere"}}""" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task A_configuration_that_cannot_be_used_is_an_error_and_not_anonymous(string because, string config)
    {
        var fault = await Assert.ThrowsAsync<RegistryException>(() => AskAsync(config, "r.example.com"));
        Assert.True(fault.Reason.Name is "REGISTRY_DENIED", because);
    }

    [Fact]
    public async Task A_helper_is_asked_by_the_hosts_name_and_before_the_file()
    {
        AddHelper("one", """read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"$server\",\"Secret\":\"$1\"}" """);
        AddHelper("all", """read server; echo "{\"Username\":\"all\",\"Secret\":\"$server\"}" """);
        const string config = """{"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}},"credHelpers":{"r.example.com":"one"},"credsStore":"all"}""";

        Assert.Equal("r.example.com:get", await AskAsync(config, "r.example.com"));
        Assert.Equal("all:https://index.docker.io/v1/", await AskAsync(config, "docker.io"));
    }

    [Fact]
    public async Task A_helper_that_holds_nothing_leaves_it_to_the_next()
    {
        AddHelper("none", "echo 'credentials not found in native keychain'; exit 1");
        const string config = """{"auths":{"r.example.com":{"auth":"bmFtZTpzZWNyZXQ="}},"credsStore":"none"}""";

        Assert.Equal("name:secret", await AskAsync(config, "r.example.com"));
        Assert.Null(await AskAsync(config, "s.example.com"));
    }

    [Fact]
    public async Task A_helper_may_hold_an_identity_token()
    {
        AddHelper("token", """echo '{"Username":"<token>","Secret":"t"}'""");

        Assert.Equal("token t", await AskAsync("""{"credsStore":"token"}""", "r.example.com"));
    }

    public static TheoryData<string, string, string> BadHelpers => new()
    {
        { "fails", "echo secret-on-stdout; echo secret-on-stderr >&2; exit 3", "exit code 3" },
        { "says nothing", "exit 0", "JSON" },
        { "says something else", "echo '{}'", "a name and a secret" },
        { "says two things", """echo '{"Username":"a","Username":"b","Secret":"c"}'""", "JSON" },
        { "floods", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "more than" },
        { "hangs", "exec sleep 600", "within" },
    };

    [Theory, MemberData(nameof(BadHelpers))]
    public async Task A_helper_that_fails_is_an_error_that_repeats_nothing_it_said(
        string because, string script, string expected)
    {
        AddHelper("bad", script);
        var clock = new FastClock(because is "hangs" ? 40 : 1);

        var fault = await Assert.ThrowsAsync<RegistryException>(() => AskAsync("""{"credsStore":"bad"}""", "r.example.com", clock));

        Assert.Equal("REGISTRY_DENIED", fault.Reason.Name);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-on", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_is_not_looked_for_in_the_current_folder()
    {
        AddHelper("here", """echo '{"Username":"a","Secret":"b"}'""");
        Environment.SetEnvironmentVariable("PATH", ".:bin::/usr/bin:/bin");

        await Assert.ThrowsAsync<RegistryException>(() => AskAsync("""{"credsStore":"here"}""", "r.example.com"));
    }

    private void AddHelper(string name, string script)
    {
        var path = _folder[$"docker-credential-{name}"];
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{_folder.Path}:{_path}");
    }

    private async Task<string?> AskAsync(string config, string host, TimeProvider? clock = null)
    {
        await File.WriteAllTextAsync(_folder["config.json"], config);
        return await new DockerConfig(_folder["config.json"], clock ?? TimeProvider.System).FindAsync(host, Client.Token) switch
        {
            RegistryCredential.Password password => $"{password.Username}:{password.Secret}",
            RegistryCredential.IdentityToken token => $"token {token.Secret}",
            _ => null,
        };
    }
}
