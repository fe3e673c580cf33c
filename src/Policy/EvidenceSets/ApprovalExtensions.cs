// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// What an approval says beyond SLSA: extension members of the verification summary, named by URI as its specification asks,
/// with text values.
/// </summary>
public static class ApprovalExtensions
{
    /// <summary>The id of the decision behind the approval.</summary>
    public const string Decision = "supplychain:approval/decision";

    /// <summary>Who vouched for the requester's identity.</summary>
    public const string RequesterIssuer = "supplychain:approval/requesterIssuer";

    /// <summary>Who asked.</summary>
    public const string RequesterSubject = "supplychain:approval/requesterSubject";

    /// <summary>The last moment of validity, RFC 3339.</summary>
    public const string ValidUntil = "supplychain:approval/validUntil";

    /// <summary>The evidence the approval rests on, one piece after another.</summary>
    public const string Evidence = "supplychain:approval/evidence";
}
