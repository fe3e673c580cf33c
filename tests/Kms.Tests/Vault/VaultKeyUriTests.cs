// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Vault;

namespace SupplyChain.Kms.Tests;

public sealed class VaultKeyUriTests
{
    public static TheoryData<string, string, string, int?> Good => new()
    {
        { "a name", "hashivault://release", "release", null },
        { "one letter", "hashivault://r", "r", null },
        { "all that a name may have", "hashivault://Release_1.2-prod", "Release_1.2-prod", null },
        { "a version", "hashivault://release?version=12", "release", 12 },
        { "the longest name", "hashivault://" + new string('a', 128), new string('a', 128), null },
    };

    public static TheoryData<string, string> Bad => new()
    {
        { "no slashes", "hashivault:release" },
        { "no name", "hashivault://" },
        { "three slashes", "hashivault:///release" },
        { "a path", "hashivault://transit/release" },
        { "a way up", "hashivault://.." },
        { "a dot at the end", "hashivault://release." },
        { "a name that is too long", "hashivault://" + new string('a', 129) },
        { "other letters than ASCII's", "hashivault://rélease" },
        { "version zero", "hashivault://release?version=0" },
        { "a version with a zero before it", "hashivault://release?version=01" },
        { "no version", "hashivault://release?version=" },
        { "a version that is none", "hashivault://release?version=latest" },
        { "a version beyond all measure", "hashivault://release?version=9999999999" },
        { "another question", "hashivault://release?context=x" },
        { "two versions", "hashivault://release?version=1&version=2" },
        { "an escaped slash", "hashivault://a%2Fb" },
    };

    [Theory, MemberData(nameof(Good))]
    public void Reads_a_name_and_a_version(string because, string text, string key, int? version)
    {
        Assert.True(VaultKeyUri.TryRead(KeyUri.Parse(text), out var read, out var problem), $"{because}: {problem}");
        Assert.Equal(new VaultKeyUri(key, version), read);
        if (version is { } number)
            Assert.Equal(text, VaultKeyUri.Write(key, number));
    }

    [Theory, MemberData(nameof(Bad))]
    public void Refuses_everything_else(string because, string text)
    {
        Assert.False(VaultKeyUri.TryRead(KeyUri.Parse(text), out _, out var problem), because);
        Assert.Contains("names no key of Vault's transit engine; expected hashivault://KEY", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, VaultOptions, string?> Options => new()
    {
        { "nothing", new VaultOptions(), null },
        { "an address", new VaultOptions { Address = new("https://vault.example:8200") }, null },
        { "a plain address here", new VaultOptions { Address = new("http://127.0.0.1:8200") }, null },
        { "a plain address elsewhere", new VaultOptions { Address = new("http://vault.example:8200") }, "address" },
        { "an address with a path", new VaultOptions { Address = new("https://vault.example/v1") }, "address" },
        { "a namespace", new VaultOptions { Namespace = "a/b/" }, null },
        { "a namespace with a line feed", new VaultOptions { Namespace = "a\nb" }, "namespace" },
        { "a mount", new VaultOptions { Mount = "signing/transit" }, null },
        { "a mount with a way up", new VaultOptions { Mount = "transit/../sys" }, "mount" },
        { "a mount with a question", new VaultOptions { Mount = "transit?x" }, "mount" },
        { "a token", Login(new() { Method = "token" }), null },
        { "a token's file", Login(new() { Method = "token", TokenFile = "t" }), null },
        { "an unknown method", Login(new() { Method = "ldap" }), "login.method" },
        { "a method in capitals", Login(new() { Method = "AppRole" }), "login.method" },
        { "a token that is logged in with", Login(new() { Method = "token", Mount = "token" }), "login.mount" },
        { "a role for a token", Login(new() { Method = "token", Role = "x" }), "login.role" },
        { "a pod", Login(new() { Method = "kubernetes", Role = "x" }), null },
        { "a pod without role", Login(new() { Method = "kubernetes" }), "login.role" },
        { "a pod with a secret id", Login(new() { Method = "kubernetes", Role = "x", SecretIdFile = "s" }), "login.secretIdFile" },
        { "an application", Login(new() { Method = "approle", RoleId = "x", SecretIdFile = "s", Mount = "apps/a" }), null },
        { "an application without secret", Login(new() { Method = "approle", RoleId = "x" }), "login.secretIdFile" },
        { "an application without id", Login(new() { Method = "approle", RoleId = " ", SecretIdFile = "s" }), "login.roleId" },
        { "an application elsewhere", Login(new() { Method = "approle", RoleId = "x", SecretIdFile = "s", Mount = "../sys" }), "login.mount" },
    };

    [Theory, MemberData(nameof(Options))]
    public void Options_say_what_is_wrong_with_them(string because, VaultOptions options, string? member)
    {
        Assert.Equal(member is null ? [] : [member], options.Problems().Select(problem => problem.Member));
        var refused = Record.Exception(() => new VaultTransit(options, TimeProvider.System).Dispose());
        Assert.True(member is null ? refused is null : refused is ArgumentException, because);
    }

    private static VaultOptions Login(VaultLogin login) => new() { Login = login };
}
