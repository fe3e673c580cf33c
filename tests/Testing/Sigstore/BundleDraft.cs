// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Testing.Sigstore;

/// <summary>Of what kind a bundle is, and what speaks for it.</summary>
/// <param name="Name">How tests call it.</param>
public sealed record BundleDraft(string Name)
{
    private const string Version = "application/vnd.dev.sigstore.bundle+json;version=";

    public string MediaType { get; init; } = Bundle.MediaTypeV03;

    /// <summary>Whether the signature is over the content's own bytes, rather than over an envelope.</summary>
    public bool IsMessage { get; init; }

    /// <summary>Whether a key signed that has no certificate.</summary>
    public bool IsByKey { get; init; }

    public bool IsInRekor2 { get; init; }

    /// <summary>Whether the entry of an envelope is of kind intoto, as old logs have it.</summary>
    public bool IsInToto { get; init; }

    public bool HasPromise { get; init; } = true;

    public bool HasProof { get; init; } = true;

    public bool HasTimestamp { get; init; }

    /// <summary>Every kind that clients write.</summary>
    public static IReadOnlyList<BundleDraft> All { get; } =
    [
        new("0.1 message") { MediaType = Version + "0.1", IsMessage = true, HasProof = false },
        new("0.1 envelope") { MediaType = Version + "0.1", IsInToto = true, HasProof = false },
        new("0.2 message") { MediaType = Version + "0.2", IsMessage = true },
        new("0.2 envelope") { MediaType = Version + "0.2", IsInToto = true },
        new("0.3 message") { IsMessage = true },
        new("0.3 envelope"),
        new("0.3 envelope without promise") { HasPromise = false, HasTimestamp = true },
        new("0.3 message in Rekor 2") { IsMessage = true, IsInRekor2 = true, HasTimestamp = true },
        new("0.3 envelope in Rekor 2") { IsInRekor2 = true, HasTimestamp = true },
        new("0.3 message by a key") { IsMessage = true, IsByKey = true },
        new("0.3 envelope by a key in Rekor 2") { IsByKey = true, IsInRekor2 = true, HasTimestamp = true },
    ];
}
