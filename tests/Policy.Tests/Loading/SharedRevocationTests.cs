// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Loading;

/// <summary>A key that several attestors have is revoked for all of them by one, and that some still list it keeps nothing from loading.</summary>
public sealed class SharedRevocationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private static readonly (string, JsonNode?)[] Revoked = [("spec.members[0].state", "revoked"), ("spec.members[0].revokedAt", "2026-11-01")];

    [Theory]
    [InlineData("verifying")]
    [InlineData("announced")]
    public void Where_public_keys_are_written_it_is_revoked_when_the_documents_are_read(string state)
    {
        var loaded = PolicyText.TryLoad(
            PolicyText.Edit(PolicyText.SecurityAttestor, Revoked),
            PolicyText.Edit(PolicyText.SecurityAttestor, ("metadata.name", "legacy"), ("spec.members[0].state", state)),
            PolicyText.QaAttestor);

        AssertRevoked(loaded, "security", "legacy", TestKey.Security);
        var member = loaded.Set!.FindAttestor("legacy")!.Members[0];
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), member.RevokedAt);
        Assert.True(loaded.Set.FindAttestor("qa")!.Members[0].IsValidAt(Now));
        Assert.Null(loaded.Set.FindAttestor("security")!.Members[0].RevokedElsewhere);
    }

    [Fact]
    public void Where_it_is_named_by_URIs_it_is_revoked_when_they_are_resolved()
    {
        var set = PolicyText.Load(ByUri("a", "file:one", Revoked), ByUri("b", "file:two"), ByUri("c", "file:three"));

        var resolved = set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal)
        {
            ["file:one"] = TestKey.Security.Public, ["file:two"] = TestKey.Security.Public, ["file:three"] = TestKey.Qa.Public,
        });

        AssertRevoked(resolved, "a", "b", TestKey.Security);
        Assert.Null(resolved.Set!.FindAttestor("b")!.Signer);
        Assert.True(resolved.Set.FindAttestor("c")!.Members[0].IsValidAt(Now));
    }

    [Fact]
    public void One_that_is_written_and_found_again_by_its_URI_is_told_after_both_steps()
    {
        var set = PolicyText.Load(PolicyText.Edit(PolicyText.SecurityAttestor, Revoked), ByUri("b", "file:two"));

        AssertRevoked(
            set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:two"] = TestKey.Security.Public }),
            "security", "b", TestKey.Security);
    }

    [Fact]
    public void Where_its_service_tells_no_public_half_it_is_revoked_by_its_name()
    {
        var set = PolicyText.Load(
            ByUri("a", "awskms:///alias/x", Revoked), PolicyText.Attestor("b", "approval", TestKey.Qa, "key: \"awskms:///alias/x\""));

        var resolved = set.WithResolvedKeys(
            new Dictionary<string, PublicKey>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "awskms:///alias/x" });

        AssertRevoked(resolved, "a", "b", TestKey.Qa);
    }

    [Fact]
    public void One_that_both_end_themselves_is_nothing_to_tell()
    {
        foreach (var other in (string[])["retired", "revoked"])
        {
            (string, JsonNode?)[] ended = [("metadata.name", "legacy"), ("spec.members[0].state", other)];
            var loaded = PolicyText.TryLoad(
                PolicyText.Edit(PolicyText.SecurityAttestor, Revoked),
                PolicyText.Edit(
                    PolicyText.SecurityAttestor, other is "revoked" ? [.. ended, ("spec.members[0].revokedAt", "2026-11-02")] : ended));

            Assert.True(loaded.IsUsable);
            Assert.Empty(loaded.Problems);
            Assert.Equal(other, loaded.Set.FindAttestor("legacy")!.Members[0].State.ToString(), ignoreCase: true);
        }
    }

    private static string ByUri(string name, string uri, params (string, JsonNode?)[] changes) => PolicyText.Edit(
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}} }
        spec: { purpose: approval, members: [{ key: "{{uri}}" }] }
        """,
        changes);

    private static void AssertRevoked(PolicyLoadResult result, string by, string holder, TestKey key)
    {
        Assert.True(result.IsUsable, string.Join('\n', result.Problems));
        var member = result.Set.FindAttestor(holder)!.Members[0];
        Assert.Equal(ReasonCode.KeyRevoked, member.RefusalAt(Now));
        var warning = Assert.Single(result.Problems);
        Assert.Equal((ProblemSeverity.Warning, member.Location), (warning.Severity, warning.Location));
        var place = result.Set.FindAttestor(by)!.Members[0].Location;
        Assert.Equal(
            $"the key {key.Public.Id} is revoked in {by} ({place}), so that it counts no more in {holder} either; revoke it here too",
            warning.Message);
    }
}
