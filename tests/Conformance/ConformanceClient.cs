// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli;

namespace SupplyChain.Conformance;

/// <summary>
/// Speaks the protocol of sigstore-conformance. Verifying is <c>supplychain bundle verify</c>; whatever is said goes to the error stream, as
/// the suite shows it. 0 is success.
/// </summary>
internal sealed class ConformanceClient(Surroundings surroundings)
{
    private static readonly string[] OfVerifying =
        ["--staging", "--bundle", "--certificate-identity", "--certificate-oidc-issuer", "--key", "--trusted-root"];

    private static readonly string[] OfSigning = ["--staging", "--in-toto", "--identity-token", "--bundle", "--trusted-root", "--signing-config"];

    /// <summary>Runs one call.</summary>
    public async Task<int> RunAsync(string[] arguments, Signals signals)
    {
        var command = arguments is [var name, ..] ? name : "";
        var allowed = command switch { "verify-bundle" => OfVerifying, "sign-bundle" => OfSigning, _ => null };
        if (allowed is null)
            return Refuse($"'{command}' is neither verify-bundle nor sign-bundle");
        if (!CallArguments.TryParse(arguments[1..], allowed, out var parsed, out var problem))
            return Refuse(problem);
        // Whoever asks for staging must not get an answer about production.
        if (parsed.Has("--staging") && (parsed.Find("--trusted-root") is null || (command == "sign-bundle" && parsed.Find("--signing-config") is null)))
            return Refuse("no trust root and no signing configuration of the staging instance is embedded; give --trusted-root, and to sign --signing-config");

        return command == "verify-bundle"
            ? await VerifyAsync(parsed, signals)
            : await new BundleSigning(surroundings).RunAsync(parsed, signals.Token);
    }

    private Task<int> VerifyAsync(CallArguments parsed, Signals signals)
    {
        var passed = OfVerifying.Where(option => parsed.Find(option) is not null).SelectMany(option => (string[])[option, parsed.Find(option)!]);
        return CommandLine.RunAsync(
            ["bundle", "verify", .. passed, "--", parsed.File], surroundings with { Out = surroundings.Error, OutIsTerminal = false }, signals);
    }

    private int Refuse(string problem)
    {
        surroundings.ErrorScreen().Line($"client: {problem}");
        return ExitCodes.BadInput;
    }
}
