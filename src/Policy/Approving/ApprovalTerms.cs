// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Approving;

/// <summary>
/// What makes a policy set approved. The terms come from whoever runs a service, never from the folder that they are about. Pure: the
/// same folder, terms and time give the same answer.
/// </summary>
/// <param name="Approvers">Who may approve: an attestor of purpose policy, with its public keys.</param>
/// <param name="Approvals">How many distinct keys of it have to; at least one.</param>
/// <param name="Name">The set that has to be approved; null for any.</param>
public sealed record ApprovalTerms(AttestorDefinition Approvers, int Approvals, string? Name)
{
    /// <summary>Why nothing could ever be approved on these terms; null when something could.</summary>
    public string? FindProblem()
    {
        if (Approvers.Purpose != AttestorPurpose.Policy)
            return $"the attestor {Approvers.Name} is of another purpose; expected policy";
        if (Approvals < 1)
            return $"{Approvals} approvals are required; expected at least 1";

        var able = Approvers.Members.Count(member => member.State is not (MemberState.Retired or MemberState.Revoked));
        return Approvals > able
            ? $"{Approvals} approvals are required, but {Approvers.Name} has {able} members that are neither retired nor revoked"
            : null;
    }

    /// <summary>Verifies the envelope, then reads what was verified, then compares it with the folder.</summary>
    /// <param name="folder">The folder as it was read.</param>
    /// <param name="time">When: windows of keys and the approval's own end are judged at it.</param>
    /// <param name="approved">The approval, when the result is <see langword="true"/>.</param>
    /// <param name="problems">POLICY_UNAPPROVED, at least once, when it is not.</param>
    public bool TryVerify(
        PolicyFolder folder, DateTimeOffset time,
        [NotNullWhen(true)] out ApprovedPolicies? approved, out IReadOnlyList<PolicyProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(folder);
        approved = null;
        if ((FindProblem() ?? VerifySignatures(folder, time, out approved)) is { } problem)
        {
            problems = [Unapproved(folder.EnvelopePath, problem)];
            return false;
        }

        var approval = approved!.Approval;
        problems = Judge(approval, time) is { } refused
            ? [Unapproved(folder.EnvelopePath, refused)]
            : [.. folder.Compare(approval).Select(difference => Unapproved(folder, difference, approval))];
        if (problems.Count > 0)
            approved = null;
        return approved is not null;
    }

    /// <summary>
    /// What an approval of that set would not cover: keys that it names by where they are and not by what they are. Whoever can write a
    /// <c>.pub</c> file, or move an alias, would say whose signatures count, and no approver had a say in it.
    /// </summary>
    /// <returns>POLICY_UNAPPROVED for each; empty when all is covered.</returns>
    public static IReadOnlyList<PolicyProblem> FindUncovered(PolicySet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return
        [
            .. from attestor in set.Attestors
               from member in attestor.Members
               where member.KeyUri is not null && !member.NamesPublicKey
               select new PolicyProblem(
                   member.Location, ProblemSeverity.Error,
                   $"the key {Printable.Escape(member.KeyUri)} of {attestor.Name} has no publicKey, so that what it stands for is not part of what is approved; expected publicKey beside key")
               {
                   Reason = ReasonCode.PolicyUnapproved,
               },
        ];
    }

    /// <summary>POLICY_UNAPPROVED, about a whole file.</summary>
    public static PolicyProblem Unapproved(string file, string message) =>
        new(new SourceLocation(file, 1, 1), ProblemSeverity.Error, message) { Reason = ReasonCode.PolicyUnapproved };

    private string? VerifySignatures(PolicyFolder folder, DateTimeOffset time, out ApprovedPolicies? approved)
    {
        approved = null;
        var wanted = $"expected {Approvals} of the keys of {Approvers.Name}";
        if (folder.Envelope is not { } bytes)
            return $"there is no such file, so that nobody approves these policies; {wanted}";
        if (!JointEnvelope.TryRead(bytes, out var envelope, out var refused)
            || !envelope.TryVerify(PolicyApproval.PayloadType, KeysOf(Approvers), out var payload, out refused))
        {
            return refused.Message
                + (refused.Actual is null ? $"; {wanted}" : $"; expected {refused.Expected}, found {refused.Actual}");
        }

        var signers = payload.Signers.Select(key => (Key: key, Refusal: Approvers.MemberOf(key)!.RefusalAt(time))).ToList();
        var counting = signers.Where(signer => signer.Refusal is null).Select(signer => signer.Key).ToList();
        if (counting.Count < Approvals)
        {
            var refusals = signers.Where(signer => signer.Refusal is not null).Select(signer => $"; {signer.Key.Id} does not count: {signer.Refusal}");
            return $"{wanted}, each counted once; found {counting.Count}{string.Concat(refusals)}";
        }

        if (!PolicyApproval.TryRead(payload.Content, out var approval, out var malformed))
            return $"what was signed cannot be read: {malformed}";

        approved = new ApprovedPolicies(approval, Digest.Compute(payload.Content.Span), counting);
        return null;
    }

    private string? Judge(PolicyApproval approval, DateTimeOffset time)
    {
        if (Name is not null && !string.Equals(Name, approval.Name, StringComparison.Ordinal))
            return $"the approval is for the set {approval.Name}; expected {Name}";
        if (approval.Issued > time + Limits.ClockSkew)
            return $"the approval was issued at {Times.Show(approval.Issued)}, which is in the future";

        return approval.Expires <= time ? $"the approval ended at {Times.Show(approval.Expires.Value)}" : null;
    }

    private static IReadOnlyList<PublicKey> KeysOf(AttestorDefinition attestor) =>
        [.. attestor.Members.Select(member => member.PublicKey).OfType<PublicKey>()];

    private static PolicyProblem Unapproved(PolicyFolder folder, DocumentDifference difference, PolicyApproval approval) => Unapproved(
        Path.Combine(folder.Path, Printable.Escape(difference.Path)),
        difference switch
        {
            { Approved: null } => $"is not among what version {approval.Version} approves; found {difference.Found}",
            { Found: null } => $"is missing, and version {approval.Version} approves it as {difference.Approved}",
            _ => $"is not what version {approval.Version} approves; expected {difference.Approved}, found {difference.Found}",
        });
}
