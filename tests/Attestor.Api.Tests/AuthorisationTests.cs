// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Who may not ask learns nothing about what is there.</summary>
public sealed class AuthorisationTests(KeylessService service) : IClassFixture<KeylessService>
{
    private static readonly Digest Absent = Digest.Compute("absent"u8);

    public static TheoryData<string, Func<Service, string>, string?, string?> Forbidden => new()
    {
        { "an image that is there", service => service.PushImage().Name, null, Service.StrangersToken },
        {
            "an image that is absent",
            service => $"{service.Registry.Host}/demo/shop@{Absent}",
            null,
            Service.StrangersToken
        },
        {
            "a repository that is absent",
            service => $"{service.Registry.Host}/demo/nowhere@{Absent}",
            null,
            Service.StrangersToken
        },
        {
            "a repository without a policy",
            service => $"{service.Registry.Host}/other/shop@{Absent}",
            null,
            Service.Token
        },
        { "a registry that is not configured", _ => $"registry.example/demo/shop@{Absent}", null, Service.Token },
        { "a policy that is there", service => service.PushImage().Name, "shop", Service.StrangersToken },
        { "a policy that is absent", service => service.PushImage().Name, "absent", Service.Token },
        { "a policy over other images", service => service.PushImage().Name, "twice-a", Service.Token },
        {
            "a policy with a name that is none",
            service => service.PushImage().Name,
            new string('x', 2_000) + "\0",
            Service.Token
        },
        {
            "two policies, of which none is this requester's",
            service => service.PushImage("twice/shop").Name,
            null,
            Service.StrangersToken
        },
        { "a token with another claim", service => service.PushImage().Name, null, null },
    };

    [Theory, MemberData(nameof(Forbidden), DisableDiscoveryEnumeration = true)]
    public async Task Forbidden_and_absent_are_told_in_the_same_words(
        string because, Func<Service, string> image, string? policy, string? token)
    {
        token ??= service.Issuer.Issue(draft => draft.Claims["ref"] = "refs/heads/other");
        var name = image(service);
        var mark = await service.MarkAsync();

        string[] parts = [Bodies.Part("image", name), .. policy is null ? (string[])[] : [Bodies.Part(
            "policy", policy)]];
        var answer = await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(parts)), token: token);
        var checking = await service.AttestAsync(Bodies.Raw(Bodies.MultipartText(parts)), "?mode=check", token: token);

        answer.AssertProblem(because, 403, "not-authorised", "NOT_AUTHORISED");
        Assert.Equal(Words.ReplaceLineEndings(""), answer.Text);
        Assert.Equal(answer.Text, checking.Text);
        Assert.Equal(
            ["Cache-Control", "Content-Length", "Content-Type", "Date"], answer.Headers.Keys.Order(
                StringComparer.Ordinal));
        await service.AssertOnlyAsync(because, mark, EntryKind.Rejected);
        Assert.Empty(service.Registry.Requests);
    }

    private const string Words =
        """
        {"type":"urn:supplychain:problem:not-authorised","title":"The caller may not do this","status":403,
        "detail":"no signing policy lets this requester have this repository's images signed","reason":"NOT_AUTHORISED",
        "remedy":"Ask the release manager for a requesters entry that matches your claims."}
        """;

    public static TheoryData<string, string> Ids => new()
    {
        { "unknown", "0198c0de-0000-7000-8000-000000000000" },
        { "all zeros", "00000000-0000-0000-0000-000000000000" },
        { "without dashes", "0198c0de000070008000000000000000" },
        { "in braces", "{0198c0de-0000-7000-8000-000000000000}" },
        { "a word", "latest" },
        { "a quote", "'%20OR%201=1--" },
        { "a NUL", "%01" },
        { "a path", "..%2f..%2fledger.db" },
        { "white space", "%20" },
        { "long", new string('0', 4_000) },
    };

    [Theory, MemberData(nameof(Ids))]
    public async Task A_decision_that_is_not_there_is_not_found(string because, string id) =>
        (await service.GetAsync("/v1/decisions/" + id)).AssertProblem(because, 404, "not-found", "NOT_FOUND");

    [Fact]
    public async Task A_decision_is_for_those_whom_it_concerns_and_somebody_else_s_looks_like_none()
    {
        var image = service.PushImage();
        var refused = await service.AttestAsync(Bodies.Multipart(image.Name));
        var id = refused.Decision.Id;

        // Whom it was made for; who may have the image signed as well; who may post about it.
        foreach (var concerned in (string[])[Service.Token, service.Issuer.Issue(), Service.ScannersToken])
            (await service.GetAsync($"/v1/decisions/{id}", concerned)).AssertDecision(200, Outcome.Refused);

        var none = await service.GetAsync("/v1/decisions/0198c0de-0000-7000-8000-000000000000");
        foreach (var other in (string[])[Service.StrangersToken, service.Issuer.Issue(draft =>
        {
            draft.Claims["sub"] = "ci";
            draft.Claims["repository_id"] = "1";
        })])
        {
            var answer = await service.GetAsync($"/v1/decisions/{id}", other);
            answer.AssertProblem("somebody else", 404, "not-found", "NOT_FOUND");
            Assert.Equal(none.Text, answer.Text);
        }

        (await service.GetAsync($"/v1/decisions/{id.ToUpperInvariant()}")).AssertProblem(
            "in capitals", 404, "not-found", "NOT_FOUND");
        (await service.GetAsync($"/v1/decisions/{id}", token: null)).AssertProblem(
            "nobody", 401, "unauthenticated", "TOKEN_INVALID");
    }
}
