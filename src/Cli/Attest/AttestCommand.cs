// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Rendering.Issues;
using SupplyChain.Model;

namespace SupplyChain.Cli.Attest;

/// <summary><c>attest</c>: asks an attestor to sign an image, and shows what it decided.</summary>
internal static class AttestCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(Surroundings surroundings)
    {
        var image = new Argument<string>("IMAGE") { Description = "The image by digest: HOST/PATH@sha256:…" };
        var reports = Documents("--report", "A scanner's report as the scanner wrote it; repeatable");
        var sboms = Documents("--sbom", "An SBOM, bare or in a statement, envelope or bundle; repeatable");
        var provenances = Documents("--provenance", "SLSA provenance in a statement, envelope or bundle; repeatable");
        var attestations = Documents("--attestation", "Any other statement, envelope or bundle; repeatable");
        var attestor = new Option<string>("--attestor")
        {
            Description = "The attestor's address, https://HOST[:PORT]; http only on this machine",
            HelpName = "URL",
            Required = true,
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = "A file with the bearer token (default: the environment variable SUPPLYCHAIN_TOKEN)",
            HelpName = "FILE",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "The signing policy's name, where several apply to the image",
            HelpName = "NAME",
        };
        var check = new Option<bool>("--check") { Description = "Evaluate only; nothing is signed" };
        var key = new Option<string?>("--idempotency-key")
        {
            Description = "Makes every call with this key the same request, whose answer stands",
            HelpName = "TEXT",
        };
        var ca = new Option<string?>("--attestor-ca")
        {
            Description = "Certificate authorities to trust for the attestor instead of the system's, PEM",
            HelpName = "FILE",
        };
        var plainHttp = new Option<bool>("--unsafe-plain-http")
        {
            Description = "Unsafe: take http to another machine, showing the token to everyone on the way",
        };
        var timeout = CommonOptions.Timeout("5m");
        var output = CommonOptions.Output(OutputFormat.Sarif, OutputFormat.GitHub, OutputFormat.GitLab);

        var command = new Command(
            "attest", "Ask an attestor to check an image against its signing policy, and to sign it")
        {
            image, reports, sboms, provenances, attestations, attestor, tokenFile, policy, check, key, ca, plainHttp, timeout, output,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new AttestRequest
            {
                Image = DigestReference(parsed.GetRequiredValue(image)),
                Files =
                [
                    .. Open(parsed, reports, "report"), .. Open(parsed, sboms, "sbom"), .. Open(parsed, provenances, "provenance"),
                    .. Open(parsed, attestations, "attestation"),
                ],
                Policy = parsed.GetValue(policy),
                CheckOnly = parsed.GetValue(check),
                IdempotencyKey = IdempotencyKey(parsed.GetValue(key)),
            };
            if (!AttestorAddress.TryParse(
                    parsed.GetRequiredValue(attestor), parsed.GetValue(plainHttp), out var address, out var problem))
            {
                throw CommandFailure.BadInput(problem);
            }

            var token = Token.Find(parsed.GetValue(tokenFile), surroundings);
            return RunAsync(
                surroundings, request, address, token, parsed.GetValue(ca), parsed.GetValue(timeout) ?? DefaultTimeout,
                parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static Option<string[]> Documents(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private static IEnumerable<SentFile> Open(ParseResult parsed, Option<string[]> option, string part) =>
        parsed.GetValue(option)!.Select(path => SentFile.Open(part, path));

    private static async Task<int> RunAsync(
        Surroundings surroundings, AttestRequest request, AttestorAddress address, string token, string? caFile,
        TimeSpan timeout, OutputFormat format, CancellationToken cancellationToken)
    {
        using var http = AttestorTransport.Create(address, caFile);
        var client = new AttestorClient(http, address, token, surroundings.Clock);
        AttestAnswer answer;
        if (surroundings.ErrorIsTerminal)
        {
            using var progress = new TerminalProgress(
                surroundings.Error, surroundings.ErrorScreen(), surroundings.Clock);
            answer = await client.AttestAsync(request, timeout, progress, cancellationToken);
        }
        else
        {
            var progress = new LoggedProgress(surroundings.ErrorScreen());
            answer = await client.AttestAsync(request, timeout, progress, cancellationToken);
        }

        if (answer is not AttestAnswer.Decided { Decision: var decision })
        {
            var failed = (AttestAnswer.Failed)answer;
            throw new CommandFailure(failed.ExitCode, failed.Message);
        }

        if (format == OutputFormat.Json)
            DecisionOutput.WriteJson(surroundings.Out, decision);
        else if (format != OutputFormat.Text)
            surroundings.Out.Write(IssueOutput.Write(format, DecisionIssues.Of(decision)));
        else
            DecisionTable.Write(
                surroundings.OutScreen(), decision, request.CheckOnly ? "(check only, nothing was signed)" : null);
        return ExitCodes.Of(decision);
    }

    // Only a digest names the same bytes to the scanner, to us and to the attestor.
    private static ImageReference DigestReference(string text)
    {
        if (!ImageReference.TryParse(text, out var image, out var problem))
            throw CommandFailure.BadInput(problem);
        if (image.Digest is null)
        {
            throw CommandFailure.BadInput(
                $"'{Printable.Escape(text)}' names no digest; "
                + $"write {image.Repository}@sha256:…, as the build printed it");
        }

        return image.Tag is null
            ? image
            : throw CommandFailure.BadInput(
                $"'{Printable.Escape(text)}' has a tag and a digest; write {image.Repository}@{image.Digest}");
    }

    // None by default: the attestor then knows a repeated request by its content, also one of another run.
    private static string? IdempotencyKey(string? text)
    {
        var legal = text is null
            || (text.Length is > 0 and <= Limits.IdempotencyKeyLength && text.All(c => c is > ' ' and <= '~'));
        return legal
            ? text
            : throw CommandFailure.BadInput(
                $"--idempotency-key has 1 to {Limits.IdempotencyKeyLength} visible ASCII characters");
    }
}
