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

    /// <summary>
    /// The public key itself, as the base64 of its DER (SubjectPublicKeyInfo); null where it was pinned by its id alone.
    /// </summary>
    public string? Spki { get; init; }

    /// <summary>The algorithm it signs with, such as <c>ecdsa-p256-sha256</c>; null where <see cref="Spki"/> is.</summary>
    public string? Algorithm { get; init; }
}

/// <summary>How much a key was used.</summary>
/// <param name="Images">How many different images were signed with it.</param>
/// <param name="First">When the first was.</param>
/// <param name="Last">When something was signed with it last.</param>
public sealed record KeyUse(int Images, DateTimeOffset First, DateTimeOffset Last);

/// <summary>An image that depends on a key: a request approved it on the key's evidence, or had it signed with the key.</summary>
/// <param name="Repository">Its repository.</param>
/// <param name="Image">The manifest.</param>
/// <param name="Request">The request, which is also the decision's id.</param>
/// <param name="Time">When the key first had to do with it under that request.</param>
/// <param name="IsPublished">Whether what was signed is known to be in the registry.</param>
public sealed record DependentImage(string Repository, Digest Image, string Request, DateTimeOffset Time, bool IsPublished);

/// <summary>What was approved on evidence that a key vouched for.</summary>
/// <param name="Named">Images whose decision names the key, oldest first.</param>
/// <param name="Unnamed">
/// Images whose decision counted attested evidence without naming the key that signed it, as earlier versions recorded them, and does not
/// name this key, oldest first: they may depend on it, and nothing on record says that they do not.
/// </param>
public sealed record VouchedImages(IReadOnlyList<DependentImage> Named, IReadOnlyList<DependentImage> Unnamed);
