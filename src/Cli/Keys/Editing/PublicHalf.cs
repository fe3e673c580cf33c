// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>
/// Which public key a member means that names none. Its service says one, and the ledger kept the one that the attestor first used: where
/// they differ, somebody moved the name, and only a person knows which of the two is to be revoked, or to be written down.
/// </summary>
internal static class PublicHalf
{
    public const string OptionName = "--public-key";

    /// <summary>The key with the public half that is meant; itself where there is only one.</summary>
    /// <param name="key">A member's key.</param>
    /// <param name="chosen">What the user said is meant: the first digits of its id, or a file; null for nothing.</param>
    /// <exception cref="KmsException">KEY_CHANGED: there are two, and nothing was said.</exception>
    /// <exception cref="CommandFailure">What was said is neither, or the ledger has only its id.</exception>
    public static KeyRecord Settle(KeyRecord key, string? chosen)
    {
        if (key.Member!.NamesPublicKey || key.LastPin is not { } pin || pin.PublicKey == key.Id)
            return key;
        if (chosen is null)
        {
            throw new KmsException(
                ReasonCode.KeyChanged,
                $"{Printable.Escape(key.Uri)} is {key.Id} now and was {pin.PublicKey} when {key.Attestor} first used it at "
                + $"{KeyWords.Of(pin.FirstUsed)}; say which is meant with {OptionName}");
        }

        var file = ReadFile(chosen);
        var (isShown, isPinned) = (IsMeant(key.Id, chosen, file), IsMeant(pin.PublicKey, chosen, file));
        if (isShown == isPinned)
        {
            throw CommandFailure.BadInput(
                $"{OptionName} '{Printable.Escape(chosen)}' fits {(isShown ? "both keys" : "no key")} of {key.Uri}, "
                + $"which is {key.Id} now and was {pin.PublicKey}");
        }

        if (isShown)
            return key;

        return (PinnedHalf.Read(pin, key.Member) ?? (file is null ? null : PinnedHalf.Of(file, key.Member))) is { } known
            ? key with { Id = known.Id, PublicKey = known }
            : throw CommandFailure.BadInput(
                $"the ledger has only the id of {pin.PublicKey}; name the file that holds it: {OptionName} FILE");
    }

    /// <summary>Makes sure that what the user said is one of the keys that are changed.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static void EnsureMeant(IEnumerable<KeyRecord> settled, string? chosen)
    {
        if (chosen is null)
            return;

        var file = ReadFile(chosen);
        var keys = settled.ToList();
        if (!keys.Exists(key => IsMeant(key.Id, chosen, file)))
        {
            throw CommandFailure.BadInput(
                $"{OptionName} '{Printable.Escape(chosen)}' is no key that this changes: {OpenedAttestor.Describe(keys)}");
        }
    }

    private static bool IsMeant(Digest? id, string chosen, PublicKey? file) =>
        id is not null && (file is not null ? id == file.Id : KeySelection.IsStartOf(chosen, id));

    private static PublicKey? ReadFile(string path)
    {
        if (!File.Exists(path))
            return null;

        return PublicKey.TryParsePem(SmallFile.ReadText(path, Limits.KeyBytes, "key file"), out var key, out var problem)
            ? key
            : throw CommandFailure.BadInput($"the public key '{Printable.Escape(path)}' cannot be used: {problem}");
    }
}
