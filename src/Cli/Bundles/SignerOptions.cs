// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>
/// Who may have signed: one identity, by issuer and name and whatever else a certificate says, or one key. There is no way to leave it open.
/// </summary>
internal sealed class SignerOptions
{
    private readonly Option<string?> _subject = Text("--certificate-identity", "NAME", "Who may have signed: the name in the certificate, exactly");

    private readonly Option<string?> _subjectPattern = Text(
        "--certificate-identity-pattern", "REGEX", "The same as a regular expression, which has to match the whole name");

    private readonly Option<string?> _issuer = Text("--certificate-oidc-issuer", "URL", "Who vouches for the name: the issuer of the token, exactly");

    private readonly Option<string?> _issuerPattern = Text(
        "--certificate-oidc-issuer-pattern", "REGEX", "The same as a regular expression, which has to match the whole issuer");

    private readonly Option<string?> _key = Text("--key", "FILE", "Instead: the public key that may have signed, PEM");

    private readonly Option<SigningAlgorithm?> _algorithm = AlgorithmOption.Create(
        "With --key: what the key signs with, such as rsa-pss-sha256 (default: what the key means by itself)");

    private readonly IReadOnlyList<Claim> _claims =
    [
        new("build-signer", "the workflow that was run, with its ref", (trusted, value) => trusted with { BuildSigner = value }),
        new("build-signer-digest", "its commit", (trusted, value) => trusted with { BuildSignerDigest = value }),
        new("runner-environment", "where it ran, such as github-hosted", (trusted, value) => trusted with { RunnerEnvironment = value }),
        new("source-repository", "the repository that was built, as a URI", (trusted, value) => trusted with { SourceRepository = value }),
        new("source-repository-digest", "its commit", (trusted, value) => trusted with { SourceRepositoryDigest = value }),
        new("source-repository-ref", "its branch or tag, such as refs/heads/main", (trusted, value) => trusted with { SourceRepositoryRef = value }),
        new("source-repository-id", "its id, which outlives renames", (trusted, value) => trusted with { SourceRepositoryId = value }),
        new("source-repository-owner", "its owner, as a URI", (trusted, value) => trusted with { SourceRepositoryOwner = value }),
        new("source-repository-owner-id", "the owner's id", (trusted, value) => trusted with { SourceRepositoryOwnerId = value }),
        new("source-repository-visibility", "whether it was public then", (trusted, value) => trusted with { SourceRepositoryVisibility = value }),
        new("build-config", "the top-level workflow, with its ref", (trusted, value) => trusted with { BuildConfig = value }),
        new("build-config-digest", "its commit", (trusted, value) => trusted with { BuildConfigDigest = value }),
        new("build-trigger", "what started the build, such as push", (trusted, value) => trusted with { BuildTrigger = value }),
        new("deployment-environment", "the deployment environment", (trusted, value) => trusted with { DeploymentEnvironment = value }),
        new("token-subject", "the token's own subject", (trusted, value) => trusted with { TokenSubject = value }),
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_subject, _subjectPattern, _issuer, _issuerPattern, .. _claims.Select(claim => claim.Option), _key, _algorithm])
            command.Options.Add(option);
    }

    /// <summary>The identity that may have signed, or the key; exactly one of them.</summary>
    /// <exception cref="CommandFailure">Neither or both are given, or one cannot be used.</exception>
    public (TrustedIdentity? Identity, PublicKey? Key) Read(ParseResult parsed)
    {
        var given = ((Option[])[_subject, _subjectPattern, _issuer, _issuerPattern, .. _claims.Select(claim => claim.Option)])
            .FirstOrDefault(option => parsed.GetResult(option) is not null);
        if (parsed.GetValue(_key) is not { } file)
        {
            return parsed.GetValue(_algorithm) is null
                ? (ReadIdentity(parsed), null)
                : throw CommandFailure.BadInput("--algorithm says what a key signs with, and there is no --key");
        }

        return given is null
            ? (null, ReadKey(file, parsed.GetValue(_algorithm)))
            : throw CommandFailure.BadInput($"--key and {given.Name} exclude each other: a key is trusted by itself, and has no certificate");
    }

    private TrustedIdentity ReadIdentity(ParseResult parsed)
    {
        var trusted = new TrustedIdentity
        {
            Subject = ReadMatch(parsed, _subject, _subjectPattern),
            Issuer = ReadMatch(parsed, _issuer, _issuerPattern),
        };
        return _claims.Aggregate(trusted, (soFar, claim) => parsed.GetValue(claim.Option) is { } value ? claim.Set(soFar, value) : soFar);
    }

    private static NameMatch ReadMatch(ParseResult parsed, Option<string?> exact, Option<string?> pattern)
    {
        switch (parsed.GetValue(exact), parsed.GetValue(pattern))
        {
            case ({ Length: > 0 } name, null):
                return NameMatch.Exact(name);
            case (null, { } text):
                return NameMatch.TryParsePattern(text, out var match, out var problem)
                    ? match
                    : throw CommandFailure.BadInput($"{pattern.Name} {problem}");
            case (null, null):
                throw CommandFailure.BadInput($"{exact.Name} or {pattern.Name} is missing: a certificate is trusted by name and issuer; or give --key");
            case ("", _):
                throw CommandFailure.BadInput($"{exact.Name} is empty");
            default:
                throw CommandFailure.BadInput($"{exact.Name} and {pattern.Name} exclude each other");
        }
    }

    private static PublicKey ReadKey(string file, SigningAlgorithm? algorithm)
    {
        if (!PublicKey.TryParsePem(SmallFile.ReadText(file, Limits.KeyBytes, "key file"), out var key, out var problem))
            throw CommandFailure.BadInput($"the key '{file}' cannot be used: {problem}");
        if (algorithm is not { } named)
            return key;

        return key.Algorithms.Contains(named)
            ? key.With(named)
            : throw CommandFailure.BadInput(
                $"the key '{file}' signs with {string.Join(" or ", key.Algorithms.Select(known => known.Name()))}, not with {named.Name()}");
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private sealed record Claim(string Name, string Description, Func<TrustedIdentity, string, TrustedIdentity> Set)
    {
        public Option<string?> Option { get; } = Text($"--{Name}", "TEXT", $"What the certificate has to say exactly: {Description}");
    }
}
