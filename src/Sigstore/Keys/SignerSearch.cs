// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Finds the key that made a signature among those a policy names, in their order.</summary>
internal static class SignerSearch
{
    public static bool TryFind(
        IReadOnlyList<PublicKey> keys, ToBeSigned message, ReadOnlySpan<byte> signature,
        [NotNullWhen(true)] out PublicKey? signer, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        signer = null;
        problem = ProblemOfCandidates(keys);
        if (problem is not null)
            return false;

        foreach (var key in keys)
        {
            if (key.Verify(message, signature))
            {
                signer = key;
                return true;
            }
        }

        problem = NotSigned(keys);
        return false;
    }

    public static SignatureProblem? ProblemOfCandidates(IReadOnlyList<PublicKey> keys) => keys.Count switch
    {
        0 => new SignatureProblem(ReasonCode.KeyNotTrusted, "no key is trusted for this"),
        > Limits.KeyTrials => new SignatureProblem(
            ReasonCode.TooManySignatures, $"{keys.Count} keys are candidates; at most {Limits.KeyTrials} are tried"),
        _ => null,
    };

    public static SignatureProblem NotSigned(IReadOnlyList<PublicKey> keys) =>
        new(ReasonCode.SignatureInvalid, keys.Count == 1
            ? "the signature does not verify with the trusted key"
            : $"the signature does not verify with any of the {keys.Count} trusted keys")
        {
            Expected = keys.Count == 1 ? keys[0].ToString() : null,
        };
}
