// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Approving;

/// <summary>That a folder of policies is approved, by whom and as what. Only <see cref="ApprovalTerms"/> makes one.</summary>
public sealed record ApprovedPolicies
{
    internal ApprovedPolicies(PolicyApproval approval, Digest content, IReadOnlyList<PublicKey> approvers)
    {
        Approval = approval;
        Content = content;
        Approvers = approvers;
    }

    /// <summary>What was approved.</summary>
    public PolicyApproval Approval { get; }

    /// <summary>The SHA-256 of the bytes that were signed: two approvals with one version are the same only if this is.</summary>
    public Digest Content { get; }

    /// <summary>The keys that approved it and count, each once.</summary>
    public IReadOnlyList<PublicKey> Approvers { get; }
}
