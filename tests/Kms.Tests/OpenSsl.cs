// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>The <c>openssl</c> program as the other side of key files.</summary>
internal static class OpenSsl
{
    public static string Run(params string[] arguments)
    {
        var (exitCode, output, error) = Start(arguments);
        Assert.True(exitCode == 0, $"openssl {string.Join(' ', arguments)}: {error}");
        return output;
    }

    private static (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Programs.Require("openssl"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
