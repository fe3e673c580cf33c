// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Cli.Trust;

/// <summary>Where trust begins and where it is kept, as all <c>trust</c> commands take it.</summary>
internal sealed class TrustStart(Surroundings surroundings)
{
    private readonly Option<string?> _root = new("--tuf-root")
    {
        Description = "The TUF root metadata (root.json) that trust begins with, which is no trusted_root.json "
            + "(default: that of Sigstore's public-good instance, which came with this program)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _state = new("--state")
    {
        Description = "The folder that keeps what was verified, so that nothing goes back behind it "
            + "(default: supplychain/trust in XDG_STATE_HOME or ~/.local/state)",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_root);
        command.Options.Add(FormerRoot());
        command.Options.Add(_state);
    }

    /// <summary>
    /// Whether the command line says nothing, so that what is built in will do where nothing is kept.
    /// </summary>
    public bool IsDefault(ParseResult parsed) => parsed.GetValue(_root) is null && parsed.GetValue(_state) is null;

    /// <summary>The root metadata.</summary>
    /// <exception cref="CommandFailure">
    /// The file cannot be read or used, or would share the state of the root that is built in.
    /// </exception>
    public ReadOnlyMemory<byte> Root(ParseResult parsed)
    {
        if (parsed.GetValue(_root) is not { } file)
            return PublicGoodRoot.RootMetadata;

        var root = TrustFiles.ReadTufRoot(file);
        if (parsed.GetValue(_state) is null)
        {
            throw CommandFailure.BadInput(
                "--tuf-root begins with another repository, which needs a folder of its own: say which with --state");
        }

        return root;
    }

    /// <summary>The state, which may not be there yet.</summary>
    /// <exception cref="CommandFailure">Nothing says where it is.</exception>
    public TufState State(ParseResult parsed) =>
        new(parsed.GetValue(_state) ?? Path.Combine(StateHome(), "supplychain", "trust"));

    // Taken for a trusted_root.json too often.
    private static Option<string?> FormerRoot()
    {
        var former = new Option<string?>("--root") { Hidden = true, Arity = ArgumentArity.ZeroOrOne };
        former.Validators.Add(result =>
            result.AddError("there is no --root: the TUF root metadata (root.json) is given by --tuf-root"));
        return former;
    }

    // XDG Base Directory specification: a path that is not absolute does not count.
    private string StateHome() => surroundings.Variable("XDG_STATE_HOME") is { } home && Path.IsPathFullyQualified(home)
        ? home
        : surroundings.Variable("HOME") is { Length: > 0 } user
            ? Path.Combine(user, ".local", "state")
            : throw CommandFailure.BadInput("there is no HOME: say where to keep what was verified with --state");
}
