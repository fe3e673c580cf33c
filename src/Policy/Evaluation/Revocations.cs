// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Finds what ends a signer whichever member it counts as: who is revoked anywhere, or retired in one attestor, is so there under every
/// pattern that fits as well.
/// </summary>
internal static class Revocations
{
    /// <summary>Why the signer does not count as anybody of <paramref name="attestor"/>; null when nothing ends it.</summary>
    internal static Rejection? Find(PolicySet policies, Signer signer, AttestorDefinition attestor)
    {
        var times = signer.Material.SelectMany(material => material.Times).ToList();
        var ended = policies.Attestors.SelectMany(other => other.MembersOf(signer).Where(member =>
            member.State == MemberState.Revoked && !times.TrueForAll(time => time < member.RevokedAt)
            || (member.State == MemberState.Retired && ReferenceEquals(other, attestor)))).FirstOrDefault();
        return ended is null
            ? null
            : new Rejection(
                ended.State == MemberState.Revoked ? ReasonCode.KeyRevoked : ReasonCode.KeyNotValidAtTime,
                $"the {(signer.Identity is null ? "key" : "identity")} that signed it {KeyWindow.VerbAtSigning(ended)}")
            {
                Expected = $"one that is neither revoked nor retired as {ended.Identity?.ToString() ?? $"key {signer.Key.Id}"}",
                Actual = KeyWindow.Describe(ended),
            };
    }
}
