// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>Referrers, each once, up to the limit.</summary>
internal sealed class ReferrerList(Digest subject)
{
    private readonly List<Descriptor> _descriptors = [];
    private readonly HashSet<Digest> _digests = [];

    public IReadOnlyList<Descriptor> Descriptors => _descriptors;

    /// <summary>Adds what is not there yet.</summary>
    /// <exception cref="RegistryException">TOO_MANY_SIGNATURES: there are more than are examined.</exception>
    public void AddRange(IEnumerable<Descriptor> descriptors)
    {
        foreach (var descriptor in descriptors)
        {
            if (!_digests.Add(descriptor.Digest))
                continue;

            if (_descriptors.Count == Limits.Referrers)
                throw new RegistryException(
                    ReasonCode.TooManySignatures, $"{subject} has more than {Limits.Referrers} referrers");

            _descriptors.Add(descriptor);
        }
    }
}
