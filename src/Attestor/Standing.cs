// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Whether the keys behind what is on record still count. Between recording and publishing a key may have been revoked or retired, one
/// that signed as well as one that vouched for a report, and then nothing of it is published.
/// </summary>
internal static class Standing
{
    /// <summary>Why what was signed for a request must not be published; null when nothing speaks against it.</summary>
    public static ReasonCode? FindRefusal(OpenRequest open, SigningPolicy policy, PolicySet policies, DateTimeOffset time)
    {
        var vouchers = policy.Evidence.Scanners.SelectMany(scanner => scanner.SignedBy);
        return open.Signatures.Select(signature => FindRefusal(signature.PublicKey, [policy.Attestor], policies, time))
            .Concat(open.Decision.Evidence.Where(line => line.Used && line.Source is "attested")
                .Select(line => FindRefusal(line.SignedBy, vouchers, policies, time)))
            .FirstOrDefault(reason => reason is not null);
    }

    // A key that no attestor has any more, or that was not recorded, is none that counts.
    private static ReasonCode? FindRefusal(
        Digest? key, IEnumerable<string> attestors, PolicySet policies, DateTimeOffset time)
    {
        var members = attestors.Select(policies.FindAttestor).OfType<AttestorDefinition>()
            .SelectMany(attestor => attestor.Members)
            .Where(member => key is not null && member.PublicKey?.Id == key)
            .ToList();
        return members.Exists(member => member.IsValidAt(time)) ? null
            : members is [var known, ..] ? known.RefusalAt(time)
            : ReasonCode.PolicyChanged;
    }
}
