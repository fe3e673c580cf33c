// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>
/// Downloads what lies beside an image: one listing, one manifest and one blob for each wanted attachment, the tag
/// layout only where it counts, everything independent at the same time and no address twice.
/// </summary>
/// <remarks>
/// A manifest or blob that cannot be had becomes a problem beside the others, not the end: one dangling entry must not
/// hide a good signature. A listing that cannot be had is an error, never "no signatures".
/// </remarks>
public sealed class AttachmentReader(Registries registries)
{
    /// <summary>
    /// Reads the attachments of one image; none when they are more than <paramref name="budget"/> allows, since which of them
    /// would be left out is up to whoever pushed them.
    /// </summary>
    /// <exception cref="RegistryException">The host is not configured.</exception>
    public async ValueTask<Attachments> ReadAsync(
        Repository repository, Digest image, AttachmentNeeds needs, AttachmentBudget budget, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needs);
        ArgumentNullException.ThrowIfNull(budget);
        var search = new AttachmentSearch(registries.For(repository), repository, image, needs, budget, cancellationToken);
        var found = await search.RunAsync();
        return budget.IsExceeded
            ? new Attachments([], [], [],
            [
                new EvidenceProblem(
                    ReasonCode.EvidenceLimit, $"the attachments have more than {Limits.AttachmentsBytes} bytes together", IsError: false),
            ])
            : found;
    }
}
