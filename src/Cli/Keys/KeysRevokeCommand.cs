// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using SupplyChain.Cli.Keys.Editing;
using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys;

/// <summary>
/// <c>keys revoke</c>: nothing that a key signed counts any more, and every image that it concerns is listed.
/// </summary>
internal sealed class KeysRevokeCommand
{
    private readonly Surroundings _surroundings;
    private readonly MemberEditor _editor;
    private readonly Option<OutputFormat> _output = CommonOptions.Output();

    private readonly Argument<string> _key = new("KEY")
    {
        Description = "The member: its key's URI, the first digits of its public key's id, or a key file",
    };

    private readonly Option<string> _at = new("--at")
    {
        Description = "Since when the key may be in other hands: 2026-11-22T10:00:00Z, or a day",
        HelpName = "TIME",
        Required = true,
    };

    private KeysRevokeCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _editor = new MemberEditor(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new KeysRevokeCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command("revoke", "Revoke a key, and list the images that have to be judged again")
        {
            _key, _at,
        };
        _editor.AddTo(command);
        command.Options.Add(_output);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var since = ParseTime(parsed.GetRequiredValue(_at), _surroundings.Clock.GetUtcNow());
        using var ledger = _editor.OpenLedger(parsed);
        var opened = await _editor.ReadAsync(parsed, ledger, cancellationToken);
        var key = opened.Settle(opened.Keys[await opened.FindAsync(parsed.GetRequiredValue(_key), cancellationToken)]);
        opened.EnsureMeant([key]);
        if (key.OwnRevocation < since)
        {
            throw CommandFailure.BadInput(
                $"{OpenedAttestor.Describe([key])} is revoked at {KeyWords.Of(key.OwnRevocation.Value)} already; --at may name an earlier time, "
                + "never a later one");
        }

        var others = await MemberEditor.FindOthersAsync(opened, key, ledger, cancellationToken);
        var dependents = await KeyDependents.FindAsync(ledger, key, cancellationToken);
        var isJson = parsed.GetValue(_output) == OutputFormat.Json;
        var screen = isJson ? _surroundings.ErrorScreen() : _surroundings.OutScreen();
        var isWritten = false;
        if (key.OwnRevocation == since)
            screen.Line($"{OpenedAttestor.Describe([key])} is revoked at {KeyWords.Of(since)} already.");
        else
            isWritten = Revoke(parsed, opened, key, since, screen);
        foreach (var (other, same) in others)
            isWritten |= Revoke(parsed, other, same, since, screen);

        if (isJson)
            _surroundings.Out.Write(Json(opened, key, since, isWritten, others, dependents) + "\n");
        else
            Write(screen, opened, key, since, others, dependents, Directory.Exists(_editor.PathOf(parsed)));
        return ExitCodes.Done;
    }

    private bool Revoke(ParseResult parsed, OpenedAttestor opened, KeyRecord key, DateTimeOffset since, Screen screen)
    {
        var change = opened.Change(key, MemberState.Revoked) with { RevokedAt = since };
        MissingPublicKey.Complain(_surroundings.ErrorScreen(), opened, change);
        return _editor.CarryOut(parsed, opened.File, screen, [change], addition: null);
    }

    private static DateTimeOffset ParseTime(string text, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw CommandFailure.BadInput(
                "--at is a time such as 2026-11-22T10:00:00Z or a day such as 2026-11-22, "
                + $"not '{Printable.Escape(text)}'");
        }

        // What it signed stops counting at once, whatever the time says: one to come would only look like a plan.
        return time <= now
            ? time
            : throw CommandFailure.BadInput(
                $"--at {Printable.Escape(text)} is still to come; a key is revoked from a time that has been");
    }

    private static void Write(
        Screen screen, OpenedAttestor opened, KeyRecord key, DateTimeOffset since,
        IReadOnlyList<(OpenedAttestor Opened, KeyRecord Key)> others, KeyDependents? dependents, bool isFolder)
    {
        screen.Line().Line(
            $"{OpenedAttestor.Describe([key])} is revoked: whatever it signed, before {KeyWords.Of(since)} too, is denied "
            + "with KEY_REVOKED where this policy is in force, because a signature alone does not show how old it is.");
        foreach (var (other, _) in others)
            screen.Line($"It was a key of {other.Attestor.Name} too, and is revoked there as well ({other.File.File.Path}).");
        if (dependents is not null)
            dependents.Write(screen);
        else if (opened.IsCompared)
            screen.Line(KeyDependents.Unknown, Tone.Doubt);
        else
            screen.Line("With --ledger FILE the images that depend on it are listed.", Tone.Doubt);

        screen.Line("Next:")
            .Line("  - give the policy to all that verify and to the attestors, and disable the key in its service");
        if (!isFolder)
            screen.Line("  - other attestors may have the key too: with --policy FOLDER it is revoked in all of them");
        foreach (var (holder, _) in others.Prepend((opened, key)).Where(holder => holder.Item2.Member!.State == MemberState.Signing))
        {
            var command = holder.In(MemberState.Announced).Count > 0 ? "keys rotate" : "keys rotate --to KEY_URI";
            screen.Line(
                $"  - nothing signs for {holder.Attestor.Name} now: go on with another key, supplychain {command}");
        }

        screen.Line($"  - {KeyDependents.Remedy}");
    }

    private static string Json(
        OpenedAttestor opened, KeyRecord key, DateTimeOffset since, bool isWritten,
        IReadOnlyList<(OpenedAttestor Opened, KeyRecord Key)> others, KeyDependents? dependents) =>
        JsonText.Write(indented: true, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", opened.File.File.Path);
            json.WriteBoolean("written", isWritten);
            json.WriteString("attestor", opened.Attestor.Name);
            json.WriteString("key", key.Uri);
            json.WriteString("publicKeyId", key.Id?.ToString());
            json.WriteString("revokedAt", since);
            json.WriteStartArray("others");
            foreach (var (other, _) in others)
            {
                json.WriteStartObject();
                json.WriteString("attestor", other.Attestor.Name);
                json.WriteString("file", other.File.File.Path);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            KeyDependents.Write(json, dependents);
            json.WriteEndObject();
        });
}
