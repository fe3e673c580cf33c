// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;

namespace SupplyChain.Cli.Trust;

/// <summary>How a trust root is shown, and which files it is written to.</summary>
internal sealed class TrustOutput(Surroundings surroundings)
{
    private readonly Option<OutputFormat> _output = CommonOptions.Output();

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Also write the trust root, trusted_root.json, to this file",
        HelpName = "FILE",
    };

    private readonly Option<string?> _rootOut = new("--root-out")
    {
        Description = "Also write the TUF root metadata that vouches for it to this file",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_out);
        command.Options.Add(_rootOut);
        command.Options.Add(_output);
    }

    /// <summary>Writes what was asked for; warnings go to the error stream.</summary>
    public async Task WriteAsync(ParseResult parsed, TrustView view, CancellationToken cancellationToken, string? policyName = null)
    {
        if (parsed.GetValue(_out) is { } file)
            await WholeFile.ReplaceAsync(file, view.Document, cancellationToken);
        if (parsed.GetValue(_rootOut) is { } rootFile)
            await WholeFile.ReplaceAsync(rootFile, view.Metadata[0].Content, cancellationToken);

        var now = surroundings.Clock.GetUtcNow();
        if (policyName is not null)
            surroundings.Out.Write(TrustPolicy.Write(policyName, view.Document));
        else if (parsed.GetValue(_output) == OutputFormat.Json)
            surroundings.Out.Write(TrustJson.Write(view, now) + "\n");
        else
            TrustText.Write(surroundings.OutScreen(), view);

        foreach (var warning in view.Warnings(now))
            surroundings.ErrorScreen().Write("! ", Tone.Doubt).Line(warning);
    }
}
