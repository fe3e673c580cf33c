// SPDX-License-Identifier: Apache-2.0

using System.ComponentModel;
using System.Diagnostics;

namespace SupplyChain.Kms.Tests;

/// <summary>The <c>openssl</c> program as the other side of key files; tests skip where it is not installed.</summary>
internal static class OpenSsl
{
    private static readonly Lazy<bool> IsInstalled = new(() =>
    {
        try
        {
            return Start("version").ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    public static string Run(params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled.Value, "the openssl program is not installed");
        var (exitCode, output, error) = Start(arguments);
        Assert.True(exitCode == 0, $"openssl {string.Join(' ', arguments)}: {error}");
        return output;
    }

    private static (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments)
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
