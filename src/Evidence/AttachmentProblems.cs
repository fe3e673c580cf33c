// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>
/// What went wrong while attachments were read: concurrently, and so told in an order that does not depend on it.
/// </summary>
internal sealed class AttachmentProblems
{
    private readonly Lock _gate = new();
    private readonly List<EvidenceProblem> _problems = [];

    public void Add(EvidenceProblem problem)
    {
        lock (_gate)
            _problems.Add(problem);
    }

    public void Add(RegistryException fault, string what, Digest? evidence) =>
        // Whatever kept us from looking: not having seen evidence is not the same as there being none.
        Add(new EvidenceProblem(fault.Reason, $"{what} could not be read: {fault.Message}", IsError: true)
        {
            Evidence = evidence,
        });

    public void Missing(string what, Digest evidence) =>
        Add(new EvidenceProblem(ReasonCode.BlobMissing, $"{what} is listed, but the registry does not have it", IsError: true)
        {
            Evidence = evidence,
        });

    public void TooLarge(Descriptor layer, long largest) =>
        Add(new EvidenceProblem(
            ReasonCode.EvidenceLimit, $"attachment {layer.Digest} has {layer.Size} bytes; at most {largest} are read",
            IsError: false)
        {
            Evidence = layer.Digest,
        });

    public IReadOnlyList<EvidenceProblem> Sorted()
    {
        lock (_gate)
            return [.. _problems.OrderBy(problem => problem.Message, StringComparer.Ordinal)];
    }
}
