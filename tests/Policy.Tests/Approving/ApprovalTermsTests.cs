// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Policy.Tests.Approving;

public sealed class ApprovalTermsTests
{
    [Fact]
    public void Exactly_what_two_keys_approved_is_approved()
    {
        var (approved, problems) = new ApprovalCase().Verify();

        Assert.True(approved is not null, string.Join('\n', problems));
        Assert.Equal(("production", 3), (approved.Approval.Name, approved.Approval.Version));
        Assert.Equal([ApprovalCase.First.Public.Id, ApprovalCase.Second.Public.Id], approved.Approvers.Select(key => key.Id));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var folder = new PolicyFolder(ApprovalCase.Folder, new ApprovalCase().Files, null);
        var approval = new PolicyApproval
        {
            Name = "staging",
            Version = PolicyApproval.LastVersion,
            Issued = ApprovalCase.Now,
            Expires = ApprovalCase.Now.AddDays(1),
            Documents = folder.Documents,
        };

        Assert.True(PolicyApproval.TryRead(approval.Write(), out var read, out var problem), problem);

        Assert.Equal(approval with { Documents = [] }, read with { Documents = [] });
        Assert.Equal(["a.yaml", "sub/b.yaml"], read.Documents.Select(document => document.Path));
        Assert.Empty(folder.Compare(read));
    }

    /// <summary>Each leaf of what was signed, and of the envelope around it.</summary>
    public static TheoryData<string, string, string?, string> Leaves => new()
    {
        { "payload", "name", null, "name is missing" },
        { "payload", "name", "\"staging\"", "the approval is for the set staging; expected production" },
        { "payload", "name", "\"Production\"", "name is missing, or is not up to 63" },
        { "payload", "name", "3", "name is missing" },
        { "payload", "version", null, "version is missing" },
        { "payload", "version", "0", "not a whole number from 1" },
        { "payload", "version", "-1", "not a whole number from 1" },
        { "payload", "version", "1.5", "not a whole number from 1" },
        { "payload", "version", "9007199254740992", "not a whole number from 1" },
        { "payload", "version", "\"3\"", "not a whole number from 1" },
        { "payload", "issued", null, "issued is missing" },
        { "payload", "issued", "\"yesterday\"", "issued is missing, or is not a time" },
        { "payload", "issued", "\"2026-11-22T10:05:01Z\"", "2026-11-22T10:05:01Z, which is in the future" },
        { "payload", "expires", "\"2026-11-22T10:00:00Z\"", "the approval ended at 2026-11-22T10:00:00Z" },
        { "payload", "expires", "\"2026-11-22T09:00:00Z\"", "expires is not after issued" },
        { "payload", "expires", "null", "expires is not a time" },
        { "payload", "expires", "\"never\"", "expires is not a time" },
        { "payload", "documents", null, "documents is missing" },
        { "payload", "documents", "[]", "is not a list of at least one" },
        { "payload", "documents", "{}", "is not a list of at least one" },
        { "payload", "documents[0]", null, "/policies/a.yaml:1:1: error: POLICY_UNAPPROVED: is not among what version 3 approves" },
        { "payload", "documents[0]", "1", "documents[0] is not an object" },
        { "payload", "documents[0].path", null, "documents[0].path is missing" },
        { "payload", "documents[0].path", "\"\"", "documents[0].path is missing" },
        { "payload", "documents[0].path", "\"A.yaml\"", "/policies/A.yaml:1:1: error: POLICY_UNAPPROVED: is missing" },
        { "payload", "documents[0].path", "\"./a.yaml\"", "/policies/a.yaml:1:1: error: POLICY_UNAPPROVED: is not among" },
        { "payload", "documents[0].path", "\"sub/b.yaml\"", "documents[1].path is not after the path before it" },
        { "payload", "documents[0].path", "\"z.yaml\"", "documents[1].path is not after the path before it" },
        { "payload", "documents[0].digest", null, "documents[0].digest is missing" },
        { "payload", "documents[0].digest", "\"a\"", "is not a sha256 digest" },
        { "payload", "documents[0].digest", $"\"sha512:{new string('0', 128)}\"", "is not a sha256 digest" },
        { "payload", "documents[0].digest", $"\"sha256:{new string('0', 64)}\"", $"is not what version 3 approves; expected sha256:{new string('0', 64)}, found {Digest.Compute("a"u8)}" },
        { "payload", "documents[0].size", "1", "documents[0] has an unknown member 'size'" },
        { "payload", "documents[1]", null, "/policies/sub/b.yaml:1:1: error: POLICY_UNAPPROVED: is not among what version 3 approves" },
        { "payload", "documents[1].path", "\"sub/c.yaml\"", "/policies/sub/c.yaml:1:1: error: POLICY_UNAPPROVED: is missing, and version 3 approves it" },
        { "payload", "documents[1].digest", $"\"sha256:{new string('0', 64)}\"", "is not what version 3 approves" },
        { "payload", "attestor", "\"anybody\"", "unknown member 'attestor'" },
        { "envelope", "payloadType", null, "the envelope has no payloadType" },
        { "envelope", "payloadType", "\"application/vnd.in-toto+json\"", "expected application/vnd.supplychain.policy-set+json, found application/vnd.in-toto+json" },
        { "envelope", "payload", null, "the envelope has no payload" },
        { "envelope", "payload", "\"e30=\"", "does not verify with any of the 2 trusted keys; expected 2 of the keys of managers" },
        { "envelope", "signatures", null, "expected at least one" },
        { "envelope", "signatures", "[]", "expected at least one" },
        { "envelope", "signatures[0]", null, "expected 2 of the keys of managers, each counted once; found 1" },
        { "envelope", "signatures[1]", null, "found 1" },
        { "envelope", "signatures[0].sig", null, "a signature without a value" },
        { "envelope", "signatures[0].sig", "\"AQID\"", "found 1" },
        { "envelope", "signatures[1].sig", "\"AQID\"", "found 1" },
        { "envelope", "signatures[1].key", "\"x\"", "unknown member 'key'" },
        { "envelope", "attestor", "\"x\"", "unknown member 'attestor'" },
    };

    [Theory, MemberData(nameof(Leaves))]
    public void A_changed_leaf_is_refused_for_its_own_reason(string where, string path, string? value, string expected)
    {
        var original = new ApprovalCase();
        var changed = where is "payload"
            ? original with { Payload = Changed(original.Payload, path, value) }
            : original with { Envelope = envelope => Changed(envelope, path, value).ToJsonString() };

        changed.AssertRefused($"{where} {path} = {value}", expected);
    }

    [Fact]
    public void More_documents_than_a_set_may_have_are_refused()
    {
        var documents = Enumerable.Range(0, Limits.PolicyDocuments + 1).Select(i => new ApprovedDocument($"{i:0000}.yaml", Digest.Compute([])));
        var approval = new PolicyApproval { Name = "production", Version = 1, Issued = ApprovalCase.Now, Documents = [.. documents] };

        Assert.False(PolicyApproval.TryRead(approval.Write(), out _, out var problem));
        Assert.Equal($"documents has {Limits.PolicyDocuments + 1} entries; at most {Limits.PolicyDocuments} are read", problem);
        Assert.True(PolicyApproval.TryRead((approval with { Documents = [.. documents.Take(Limits.PolicyDocuments)] }).Write(), out _, out problem), problem);
    }

    [Fact]
    public void Without_an_end_an_approval_does_not_end()
    {
        var original = new ApprovalCase();

        Assert.NotNull((original with { Payload = Changed(original.Payload, "expires", null), Time = ApprovalCase.Now.AddYears(9) }).Verify().Approved);
        (original with { Time = ApprovalCase.Now.AddYears(9) }).AssertRefused("ended", "the approval ended at 2026-12-22T09:00:00Z");
    }

    [Fact]
    public void A_hint_at_a_key_selects_nothing()
    {
        var hinted = new ApprovalCase { Envelope = envelope => Changed(envelope, "signatures[0].keyid", "\"whoever\"").ToJsonString() };

        Assert.NotNull(hinted.Verify().Approved);
    }

    [Fact]
    public void Duplicates_are_refused_in_the_payload_too()
    {
        var twice = Encoding.UTF8.GetBytes("""{ "name": "production", "version": 1, "version": 2 }""");

        Assert.False(PolicyApproval.TryRead(twice, out _, out var problem));
        Assert.Contains("version", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Folders => new()
    {
        { "a file too much", "c.yaml", "/policies/c.yaml:1:1: error: POLICY_UNAPPROVED: is not among what version 3 approves" },
        { "a file too few", "-sub/b.yaml", "/policies/sub/b.yaml:1:1: error: POLICY_UNAPPROVED: is missing" },
        { "a changed file", "a.yaml", "/policies/a.yaml:1:1: error: POLICY_UNAPPROVED: is not what version 3 approves; expected" },
    };

    [Theory, MemberData(nameof(Folders))]
    public void Another_folder_is_refused_and_the_file_is_named(string because, string change, string expected)
    {
        var original = new ApprovalCase();
        var path = change.TrimStart('-');
        List<PolicyFile> files = [.. original.Files.Where(file => file.Path != $"{ApprovalCase.Folder}/{path}")];
        if (change[0] != '-')
            files.Add(ApprovalCase.File(path, "other"));

        (original with { Files = files }).AssertRefused(because, expected);
    }

    [Fact]
    public void A_renamed_file_is_one_too_much_and_one_too_few() =>
        new ApprovalCase { Files = [ApprovalCase.File("a.yml", "a"), ApprovalCase.File("sub/b.yaml", "b")] }
            .AssertRefused("renamed", "/policies/a.yml:1:1: error: POLICY_UNAPPROVED: is not among", "/policies/a.yaml:1:1: error: POLICY_UNAPPROVED: is missing");

    [Fact]
    public void Two_documents_that_change_places_are_not_what_was_approved() =>
        new ApprovalCase { Files = [ApprovalCase.File("a.yaml", "b"), ApprovalCase.File("sub/b.yaml", "a")] }
            .AssertRefused("swapped", "/policies/a.yaml:1:1", "/policies/sub/b.yaml:1:1");

    [Fact]
    public void One_key_that_signs_twice_is_one_approval() =>
        new ApprovalCase { Signers = [ApprovalCase.First, ApprovalCase.First] }
            .AssertRefused("twice", "expected 2 of the keys of managers, each counted once; found 1");

    [Fact]
    public void A_stranger_s_signature_is_no_approval() =>
        new ApprovalCase { Signers = [ApprovalCase.First, TestKey.Stranger] }.AssertRefused("stranger", "found 1");

    [Fact]
    public void A_folder_without_an_envelope_is_approved_by_nobody()
    {
        var terms = new ApprovalTerms(Managers(new ApprovalCase().Members), 2, "production");

        Assert.False(terms.TryVerify(new PolicyFolder(ApprovalCase.Folder, new ApprovalCase().Files, null), ApprovalCase.Now, out _, out var problems));

        Assert.Equal(
            "/policies/policies.dsse.json:1:1: error: POLICY_UNAPPROVED: there is no such file, so that nobody approves these policies; expected 2 of the keys of managers",
            Assert.Single(problems).ToString());
    }

    public static TheoryData<MemberState, string?, string?, string> Members => new()
    {
        { MemberState.Revoked, null, null, "does not count: KEY_REVOKED" },
        { MemberState.Retired, null, null, "does not count: KEY_NOT_VALID_AT_TIME" },
        { MemberState.Verifying, "2026-11-22T10:00:01Z", null, "does not count: KEY_NOT_VALID_AT_TIME" },
        { MemberState.Signing, null, "2026-11-22T10:00:00Z", "does not count: KEY_NOT_VALID_AT_TIME" },
    };

    [Theory, MemberData(nameof(Members))]
    public void A_member_that_does_not_count_now_approves_nothing(MemberState state, string? from, string? until, string expected)
    {
        var third = ApprovalCase.Member(TestKey.Stranger);
        var second = ApprovalCase.Member(ApprovalCase.Second) with
        {
            State = state,
            ValidFrom = from is null ? null : DateTimeOffset.Parse(from, null),
            ValidUntil = until is null ? null : DateTimeOffset.Parse(until, null),
        };

        new ApprovalCase { Members = [ApprovalCase.Member(ApprovalCase.First), second, third] }
            .AssertRefused("member", "found 1", $"{ApprovalCase.Second.Public.Id} {expected}");
    }

    [Theory]
    [InlineData(3, "3 approvals are required, but managers has 2 members")]
    [InlineData(0, "0 approvals are required; expected at least 1")]
    public void Terms_that_cannot_be_met_approve_nothing(int approvals, string expected) =>
        new ApprovalCase { Approvals = approvals }.AssertRefused("terms", expected);

    [Fact]
    public void Revoked_members_are_none_that_could_approve() =>
        new ApprovalCase
        {
            Members = [ApprovalCase.Member(ApprovalCase.First), ApprovalCase.Member(ApprovalCase.Second) with { State = MemberState.Revoked }],
        }.AssertRefused("revoked", "2 approvals are required, but managers has 1 members");

    [Fact]
    public void An_attestor_of_another_purpose_approves_no_policies()
    {
        var terms = new ApprovalTerms(Managers(new ApprovalCase().Members) with { Purpose = AttestorPurpose.Approval }, 1, null);

        Assert.Equal("the attestor managers is of another purpose; expected policy", terms.FindProblem());
    }

    private static AttestorDefinition Managers(IReadOnlyList<AttestorMember> members) => new()
    {
        Name = "managers",
        Purpose = AttestorPurpose.Policy,
        VerifierId = "supplychain:attestor/managers",
        Members = members,
        Revision = Digest.Compute([]),
        Location = new SourceLocation("managers.yaml", 1, 1),
    };

    // Deletes, sets or adds the value at a path such as documents[0].path.
    private static JsonObject Changed(JsonObject original, string path, string? value)
    {
        var root = original.DeepClone().AsObject();
        JsonNode parent = root;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
            parent = step[0] == '[' ? parent.AsArray()[Index(step)]! : parent[step]!;
        var replacement = value is null ? null : JsonNode.Parse(value);
        var last = steps[^1];
        if (last[0] == '[' && value is null)
            parent.AsArray().RemoveAt(Index(last));
        else if (last[0] == '[')
            parent.AsArray()[Index(last)] = replacement;
        else if (value is null)
            parent.AsObject().Remove(last);
        else
            parent[last] = replacement;
        return root;
    }

    private static int Index(string step) => int.Parse(step.Trim('[', ']'), null);
}
