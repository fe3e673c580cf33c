// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.Cli.LedgerCommands;

/// <summary><c>ledger show</c>: the entries that match, oldest first.</summary>
internal static class LedgerShowCommand
{
    private static string Words => string.Join(", ", Enum.GetValues<EntryKind>().Select(EntryKinds.ToWord));

    public static Command Create(Surroundings surroundings)
    {
        var ledger = LedgerCommand.LedgerArgument();
        var image = new Option<string?>("--image")
        {
            Description = "Only entries about this image: a digest, or a name with one",
            HelpName = "IMAGE",
        };
        var since = new Option<string?>("--since")
        {
            Description = "Only entries from this time on: 2026-11-22T10:00:00Z, or as long ago as 24h or 7d",
            HelpName = "TIME",
        };
        var kinds = new Option<string[]>("--kind")
        {
            Description = $"Only entries of this kind: {Words}; repeatable",
            HelpName = "KIND",
            DefaultValueFactory = _ => [],
        };
        var request = new Option<string?>("--request")
        {
            Description = "Only entries of this request; its id is the decision's",
            HelpName = "ID",
        };
        var output = CommonOptions.Output();
        var command = new Command("show", "Show what was recorded; checks nothing, see 'ledger verify'")
        {
            ledger, image, since, kinds, request, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = LedgerCommand.Existing(parsed.GetRequiredValue(ledger));
            var filter = new EntryFilter
            {
                Image = parsed.GetValue(image) is { } text ? ParseImage(text) : null,
                Since = parsed.GetValue(since) is { } time ? ParseTime(time, surroundings.Clock) : null,
                Kinds = [.. parsed.GetValue(kinds)!.Select(ParseKind)],
                Request = parsed.GetValue(request),
            };
            var json = parsed.GetValue(output) == OutputFormat.Json;
            var screen = surroundings.OutScreen();
            using var reader = new LedgerReader(path);
            await foreach (var entry in reader.ShowAsync(filter, cancellationToken))
            {
                if (json)
                    surroundings.Out.Write(EntryText.Json(entry) + "\n");
                else
                    EntryText.Write(screen, entry);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Digest ParseImage(string text)
    {
        if (Digest.TryParse(text, out var digest, out _))
            return digest;
        if (!ImageReference.TryParse(text, out var image, out var problem))
            throw CommandFailure.BadInput(problem);
        return image.Digest
            ?? throw CommandFailure.BadInput(
                $"'{Printable.Escape(text)}' names no digest; the ledger knows images by digest");
    }

    internal static DateTimeOffset ParseTime(string text, TimeProvider clock)
    {
        if (Durations.TryParse(text, out var ago))
            return clock.GetUtcNow() - ago;

        return DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw CommandFailure.BadInput(
                "--since is a time such as 2026-11-22T10:00:00Z or a span such as 24h, "
                + $"not '{Printable.Escape(text)}'");
    }

    private static EntryKind ParseKind(string text) => EntryKinds.TryParse(text, out var kind)
        ? kind
        : throw CommandFailure.BadInput(
            $"--kind is one of {Words}, not '{Printable.Escape(text)}'");
}
