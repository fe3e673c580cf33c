// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Hosting.Identity;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing;
using SupplyChain.Testing.Oidc;

namespace SupplyChain.Hosting.Tests;

/// <summary>Bearer tokens, each a good one with one thing changed.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<RequesterAuthentication> _log = new();
    private readonly TempFolder _folder = new();
    private OidcIssuer _issuer = null!;
    private RequesterAuthentication _authentication = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await OidcIssuer.StartAsync(_clock);
        _authentication = await CreateAsync(new OidcConfiguration(_issuer.Issuer, _issuer.Audience));
    }

    public async ValueTask DisposeAsync()
    {
        _authentication.Dispose();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_good_token_tells_who_asks()
    {
        var requester = await AuthenticateAsync(_issuer.Issue());

        Assert.Equal(_issuer.Issuer, requester.Issuer);
        Assert.Equal("repo:example/payments:ref:refs/heads/main", requester.Subject);
        Assert.Equal("482193", requester.Claims["repository_id"]);
    }

    public static TheoryData<string, Action<TokenDraft>> Accepted => new()
    {
        { "no key id", token => token.Header.Remove("kid") },
        { "no type", token => token.Header.Remove("typ") },
        { "a key of its own in the header, which nobody looks at", token => token.Header["jwk"] = TokenKey.Generate("evil").ToJwk() },
        { "addresses of keys in the header, which nobody fetches", token => { token.Header["jku"] = "http://127.0.0.1:1/"; token.Header["x5u"] = "http://127.0.0.1:1/"; } },
        { "several audiences, ours among them", token => token.Claims["aud"] = new JsonArray("other", token.Claims["aud"]!.GetValue<string>()) },
        { "ended just within the skew", token => token.Claims["exp"] = Now + 1 - (long)Limits.ClockSkew.TotalSeconds },
        { "begins just within the skew", token => token.Claims["nbf"] = Now + (long)Limits.ClockSkew.TotalSeconds },
        { "issued just within the skew", token => token.Claims["iat"] = Now + (long)Limits.ClockSkew.TotalSeconds },
        { "no begin", token => { token.Claims.Remove("nbf"); token.Claims.Remove("iat"); } },
        { "times with fractions", token => token.Claims["exp"] = Now + 10.5 },
        { "as long as allowed", token => token.Claims["exp"] = Now + 86_400 },
    };

    [Theory, MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public async Task Is_accepted(string because, Action<TokenDraft> change)
    {
        var result = await _authentication.AuthenticateAsync("Bearer " + _issuer.Issue(change), default);

        Assert.True(result is AuthenticationResult.Authenticated, $"{because}: {_log.Text}");
    }

    public static TheoryData<string, Action<TokenDraft>, string> Refused => new()
    {
        { "no signature", token => token.LeaveUnsigned = true, "made this signature" },
        { "algorithm none", token => { token.Header["alg"] = "none"; token.LeaveUnsigned = true; }, "'none'" },
        { "algorithm None", token => { token.Header["alg"] = "None"; token.LeaveUnsigned = true; }, "'None'" },
        { "the public key as a shared secret", token => { token.Header["alg"] = "HS256"; token.SignWithPublicKeyAsSecret = true; }, "'HS256'" },
        { "another key under the same id", token => token.Key = TokenKey.Generate(token.Key.Id), "made this signature" },
        { "another key, sent along", token => { token.Key = TokenKey.Generate(token.Key.Id); token.Header["jwk"] = token.Key.ToJwk(); }, "made this signature" },
        { "a key id nobody has", token => token.Header["kid"] = "key-7", "'key-7'" },
        { "a key id in another case", token => token.Header["kid"] = "KEY-1", "'KEY-1'" },
        { "an empty key id", token => token.Header["kid"] = "", "''" },
        { "a key id that is a number", token => token.Header["kid"] = 1, "key id is not text" },
        { "an algorithm in another case", token => { token.Header["alg"] = "es256"; token.SignAs = "ES256"; }, "'es256'" },
        { "an algorithm that the key is not for", token => { token.Header["alg"] = "ES384"; token.SignAs = "ES256"; }, "'ES384'" },
        { "another hash than the algorithm's", token => token.SignAs = "ES384", "made this signature" },
        { "no algorithm", token => { token.Header.Remove("alg"); token.SignAs = "ES256"; }, "names no algorithm" },
        { "an algorithm that is a number", token => { token.Header["alg"] = 1; token.SignAs = "ES256"; }, "names no algorithm" },
        { "a demand for extensions", token => token.Header["crit"] = new JsonArray("exp"), "extensions" },
        { "a header that is a list", token => token.RawHeader = "[]", "names no algorithm" },
        { "a header with a member twice", token => token.RawHeader = """{"alg":"ES256","alg":"ES256","kid":"key-1"}""", "header" },
        { "a header that is no JSON", token => token.RawHeader = "alg", "header" },
        { "no issuer", token => token.Claims.Remove("iss"), "'(none)' is not configured" },
        { "an issuer that is a list", token => token.Claims["iss"] = new JsonArray(token.Claims["iss"]!.GetValue<string>()), "is not configured" },
        { "an issuer with a slash more", token => token.Claims["iss"] += "/", "is not configured" },
        { "another issuer", token => token.Claims["iss"] = "https://issuer.example", "'https://issuer.example' is not configured" },
        { "an issuer in capitals", token => token.Claims["iss"] = token.Claims["iss"]!.GetValue<string>().ToUpperInvariant(), "is not configured" },
        { "the issuer of local tokens", token => token.Claims["iss"] = RequesterAuthentication.LocalIssuer, "is not configured" },
        { "no audience", token => token.Claims.Remove("aud"), "the token is for ''" },
        { "another audience", token => token.Claims["aud"] = "https://other.example", "the token is for 'https://other.example'" },
        { "an audience that starts like ours", token => token.Claims["aud"] += ".evil.example", "the token is for" },
        { "an audience in another case", token => token.Claims["aud"] = token.Claims["aud"]!.GetValue<string>().ToUpperInvariant(), "the token is for" },
        { "an audience list with something else in it", token => token.Claims["aud"] = new JsonArray(token.Claims["aud"]!.GetValue<string>(), 1), "the token is for" },
        { "no subject", token => token.Claims.Remove("sub"), "no subject" },
        { "an empty subject", token => token.Claims["sub"] = "", "no subject" },
        { "a subject that is a number", token => token.Claims["sub"] = 1, "no subject" },
        { "no end", token => token.Claims.Remove("exp"), "has no end" },
        { "an end that is text", token => token.Claims["exp"] = "2027-01-01", "not a number of seconds" },
        { "an end beyond all times", token => token.Claims["exp"] = 1e300, "not a number of seconds" },
        { "an end before all times", token => token.Claims["exp"] = -1, "not a number of seconds" },
        { "ended, skew allowed for", token => token.Claims["exp"] = Now - (long)Limits.ClockSkew.TotalSeconds, "ended at" },
        { "begins later, skew allowed for", token => token.Claims["nbf"] = Now + 1 + (long)Limits.ClockSkew.TotalSeconds, "ahead of the clock" },
        { "issued later, skew allowed for", token => token.Claims["iat"] = Now + 1 + (long)Limits.ClockSkew.TotalSeconds, "ahead of the clock" },
        { "lives a second too long", token => token.Claims["exp"] = Now + 86_401, "longer than" },
        { "lives too long since its begin", token => { token.Claims.Remove("iat"); token.Claims["nbf"] = Now - 86_400; }, "longer than" },
        { "lives too long from now", token => { token.Claims.Remove("iat"); token.Claims.Remove("nbf"); token.Claims["exp"] = Now + 86_401; }, "longer than" },
        { "a claim twice", token => token.RawPayload = token.Claims.ToJsonString()[..^1] + ""","sub":"admin"}""", "claims" },
        { "claims that are a list", token => token.RawPayload = "[]", "not an object" },
        { "claims that are no JSON", token => token.RawPayload = "sub", "claims" },
    };

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Is_refused(string because, Action<TokenDraft> change, string logged)
    {
        await AuthenticateAsync(_issuer.Issue());
        var token = _issuer.Issue(change);

        await AssertRefusedAsync(because, "Bearer " + token, logged);

        Assert.DoesNotContain(token.Split('.')[1], _log.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<string, string?>, string> Broken => new()
    {
        { "no header", _ => null, "carries no bearer token" },
        { "another scheme", token => "Basic " + token, "carries no bearer token" },
        { "no scheme", token => token, "carries no bearer token" },
        { "no token", _ => "Bearer ", "1 to" },
        { "too long", token => "Bearer " + new string('x', Limits.TokenLength + 1), "1 to" },
        { "one part", _ => "Bearer x", "three parts" },
        { "two parts", token => "Bearer " + token[..token.LastIndexOf('.')], "three parts" },
        { "four parts", token => $"Bearer {token}.x", "three parts" },
        { "padding", token => $"Bearer {token}=", "base64url" },
        { "the other alphabet", token => $"Bearer {token[..^4]}+/++", "base64url" },
        { "white space inside", token => $"Bearer {token.Insert(20, " ")}", "base64url" },
        { "stray bits in the last character", token => $"Bearer {token[..^1]}{(char)(token[^1] + 1)}", "base64url" },
        { "two tokens", token => $"Bearer {token}, Bearer {token}", "three parts" },
    };

    [Theory, MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task Is_no_token(string because, Func<string, string?> change, string logged) =>
        await AssertRefusedAsync(because, change(_issuer.Issue()), logged);

    [Fact]
    public async Task Every_bit_of_the_signature_counts()
    {
        var token = _issuer.Issue();
        await AuthenticateAsync(token);
        var start = token.LastIndexOf('.') + 1;
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(start));
        for (var i = 0; i < signature.Length; i++)
        {
            var changed = (byte[])signature.Clone();
            changed[i] ^= 1;
            await AssertRefusedAsync(
                $"byte {i}", "Bearer " + token[..start] + System.Buffers.Text.Base64Url.EncodeToString(changed), "made this signature");
        }
    }

    [Theory, InlineData("RS256"), InlineData("RS384"), InlineData("RS512"), InlineData("PS256"), InlineData("ES256"), InlineData("ES384")]
    public async Task These_algorithms_are_known(string algorithm)
    {
        _issuer.Rotate(algorithm);

        await AuthenticateAsync(_issuer.Issue());
    }

    [Theory, InlineData("PS384"), InlineData("PS512"), InlineData("ES512")]
    public async Task Other_algorithms_are_not(string algorithm)
    {
        _issuer.Rotate(algorithm);

        await AssertRefusedAsync(algorithm, "Bearer " + _issuer.Issue(), algorithm);
    }

    [Theory, InlineData("bearer "), InlineData("BEARER   ")]
    public async Task The_scheme_s_case_and_spaces_do_not_matter(string scheme) =>
        Assert.IsType<AuthenticationResult.Authenticated>(await _authentication.AuthenticateAsync(scheme + _issuer.Issue(), default));

    [Fact]
    public async Task Only_claims_that_are_text_are_told()
    {
        var requester = await AuthenticateAsync(_issuer.Issue(token =>
        {
            token.Claims["groups"] = new JsonArray("admin");
            token.Claims["nested"] = new JsonObject { ["ref"] = "refs/heads/main" };
            token.Claims["run"] = 7;
            token.Claims["protected"] = true;
        }));

        Assert.Equal(["aud", "iss", "ref", "repository_id", "sub"], requester.Claims.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_token_of_one_issuer_is_not_one_of_another()
    {
        await using var other = await OidcIssuer.StartAsync(_clock);
        using var both = await CreateAsync(
            new OidcConfiguration(_issuer.Issuer, _issuer.Audience), new OidcConfiguration(other.Issuer, other.Audience));
        Assert.IsType<AuthenticationResult.Authenticated>(await both.AuthenticateAsync("Bearer " + other.Issue(), default));

        var forged = other.Issue(token => token.Claims["iss"] = _issuer.Issuer);

        Assert.IsType<AuthenticationResult.Refused>(await both.AuthenticateAsync("Bearer " + forged, default));
    }

    [Fact]
    public async Task A_shorter_lifetime_can_be_asked_for()
    {
        using var strict = await CreateAsync(new OidcConfiguration(_issuer.Issuer, _issuer.Audience) { MaximumLifetime = TimeSpan.FromMinutes(5) });

        Assert.IsType<AuthenticationResult.Authenticated>(await strict.AuthenticateAsync("Bearer " + _issuer.Issue(), default));
        var longer = _issuer.Issue(token => token.Claims["exp"] = Now + 301);
        Assert.IsType<AuthenticationResult.Refused>(await strict.AuthenticateAsync("Bearer " + longer, default));
    }

    [Fact]
    public async Task A_local_token_is_known_by_its_value_alone()
    {
        using var local = await CreateLocalAsync("0123456789abcdef\n", UserOnly);

        var requester = Assert.IsType<AuthenticationResult.Authenticated>(await local.AuthenticateAsync("Bearer 0123456789abcdef", default)).Requester;
        Assert.Equal((RequesterAuthentication.LocalIssuer, "ci"), (requester.Issuer, requester.Subject));
        Assert.Empty(requester.Claims);
        Assert.IsType<AuthenticationResult.Refused>(await local.AuthenticateAsync("Bearer 0123456789abcdeF", default));
        Assert.IsType<AuthenticationResult.Refused>(await local.AuthenticateAsync("Bearer 0123456789abcdef0", default));
    }

    public static TheoryData<string, string, UnixFileMode, string> Unusable => new()
    {
        { "short", "0123456789abcde", UserOnly, "at least 16" },
        { "empty", "", UserOnly, "at least 16" },
        { "with a space", "0123456789 abcdef", UserOnly, "at least 16" },
        { "open to the group", "0123456789abcdef", UserOnly | UnixFileMode.GroupRead, "mode 0600" },
        { "open to others", "0123456789abcdef", UserOnly | UnixFileMode.OtherRead, "mode 0600" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task A_local_token_file_is_refused(string because, string content, UnixFileMode mode, string expected)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => CreateLocalAsync(content, mode));

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
        Assert.DoesNotContain("0123456789", problem.Message, StringComparison.Ordinal);
    }

    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static long Now => new ManualClock().GetUtcNow().ToUnixTimeSeconds();

    private async Task<Requester> AuthenticateAsync(string token) =>
        Assert.IsType<AuthenticationResult.Authenticated>(await _authentication.AuthenticateAsync("Bearer " + token, default)).Requester;

    private async Task AssertRefusedAsync(string because, string? authorization, string logged)
    {
        var before = _log.Lines.Count;
        var result = await _authentication.AuthenticateAsync(authorization, default);

        Assert.True(result is AuthenticationResult.Refused { Reason.Name: "TOKEN_INVALID" }, because);
        var lines = string.Join('\n', _log.Lines.Skip(before).Where(line => line.StartsWith("1101", StringComparison.Ordinal)));
        Assert.True(lines.Contains(logged, StringComparison.Ordinal), $"{because}: {lines}");
    }

    private ValueTask<RequesterAuthentication> CreateAsync(params OidcConfiguration[] issuers) => CreateAsync(issuers, []);

    private async ValueTask<RequesterAuthentication> CreateAsync(OidcConfiguration[] issuers, LocalTokenConfiguration[] tokens) =>
        await RequesterAuthentication.CreateAsync(
            new AttestorConfiguration
            {
                Listen = "http://127.0.0.1:0",
                Registries = new Dictionary<string, RegistryConfiguration>(StringComparer.Ordinal),
                Policies = [],
                Ledger = "",
                Oidc = issuers,
                LocalTokens = tokens,
            },
            _clock, _log, default);

    private async Task<RequesterAuthentication> CreateLocalAsync(string content, UnixFileMode mode)
    {
        await File.WriteAllTextAsync(_folder["token"], content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["token"], mode);
        return await CreateAsync([], [new LocalTokenConfiguration("ci", _folder["token"])]);
    }
}
