// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Azure;

namespace SupplyChain.Kms.Tests;

public sealed class AzureChallengeTests
{
    private const string Tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    private const string Authority = $"authorization=\"https://login.microsoftonline.com/{Tenant}\"";
    private const string Resource = "resource=\"https://vault.azure.net\"";

    public static TheoryData<string, string> Good => new()
    {
        { "the usual one", $"Bearer {Authority}, {Resource}" },
        { "the other way round", $"Bearer {Resource}, {Authority}" },
        { "without commas", $"Bearer {Authority} {Resource}" },
        { "a scope instead", $"Bearer {Authority}, scope=\"https://vault.azure.net/.default\"" },
        { "a slash behind the resource", $"Bearer {Authority}, resource=\"https://vault.azure.net/\"" },
        { "an older authority", $"Bearer authorization=\"https://login.windows.net/{Tenant}\", {Resource}" },
        { "an authority with more of a path", $"Bearer authorization=\"https://login.microsoftonline.com/{Tenant}/oauth2/authorize\", {Resource}" },
        { "more members", $"Bearer {Authority}, {Resource}, error=\"invalid_token\", error_description=\"a, b=c\"" },
    };

    public static TheoryData<string, string, string> Bad => new()
    {
        { "another scheme", $"Basic {Authority}, {Resource}", "asks for no bearer token" },
        { "no members", "Bearer ", "cannot be read" },
        { "no authority", $"Bearer {Resource}", "cannot be read" },
        { "no end of a text", $"Bearer {Resource}, {Authority[..^1]}", "cannot be read" },
        { "two authorities", $"Bearer {Authority}, {Authority}, {Resource}", "cannot be read" },
        { "an authority of nobody's", $"Bearer authorization=\"https://login.evil.example/{Tenant}\", {Resource}", "sends us to https://login.evil.example/" },
        { "an authority that begins like one", $"Bearer authorization=\"https://login.microsoftonline.com.evil.example/{Tenant}\", {Resource}", "sends us to" },
        { "an authority behind a user", $"Bearer authorization=\"https://login.microsoftonline.com@evil.example/{Tenant}\", {Resource}", "sends us to" },
        { "a user before an authority", $"Bearer authorization=\"https://a@login.microsoftonline.com/{Tenant}\", {Resource}", "sends us to" },
        { "plain http", $"Bearer authorization=\"http://login.microsoftonline.com/{Tenant}\", {Resource}", "sends us to" },
        { "another port", $"Bearer authorization=\"https://login.microsoftonline.com:8443/{Tenant}\", {Resource}", "sends us to" },
        { "no tenant", $"Bearer authorization=\"https://login.microsoftonline.com/\", {Resource}", "cannot be read" },
        { "a tenant that is none", $"Bearer authorization=\"https://login.microsoftonline.com/%2e%2e\", {Resource}", "cannot be read" },
        { "no resource", $"Bearer {Authority}", "asks for a token for ; expected https://vault.azure.net" },
        { "another service's resource", $"Bearer {Authority}, resource=\"https://management.azure.com\"", "asks for a token for https://management.azure.com" },
        { "the other kind of vault's", $"Bearer {Authority}, resource=\"https://managedhsm.azure.net\"", "asks for a token for https://managedhsm.azure.net" },
        { "a domain above", $"Bearer {Authority}, resource=\"https://azure.net\"", "asks for a token for https://azure.net" },
        { "a plain resource", $"Bearer {Authority}, resource=\"http://vault.azure.net\"", "asks for a token for http:" },
        { "a scope that is not everything", $"Bearer {Authority}, scope=\"https://vault.azure.net/keys\"", "asks for a token for ;" },
    };

    [Theory, MemberData(nameof(Good))]
    public void Tells_scope_and_tenant(string because, string header)
    {
        Assert.True(AzureChallenge.TryRead([header], "vault.azure.net", out var challenge, out var problem), $"{because}: {problem}");
        Assert.Equal(new AzureChallenge("https://vault.azure.net/.default", Tenant), challenge);
    }

    [Theory, MemberData(nameof(Bad))]
    public void Is_refused_when_it_is_not_the_vault_s_own(string because, string header, string expected)
    {
        Assert.False(AzureChallenge.TryRead([header], "vault.azure.net", out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bearer_header_is_found_among_others() =>
        Assert.True(AzureChallenge.TryRead(["PoP x=\"y\"", $"Bearer {Authority}, {Resource}"], "vault.azure.net", out _, out _));
}
