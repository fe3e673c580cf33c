// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>The public half that a signing key had when it was first used; from then on it may not silently be another.</summary>
/// <param name="Attestor">The attestor that signs with it.</param>
/// <param name="KeyUri">The key as the policy names it.</param>
/// <param name="KeyId">The key version behind that name.</param>
/// <param name="PublicKey">The id of its public key.</param>
public sealed record PinnedKey(string Attestor, string KeyUri, string KeyId, Digest PublicKey)
{
    /// <summary>When it was pinned; set on reading.</summary>
    public DateTimeOffset FirstUsed { get; init; }
}

/// <summary>How much a key was used.</summary>
/// <param name="Images">How many different images were signed with it.</param>
/// <param name="First">When the first was.</param>
/// <param name="Last">When something was signed with it last.</param>
public sealed record KeyUse(int Images, DateTimeOffset First, DateTimeOffset Last);

/// <summary>An image that was signed with a key.</summary>
/// <param name="Repository">Its repository.</param>
/// <param name="Image">The manifest that was signed.</param>
/// <param name="Request">The request, which is also the decision's id.</param>
/// <param name="Time">When it was signed first under that request.</param>
/// <param name="IsPublished">Whether what was signed is known to be in the registry.</param>
public sealed record SignedImage(string Repository, Digest Image, string Request, DateTimeOffset Time, bool IsPublished);
