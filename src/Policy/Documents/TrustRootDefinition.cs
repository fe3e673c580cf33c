// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Logs and authorities under a name: whom to believe about who signed with a certificate, and when.</summary>
public sealed record TrustRootDefinition
{
    /// <summary>The name that attestors use.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in the author's words.</summary>
    public string? Description { get; init; }

    /// <summary>The logs and authorities.</summary>
    public required TrustedRoot Root { get; init; }

    /// <summary>The SHA-256 of the document's canonical form.</summary>
    public required Digest Revision { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }
}
