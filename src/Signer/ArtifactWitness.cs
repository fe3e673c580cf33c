// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Signer;

/// <summary>Has what was signed seen by logs and timestamp authorities, and puts what they say with it.</summary>
/// <param name="find">
/// Whom to ask about what a key signed, in an envelope or, where that is false, as a payload of the tag layout.
/// </param>
public sealed class ArtifactWitness(Func<PublicKey, bool, SignatureWitness> find)
{
    // There is room for one.
    private const int TagTimestamps = 1;

    /// <summary>Has one artifact seen, and makes sure that a verifier would believe it.</summary>
    /// <param name="artifact">What was signed, with nothing but its signature.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The same with what a verifier needs to see that it was.</returns>
    /// <exception cref="TransparencyException">Somebody did not do their part.</exception>
    public async ValueTask<SignedArtifact> WitnessAsync(SignedArtifact artifact, PublicKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(key);
        return artifact.Form == DraftForm.TagSignature
            ? await WitnessTagAsync(artifact, key, cancellationToken)
            : await WitnessBundleAsync(artifact, key, cancellationToken);
    }

    private async ValueTask<SignedArtifact> WitnessTagAsync(SignedArtifact artifact, PublicKey key, CancellationToken cancellationToken)
    {
        var witness = find(key, false);
        var signature = LoggedSignature.Of(artifact.Digest, Convert.FromBase64String(artifact.Signature!), key);
        var seen = await witness.WitnessAsync(signature, cancellationToken);
        var annotations = Write(() => TagMaterialWriter.Write(seen));
        if (!TagMaterial.TryRead(annotations, out var read, out var problem))
            throw Unreadable(problem);

        witness.EnsureBelieved(read, signature, TagTimestamps);
        return artifact with { Material = annotations };
    }

    private async ValueTask<SignedArtifact> WitnessBundleAsync(SignedArtifact artifact, PublicKey key, CancellationToken cancellationToken)
    {
        if (!Bundle.TryRead(artifact.Content, out var bundle, out var problem))
            throw new InvalidOperationException($"A bundle that was written cannot be read: {problem.Message}");

        var witness = find(key, true);
        var seen = await witness.WitnessAsync(LoggedSignature.Of(bundle.Envelope!, key), cancellationToken);
        var content = Write(() => Bundle.Write(bundle.Envelope!, key, seen));
        if (!Bundle.TryReadWithMaterial(content, out var read, out problem))
            throw Unreadable(problem);

        witness.EnsureBelieved(read.Material!, LoggedSignature.Of(read.Envelope!, key), Limits.BundleEntries);
        return artifact with { Content = content };
    }

    // The writers' limits are the readers'.
    private static T Write<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (ArgumentException limit)
        {
            throw new TransparencyException(
                ReasonCode.TransparencyRefused, $"what logs and timestamp authorities answered cannot be written: {limit.Message}", limit);
        }
    }

    private static TransparencyException Unreadable(SignatureProblem problem) => new(
        ReasonCode.TransparencyRefused, $"what logs and timestamp authorities answered cannot be read by a verifier: {problem.Message}");
}
