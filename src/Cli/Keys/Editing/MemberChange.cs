// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>What is to be said of a member from now on.</summary>
/// <param name="Index">Which member, from 0.</param>
/// <param name="State">Its state.</param>
internal sealed record MemberChange(int Index, MemberState State)
{
    /// <summary>Since when its key is in doubt; for <see cref="MemberState.Revoked"/>.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The public half to write down where the document has none.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>The single-line fields that it takes, in order.</summary>
    public IEnumerable<(string Name, string Value)> Fields =>
        RevokedAt is { } since
            ? [("state", KeyWords.Of(State)), ("revokedAt", KeyWords.Of(since))]
            : [("state", KeyWords.Of(State))];

    /// <summary>The member after the change.</summary>
    public AttestorMember Of(AttestorMember member) => member with
    {
        State = State,
        RevokedAt = RevokedAt,
        RevokedElsewhere = null,
        PublicKey = member.PublicKey ?? PublicKey,
        NamesPublicKey = member.NamesPublicKey || PublicKey is not null,
    };
}

/// <summary>A member to add, announced.</summary>
/// <param name="KeyUri">Where the key is.</param>
/// <param name="PublicKey">Its public half.</param>
internal sealed record MemberAddition(string KeyUri, PublicKey PublicKey)
{
    /// <summary>The algorithm, where the public key alone would mean another one.</summary>
    public SigningAlgorithm? Algorithm => MembersText.IsUsual(PublicKey) ? null : PublicKey.Algorithm;

    /// <summary>The member as policies are read.</summary>
    public AttestorMember Member(SourceLocation location) => new()
    {
        KeyUri = KeyUri,
        PublicKey = PublicKey,
        Algorithm = Algorithm,
        State = MemberState.Announced,
        NamesPublicKey = true,
        Location = location,
    };

    /// <summary>The member's lines, without indentation.</summary>
    public IEnumerable<string> Lines =>
    [
        $"key: {Quoted(KeyUri)}",
        $"state: {KeyWords.Of(MemberState.Announced)}",
        .. Algorithm is { } algorithm ? [$"algorithm: {algorithm.Name()}"] : (string[])[],
        .. MembersText.OfPublicKey(PublicKey),
    ];

    private const string Plain = ":/._-=;?%+&";

    // Plain where every reader of YAML takes it for the same text.
    private static string Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal)) && !text.EndsWith(':')
            ? text
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
