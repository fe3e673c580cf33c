// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>Logging in with the library's own credentials.</summary>
public sealed class GoogleTokensTests : IAsyncLifetime
{
    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{}"u8.ToArray());

    private readonly string _folder = Directory.CreateTempSubdirectory("google-tokens-").FullName;
    private GoogleKmsSimulator? _service;
    private GoogleKms? _source;

    private GoogleKmsSimulator Service => _service!;

    public async ValueTask InitializeAsync()
    {
        _service = await GoogleKmsSimulator.StartAsync();
        _source = Connect(_service.WriteCredentials(_folder));
    }

    public async ValueTask DisposeAsync()
    {
        _source?.Dispose();
        await Service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_service_account_gets_one_token_however_many_need_it()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync()));
        var signatures = await Task.WhenAll(keys.Select(key => key.SignAsync(Message, default).AsTask()));

        Assert.All(signatures, signature => Assert.True(keys[0].PublicKey.Verify(Message, signature)));
        Assert.Equal(1, Service.TokenCalls);
        Assert.Equal(20, Service.SignCalls);
    }

    [Fact]
    public async Task A_token_that_expires_soon_is_renewed_before_it_does()
    {
        Service.TokenLife = TimeSpan.FromMinutes(1);

        await (await OpenAsync()).SignAsync(Message, default);

        Assert.InRange(Service.TokenCalls, 2, 3);
    }

    public static TheoryData<string, int, string, string, string> Refusals => new()
    {
        { "a deleted account", 400, """{"error":"invalid_grant","error_description":"Invalid grant: account not found"}""", "KEY_UNUSABLE", "does not accept our credentials for gcpkms://projects/" },
        { "a deleted account's code", 400, """{"error":"invalid_grant"}""", "KEY_UNUSABLE", "invalid_grant; renew them" },
        { "an overloaded server", 503, """{"error":"temporarily_unavailable"}""", "KMS_UNAVAILABLE", "(HTTP 503)" },
        { "no JSON", 400, "canary-of-the-token-server", "KEY_UNUSABLE", "no reason given" },
        { "a code with more in it", 400, """{"error":"bad canary-of-the-token-server"}""", "KEY_UNUSABLE", "no reason given" },
        { "half an answer", 200, """{"access_token":"canary-of-the-token-server""", "KMS_UNAVAILABLE", "Google gave no token for" },
        { "a redirect", 307, "{}", "KMS_UNAVAILABLE", "(HTTP 307)" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_a_token_server_says_is_understood_and_not_repeated(string because, int status, string body, string reason, string expected)
    {
        Service.TokenError = (status, body);

        var problem = await Assert.ThrowsAsync<KmsException>(OpenAsync);

        Assert.True(reason == problem.Reason.Name, $"{because}: {problem}");
        Assert.Equal(1, Service.TokenCalls);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_account_s_key_is_refused_without_showing_it()
    {
        var path = Service.WriteCredentials(_folder);
        var content = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        using var other = RSA.Create(2048);
        content["private_key"] = other.ExportPkcs8PrivateKeyPem();
        await File.WriteAllTextAsync(path, content.ToJsonString());
        using var source = Connect(path);

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.Contains("invalid_grant", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", problem.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, string> Files => new()
    {
        { "no file", null, "the Google credentials file" },
        { "no JSON", "-----BEGIN canary", "cannot be read" },
        { "an array", "[]", "is of type (none)" },
        { "no type", "{}", "is of type (none)" },
        { "a type of another library's", """{"type":"external_account_authorized_user"}""", "expected one of service_account, external_account" },
        { "an account without a key", """{"type":"service_account","client_email":"a@b"}""", "no Google credentials for" },
        { "an account with half a key", """{"type":"service_account","client_email":"a@b","private_key":"-----BEGIN PRIVATE KEY-----\ncanary"}""", "no Google credentials for" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task A_file_that_is_none_is_refused(string because, string? content, string expected)
    {
        var path = Path.Combine(_folder, "other.json");
        if (content is not null)
            await File.WriteAllTextAsync(path, content);
        using var source = Connect(path);

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source));

        Assert.True("KEY_UNUSABLE" == problem.Reason.Name, $"{because}: {problem}");
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Service.Calls);
    }

    [Fact]
    public async Task A_token_server_that_is_gone_is_unavailable()
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "account.json")))!;
        file["token_uri"] = "http://127.0.0.1:1/token";
        var path = Path.Combine(_folder, "elsewhere.json");
        await File.WriteAllTextAsync(path, file.ToJsonString());
        using var source = Connect(path);

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source));

        Assert.Equal("KMS_UNAVAILABLE", problem.Reason.Name);
        Assert.Contains("could not be asked for a token", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_service_does_not_take_is_unusable()
    {
        using var source = new GoogleKms(new GoogleKmsOptions { Endpoint = Service.Endpoint }, TimeProvider.System, _ => Task.FromResult("canary-token"));

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.Contains("does not accept our credentials", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
    }

    private GoogleKms Connect(string file) => new(new GoogleKmsOptions { Endpoint = Service.Endpoint, CredentialsFile = file }, TimeProvider.System);

    private Task<ISigningKey> OpenAsync() => OpenAsync(_source!);

    private Task<ISigningKey> OpenAsync(GoogleKms source) => source.OpenAsync(KeyUri.Parse(Service.UriOf("p256")), default).AsTask();
}
