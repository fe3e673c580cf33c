// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>Tells of members whose public half only their key service knows, although they no longer sign.</summary>
internal static class MissingPublicKey
{
    public static void Complain(Screen screen, KeyRecord key, MemberChange change)
    {
        if (key.Member!.NamesPublicKey || change.PublicKey is not null)
            return;

        foreach (var warning in key.Warnings.Where(warning => warning.Reason is not null))
            screen.Write("warning", Tone.Doubt).Line($": {warning.Message}");
        screen.Write("warning", Tone.Doubt)
            .Line(
                $": the policy does not name the publicKey of {key.Uri}: "
                + "whoever loads it has to be able to read it there");
    }
}
