// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Identity;
using SupplyChain.Kms.Azure;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

public sealed class AzureKeyVaultTests : IAsyncLifetime
{
    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{}"u8.ToArray());

    private readonly ManualClock _clock = new(TimeProvider.System.GetUtcNow());
    private AzureKeyVaultSimulator? _service;
    private ISigningKeySource? _source;

    private AzureKeyVaultSimulator Service => _service!;

    public async ValueTask InitializeAsync()
    {
        _service = await AzureKeyVaultSimulator.StartAsync(_clock);
        _source = _service.Connect(_clock);
    }

    public async ValueTask DisposeAsync()
    {
        (_source as IDisposable)?.Dispose();
        await Service.DisposeAsync();
    }

    [Theory]
    [InlineData("p256", "ES256", 32)]
    [InlineData("p384-hsm", "ES384", 48)]
    [InlineData("p521", "ES512", 64)]
    [InlineData("rsa2048-hsm", "RS256", 32)]
    public async Task Sends_a_digest_and_the_key_s_own_algorithm(string name, string algorithm, int bytes)
    {
        var key = await OpenAsync(name);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal(algorithm, (string?)Service.LastRequest!["alg"]);
        Assert.Equal(bytes, Base64Url.DecodeFromChars((string)Service.LastRequest["value"]!).Length);
        Assert.Equal($"azurekms://{Service.Host}/{name}/{Service.VersionOf(name)}", key.Id);
    }

    [Fact]
    public async Task A_key_that_is_asked_for_pss_signs_with_pss()
    {
        var key = await _source!.OpenAsync(KeyUri.Parse(Service.UriOf("rsa2048")), SigningAlgorithm.RsaPssSha256, default);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal("PS256", (string?)Service.LastRequest!["alg"]);
    }

    [Fact]
    public async Task A_curve_signs_with_its_own_digest_alone()
    {
        var uri = KeyUri.Parse(Service.UriOf("p384"));

        Assert.Contains(
            "expected ecdsa-p384-sha256, found a key for ecdsa-p384-sha384",
            await UnusableAsync(_source!.OpenAsync(uri, SigningAlgorithm.EcdsaP384Sha256, default).AsTask()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signatures_with_leading_zeros_become_der_too()
    {
        var key = await OpenAsync("p256");

        for (var i = 0; i < 300; i++)
            Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
    }

    [Fact]
    public async Task The_first_request_asks_what_for_without_showing_anything_and_later_ones_do_not_ask()
    {
        using var access = new AzureAccess(Service.Options(), _clock, Service.Credential);
        var opened = await OpenAsync("p256");
        var before = (Service.Calls, Service.Challenges);
        var key = new AzureKey(access, new AzureKeyUri(Service.Host, "p256", Service.VersionOf("p256")), opened.PublicKey);

        for (var i = 0; i < 3; i++)
            await key.SignAsync(Message, default);

        Assert.Equal((2, 1), before);
        Assert.Equal((before.Calls + 4, before.Challenges + 1), (Service.Calls, Service.Challenges));
        Assert.Equal(0, Service.ContentsWithoutToken);
        Assert.Equal(3, Service.SignCalls);
    }

    [Fact]
    public async Task A_managed_hsm_gets_a_token_of_its_own()
    {
        await using var hsm = await AzureKeyVaultSimulator.StartAsync(_clock, "hsm1.managedhsm.azure.net");
        using var source = (IDisposable)hsm.Connect(_clock);

        Assert.NotNull(await ((ISigningKeySource)source).OpenAsync(KeyUri.Parse(hsm.UriOf("p256-hsm")), default));
        Assert.Equal(1, hsm.TokenCalls);
    }

    [Theory]
    [InlineData("v.vault.azure.cn", "vault.azure.cn")]
    [InlineData("v.vault.example.org", "vault.example.org")]
    public async Task A_vault_of_another_domain_has_to_be_configured(string host, string domain)
    {
        await using var other = await AzureKeyVaultSimulator.StartAsync(_clock, host);
        using var unknown = (IDisposable)other.Connect(_clock);
        using var known = (IDisposable)other.Connect(_clock, other.Options() with { Domains = [domain] });

        var problem = await UnusableAsync(((ISigningKeySource)unknown).OpenAsync(KeyUri.Parse(other.UriOf("p256")), default).AsTask());

        Assert.Contains($"add it to kms.azure.domains", problem, StringComparison.Ordinal);
        Assert.Equal(0, other.Calls);
        Assert.NotNull(await ((ISigningKeySource)known).OpenAsync(KeyUri.Parse(other.UriOf("p256")), default));
    }

    [Theory]
    [InlineData("azurekms://evil-vault.azure.net/p256")]
    [InlineData("azurekms://vault.azure.net/p256")]
    [InlineData("azurekms://a.b.vault.azure.net/p256")]
    [InlineData("azurekms://v.vault.azure.net.evil.example/p256")]
    public async Task A_host_that_only_looks_like_a_vault_s_is_not_asked(string uri)
    {
        Assert.Contains("names a vault outside of vault.azure.net", await UnusableAsync(_source!.OpenAsync(KeyUri.Parse(uri), default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, Service.TokenCalls);
    }

    [Fact]
    public async Task A_vault_that_wants_a_token_for_something_else_gets_none()
    {
        Service.Challenge = $"Bearer authorization=\"https://login.microsoftonline.com/{AzureKeyVaultSimulator.Tenant}\", resource=\"https://management.azure.com\"";

        Assert.Contains("no token is sent to the vault: it asks for a token for https://management.azure.com", await UnusableAsync(OpenAsync("p256")), StringComparison.Ordinal);
        Assert.Equal((0, 1), (Service.TokenCalls, Service.Calls));
    }

    [Fact]
    public async Task A_token_is_asked_for_once_however_many_need_it()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync("p256")));
        await Task.WhenAll(keys.Select(key => key.SignAsync(Message, default).AsTask()));

        Assert.Equal(1, Service.TokenCalls);
        Assert.Equal(20, Service.SignCalls);
    }

    [Fact]
    public async Task A_token_is_renewed_shortly_before_it_expires()
    {
        var key = await OpenAsync("p256");
        _clock.Advance(TimeSpan.FromMinutes(57));
        await key.SignAsync(Message, default);
        Assert.Equal(1, Service.TokenCalls);

        _clock.Advance(TimeSpan.FromMinutes(1.5));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => key.SignAsync(Message, default).AsTask()));

        Assert.Equal(2, Service.TokenCalls);
        Assert.Equal(1, Service.Challenges);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_any_more_is_replaced_by_the_next_request()
    {
        var key = await OpenAsync("p256");
        Service.Revoke();

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal("KMS_UNAVAILABLE", problem.Reason.Name);
        Assert.Contains("the next request brings a new one", problem.Message, StringComparison.Ordinal);
        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal((2, 2), (Service.TokenCalls, Service.Challenges));
    }

    [Fact]
    public async Task A_new_token_that_is_not_taken_is_unusable()
    {
        Service.Challenge = $"Bearer authorization=\"https://login.microsoftonline.com/{Guid.Empty}\", resource=\"https://vault.azure.net\"";

        var problem = await UnusableAsync(OpenAsync("p256"));

        Assert.Contains("does not accept our credentials", problem, StringComparison.Ordinal);
        Assert.Equal((1, 2), (Service.TokenCalls, Service.Calls));
    }

    public static TheoryData<string, Exception, string, string> TokenFaults => new()
    {
        { "no credential", new CredentialUnavailableException("DefaultAzureCredential failed to retrieve a token.\n- canary-detail"), "KEY_UNUSABLE", "no Azure credentials for azurekms://" },
        { "a refusal", new AuthenticationFailedException("AADSTS7000215: Invalid client secret\ncanary-detail", new InvalidOperationException("canary-inner")), "KEY_UNUSABLE", "does not accept our credentials for azurekms://" },
        { "a server that is gone", new AuthenticationFailedException("failed", new HttpRequestException("refused")), "KMS_UNAVAILABLE", "gave no token" },
        { "a server that fails", new AuthenticationFailedException("failed", new RequestFailedException(503, "busy")), "KMS_UNAVAILABLE", "gave no token" },
        { "a server that refuses", new AuthenticationFailedException("failed", new RequestFailedException(400, "bad")), "KEY_UNUSABLE", "does not accept our credentials" },
    };

    [Theory, MemberData(nameof(TokenFaults))]
    public async Task Why_there_is_no_token_is_told_without_details(string because, Exception fault, string reason, string expected)
    {
        Service.TokenFault = _ => fault;

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync("p256"));

        Assert.Equal((because, reason), (because, problem.Reason.Name));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
        Service.TokenFault = null;
        Assert.NotNull(await OpenAsync("p256"));
    }

    public static TheoryData<string?, string, int, string, bool, string> Errors => new()
    {
        { "ForbiddenByRbac", "Forbidden", 403, "KEY_UNUSABLE", false, "Forbidden (ForbiddenByRbac): the caller may lack keys/sign on azurekms://" },
        { "ForbiddenByPolicy", "Forbidden", 403, "KEY_UNUSABLE", false, "Key Vault Crypto User" },
        { null, "Forbidden", 403, "KEY_UNUSABLE", false, "Managed HSM Crypto User" },
        { "ForbiddenByFirewall", "Forbidden", 403, "KEY_UNUSABLE", false, "look at its firewall" },
        { "ForbiddenByConnection", "Forbidden", 403, "KEY_UNUSABLE", false, "private endpoints" },
        { "KeyDisabled", "Forbidden", 403, "KEY_UNUSABLE", false, "cannot be used: Forbidden (KeyDisabled)" },
        { "KeyExpired", "Forbidden", 403, "KEY_UNUSABLE", false, "cannot be used: Forbidden (KeyExpired)" },
        { "KeyNotYetValid", "Forbidden", 403, "KEY_UNUSABLE", false, "cannot be used: Forbidden (KeyNotYetValid)" },
        { null, "KeyNotFound", 404, "KEY_UNUSABLE", false, "cannot be used: KeyNotFound: the simulator was told" },
        { "ObjectIsBeingDeleted", "Conflict", 409, "KEY_UNUSABLE", false, "cannot be used: Conflict (ObjectIsBeingDeleted)" },
        { null, "BadParameter", 400, "KEY_UNUSABLE", false, "cannot be used: BadParameter" },
        { null, "Throttled", 429, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { null, "RequestTimeout", 408, "KMS_UNAVAILABLE", false, "(HTTP 408)" },
        { null, "InternalServerError", 500, "KMS_UNAVAILABLE", false, "failed for azurekms://" },
        { null, "ServiceUnavailable", 503, "KMS_UNAVAILABLE", false, "ServiceUnavailable (HTTP 503)" },
    };

    [Theory, MemberData(nameof(Errors))]
    public async Task An_error_says_what_it_means(string? inner, string code, int status, string reason, bool isThrottled, string expected)
    {
        var key = await OpenAsync("p256");
        Service.Error = ("sign", status, code, inner);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((reason, isThrottled), (problem.Reason.Name, problem.IsThrottled));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, Service.SignCalls);
    }

    [Fact]
    public async Task A_missing_permission_to_read_a_key_is_named()
    {
        Service.Break(KmsFault.PermissionDenied);

        Assert.Contains("the caller may lack keys/get on azurekms://", await UnusableAsync(OpenAsync("p256")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("date", 20)]
    [InlineData("soon", null)]
    public async Task A_throttled_request_says_when_to_come_again(string said, int? seconds)
    {
        var key = await OpenAsync("p256");
        var until = _clock.GetUtcNow().AddSeconds(20);
        Service.Error = ("sign", 429, "Throttled", null);
        Service.ErrorHeaders = [("Retry-After", said is "date" ? until.ToString("R") : said)];

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal(seconds is null, problem.RetryAfter is null);
        // A date has no fractions of a second.
        Assert.InRange(problem.RetryAfter?.TotalSeconds ?? 0, (seconds ?? 0) - 1, seconds ?? 0);
    }

    public static TheoryData<string, string, string, string> Keys => new()
    {
        { "a key to encrypt with", "key", """{"key_ops":["encrypt","decrypt"]}""", "expected sign among its key_ops, found encrypt, decrypt" },
        { "no uses", "key", """{"key_ops":null}""", "expected sign among its key_ops" },
        { "a disabled key", "attributes", """{"enabled":false}""", "is disabled" },
        { "a key that may be enabled", "attributes", """{"enabled":null}""", "is disabled" },
        { "a key of tomorrow", "attributes", """{"nbf":4102444800}""", "is not valid before 2100-01-01" },
        { "a key of yesterday", "attributes", """{"exp":1262304000}""", "expired at 2010-01-01" },
        { "a symmetric key", "key", """{"kty":"oct-HSM"}""", "found oct-HSM" },
        { "another curve than the point's", "key", """{"crv":"P-384"}""", "a coordinate of P-384 has 48 bytes, found 32 and 32" },
        { "half a point", "key", """{"y":null}""", "it has no member y" },
        { "a short coordinate", "key", """{"x":"AAAA"}""", "found 3 and 32" },
        { "no point of the curve", "key", """{"x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}""", "the public key of azurekms://" },
        { "no base64", "key", """{"x":"%"}""", "the public key of azurekms://" },
    };

    [Theory, MemberData(nameof(Keys))]
    public async Task A_key_that_is_not_what_it_has_to_be_is_refused(string because, string member, string values, string expected)
    {
        Change("get", member, values);

        var problem = await UnusableAsync(OpenAsync("p256"));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    [Fact]
    public async Task Keys_that_sign_nothing_here_are_refused()
    {
        Assert.Contains("expected a key on P-256, P-384, P-521, found P-256K", await UnusableAsync(OpenAsync("secp256k1")), StringComparison.Ordinal);
        Assert.Contains("an RSA key has 2048 to 8192 bits, found 1024", await UnusableAsync(OpenAsync("rsa1024")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_valid_from_its_first_to_its_last_second()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        Change("get", "attributes", $$"""{"nbf":{{now}},"exp":{{now + 2}}}""");
        Assert.NotNull(await OpenAsync("p256"));

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("expired at", await UnusableAsync(OpenAsync("p256")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Halves => new()
    {
        { "no key", """{"key":null}""", "without a key" },
        { "no attributes", """{"attributes":null}""", "without a key" },
        { "another key", """{"key":{"kid":"https://release-keys.vault.azure.net/keys/p384/78deebed173b48e48f55abf87ed4cf71"}}""", "with another key" },
        { "another vault", """{"key":{"kid":"https://other.vault.azure.net/keys/p256/78deebed173b48e48f55abf87ed4cf71"}}""", "with another key" },
        { "no version", """{"key":{"kid":"https://release-keys.vault.azure.net/keys/p256"}}""", "with another key" },
    };

    [Theory, MemberData(nameof(Halves))]
    public async Task An_answer_that_is_half_or_about_another_key_is_none(string because, string values, string expected)
    {
        Service.Change = (_, answer) => Merge(answer, JsonNode.Parse(values)!.AsObject());

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync("p256"));

        Assert.Equal((because, "KMS_UNAVAILABLE"), (because, problem.Reason.Name));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_version_than_was_asked_for_is_none()
    {
        var old = (await OpenAsync("p256")).Id;
        Service.Change = (_, answer) => answer["key"]!["kid"] = $"https://{Service.Host}/keys/p256/78deebed173b48e48f55abf87ed4cf71";

        var problem = await Assert.ThrowsAsync<KmsException>(() => _source!.OpenAsync(KeyUri.Parse(old), default).AsTask());

        Assert.Contains("with another key", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_named_as_the_vault_spells_it() =>
        Assert.Equal($"azurekms://{Service.Host}/p256/{Service.VersionOf("p256")}", (await OpenAsync("P256")).Id);

    public static TheoryData<string, string, string, string> Signatures => new()
    {
        { "no signature", """{"value":null}""", "KMS_UNAVAILABLE", "without a signature" },
        { "no base64", """{"value":"%"}""", "KMS_UNAVAILABLE", "without a signature" },
        { "no signer", """{"kid":null}""", "KMS_UNAVAILABLE", "without a signature" },
        { "another signer", """{"kid":"https://release-keys.vault.azure.net/keys/p256/78deebed173b48e48f55abf87ed4cf71"}""", "KMS_BAD_SIGNATURE", "says that https://release-keys" },
        { "a short signature", """{"value":"AAAA"}""", "KMS_BAD_SIGNATURE", "a signature of 3 bytes; expected 64" },
    };

    [Theory, MemberData(nameof(Signatures))]
    public async Task A_signature_that_is_half_or_another_key_s_is_none(string because, string values, string reason, string expected)
    {
        var key = await OpenAsync("p256");
        Service.Change = (_, answer) => Merge(answer, JsonNode.Parse(values)!.AsObject());

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((because, reason), (because, problem.Reason.Name));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_uri_that_names_no_key_is_refused_before_anybody_is_asked()
    {
        Assert.Contains("without its domain", await UnusableAsync(_source!.OpenAsync(KeyUri.Parse("azurekms://release/p256"), default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, Service.Calls);
    }

    private Task<ISigningKey> OpenAsync(string name) => _source!.OpenAsync(KeyUri.Parse(Service.UriOf(name)), default).AsTask();

    private void Change(string operation, string member, string values) => Service.Change = (answered, answer) =>
    {
        if (answered == operation)
            Merge(answer[member]!.AsObject(), JsonNode.Parse(values)!.AsObject());
    };

    private static void Merge(JsonObject into, JsonObject values)
    {
        foreach (var (name, value) in values)
        {
            if (value is JsonObject more && into[name] is JsonObject there)
                Merge(there, more);
            else
                into[name] = value?.DeepClone();
        }
    }

    private static async Task<string> UnusableAsync(Task task)
    {
        var problem = await Assert.ThrowsAsync<KmsException>(() => task);
        Assert.True("KEY_UNUSABLE" == problem.Reason.Name, problem.ToString());
        return problem.Message;
    }
}
