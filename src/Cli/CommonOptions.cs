// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;

namespace SupplyChain.Cli;

/// <summary>Options that several commands have, with one wording.</summary>
internal static class CommonOptions
{
    public static Option<OutputFormat> Output() => new("--output")
    {
        Description = "How to show the result: text for people (default), json for programs",
        HelpName = "text|json",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "text":
                    return OutputFormat.Text;
                case "json":
                    return OutputFormat.Json;
                default:
                    result.AddError($"--output is text or json, not '{Printable.Escape(result.Tokens[0].Value)}'");
                    return default;
            }
        },
    };

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
}
