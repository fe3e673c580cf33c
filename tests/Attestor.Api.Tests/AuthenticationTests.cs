// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Hosting;
using SupplyChain.Testing.Oidc;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Who is not known gets nowhere, learns nothing, and leaves neither a record nor a token in a log.</summary>
public sealed class AuthenticationTests(KeylessService service) : IClassFixture<KeylessService>
{
    private static readonly string[] Calls =
        ["POST /v1/attestations", "GET /v1/decisions/0198c0de-0000-7000-8000-000000000000"];

    public static TheoryData<string, Action<TokenDraft>> Tokens => new()
    {
        { "another issuer", token => token.Claims["iss"] = "https://issuer.example" },
        { "the issuer of local tokens", token => token.Claims["iss"] = "urn:supplychain:local" },
        { "another audience", token => token.Claims["aud"] = "https://other.example" },
        { "ended", token => token.Claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-6).ToUnixTimeSeconds() },
        { "not begun", token => token.Claims["nbf"] = DateTimeOffset.UtcNow.AddMinutes(6).ToUnixTimeSeconds() },
        { "without an end", token => token.Claims.Remove("exp") },
        { "algorithm none", token => { token.Header["alg"] = "none"; token.LeaveUnsigned = true; } },
        { "unsigned", token => token.LeaveUnsigned = true },
        {
            "the public key as a shared secret",
            token => { token.Header["alg"] = "HS256"; token.SignWithPublicKeyAsSecret = true; }
        },
        {
            "a key of its own",
            token => { token.Key = TokenKey.Generate(token.Key.Id); token.Header["jwk"] = token.Key.ToJwk(); }
        },
        {
            "a claim twice",
            token => token.RawPayload = token.Claims.ToJsonString()[..^1] + ""","repository_id":"482193"}"""
        },
    };

    [Theory, MemberData(nameof(Tokens), DisableDiscoveryEnumeration = true)]
    public async Task A_token_that_does_not_hold_is_not_let_in(string because, Action<TokenDraft> change)
    {
        var token = service.Issuer.Issue(change);

        await AssertUnknownAsync(
            because, [$"Authorization: Bearer {token}"], [.. token.Split('.').Where(part => part.Length > 20)]);
    }

    public static TheoryData<string, string[]> Headers => new()
    {
        { "none", [] },
        { "empty", ["Authorization:"] },
        { "the scheme alone", ["Authorization: Bearer"] },
        { "another scheme", [$"Authorization: Basic {Service.Token}"] },
        { "no scheme", [$"Authorization: {Service.Token}"] },
        { "a wrong token", [$"Authorization: Bearer {Service.Token}x"] },
        { "a token in capitals", [$"Authorization: Bearer {Service.Token.ToUpperInvariant()}"] },
        { "two tokens", [$"Authorization: Bearer {Service.Token}, Bearer {Service.Token}"] },
        {
            "two headers",
            [$"Authorization: Bearer {Service.Token}", $"Authorization: Bearer {Service.StrangersToken}"]
        },
        {
            "the same header twice",
            [$"Authorization: Bearer {Service.Token}", $"Authorization: Bearer {Service.Token}"]
        },
        { "a second header that is empty", [$"Authorization: Bearer {Service.Token}", "Authorization:"] },
        { "a token of 20 KiB", [$"Authorization: Bearer {new string('c', 20 * 1024)}"] },
        { "a token in the address", [] },
        {
            "a token in another header",
            [$"X-Authorization: Bearer {Service.Token}", $"Cookie: access_token={Service.Token}"]
        },
    };

    [Theory, MemberData(nameof(Headers))]
    public Task A_request_without_one_good_token_is_not_let_in(string because, string[] headers) =>
        AssertUnknownAsync(because, headers, "canary");

    [Fact]
    public async Task An_issuer_that_cannot_be_asked_is_no_reason_to_doubt_a_token_for_good()
    {
        await using var apart = new KeylessService();
        await apart.InitializeAsync();
        apart.Issuer.OnKeys = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };

        var answer = await apart.GetAsync("/v1/decisions/0198c0de-0000-7000-8000-000000000000", apart.Issuer.Issue());

        answer.AssertProblem("no keys", 503, "unavailable", "NOT_READY");
        answer.AssertRetryAfter();
    }

    [Fact]
    public async Task A_token_never_ends_in_a_log()
    {
        var token = service.Issuer.Issue(draft => draft.Claims["note"] = "canary");
        var image = service.PushImage();
        service.Log.Forget();

        await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), token: token);
        await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));
        await service.AttestAsync(Bodies.Multipart("a:1"), token: Service.StrangersToken);

        // The key of this host is gone, so there is something to log.
        Assert.Contains("KEY_UNUSABLE", service.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", service.Log.Text, StringComparison.OrdinalIgnoreCase);
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, service.Log.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080"), InlineData("http://*:8080")]
    [InlineData("http://[::]:8080"), InlineData("http://10.0.0.1:8080")]
    public async Task Static_tokens_are_for_loopback_alone(string listen)
    {
        await File.WriteAllTextAsync(service.Folder["elsewhere.json"], service.Configuration(listen));

        var refused = await Assert.ThrowsAsync<ConfigurationException>(
            () =>
                ConfigurationFile.ReadAttestorAsync(service.Folder["elsewhere.json"], CancellationToken.None).AsTask());

        Assert.Contains(
            "localTokens: static tokens are for local use", Assert.Single(refused.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
    }

    private async Task AssertUnknownAsync(string because, string[] headers, params string[] secrets)
    {
        var body = $$"""{"image":"{{service.PushImage().Name}}"}""";
        var mark = await service.MarkAsync();
        service.Log.Forget();
        var answers = new List<Answer>();
        foreach (var call in Calls)
        {
            var isInAddress = because.EndsWith("address", StringComparison.Ordinal);
            var line = isInAddress ? $"{call}?access_token={Service.Token}" : call;
            answers.Add(call[0] == 'G'
                ? await RawHttp.SendAsync(service, line, headers)
                : await RawHttp.SendAsync(
                    service, line, ["Content-Type: application/json", $"Content-Length: {body.Length}", .. headers],
                    body));
        }

        foreach (var answer in answers)
        {
            answer.AssertProblem(because, 401, "unauthenticated", "TOKEN_INVALID");
            Assert.True(JsonNode.DeepEquals(answers[0].Json, answer.Json));
        }

        await service.AssertOnlyAsync(because, mark);
        Assert.Empty(service.Registry.Requests);
        Assert.Contains(" 1101 ", service.Log.Text, StringComparison.Ordinal);
        Assert.All(
            secrets, secret => Assert.DoesNotContain(secret, service.Log.Text, StringComparison.OrdinalIgnoreCase));
    }
}
