// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Kms.Vault;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

public sealed class VaultTransitTests : IAsyncLifetime
{
    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{}"u8.ToArray());

    private readonly List<IDisposable> _sources = [];
    private VaultSimulator? _started;

    private VaultSimulator Service => _started!;

    public async ValueTask InitializeAsync() => _started = await VaultSimulator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _sources.ForEach(source => source.Dispose());
        await Service.DisposeAsync();
    }

    [Theory]
    [InlineData("p256", "sign/p256/sha2-256", """{"key_version":1,"input":32,"prehashed":true,"marshaling_algorithm":"asn1"}""")]
    [InlineData("p384", "sign/p384/sha2-384", """{"key_version":1,"input":48,"prehashed":true,"marshaling_algorithm":"asn1"}""")]
    [InlineData("p521", "sign/p521/sha2-512", """{"key_version":1,"input":64,"prehashed":true,"marshaling_algorithm":"asn1"}""")]
    [InlineData("rsa2048", "sign/rsa2048/sha2-256", """{"key_version":1,"input":32,"prehashed":true,"signature_algorithm":"pkcs1v15"}""")]
    [InlineData("ed25519", "sign/ed25519", """{"key_version":1,"input":43}""")]
    public async Task Sends_what_the_key_signs(string name, string path, string expected)
    {
        await (await OpenAsync(Connect(), name)).SignAsync(Message, default);

        var (seen, content) = Service.LastRequest!.Value;
        Assert.Equal(path, seen);
        content["input"] = Convert.FromBase64String((string)content["input"]!).Length;
        Assert.Equal(expected, content.ToJsonString());
    }

    [Fact]
    public async Task A_key_that_is_asked_for_pss_signs_with_pss()
    {
        var key = await Connect().OpenAsync(KeyUri.Parse(Service.UriOf("rsa2048")), SigningAlgorithm.RsaPssSha256, default);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal(("pss", "hash"), ((string?)Service.LastRequest!.Value.Content["signature_algorithm"], (string?)Service.LastRequest.Value.Content["salt_length"]));
    }

    [Theory]
    [InlineData("token", 0)]
    [InlineData("kubernetes", 1)]
    [InlineData("approle", 1)]
    public async Task Each_method_logs_in_once_for_many(string method, int logins)
    {
        var source = Connect(Service.Options(method));

        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync(source, "p256")));
        await Task.WhenAll(keys.Select(key => key.SignAsync(Message, default).AsTask()));

        Assert.Equal((logins, 40 + logins), (Service.Logins, Service.Calls));
    }

    [Fact]
    public async Task The_environment_completes_the_options()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["VAULT_ADDR"] = Service.Address.OriginalString,
            ["VAULT_NAMESPACE"] = VaultSimulator.Namespace + "/",
            ["TRANSIT_SECRET_ENGINE_PATH"] = VaultSimulator.Mount,
            ["VAULT_TOKEN"] = Service.StaticToken,
        };
        using var source = new VaultTransit(new VaultOptions(), TimeProvider.System, name => environment.GetValueOrDefault(name));

        Assert.NotNull(await OpenAsync(source, "p256"));
    }

    public static TheoryData<string, string, string?, string> Environments => new()
    {
        { "no address", "VAULT_ADDR", null, "no Vault is configured" },
        { "an address that is none", "VAULT_ADDR", "vault", "VAULT_ADDR is not a URL" },
        { "a plain address elsewhere", "VAULT_ADDR", "http://vault.example", "Vault's address, from configuration or environment" },
        { "a namespace that is none", "VAULT_NAMESPACE", "a b", "Vault's namespace" },
        { "a mount that is none", "TRANSIT_SECRET_ENGINE_PATH", "../sys", "Vault's mount" },
        { "no token", "VAULT_TOKEN", null, "there is no Vault token; set VAULT_TOKEN" },
        { "a token with a line feed", "VAULT_TOKEN", "a\nb", "what VAULT_TOKEN holds is no Vault token" },
        { "authorities that are not there", "VAULT_CACERT", "/nowhere/ca.pem", "cannot be read from /nowhere/ca.pem" },
    };

    [Theory, MemberData(nameof(Environments))]
    public async Task Says_what_is_wrong_with_the_environment(string because, string name, string? value, string expected)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["VAULT_ADDR"] = Service.Address.OriginalString,
            ["VAULT_TOKEN"] = Service.StaticToken,
            [name] = value,
        };
        using var source = new VaultTransit(new VaultOptions(), TimeProvider.System, environment.GetValueOrDefault);

        var problem = await UnusableAsync(OpenAsync(source, "p256"));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
        Assert.Equal(0, Service.Calls);
    }

    [Fact]
    public async Task Another_namespace_sees_nothing()
    {
        var problem = await UnusableAsync(OpenAsync(Connect(Service.Options("token") with { Namespace = "team-b" }), "p256"));

        Assert.Contains("in the namespace team-b", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_is_renewed_shortly_before_its_lease_ends()
    {
        var clock = new ManualClock();
        await RestartAsync(clock);
        Service.Lease = TimeSpan.FromMinutes(10);
        var key = await OpenAsync(Connect(clock: clock), "p256");

        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(31));
        await key.SignAsync(Message, default);
        Assert.Equal(1, Service.Logins);
        clock.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => key.SignAsync(Message, default).AsTask()));

        Assert.Equal(2, Service.Logins);
    }

    [Fact]
    public async Task A_lease_without_end_is_not_renewed()
    {
        var clock = new ManualClock();
        await RestartAsync(clock);
        Service.Lease = TimeSpan.Zero;
        var key = await OpenAsync(Connect(clock: clock), "p256");

        clock.Advance(TimeSpan.FromDays(365));
        await key.SignAsync(Message, default);

        Assert.Equal(1, Service.Logins);
    }

    [Fact]
    public async Task A_login_that_is_not_answered_does_no_harm_while_the_old_token_is_good()
    {
        var clock = new ManualClock();
        await RestartAsync(clock);
        Service.Lease = TimeSpan.FromMinutes(10);
        var key = await OpenAsync(Connect(clock: clock), "p256");
        Service.LoginError = 503;

        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(10));
        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        clock.Advance(TimeSpan.FromSeconds(11));
        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal("KMS_UNAVAILABLE", problem.Reason.Name);
        Assert.Contains("the login at auth/approle/login", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_replaced_by_one_login_for_all()
    {
        var key = await OpenAsync(Connect(), "p256");
        Service.RevokeTokens();

        var signatures = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => key.SignAsync(Message, default).AsTask()));

        Assert.All(signatures, signature => Assert.True(key.PublicKey.Verify(Message, signature)));
        Assert.Equal(2, Service.Logins);
    }

    [Fact]
    public async Task A_token_s_file_is_read_again_when_the_token_is_refused()
    {
        var key = await OpenAsync(Connect(Service.Options("token")), "p256");
        Service.RevokeTokens();
        Service.ChangeToken("hvs.CANARY-another");

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
    }

    [Fact]
    public async Task A_token_s_file_that_has_nothing_new_costs_no_second_request()
    {
        var key = await OpenAsync(Connect(Service.Options("token")), "p256");
        Service.RevokeTokens();

        var problem = await UnusableAsync(key.SignAsync(Message, default).AsTask());

        Assert.Equal(1, Service.SignCalls);
        Assert.Contains("invalid token", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_capability_is_named_and_does_not_turn_every_signature_into_a_login()
    {
        var clock = new ManualClock();
        await RestartAsync(clock);
        var source = Connect(clock: clock);
        var key = await OpenAsync(source, "p256");
        Service.Break(KmsFault.PermissionDenied);

        var signing = await UnusableAsync(key.SignAsync(Message, default).AsTask());
        for (var i = 0; i < 5; i++)
            await UnusableAsync(key.SignAsync(Message, default).AsTask());
        var reading = await UnusableAsync(OpenAsync(source, "p256"));

        Assert.Contains($"the capability \"update\" on \"{VaultSimulator.Mount}/sign/p256/*\" in the namespace team-a", signing, StringComparison.Ordinal);
        Assert.Contains($"the capability \"read\" on \"{VaultSimulator.Mount}/keys/p256\"", reading, StringComparison.Ordinal);
        Assert.Equal((2, 7), (Service.Logins, Service.SignCalls));
        clock.Advance(TimeSpan.FromSeconds(31));
        await UnusableAsync(key.SignAsync(Message, default).AsTask());
        Assert.Equal(3, Service.Logins);
    }

    public static TheoryData<int, string, bool, string> LoginErrors => new()
    {
        { 400, "KEY_UNUSABLE", false, "Vault refused the login at auth/approle/login (HTTP 400)" },
        { 403, "KEY_UNUSABLE", false, "Vault refused the login at auth/approle/login (HTTP 403)" },
        { 429, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { 500, "KMS_UNAVAILABLE", false, "Vault failed on the login" },
        { 503, "KMS_UNAVAILABLE", false, "Vault failed on the login" },
    };

    [Theory, MemberData(nameof(LoginErrors))]
    public async Task A_login_that_fails_says_why(int status, string reason, bool isThrottled, string expected)
    {
        Service.LoginError = status;

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Connect(), "p256"));

        Assert.Equal((reason, isThrottled), (problem.Reason.Name, problem.IsThrottled));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_s_file_that_is_not_there_is_named()
    {
        var options = Service.Options();

        var problem = await UnusableAsync(
            OpenAsync(Connect(options with { Login = options.Login! with { SecretIdFile = "/nowhere/secret-id" } }), "p256"));

        Assert.Contains("/nowhere/secret-id cannot be read: it does not exist", problem, StringComparison.Ordinal);
    }

    public static TheoryData<int, string, bool, int?> Statuses => new()
    {
        { 400, "KEY_UNUSABLE", false, null },
        { 404, "KEY_UNUSABLE", false, null },
        { 405, "KEY_UNUSABLE", false, null },
        { 412, "KMS_UNAVAILABLE", false, null },
        { 429, "KMS_UNAVAILABLE", true, 7 },
        { 429, "KMS_UNAVAILABLE", true, null },
        { 472, "KMS_UNAVAILABLE", false, null },
        { 473, "KMS_UNAVAILABLE", false, null },
        { 500, "KMS_UNAVAILABLE", false, null },
        { 502, "KMS_UNAVAILABLE", false, null },
        { 503, "KMS_UNAVAILABLE", false, 3 },
    };

    [Theory, MemberData(nameof(Statuses))]
    public async Task A_status_says_what_it_means(int status, string reason, bool isThrottled, int? retryAfter)
    {
        var key = await OpenAsync(Connect(), "p256");
        Service.KeyError = (status, "Vault is sealed", retryAfter?.ToString(System.Globalization.CultureInfo.InvariantCulture));

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((reason, isThrottled), (problem.Reason.Name, problem.IsThrottled));
        Assert.Equal(retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, problem.RetryAfter);
        Assert.True(isThrottled || status == 404 || problem.Message.Contains("Vault is sealed", StringComparison.Ordinal), problem.Message);
        Assert.Equal(1, Service.SignCalls);
    }

    public static TheoryData<string, string, string?, string> Keys => new()
    {
        { "a key to encrypt with", "type", "\"aes256-gcm96\"", "expected a key of type ecdsa-p256" },
        { "no type", "type", null, "found (none)" },
        { "another curve than the key's", "type", "\"ecdsa-p384\"", "expected ecdsa-p384, found a public key for ecdsa-p256-sha256" },
        { "another kind than the key's", "type", "\"rsa-2048\"", "expected rsa-2048, found a public key" },
        { "an Ed25519 key that is none", "type", "\"ed25519\"", "expected base64 of 32 bytes" },
        { "a derived key", "derived", "true", "expected a key made with derived=false" },
        { "no word about deriving", "derived", null, "expected a key made with derived=false" },
        { "a key that does not sign", "supports_signing", "false", "does not support signing" },
        { "no such version", "keys", "{}", "has no version 1, or no longer" },
        { "no PEM", "keys", """{"1":{"public_key":"x"}}""", "the public key of version 1" },
        { "a version that signs no longer", "min_encryption_version", "2", "its min_encryption_version is 2" },
    };

    [Theory, MemberData(nameof(Keys))]
    public async Task A_key_that_is_not_what_it_has_to_be_is_refused(string because, string member, string? value, string expected)
    {
        Service.Change = (_, data) => Set(data, member, value);

        var problem = await UnusableAsync(OpenAsync(Connect(), "p256"));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    [Fact]
    public async Task An_rsa_key_of_another_size_than_it_is_said_to_have_is_refused()
    {
        Service.Change = (_, data) => data["type"] = "rsa-4096";

        Assert.Contains("expected rsa-4096", await UnusableAsync(OpenAsync(Connect(), "rsa2048")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?> Halves => new()
    {
        { "no latest version", "latest_version", null },
        { "a latest version in words", "latest_version", "\"1\"" },
        { "no versions", "keys", null },
        { "no public key", "keys", """{"1":{"name":"P-256"}}""" },
    };

    [Theory, MemberData(nameof(Halves))]
    public async Task An_answer_with_a_part_missing_is_none(string because, string member, string? value)
    {
        Service.Change = (_, data) => Set(data, member, value);

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Connect(), "p256"));

        Assert.True("KMS_UNAVAILABLE" == problem.Reason.Name, $"{because}: {problem}");
    }

    public static TheoryData<string, string?, string> Signatures => new()
    {
        { "none", null, "KMS_UNAVAILABLE" },
        { "no prefix", "MEUCIQ==", "KMS_UNAVAILABLE" },
        { "no version", "vault::MEUCIQ==", "KMS_UNAVAILABLE" },
        { "a version with a sign", "vault:v+1:MEUCIQ==", "KMS_UNAVAILABLE" },
        { "more behind it", "vault:v1:MEUCIQ==:x", "KMS_UNAVAILABLE" },
        { "no base64", "vault:v1:MEUC_Q", "KMS_UNAVAILABLE" },
        { "base64 with loose bits", "vault:v1:MEUCIR==", "KMS_UNAVAILABLE" },
        { "another version", "vault:v2:MEUCIQ==", "KMS_BAD_SIGNATURE" },
    };

    [Theory, MemberData(nameof(Signatures))]
    public async Task A_signature_is_read_strictly_and_by_the_pinned_version(string because, string? signature, string reason)
    {
        var key = await OpenAsync(Connect(), "p256");
        Service.Change = (_, data) => data["signature"] = signature;

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.True(reason == problem.Reason.Name, $"{because}: {problem}");
    }

    [Fact]
    public async Task A_version_that_signs_no_longer_still_shows_its_public_half()
    {
        Service.Rotate("p256");
        Service.OldestToSign = 2;
        var source = Connect();
        var old = KeyUri.Parse("hashivault://p256?version=1");

        Assert.Contains("signs no longer", await UnusableAsync(source.OpenAsync(old, default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(SimulatedKey.Get("p256", 1).Spki, (await source.ReadPublicKeyAsync(old, default)).Spki.ToArray());
        Assert.Equal("hashivault://p256?version=2", (await OpenAsync(source, "p256")).Id);
    }

    [Fact]
    public async Task A_uri_that_names_no_key_is_refused_before_anybody_is_asked()
    {
        Assert.Contains(
            "names no key of Vault's transit engine",
            await UnusableAsync(Connect().OpenAsync(KeyUri.Parse("hashivault://a/b"), default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, Service.Calls);
    }

    [Fact]
    public void Settings_and_tokens_do_not_print_what_they_hold()
    {
        var settings = VaultSettings.Complete(Service.Options("token"), name => name is "VAULT_TOKEN" ? "hvs.CANARY" : null);

        Assert.DoesNotContain("CANARY", $"{settings} {new VaultToken("hvs.CANARY", default, default)}", StringComparison.Ordinal);
        Assert.Equal("hvs.CANARY", settings.Token);
    }

    private static void Set(JsonObject data, string member, string? value)
    {
        data.Remove(member);
        if (value is not null)
            data[member] = JsonNode.Parse(value);
    }

    private async Task RestartAsync(TimeProvider clock)
    {
        await Service.DisposeAsync();
        _started = await VaultSimulator.StartAsync(clock);
    }

    private VaultTransit Connect(VaultOptions? options = null, TimeProvider? clock = null)
    {
        var source = new VaultTransit(options ?? Service.Options(), clock ?? TimeProvider.System);
        _sources.Add(source);
        return source;
    }

    private async Task<ISigningKey> OpenAsync(ISigningKeySource source, string name) =>
        await source.OpenAsync(KeyUri.Parse(Service.UriOf(name)), default);

    private static async Task<string> UnusableAsync(Task task)
    {
        var problem = await Assert.ThrowsAsync<KmsException>(() => task);
        Assert.True("KEY_UNUSABLE" == problem.Reason.Name, problem.ToString());
        return problem.Message;
    }
}
