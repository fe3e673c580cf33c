// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Trust;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>
/// <c>bundle verify</c>: whether a bundle shows that an identity or a key signed an artifact; 0, 1 or 2. Nothing is fetched.
/// </summary>
internal sealed class BundleVerifyCommand
{
    private readonly Surroundings _surroundings;
    private readonly SignerOptions _signer = new();
    private readonly Option<OutputFormat> _output = CommonOptions.Output();

    private readonly Argument<string> _artifact = new("ARTIFACT")
    {
        Description = "The file that was signed, or its digest: sha256:… or sha512:…",
    };

    private readonly Option<string> _bundle = new("--bundle")
    {
        Description = "The bundle, usually NAME.sigstore.json",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _trustedRoot = new("--trusted-root")
    {
        Description = "Which logs and authorities are believed: a trusted_root.json (default: Sigstore's public-good instance, as this release knows it)",
        HelpName = "FILE",
    };

    private readonly Option<int?> _logs = Number("--logs", "How many logs of distinct operators have to have recorded the signature (default: 1)");

    private readonly Option<int?> _times = Number(
        "--times", "How many logs and timestamp authorities of distinct operators have to have told when it was made (default: 1)");

    private readonly Option<int?> _certificateLogs = Number(
        "--certificate-logs", "How many logs have to have recorded the certificate (default: 1, with --key 0)");

    private BundleVerifyCommand(Surroundings surroundings) => _surroundings = surroundings;

    public static Command Create(Surroundings surroundings) => new BundleVerifyCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command(
            "verify", "Verify that an identity or a key signed an artifact: 0 it did, 1 it is not shown, 2 something given cannot be used")
        {
            _artifact, _bundle,
        };
        _signer.AddTo(command);
        foreach (var option in (Option[])[_trustedRoot, _logs, _times, _certificateLogs, _output])
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var trust = ReadTrust(parsed);
        var content = SmallFile.Read(parsed.GetRequiredValue(_bundle), Limits.AttestationBytes, "bundle");
        var artifact = await ArtifactArgument.ReadAsync(parsed.GetRequiredValue(_artifact), cancellationToken);
        VerifiedMaterial? verified = null;
        if (Bundle.TryReadWithMaterial(content, out var bundle, out var problem))
            BundleVerifier.TryVerify(bundle, artifact, trust, out verified, out problem);

        if (parsed.GetValue(_output) == OutputFormat.Json)
            _surroundings.Out.Write((verified is null ? BundleJson.Write(artifact, problem!) : BundleJson.Write(artifact, verified)) + "\n");
        else if (verified is null)
            BundleText.Write(_surroundings.OutScreen(), artifact, problem!);
        else
            BundleText.Write(_surroundings.OutScreen(), artifact, verified);
        return verified is null ? ExitCodes.Refused : ExitCodes.Done;
    }

    private BundleTrust ReadTrust(ParseResult parsed)
    {
        var (identity, key) = _signer.Read(parsed);
        return new BundleTrust
        {
            Root = ReadRoot(parsed.GetValue(_trustedRoot)),
            Identities = identity is null ? [] : [identity],
            // A key that is named for this one question is trusted for whatever time it was used at.
            Keys = key is null ? [] : [new TrustedKey(key, new ValidityPeriod(DateTimeOffset.MinValue, null))],
            Logs = Count(parsed, _logs, otherwise: 1),
            Times = Count(parsed, _times, otherwise: 1),
            CertificateLogs = Count(parsed, _certificateLogs, otherwise: key is null ? 1 : 0),
        };
    }

    private static TrustedRoot ReadRoot(string? file) => file is null ? PublicGoodRoot.Root : TrustFiles.ReadTrustedRoot(file).Root;

    private static int Count(ParseResult parsed, Option<int?> option, int otherwise) => parsed.GetValue(option) switch
    {
        null => otherwise,
        >= 0 and <= Limits.BundleEntries and { } count => count,
        _ => throw CommandFailure.BadInput($"{option.Name} is a number from 0 to {Limits.BundleEntries}"),
    };

    private static Option<int?> Number(string name, string description) => new(name) { Description = description, HelpName = "N" };
}
