// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>Tells of members whose public half only their key service knows, although they no longer sign.</summary>
internal static class MissingPublicKey
{
    public static void Complain(Screen screen, OpenedAttestor opened, MemberChange change)
    {
        var key = opened.Keys[change.Index];
        if (key.Member!.NamesPublicKey)
            return;

        foreach (var warning in key.Warnings.Where(warning => warning.Reason is not null))
            Warn(screen, warning.Message);
        if (change.PublicKey is null)
        {
            Warn(
                screen,
                $"the policy does not name the publicKey of {key.Uri}: whoever loads it has to be able to read it there");
        }
        else if (!opened.IsCompared)
        {
            Warn(
                screen,
                $"the publicKey of {key.Uri} is what is shown there now; with --ledger FILE it is compared with what was first used");
        }
    }

    private static void Warn(Screen screen, string message) =>
        screen.Write("warning", Tone.Doubt).Line($": {message}");
}
