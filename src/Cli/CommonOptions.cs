// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;

namespace SupplyChain.Cli;

/// <summary>Options that several commands have, with one wording.</summary>
internal static class CommonOptions
{
    /// <summary><c>--output</c>: text and json, and what else the command writes.</summary>
    public static Option<OutputFormat> Output(params OutputFormat[] more)
    {
        OutputFormat[] formats = [OutputFormat.Text, OutputFormat.Json, .. more];
        var words = formats.Select(Word).ToList();
        return new Option<OutputFormat>("--output")
        {
            Description = "How to show the result: text for people (default), json"
                + string.Concat(words.Skip(2).Select(word => $" or {word}")) + " for programs",
            HelpName = string.Join('|', words),
            CustomParser = result =>
            {
                var found = words.IndexOf(result.Tokens[0].Value);
                if (found >= 0)
                    return formats[found];

                result.AddError($"--output is {string.Join(" or ", words)}, not '{Printable.Escape(result.Tokens[0].Value)}'");
                return default;
            },
        };
    }

    public static Option<TimeSpan?> Timeout(string fallback) => new("--timeout")
    {
        Description = $"Give up after this time, such as 30s or 5m (default: {fallback})",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (!Durations.TryParse(result.Tokens[0].Value, out var span))
                result.AddError("--timeout is a number and s, m, h or d, such as 90s");
            return span;
        },
    };

    private static string Word(OutputFormat format) => format.ToString().ToLowerInvariant();
}
