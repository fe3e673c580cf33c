// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Identities;

/// <summary>
/// One identity that may have signed, by issuer and name and whatever else a certificate says. There is no way to leave it open.
/// </summary>
internal sealed class IdentityOptions
{
    private readonly Option<string?> _subject = Text("--certificate-identity", "NAME", "Who may have signed: the name in the certificate, exactly");

    private readonly Option<string?> _subjectPattern = Text(
        "--certificate-identity-pattern", "REGEX", "The same as a regular expression, which has to match the whole name");

    private readonly Option<string?> _issuer = Text("--certificate-oidc-issuer", "URL", "Who vouches for the name: the issuer of the token, exactly");

    private readonly Option<string?> _issuerPattern = Text(
        "--certificate-oidc-issuer-pattern", "REGEX", "The same as a regular expression, which has to match the whole issuer");

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

    private IReadOnlyList<Option<string?>> All => [_subject, _subjectPattern, _issuer, _issuerPattern, .. _claims.Select(claim => claim.Option)];

    public void AddTo(Command command)
    {
        foreach (var option in All)
            command.Options.Add(option);
    }

    /// <summary>The name of the first of these options that was given; null when none was.</summary>
    public string? FindGiven(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    /// <summary>The identity.</summary>
    /// <exception cref="CommandFailure">Issuer or name is missing, or one cannot be used.</exception>
    public TrustedIdentity Read(ParseResult parsed)
    {
        var trusted = new TrustedIdentity
        {
            Subject = ReadMatch(parsed, _subject, _subjectPattern),
            Issuer = ReadMatch(parsed, _issuer, _issuerPattern),
        };
        var identity = _claims.Aggregate(trusted, (soFar, claim) => parsed.GetValue(claim.Option) is { } value ? claim.Set(soFar, value) : soFar);
        return identity.TrustsStrangers
            ? throw CommandFailure.BadInput($"{identity} is anybody: name the issuer, and the subject or the repository, its owner, the top-level workflow or the token's subject")
            : identity;
    }

    private static NameMatch ReadMatch(ParseResult parsed, Option<string?> exact, Option<string?> pattern)
    {
        switch (parsed.GetValue(exact), parsed.GetValue(pattern))
        {
            case ({ Length: > 0 } name, null):
                return NameMatch.Exact(name);
            case (null, { } text):
                if (!NameMatch.TryParsePattern(text, out var match, out var problem))
                    throw CommandFailure.BadInput($"{pattern.Name} {problem}");
                return match;
            case (null, null):
                throw CommandFailure.BadInput($"{exact.Name} or {pattern.Name} is missing: a certificate is trusted by name and issuer; or give --key");
            case ("", _):
                throw CommandFailure.BadInput($"{exact.Name} is empty");
            default:
                throw CommandFailure.BadInput($"{exact.Name} and {pattern.Name} exclude each other");
        }
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private sealed record Claim(string Name, string Description, Func<TrustedIdentity, string, TrustedIdentity> Set)
    {
        public Option<string?> Option { get; } = Text($"--{Name}", "TEXT", $"What the certificate has to say exactly: {Description}");
    }
}
