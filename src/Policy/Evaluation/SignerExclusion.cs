// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What keeps a signer from counting, whichever member of an attestor it is. Memberships are those of the signer in the whole set.</summary>
internal static class SignerExclusion
{
    /// <summary>That it is named for another purpose too, so that it counts for neither; null when it is not.</summary>
    internal static Rejection? ByPurpose(IReadOnlyList<Membership> memberships, Signer signer, AttestorDefinition attestor)
    {
        var elsewhere = memberships.FirstOrDefault(other => other.Attestor.Purpose != attestor.Purpose)?.Attestor;
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
    internal static Rejection? ByRevocation(IReadOnlyList<Membership> memberships, Signer signer, AttestorDefinition attestor)
    {
        var times = signer.Material.SelectMany(material => material.Times).ToList();
        var ended = memberships.SelectMany(known => known.Members.Where(member =>
            member.State == MemberState.Revoked && !times.TrueForAll(time => time < member.RevokedAt)
            || (member.State == MemberState.Retired && ReferenceEquals(known.Attestor, attestor)))).FirstOrDefault();
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
