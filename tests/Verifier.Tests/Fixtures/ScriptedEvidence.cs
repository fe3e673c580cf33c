// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Tests;

/// <summary>A registry's place: answers as it is told, and counts what it is asked.</summary>
internal sealed class ScriptedEvidence : IEvidenceSource
{
    private readonly ConcurrentDictionary<Digest, Func<Repository, Digest, CancellationToken, Task<EvidenceSet>>> _answers = new();
    private int _asked;

    /// <summary>How often evidence was gathered.</summary>
    public int Asked => _asked;

    /// <summary>What was asked for last.</summary>
    public EvidenceNeeds? LastNeeds { get; private set; }

    public void Answer(Digest digest, Func<Repository, Digest, CancellationToken, Task<EvidenceSet>> answer) => _answers[digest] = answer;

    public void Answer(Digest digest, Func<Repository, Digest, EvidenceSet> answer) =>
        Answer(digest, (repository, image, _) => Task.FromResult(answer(repository, image)));

    /// <summary>The image is there, signed by <paramref name="signers"/> in the name of the repository it is asked for in.</summary>
    public void Signed(Digest digest, params TestSigner[] signers) => Answer(digest, (repository, image) =>
        Set(repository, image) with { Signatures = [.. signers.Select(signer => signer.Sign(repository, image))] });

    /// <summary>The image is there and nothing is attached to it.</summary>
    public void Bare(Digest digest) => Answer(digest, Set);

    public static EvidenceSet Set(Repository repository, Digest image)
    {
        var manifest = new Descriptor("application/vnd.oci.image.manifest.v1+json", image, 500);
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Live,
            Subject = new ImageSubject(
                repository, manifest, IsIndex: false, [new PlatformManifest(new Platform("linux", "amd64"), manifest, image)]),
        };
    }

    public async ValueTask<EvidenceSet> GatherAsync(
        Repository repository, Digest digest, EvidenceNeeds needs, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        LastNeeds = needs;
        return await _answers[digest](repository, digest, cancellationToken);
    }
}
