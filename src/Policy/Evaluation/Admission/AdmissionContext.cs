// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What all leaves of one evaluation share. Of one thread, and never copied with other policies: what it found out is kept.</summary>
internal sealed class AdmissionContext(AdmissionRule rule, PolicySet policies, EvidenceSet evidence, DateTimeOffset time)
{
    private readonly Dictionary<Signer, IReadOnlyList<Membership>> _memberships = new(ReferenceEqualityComparer.Instance);

    internal AdmissionRule Rule { get; } = rule;

    internal PolicySet Policies { get; } = policies;

    internal EvidenceSet Evidence { get; } = evidence;

    internal DateTimeOffset Time { get; } = time;

    /// <summary>The repository that evidence has to name; null when any will do.</summary>
    internal string? ExpectedRepository { get; } = rule.Repository.ExpectedFor(evidence.Subject.Repository);

    /// <summary>What went wrong while gathering.</summary>
    internal AdmissionProblems Problems { get; } = AdmissionProblems.Sort(evidence.Problems);

    internal Digest Image => Evidence.Subject.Manifest.Digest;

    /// <summary>
    /// The attestors that have the signer among their members, in the order of the set. Every leaf asks about every signer, and patterns take
    /// their time.
    /// </summary>
    internal IReadOnlyList<Membership> MembershipsOf(Signer signer)
    {
        if (!_memberships.TryGetValue(signer, out var found))
        {
            found = Membership.Of(Policies, signer);
            _memberships.Add(signer, found);
        }

        return found;
    }

    /// <summary>Judges who signed: the candidate as it was where that is a member that counts, and otherwise rejected.</summary>
    internal Candidate JudgeSigner(Candidate candidate, AttestorDefinition attestor)
    {
        var signer = candidate.Signer;
        var memberships = MembershipsOf(signer);
        var members = memberships.FirstOrDefault(own => ReferenceEquals(own.Attestor, attestor))?.Members ?? [];
        if (SignerExclusion.ByPurpose(memberships, signer, attestor) is { } misused)
            return candidate.Reject(Stage.Key, misused);

        if (members.Count == 0)
            return candidate.Reject(Stage.Key, NotOf(attestor, signer));

        if (SignerExclusion.ByRevocation(memberships, signer, attestor) is { } revoked)
            return candidate.Reject(Stage.Window, revoked);

        (Stage Stage, Rejection Rejection)? refused = null;
        foreach (var member in members)
        {
            // A log's promise counts only where the author named the layouts in which there is nothing else.
            if (MemberJudge.Judge(member, signer, Policies, Time, takesPromises: Rule.NamesLayouts) is not { } refusal)
                return candidate.Until(member.ValidUntil > Time ? member.ValidUntil : null);
            refused ??= refusal;
        }

        return candidate.Reject(refused!.Value.Stage, refused.Value.Rejection);
    }

    /// <summary>Who may sign for an attestor, for people.</summary>
    internal static string SignersOf(AttestorDefinition attestor)
    {
        var trusted = attestor.Members.Select(member => member.Identity).OfType<TrustedIdentity>().ToList();
        var certificate = $"a certificate of {string.Join(" or ", trusted)}";
        return trusted.Count == 0 ? $"a key of {attestor.Name}"
            : trusted.Count == attestor.Members.Count ? certificate
            : $"a key of {attestor.Name}, or {certificate}";
    }

    private Rejection NotOf(AttestorDefinition attestor, Signer signer)
    {
        var owner = MembershipsOf(signer) is [var first, ..] ? first.Attestor : null;
        if (signer.Identity is not { } found)
        {
            return new Rejection(ReasonCode.KeyNotTrusted, owner is null ? "it is signed by a key that no attestor has" : $"it is signed by {owner.Name}")
            {
                Expected = SignersOf(attestor),
                Actual = $"{signer.Key.Id}",
            };
        }

        var trusted = attestor.Members.Select(member => member.Identity).OfType<TrustedIdentity>().ToList();
        var message = owner is not null ? $"it is signed by {owner.Name}"
            : trusted is [var only] ? $"it is signed with a certificate of somebody else: {only.Explain(found)}"
            : "it is signed with a certificate of somebody that no attestor names";
        return new Rejection(ReasonCode.KeyNotTrusted, message)
        {
            Expected = trusted.Count == 0 ? $"a key of {attestor.Name}" : string.Join(" or ", trusted),
            Actual = found.ToString(),
        };
    }

    /// <summary>Whether a name that was signed is that of the repository that is expected.</summary>
    internal bool IsExpectedRepository(string? signedName) => ExpectedRepository is null
        || (ImageReference.TryParse(signedName, out var image, out _) && (image.Digest is null || image.Digest == Image)
            && string.Equals(image.Repository.ToString(), ExpectedRepository, StringComparison.Ordinal))
        || (ImageResource.TryParse(signedName, out var resource, out _) && resource.Digest == Image
            && string.Equals(resource.Repository.ToString(), ExpectedRepository, StringComparison.Ordinal));

    internal Rejection WrongRepository(string? signedName) => new(
        ReasonCode.RepositoryMismatch,
        string.IsNullOrEmpty(signedName)
            ? "it names no repository, and the rule binds the one the image is deployed from"
            : "it is for another repository than the one the image is deployed from")
    {
        Expected = ExpectedRepository,
        Actual = string.IsNullOrEmpty(signedName) ? "no repository" : Printable.Escape(signedName),
    };
}
