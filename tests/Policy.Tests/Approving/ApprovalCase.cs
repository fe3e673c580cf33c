// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Policy.Approving;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Approving;

/// <summary>A folder of two documents that two release managers have approved; each test changes one thing.</summary>
internal sealed record ApprovalCase
{
    public const string Folder = "/policies";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static TestKey First { get; } = TestKey.New();

    public static TestKey Second { get; } = TestKey.New();

    public IReadOnlyList<PolicyFile> Files { get; init; } = [File("a.yaml", "a"), File("sub/b.yaml", "b")];

    public JsonObject Payload { get; init; } = JsonNode.Parse(
        $$"""
        {
          "name": "production", "version": 3, "issued": "2026-11-22T09:00:00Z", "expires": "2026-12-22T09:00:00Z",
          "documents": [
            { "path": "a.yaml", "digest": "{{Digest.Compute("a"u8)}}" },
            { "path": "sub/b.yaml", "digest": "{{Digest.Compute("b"u8)}}" }
          ]
        }
        """)!.AsObject();

    public IReadOnlyList<TestKey> Signers { get; init; } = [First, Second];

    public IReadOnlyList<AttestorMember> Members { get; init; } = [Member(First), Member(Second)];

    public int Approvals { get; init; } = 2;

    public string? Name { get; init; } = "production";

    public DateTimeOffset Time { get; init; } = Now;

    public Func<JsonObject, string> Envelope { get; init; } = envelope => envelope.ToJsonString();

    public static PolicyFile File(string path, string content) => new($"{Folder}/{path}", Encoding.UTF8.GetBytes(content));

    public static AttestorMember Member(TestKey key) => new()
    {
        PublicKey = key.Public,
        State = MemberState.Verifying,
        Location = new SourceLocation("managers.yaml", 7, 7),
    };

    /// <summary>The envelope before <see cref="Envelope"/> changes it.</summary>
    public JsonObject Sign()
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(Payload);
        var message = Sigstore.Envelope.ToBeSigned(PolicyApproval.PayloadType, payload);
        return JsonNode.Parse(new JointEnvelope(
            PolicyApproval.PayloadType, payload, [.. Signers.Select(signer => (ReadOnlyMemory<byte>)signer.Sign(message))]).Write())!.AsObject();
    }

    public (ApprovedPolicies? Approved, IReadOnlyList<PolicyProblem> Problems) Verify()
    {
        var terms = new ApprovalTerms(
            new AttestorDefinition
            {
                Name = "managers",
                Purpose = AttestorPurpose.Policy,
                VerifierId = "supplychain:attestor/managers",
                Members = Members,
                Revision = Digest.Compute([]),
                Location = new SourceLocation("managers.yaml", 1, 1),
            },
            Approvals, Name);
        var isApproved = terms.TryVerify(
            new PolicyFolder(Folder, Files, Encoding.UTF8.GetBytes(Envelope(Sign()))), Time, out var approved, out var problems);
        Assert.Equal(isApproved, approved is not null);
        Assert.Equal(isApproved, problems.Count == 0);
        return (approved, problems);
    }

    public void AssertRefused(string because, params string[] expected)
    {
        var (_, problems) = Verify();
        Assert.True(problems.Count > 0, $"{because}: approved");
        Assert.All(problems, problem => Assert.Equal("POLICY_UNAPPROVED", problem.Reason?.Name));
        var text = string.Join('\n', problems);
        foreach (var part in expected)
            Assert.True(text.Contains(part, StringComparison.Ordinal), $"{because}: {text}\ninstead of {part}");
    }
}
