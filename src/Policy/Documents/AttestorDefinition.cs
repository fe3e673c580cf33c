// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// What an attestor's members may sign. A key or an identity has one purpose: whoever has it for another is somebody else.
/// </summary>
public enum AttestorPurpose
{
    /// <summary>
    /// Approvals: image signatures, PASSED verification summaries, and what is attested of approved images.
    /// </summary>
    Approval,

    /// <summary>Evidence that policies judge, such as scan reports.</summary>
    Evidence,

    /// <summary>Policy sets: what services may put in force that require it.</summary>
    Policy,
}

/// <summary>
/// What a member's key is used for now. A key goes through these states in order and never back; those that verify learn of it before
/// anything is signed with it, and keep it until what it signed is no longer deployed.
/// </summary>
public enum MemberState
{
    /// <summary>Its signatures count, and none are made with it yet: everybody who verifies gets to know it first.</summary>
    Announced,

    /// <summary>Its signatures count, and new ones are made with it.</summary>
    Signing,

    /// <summary>Its signatures count; no new ones are made with it here.</summary>
    Verifying,

    /// <summary>Nothing it signed counts any more; it stays named so that a denial can say so.</summary>
    Retired,

    /// <summary>
    /// Somebody else may have it, since <see cref="AttestorMember.RevokedAt"/>. What it signed counts only if a trusted timestamp
    /// shows that it is older; without one it may have been signed, and dated, by anybody.
    /// </summary>
    Revoked,
}

/// <summary>Who attests: a name with keys and identities, all for one purpose. Members are distinct by public key, or by identity.</summary>
public sealed record AttestorDefinition
{
    /// <summary>The name that policies use.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in the author's words.</summary>
    public string? Description { get; init; }

    /// <summary>What its members may sign.</summary>
    public required AttestorPurpose Purpose { get; init; }

    /// <summary>
    /// Who its verification summaries say verified (SLSA VSA, <c>verifier.id</c>): no member of it counts under another
    /// name.
    /// </summary>
    public required string VerifierId { get; init; }

    /// <summary>Its members; at least one.</summary>
    public required IReadOnlyList<AttestorMember> Members { get; init; }

    /// <summary>The SHA-256 of the document's canonical form.</summary>
    public required Digest Revision { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>The member that new signatures are made with; null when it only verifies.</summary>
    public AttestorMember? Signer => Members.FirstOrDefault(member => member.State == MemberState.Signing);

    /// <summary>
    /// Whether one of its keys is revoked. Then it may be without one that signs: a policy that revokes has to come into
    /// force at once, whatever else is missing.
    /// </summary>
    public bool HasRevoked => Members.Any(member => member.State == MemberState.Revoked);

    /// <summary>The member with that key; null when the key is not of this attestor.</summary>
    public AttestorMember? MemberOf(PublicKey key) => Members.FirstOrDefault(member => member.Identity is null && key.Equals(member.PublicKey));

    /// <summary>
    /// The members that <paramref name="signer"/> is: the one with its key, or all whose identity its certificate has. A certificate's key
    /// is nobody's by itself, whoever else has it.
    /// </summary>
    public IEnumerable<AttestorMember> MembersOf(Signer signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return signer.Identity is { } found
            ? Members.Where(member => member.Identity is { } trusted && trusted.Matches(found))
            : Members.Where(member => member.Identity is null && signer.Key.Equals(member.PublicKey));
    }
}

/// <summary>One key of an attestor, or one name that certificates are given to.</summary>
public sealed record AttestorMember
{
    /// <summary>Whose certificates count; null for a key.</summary>
    public TrustedIdentity? Identity { get; init; }

    /// <summary>
    /// What has to speak for its signatures beside the key; null where the key is enough. A certificate always needs something.
    /// </summary>
    public WitnessRequirement? Witnesses { get; init; }

    /// <summary>Where the trust root's name is written; null without one.</summary>
    internal FieldPlace? TrustRootPlace { get; init; }

    /// <summary>
    /// Where the key is, such as <c>file:keys/approval</c>, for whoever may sign with it or reads its public half.
    /// </summary>
    public string? KeyUri { get; init; }

    /// <summary>Where <see cref="KeyUri"/> is written; null without one.</summary>
    public SourceLocation? KeyLocation { get; init; }

    /// <summary>
    /// The public key; null until <see cref="PolicySet.WithResolvedKeys"/> has supplied it, and then the member counts
    /// for nothing.
    /// </summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>The algorithm the policy names where it is not the key's usual one.</summary>
    public SigningAlgorithm? Algorithm { get; init; }

    /// <summary>What the key is used for.</summary>
    public required MemberState State { get; init; }

    /// <summary>From when on its signatures count.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>From when on they no longer do.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Since when a revoked key is in doubt; null for every other state.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>
    /// Where another attestor revokes the key that this one's document still lists; null where the document says itself what becomes of it.
    /// </summary>
    public Revocation? RevokedElsewhere { get; init; }

    /// <summary>Whether the policy itself says what the public key is, so that nobody has to be asked.</summary>
    public bool NamesPublicKey { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Why the key's signatures do not count at <paramref name="time"/>; null when they do.</summary>
    public ReasonCode? RefusalAt(DateTimeOffset time) => State switch
    {
        MemberState.Revoked => ReasonCode.KeyRevoked,
        MemberState.Retired => ReasonCode.KeyNotValidAtTime,
        _ => IsInWindow(time) ? null : ReasonCode.KeyNotValidAtTime,
    };

    /// <summary>Whether the key counts at <paramref name="time"/>, without any grace.</summary>
    public bool IsValidAt(DateTimeOffset time) => RefusalAt(time) is null;

    private bool IsInWindow(DateTimeOffset time) => !(time < ValidFrom) && !(time >= ValidUntil);
}

/// <summary>What has to speak for a signature: how many of each, of distinct operators.</summary>
/// <param name="TrustRoot">The name of the trust root that they have to be of.</param>
/// <param name="TransparencyLogs">Logs that recorded the signature.</param>
/// <param name="Timestamps">Timestamp authorities that saw it.</param>
/// <param name="CertificateLogs">Logs that recorded the certificate before it was issued.</param>
public sealed record WitnessRequirement(string TrustRoot, int TransparencyLogs, int Timestamps, int CertificateLogs);

/// <summary>Where a key is revoked.</summary>
/// <param name="Attestor">The attestor.</param>
/// <param name="Location">The member.</param>
public sealed record Revocation(string Attestor, SourceLocation Location);
