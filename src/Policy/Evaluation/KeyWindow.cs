// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Words for a key's state and window.</summary>
internal static class KeyWindow
{
    internal static string Verb(AttestorMember member) => member.State switch
    {
        MemberState.Revoked => "was revoked, and no trusted timestamp shows that the signature is older",
        MemberState.Retired => "is retired",
        _ => "is not valid now",
    };

    /// <summary>The same where it is known when it was signed.</summary>
    internal static string VerbAtSigning(AttestorMember member) => member.State switch
    {
        MemberState.Revoked => "was revoked, and had been by the time it was signed",
        MemberState.Retired => "is retired",
        _ => "was not valid when it was signed",
    };

    internal static string Describe(AttestorMember member) => (member.ValidFrom, member.ValidUntil) switch
    {
        _ when member is { State: MemberState.Revoked, RevokedAt: { } since } => $"revoked since {Times.Show(since)}",
        _ when member.State == MemberState.Retired => "retired",
        ({ } from, { } until) => $"valid from {Times.Show(from)} until {Times.Show(until)}",
        ({ } from, null) => $"valid from {Times.Show(from)}",
        (null, { } until) => $"valid until {Times.Show(until)}",
        _ => "always valid",
    };
}
