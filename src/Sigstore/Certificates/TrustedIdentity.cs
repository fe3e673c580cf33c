// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A workload or person that may sign with a certificate. Everything that is given has to hold of the certificate, character by character;
/// what is null may be anything. Whoever names a reusable workflow as the subject means its source repository too, or trusts everybody who
/// calls it.
/// </summary>
public sealed record TrustedIdentity
{
    private static readonly Member[] Members =
    [
        new(nameof(BuildSigner), "build signer", trusted => trusted.BuildSigner, found => found.BuildSigner),
        new(nameof(BuildSignerDigest), "build signer digest", trusted => trusted.BuildSignerDigest, found => found.BuildSignerDigest),
        new(nameof(RunnerEnvironment), "runner environment", trusted => trusted.RunnerEnvironment, found => found.RunnerEnvironment),
        new(nameof(SourceRepository), "source repository", trusted => trusted.SourceRepository, found => found.SourceRepository),
        new(nameof(SourceRepositoryDigest), "source repository digest", trusted => trusted.SourceRepositoryDigest, found => found.SourceRepositoryDigest),
        new(nameof(SourceRepositoryRef), "source repository ref", trusted => trusted.SourceRepositoryRef, found => found.SourceRepositoryRef),
        new(nameof(SourceRepositoryId), "source repository id", trusted => trusted.SourceRepositoryId, found => found.SourceRepositoryId),
        new(nameof(SourceRepositoryOwner), "source repository owner", trusted => trusted.SourceRepositoryOwner, found => found.SourceRepositoryOwner),
        new(nameof(SourceRepositoryOwnerId), "source repository owner id", trusted => trusted.SourceRepositoryOwnerId, found => found.SourceRepositoryOwnerId),
        new(nameof(BuildConfig), "build config", trusted => trusted.BuildConfig, found => found.BuildConfig),
        new(nameof(BuildConfigDigest), "build config digest", trusted => trusted.BuildConfigDigest, found => found.BuildConfigDigest),
        new(nameof(BuildTrigger), "build trigger", trusted => trusted.BuildTrigger, found => found.BuildTrigger),
        new(nameof(SourceRepositoryVisibility), "source repository visibility", trusted => trusted.SourceRepositoryVisibility, found => found.SourceRepositoryVisibility),
        new(nameof(DeploymentEnvironment), "deployment environment", trusted => trusted.DeploymentEnvironment, found => found.DeploymentEnvironment),
        new(nameof(TokenSubject), "token subject", trusted => trusted.TokenSubject, found => found.TokenSubject),
    ];

    /// <summary>What is expected beside issuer and subject, by the names of these properties.</summary>
    public IEnumerable<KeyValuePair<string, string>> Claims => Members.Where(member => member.Expected(this) is not null)
        .Select(member => KeyValuePair.Create(member.Property, member.Expected(this)!));

    /// <summary>
    /// Whether people and workflows of anybody are trusted: any issuer's word counts, or any name, without a repository, owner, top-level workflow or
    /// token that says whose it is. The build signer says that not: a reusable workflow is run by whoever calls it.
    /// </summary>
    public bool TrustsStrangers => Issuer.MatchesStrangers
        || (Subject.MatchesStrangers
            && (SourceRepository ?? SourceRepositoryId ?? SourceRepositoryOwner ?? SourceRepositoryOwnerId ?? BuildConfig ?? TokenSubject) is null);

    /// <summary>The issuer of the token.</summary>
    public required NameMatch Issuer { get; init; }

    /// <summary>The name in the certificate.</summary>
    public required NameMatch Subject { get; init; }

    /// <summary>See <see cref="CertificateIdentity.BuildSigner"/>.</summary>
    public string? BuildSigner { get; init; }

    /// <summary>See <see cref="CertificateIdentity.BuildSignerDigest"/>.</summary>
    public string? BuildSignerDigest { get; init; }

    /// <summary>See <see cref="CertificateIdentity.RunnerEnvironment"/>.</summary>
    public string? RunnerEnvironment { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepository"/>.</summary>
    public string? SourceRepository { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryDigest"/>.</summary>
    public string? SourceRepositoryDigest { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryRef"/>.</summary>
    public string? SourceRepositoryRef { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryId"/>.</summary>
    public string? SourceRepositoryId { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryOwner"/>.</summary>
    public string? SourceRepositoryOwner { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryOwnerId"/>.</summary>
    public string? SourceRepositoryOwnerId { get; init; }

    /// <summary>See <see cref="CertificateIdentity.BuildConfig"/>.</summary>
    public string? BuildConfig { get; init; }

    /// <summary>See <see cref="CertificateIdentity.BuildConfigDigest"/>.</summary>
    public string? BuildConfigDigest { get; init; }

    /// <summary>See <see cref="CertificateIdentity.BuildTrigger"/>.</summary>
    public string? BuildTrigger { get; init; }

    /// <summary>See <see cref="CertificateIdentity.SourceRepositoryVisibility"/>.</summary>
    public string? SourceRepositoryVisibility { get; init; }

    /// <summary>See <see cref="CertificateIdentity.DeploymentEnvironment"/>.</summary>
    public string? DeploymentEnvironment { get; init; }

    /// <summary>See <see cref="CertificateIdentity.TokenSubject"/>.</summary>
    public string? TokenSubject { get; init; }

    /// <summary>Whether <paramref name="identity"/> is this one: <see cref="Explain"/> without the words, which most are not asked for.</summary>
    public bool Matches(CertificateIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (!IsNameOf(identity))
            return false;

        foreach (var member in Members)
        {
            if (!Fits(member, identity))
                return false;
        }

        return true;
    }

    /// <summary>
    /// The first thing in which <paramref name="identity"/> differs, with what was expected and what was found, escaped; null when it is this
    /// one.
    /// </summary>
    public string? Explain(CertificateIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (!Issuer.Matches(identity.Issuer))
            return Differs("issuer", Issuer.ToString(), identity.Issuer);
        if (!Subject.Matches(identity.Subject))
            return Differs("subject", Subject.ToString(), identity.Subject);

        foreach (var member in Members)
        {
            if (!Fits(member, identity))
                return Differs(member.Name, Printable.Escape(member.Expected(this)), member.Found(identity));
        }

        return null;
    }

    /// <summary>Whether issuer and subject are the expected ones, whatever the rest is.</summary>
    internal bool IsNameOf(CertificateIdentity identity) => Issuer.Matches(identity.Issuer) && Subject.Matches(identity.Subject);

    /// <summary>All that is expected, escaped, for messages.</summary>
    public override string ToString() => string.Concat(
    [
        $"{Subject} of {Issuer}",
        .. Members.Where(member => member.Expected(this) is not null)
            .Select(member => $", {member.Name} {Printable.Escape(member.Expected(this))}"),
    ]);

    private bool Fits(Member member, CertificateIdentity identity) =>
        member.Expected(this) is not { } expected || string.Equals(expected, member.Found(identity), StringComparison.Ordinal);

    private static string Differs(string name, string expected, string? found) =>
        $"expected the {name} {expected}, found {(found is null ? "none" : Printable.Escape(found))}";

    private sealed record Member(string Property, string Name, Func<TrustedIdentity, string?> Expected, Func<CertificateIdentity, string?> Found);
}
