// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys.Editing;
using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys rotate</c>: takes an attestor one step further from its old key to a new one.</summary>
internal sealed class KeysRotateCommand
{
    private readonly Surroundings _surroundings;
    private readonly MemberEditor _editor;

    private readonly Option<string?> _to = new("--to")
    {
        Description = "First step: announce this key; everybody who verifies gets to know it before anything is "
            + "signed with it",
        HelpName = "KEY_URI",
    };

    private readonly Option<string?> _retire = new("--retire")
    {
        Description = "Last step: what the key that only verifies has signed counts no more; name the key where there "
            + "are several",
        HelpName = "KEY",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private KeysRotateCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _editor = new MemberEditor(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new KeysRotateCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command(
            "rotate",
            "Take the next step to a new key: announce it (--to), switch to it (no option), retire the old one (--retire)")
        {
            _to, _retire,
        };
        _editor.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var to = parsed.GetValue(_to);
        var retires = parsed.GetResult(_retire) is not null;
        if (to is not null && retires)
            throw CommandFailure.BadInput("--to is the first step and --retire the last: one of the two");

        using var ledger = _editor.OpenLedger(parsed);
        var opened = await _editor.ReadAsync(parsed, ledger, cancellationToken);
        var step = to is not null ? await AnnounceAsync(opened, to, cancellationToken)
            : retires ? await RetireAsync(opened, parsed.GetValue(_retire), cancellationToken)
            : Switch(opened);
        opened.EnsureMeant(step.Changes.Select(change => opened.Keys[change.Index]));
        Complain(opened, step);
        var screen = _surroundings.OutScreen();
        var isWritten = _editor.CarryOut(parsed, opened.File, screen, step.Changes, step.Addition);
        if (isWritten)
        {
            screen.Line().Line(step.Done);
            foreach (var line in step.Next)
                screen.Line($"  - {line}");
            if (step.Command is { } options)
            {
                screen.Line(
                    $"Then: supplychain keys rotate --attestor {opened.Attestor.Name} "
                    + $"--policy {_editor.PathOf(parsed)}{options}");
            }
        }

        return ExitCodes.Done;
    }

    private static async Task<Step> AnnounceAsync(OpenedAttestor opened, string to, CancellationToken cancellationToken)
    {
        if (!KeyUri.TryParse(to, out var uri, out var problem))
            throw CommandFailure.BadInput(problem);
        if (opened.In(MemberState.Announced) is { Count: > 0 } announced)
        {
            throw CommandFailure.BadInput(
                $"{OpenedAttestor.Describe(announced)} is announced already: "
                + "switch to it first, or take it out of the policy");
        }

        var key = await opened.Services.ReadPublicKeyAsync(uri, cancellationToken);
        if (opened.Keys.FirstOrDefault(known => known.Id == key.Id) is { } same)
        {
            throw CommandFailure.BadInput(
                $"{to} is the key {key.Id}, which is a member of {opened.Attestor.Name} already "
                + $"as {same.Uri ?? "a public key"}, {same.State}");
        }

        return new Step(
            $"{to} is announced: its signatures count where this policy is in force, and none are made with it yet.")
        {
            Addition = new MemberAddition(to, key),
            Next =
            [
                "give the policy to every verifier, cluster and attestor, and wait until all of them have loaded it",
                $"see that the attestor may sign with it: supplychain keys check {to}",
            ],
            Command = "",
        };
    }

    private Step Switch(OpenedAttestor opened)
    {
        var next = opened.In(MemberState.Announced) switch
        {
            [var one] => one,
            [] => throw CommandFailure.BadInput(
                $"no key of {opened.Attestor.Name} is announced; announce one with --to KEY_URI"),
            var several => throw CommandFailure.BadInput(
                $"several keys of {opened.Attestor.Name} are announced: {OpenedAttestor.Describe(several)}; leave one"),
        };
        if (next.Uri is null)
        {
            throw CommandFailure.BadInput(
                $"the announced key {next.Id} is a public key alone: nothing can be signed with it from here");
        }

        if (!next.Member!.IsValidAt(_surroundings.Clock.GetUtcNow()))
        {
            throw CommandFailure.BadInput(
                $"the window of {next.Uri} is {KeyWords.Window(next.Member)}: what it signed now would not count");
        }

        var old = opened.In(MemberState.Signing);
        return new Step(old.Count > 0
            ? $"{next.Uri} signs from now on, and {OpenedAttestor.Describe(old)} only verifies: what either signed counts."
            : $"{next.Uri} signs from now on.")
        {
            Changes =
            [
                .. old.Select(key => opened.Change(key, MemberState.Verifying)),
                opened.Change(next, MemberState.Signing),
            ],
            Next =
            [
                "give the policy to the attestors, which sign with the new key once they have loaded it, "
                    + "and to all that verify",
                "keep the old key until nothing it signed is deployed: supplychain keys show KEY --policy … --ledger …",
            ],
            Command = old.Count > 0 ? " --retire" : null,
        };
    }

    private static async Task<Step> RetireAsync(
        OpenedAttestor opened, string? name, CancellationToken cancellationToken)
    {
        var verifying = opened.In(MemberState.Verifying);
        var old = name is not null ? opened.Keys[await opened.FindAsync(name, cancellationToken)]
            : verifying switch
            {
                [var one] => one,
                [] => throw CommandFailure.BadInput($"no key of {opened.Attestor.Name} is in state verifying"),
                _ => throw CommandFailure.BadInput(
                    $"several keys of {opened.Attestor.Name} only verify; name one: --retire KEY, "
                    + $"of {OpenedAttestor.Describe(verifying)}"),
            };
        if (old.Member!.State != MemberState.Verifying)
        {
            throw CommandFailure.BadInput(
                $"{OpenedAttestor.Describe([old])} is {old.State}; only a key in state verifying is retired");
        }

        return new Step(
            $"{OpenedAttestor.Describe([old])} is retired: what it signed is denied with KEY_NOT_VALID_AT_TIME.")
        {
            Changes = [opened.Change(old, MemberState.Retired)],
            Next =
            [
                "give the policy to all that verify",
                "then disable the key in its service; the member stays, so that a denial can say which key it was",
            ],
        };
    }

    private void Complain(OpenedAttestor opened, Step step)
    {
        foreach (var key in step.Changes.Where(change => change.State == MemberState.Retired).Select(change => opened.Keys[change.Index]))
        {
            if (key.Images > 0)
            {
                _surroundings.ErrorScreen().Write("warning", Tone.Doubt).Line(
                    $": {Counted.Of(key.Images, "image")} in the ledger {(key.Images == 1 ? "was" : "were")} {(key.Vouched is null ? "signed with it" : "approved on its evidence")}; what of them "
                    + $"still runs is denied once it is retired. supplychain keys show lists them");
            }
        }

        foreach (var change in step.Changes.Where(change => change.State != MemberState.Signing))
            MissingPublicKey.Complain(_surroundings.ErrorScreen(), opened, change);
    }

    private sealed record Step(string Done)
    {
        public IReadOnlyList<MemberChange> Changes { get; init; } = [];

        public MemberAddition? Addition { get; init; }

        public IReadOnlyList<string> Next { get; init; } = [];

        /// <summary>The options of the step after this one; null where there is none.</summary>
        public string? Command { get; init; }
    }
}
