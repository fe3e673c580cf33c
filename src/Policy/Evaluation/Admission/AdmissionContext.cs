// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What all leaves of one evaluation share.</summary>
internal sealed record AdmissionContext(
    AdmissionRule Rule, PolicySet Policies, EvidenceSet Evidence, DateTimeOffset Time)
{
    /// <summary>The repository that evidence has to name; null when any will do.</summary>
    internal string? ExpectedRepository { get; } = Rule.Repository.ExpectedFor(Evidence.Subject.Repository);

    /// <summary>What went wrong while gathering.</summary>
    internal AdmissionProblems Problems { get; } = AdmissionProblems.Sort(Evidence.Problems);

    internal Digest Image => Evidence.Subject.Manifest.Digest;

    /// <summary>Judges key and window; null when both are right.</summary>
    internal Candidate? JudgeKey(Candidate candidate, AttestorDefinition attestor)
    {
        if (attestor.MemberOf(candidate.Key) is not { } member)
        {
            var owner = Policies.Attestors.FirstOrDefault(other => other.MemberOf(candidate.Key) is not null);
            return candidate.Reject(Stage.Key, owner is not null && owner.Purpose != attestor.Purpose
                ? new Rejection(ReasonCode.KeyPurpose,
                    $"it is signed with a key of {owner.Name}, which is for another purpose")
                : new Rejection(ReasonCode.KeyNotTrusted, owner is null
                    ? "it is signed by a key that no attestor has"
                    : $"it is signed by {owner.Name}")
                {
                    Expected = $"a key of {attestor.Name}",
                    Actual = $"{candidate.Key.Id}",
                });
        }

        return member.RefusalAt(Time) is not { } refusal
            ? null
            : candidate.Reject(Stage.Window,
                new Rejection(refusal, $"the key that signed it {KeyWindow.Verb(member)}")
            {
                Expected = $"a key of {attestor.Name} that is valid at {Times.Show(Time)}",
                Actual = KeyWindow.Describe(member),
            });
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
