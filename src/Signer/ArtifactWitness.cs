// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Signer;

/// <summary>Has what was signed seen by logs and timestamp authorities, and puts what they say with it.</summary>
/// <param name="find">
/// Whom to ask about what a key signed, in an envelope or, where that is false, as a payload of the tag layout.
/// </param>
public sealed class ArtifactWitness(Func<PublicKey, bool, SignatureWitness> find)
{
    /// <summary>Has one artifact seen.</summary>
    /// <param name="artifact">What was signed, with nothing but its signature.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The same with what a verifier needs to see that it was.</returns>
    /// <exception cref="TransparencyException">Somebody did not do their part.</exception>
    public async ValueTask<SignedArtifact> WitnessAsync(SignedArtifact artifact, PublicKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(key);
        if (artifact.Form == DraftForm.TagSignature)
        {
            var signature = LoggedSignature.Of(artifact.Digest, Convert.FromBase64String(artifact.Signature!), key);
            return artifact with { Material = TagMaterialWriter.Write(await find(key, false).WitnessAsync(signature, cancellationToken)) };
        }

        if (!Bundle.TryRead(artifact.Content, out var bundle, out var problem))
            throw new InvalidOperationException($"A bundle that was written cannot be read: {problem.Message}");
        var material = await find(key, true).WitnessAsync(LoggedSignature.Of(bundle.Envelope!, key), cancellationToken);
        return artifact with { Content = Bundle.Write(bundle.Envelope!, key, material) };
    }
}
