// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies;

/// <summary>
/// What policies say of keys, judged by those who open keys, which the policies' own reader knows nothing of. No key is opened.
/// </summary>
internal static class KeyLint
{
    /// <summary>Key URIs that no provider reads, and keys of services whose public half is not written down.</summary>
    public static IEnumerable<PolicyProblem> Check(PolicySet set) =>
        set.Attestors.SelectMany(attestor => attestor.Members.Select(member => Check(attestor, member))).OfType<PolicyProblem>();

    private static PolicyProblem? Check(AttestorDefinition attestor, AttestorMember member)
    {
        if (member.KeyUri is not { } uri)
            return null;

        var place = member.KeyLocation ?? member.Location;
        if (KeyUriForm.FindProblem(uri) is { } problem)
            return new PolicyProblem(place, ProblemSeverity.Error, problem);

        return member.NamesPublicKey || KeyUri.Parse(uri).Scheme is KeyUri.FileScheme
            ? null
            : new PolicyProblem(
                place, ProblemSeverity.Warning,
                $"a key of {attestor.Name} has no publicKey, so that whoever verifies believes at each start what its service shows then; "
                + $"below this line add 'publicKey: |' with what supplychain keys public '{Printable.Escape(uri)}' prints");
    }
}
