// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Cli.Trust;

/// <summary><c>trust show</c>: what is trusted, from what the last update kept or from what came with this program.</summary>
internal static class TrustShowCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var start = new TrustStart(surroundings);
        var output = new TrustOutput(surroundings);
        var policy = new Option<string?>("--as-policy")
        {
            Description = "Print the trust root as a policy document of this name, for the folder of policies",
            HelpName = "NAME",
        };
        var command = new Command("show", "Show the trust root of the last update, or the one that came with this program") { policy };
        start.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(policy);
            if (string.Equals(name, PolicySet.PublicGoodName, StringComparison.Ordinal))
                throw CommandFailure.BadInput($"'{name}' is the name of the trust root that is built in; expected another");
            if (name is not null && !PolicyApproval.IsName(name))
                throw CommandFailure.BadInput($"'{Printable.Escape(name)}' is no name of a policy; expected lower-case letters, digits and inner dashes, at most 63");

            var view = TrustKept.Read(start, parsed) is { } kept
                ? TrustView.Of(kept)
                : start.IsDefault(parsed) ? TrustView.OfPublicGood() : throw TrustKept.Nothing(start, parsed);
            await output.WriteAsync(parsed, view, cancellationToken, name);
            return ExitCodes.Done;
        });
        return command;
    }
}
