// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What keeps a signer from counting, whichever member of an attestor it is.</summary>
internal static class SignerExclusion
{
    /// <summary>That it is named for another purpose too, so that it counts for neither; null when it is not.</summary>
    internal static Rejection? ByPurpose(PolicySet policies, Signer signer, AttestorDefinition attestor)
    {
        var elsewhere = policies.Attestors.FirstOrDefault(other => other.Purpose != attestor.Purpose && other.MembersOf(signer).Any());
        return elsewhere is null
            ? null
            : new Rejection(
                ReasonCode.KeyPurpose,
                $"it is signed with {(signer.Identity is null ? "a key" : "an identity")} of {elsewhere.Name}, which is for another purpose");
    }

    /// <summary>
    /// That it is revoked anywhere, or retired in <paramref name="attestor"/>: it is so under every pattern that fits as well. Null when
    /// nothing ended it.
    /// </summary>
    internal static Rejection? ByRevocation(PolicySet policies, Signer signer, AttestorDefinition attestor)
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
