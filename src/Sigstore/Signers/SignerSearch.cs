// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Finds who made a signature among those a policy names.</summary>
internal static class SignerSearch
{
    /// <summary>
    /// Finds the signer. A certificate that came along is the only key that is tried then: it counts by the trust roots alone, and what
    /// it is worth does not depend on the keys that are known.
    /// </summary>
    /// <param name="candidates">Who may have signed.</param>
    /// <param name="material">What came along; null for none, and then nothing is asked of the trust roots.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="value">The signature.</param>
    /// <param name="describe">The signature by a key, for those who recorded it.</param>
    /// <param name="signer">Who signed, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public static bool TryFind(
        SignerCandidates candidates, BundleMaterial? material, ToBeSigned message, ReadOnlySpan<byte> value, Func<PublicKey, LoggedSignature> describe,
        [NotNullWhen(true)] out Signer? signer, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        signer = null;
        if (material?.Certificate is not null && candidates.Roots.Count == 0)
        {
            problem = new SignatureProblem(ReasonCode.KeyNotTrusted, "it is signed with a certificate, and nobody with one is trusted for this");
            return false;
        }

        if (material?.Certificate is null && candidates is { Keys: [], Roots: not [] })
        {
            problem = KeyAlone("a certificate");
            return false;
        }

        if (!TryFind(material?.Certificate is { } certificate ? [certificate.Key] : candidates.Keys, message, value, out var key, out problem))
            return false;

        var proven = new List<VerifiedMaterial>();
        var problems = new List<(TrustedRoot, SignatureProblem)>();
        foreach (var root in material is null ? [] : candidates.Roots)
        {
            if (MaterialVerifier.TryVerify(material!, describe(key), root, default, out var verified, out problem))
                proven.Add(verified);
            else
                problems.Add((root, problem));
        }

        if (material?.Certificate is not null && proven.Count == 0)
        {
            problem = problems[0].Item2;
            return false;
        }

        signer = new Signer(key, proven, problems);
        problem = null;
        return true;
    }

    /// <summary>Finds the key that made a signature, in the order of the keys.</summary>
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

    /// <summary>A key signed where only certificates are trusted.</summary>
    /// <param name="expected">Whose certificate was asked for; escaped.</param>
    public static SignatureProblem KeyAlone(string expected) =>
        new(ReasonCode.KeyNotTrusted, "it is signed by a key, and only certificates are trusted for this")
        {
            Expected = expected,
            Actual = "a public key without a certificate",
        };

    public static SignatureProblem NotSigned(IReadOnlyList<PublicKey> keys) =>
        new(ReasonCode.SignatureInvalid, keys.Count == 1
            ? "the signature does not verify with the trusted key"
            : $"the signature does not verify with any of the {keys.Count} trusted keys")
        {
            Expected = keys.Count == 1 ? keys[0].ToString() : null,
        };
}
