// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>What a certificate says of whoever held it, in one order for people and programs.</summary>
internal static class SignerFacts
{
    /// <summary>Names as people read them, as programs do, and values; only those that the certificate says.</summary>
    public static IEnumerable<(string Label, string Member, string Value)> Of(CertificateIdentity identity) =>
        from fact in (IEnumerable<(string Label, string Member, string? Value)>)
        [
            ("Signed by", "subject", identity.Subject),
            ("Issuer", "issuer", identity.Issuer),
            ("Build signer", "buildSigner", identity.BuildSigner),
            ("Build signer digest", "buildSignerDigest", identity.BuildSignerDigest),
            ("Runner environment", "runnerEnvironment", identity.RunnerEnvironment),
            ("Source repository", "sourceRepository", identity.SourceRepository),
            ("Source repository digest", "sourceRepositoryDigest", identity.SourceRepositoryDigest),
            ("Source repository ref", "sourceRepositoryRef", identity.SourceRepositoryRef),
            ("Source repository id", "sourceRepositoryId", identity.SourceRepositoryId),
            ("Source repository owner", "sourceRepositoryOwner", identity.SourceRepositoryOwner),
            ("Source repository owner id", "sourceRepositoryOwnerId", identity.SourceRepositoryOwnerId),
            ("Source repository visibility", "sourceRepositoryVisibility", identity.SourceRepositoryVisibility),
            ("Build config", "buildConfig", identity.BuildConfig),
            ("Build config digest", "buildConfigDigest", identity.BuildConfigDigest),
            ("Build trigger", "buildTrigger", identity.BuildTrigger),
            ("Run invocation", "runInvocation", identity.RunInvocation),
            ("Deployment environment", "deploymentEnvironment", identity.DeploymentEnvironment),
            ("Token subject", "tokenSubject", identity.TokenSubject),
        ]
        where fact.Value is not null
        select (fact.Label, fact.Member, fact.Value);

    /// <summary>What people know an authority by: where it is, or who runs it, or its certificate.</summary>
    public static string NameOf(TrustedAuthority authority) => authority.Uri ?? authority.Operator ?? authority.Certificates[0].Id.ToString();
}
