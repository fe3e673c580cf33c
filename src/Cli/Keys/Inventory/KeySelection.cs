// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>
/// Finds the keys that a command line means: by attestor, by the first digits of the public key's id, by URI, or by a
/// file.
/// </summary>
internal static class KeySelection
{
    /// <summary>Fewer digits would find keys by accident.</summary>
    private const int FewestDigits = 8;

    /// <summary>Finds them.</summary>
    /// <exception cref="CommandFailure">There is none, or the digits fit several.</exception>
    /// <exception cref="KmsException">The text is a key that could not be read.</exception>
    public static async Task<IReadOnlyList<KeyRecord>> FindAsync(
        string text, IReadOnlyList<KeyRecord> keys, KeyServices services, CancellationToken cancellationToken)
    {
        if (Where(key => Same(key.Attestor, text)) is { Count: > 0 } attestor)
            return attestor;
        if (Where(IsNamed) is { Count: > 0 } named)
            return named;

        if (Digits(text) is { } digits)
        {
            var found = Where(key => key.Id?.Hex.StartsWith(digits, StringComparison.Ordinal) == true);
            var ids = found.Select(key => key.Id).Distinct().ToList();
            if (ids.Count > 1)
                throw CommandFailure.BadInput($"'{text}' fits {ids.Count} keys: {string.Join(", ", ids)}");
            if (ids.Count == 1 || !File.Exists(text))
                return found.Count > 0 ? found : throw None(text);
        }

        // Names that nobody can be asked about, such as that of an attestor that does not exist.
        if (!File.Exists(text) && !KeyUri.TryParse(text, out _, out _))
            throw None(text);

        var key = await services.ReadPublicKeyAsync(text, cancellationToken);
        return Where(known => known.Id == key.Id) is { Count: > 0 } same ? same : throw None(text);

        List<KeyRecord> Where(Func<KeyRecord, bool> isMeant) => [.. keys.Where(isMeant)];

        bool IsNamed(KeyRecord key) => Same(key.Uri, text)
            || key.Pins?.Any(pin => Same(pin.KeyId, text) || Same(pin.KeyUri, text)) == true;
    }

    /// <summary>Whether a text is the id of a key, or enough of its first digits.</summary>
    public static bool IsStartOf(string text, Digest id) =>
        Digits(text) is { } digits && id.Hex.StartsWith(digits, StringComparison.Ordinal);

    /// <summary>A text that is the whole id of a key; null for any other.</summary>
    public static Digest? WholeId(string text) =>
        Digits(text) is { } digits && Digest.TryParse($"sha256:{digits}", out var id, out _) ? id : null;

    private static CommandFailure None(string text) => CommandFailure.BadInput(
        $"neither policies nor ledger know the key '{Printable.Escape(text)}'; expected an attestor, a key's URI, "
        + $"{FewestDigits} or more digits of its public key's id, or a key file");

    private static string? Digits(string text)
    {
        const string Algorithm = "sha256:";
        var digits = text.StartsWith(Algorithm, StringComparison.Ordinal) ? text[Algorithm.Length..] : text;
        return digits.Length >= FewestDigits && digits.All(char.IsAsciiHexDigitLower) ? digits : null;
    }

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.Ordinal);
}
