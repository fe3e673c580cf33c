// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>A member's key, or a key that only the ledger knows, with all that is known of it.</summary>
internal sealed record KeyRecord
{
    /// <summary>The attestor's name, from the policy or from the ledger.</summary>
    public required string Attestor { get; init; }

    /// <summary>The attestor's purpose; null for a key that only the ledger knows.</summary>
    public AttestorPurpose? Purpose { get; init; }

    /// <summary>The member; null for a key that only the ledger knows.</summary>
    public AttestorMember? Member { get; init; }

    /// <summary>Where the key is; null where the policy names the public half alone.</summary>
    public string? Uri { get; init; }

    /// <summary>The public half; null where it could not be had, or where only the ledger knows the key.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>The id of the public half; null where it could not be had.</summary>
    public Digest? Id { get; init; }

    /// <summary>When the key was first used under a URI, oldest first; null without a ledger.</summary>
    public IReadOnlyList<PinnedKey>? Pins { get; init; }

    /// <summary>The key that was pinned last under its URI; null without a ledger, and where none was.</summary>
    public PinnedKey? LastPin { get; init; }

    /// <summary>How much it was used; null without a ledger, and for a key that signed nothing.</summary>
    public KeyUse? Use { get; init; }

    /// <summary>
    /// What was approved on evidence that the key vouched for; null without a ledger, and for a key of another purpose.
    /// </summary>
    public VouchedImages? Vouched { get; init; }

    /// <summary>What somebody should look at.</summary>
    public IReadOnlyList<KeyWarning> Warnings { get; init; } = [];

    /// <summary>The state as policies write it; null for a key that only the ledger knows.</summary>
    public string? State => Member is { } member ? KeyWords.Of(member.State) : null;

    /// <summary>Since when its own attestor revokes it; null where it does not.</summary>
    public DateTimeOffset? OwnRevocation => Member is { RevokedElsewhere: null } own ? own.RevokedAt : null;

    /// <summary>When it was first used.</summary>
    public DateTimeOffset? FirstUsed => Pins is [var first, ..] ? first.FirstUsed : Use?.First ?? (Vouched?.Named is [var image, ..] ? image.Time : null);

    /// <summary>When something was signed with it last, or approved on its evidence.</summary>
    public DateTimeOffset? LastUsed => Use?.Last ?? (Vouched?.Named is [.., var image] ? image.Time : null);

    /// <summary>How many different images were signed with it, or approved on its evidence.</summary>
    public int Images => Use?.Images ?? Vouched?.Named.DistinctBy(image => image.Image).Count() ?? 0;
}

/// <summary>What somebody should look at.</summary>
/// <param name="Reason">The code of the fault or contradiction; null for a mere remark.</param>
/// <param name="Message">One sentence.</param>
internal sealed record KeyWarning(ReasonCode? Reason, string Message);
