// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>Gathers and verifies what is known about an image. Another process stands behind it: the registry.</summary>
public interface IEvidenceSource
{
    /// <summary>Gathers the evidence about one image once, live.</summary>
    /// <param name="repository">Where the image is deployed from.</param>
    /// <param name="digest">The image.</param>
    /// <param name="needs">What can count at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The evidence, of origin <see cref="EvidenceOrigin.Live"/>. An attachment that could not be had is one of its
    /// problems with <see cref="EvidenceProblem.IsError"/>: error is not absence.
    /// </returns>
    /// <exception cref="Oci.RegistryException">The host is not configured.</exception>
    ValueTask<EvidenceSet> GatherAsync(
        Repository repository, Digest digest, EvidenceNeeds needs, CancellationToken cancellationToken);
}
