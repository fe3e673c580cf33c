// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>
/// The newest entry of a ledger: remember it somewhere else, and no later cut at the ledger's end goes unnoticed.
/// </summary>
/// <param name="Sequence">The entry's number, from 1.</param>
/// <param name="Hash">The entry's hash, which covers every entry before it.</param>
public sealed record LedgerHead(long Sequence, Digest Hash)
{
    /// <summary>Reads the text that <see cref="ToString"/> writes; a single line end after it is accepted.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out LedgerHead? head, [NotNullWhen(false)] out string? problem)
    {
        head = null;
        var line = text ?? "";
        if (line.EndsWith('\n'))
            line = line[..^1];

        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 1 || !long.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || sequence < 1)
        {
            problem = $"'{Printable.Escape(text)}' is not a ledger head; expected a sequence number, a space and a digest";
            return false;
        }

        if (!Digest.TryParse(line[(space + 1)..], out var hash, out problem))
            return false;

        if (!hash.IsSha256)
        {
            problem = "a ledger head has a sha256 digest";
            return false;
        }

        head = new LedgerHead(sequence, hash);
        problem = null;
        return true;
    }

    /// <summary><c>SEQUENCE sha256:HEX</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Hash}");
}
