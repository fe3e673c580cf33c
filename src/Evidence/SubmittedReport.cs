// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Evidence;

/// <summary>A scan report or document that came with a request, as the bytes its maker wrote; read as a stream, as often as needed.</summary>
public interface ISubmittedReport
{
    /// <summary>What the sender called it: for messages only.</summary>
    string Name { get; }

    /// <summary>How many bytes it has.</summary>
    long Size { get; }

    /// <summary>Opens it from its first byte.</summary>
    Stream Open();
}
