// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>How keys and what belongs to them is written.</summary>
internal static class KeyWords
{
    private const int ShortDigits = 12;

    public static string Of(MemberState state) => state switch
    {
        MemberState.Announced => "announced",
        MemberState.Signing => "signing",
        MemberState.Verifying => "verifying",
        MemberState.Retired => "retired",
        _ => "revoked",
    };

    public static Tone ToneOf(MemberState? state) => state switch
    {
        MemberState.Signing => Tone.Good,
        MemberState.Revoked => Tone.Bad,
        MemberState.Announced => Tone.Doubt,
        MemberState.Retired or null => Tone.Faint,
        _ => Tone.Plain,
    };

    public static string Of(AttestorPurpose purpose) => purpose switch
    {
        AttestorPurpose.Approval => "approval",
        AttestorPurpose.Evidence => "evidence",
        _ => "policy",
    };

    /// <summary>The first digits of a key's id: enough to tell keys apart, and to name one on a command line.</summary>
    public static string Short(Digest id) => id.Hex[..ShortDigits];

    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The window in which its signatures count, or since when it is revoked.</summary>
    public static string Window(AttestorMember member) => member switch
    {
        { RevokedAt: { } since } => $"revoked at {Of(since)}",
        { ValidFrom: { } from, ValidUntil: { } until } => $"{Of(from)} to {Of(until)}",
        { ValidFrom: { } from } => $"from {Of(from)}",
        { ValidUntil: { } until } => $"until {Of(until)}",
        _ => "always",
    };
}
