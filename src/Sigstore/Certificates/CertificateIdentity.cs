// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Who a certificate of a workload authority (Fulcio) was given to: one name, and what the authority took from the token; Fulcio
/// oid-info.md. Where a value is null the certificate does not say it.
/// </summary>
public sealed record CertificateIdentity
{
    /// <summary>The subject: a workflow's URI, an e-mail address, or a user name of the authority's own kind.</summary>
    public required string Subject { get; init; }

    /// <summary>What kind of name that is.</summary>
    public required CertificateSubjectKind Kind { get; init; }

    /// <summary>The issuer of the token.</summary>
    public string? Issuer { get; init; }

    /// <summary>The workflow that was run, where it is a reusable one, that; 57264.1.9.</summary>
    public string? BuildSigner { get; init; }

    /// <summary>Its commit; 57264.1.10.</summary>
    public string? BuildSignerDigest { get; init; }

    /// <summary>Where it ran, such as <c>github-hosted</c>; 57264.1.11.</summary>
    public string? RunnerEnvironment { get; init; }

    /// <summary>The repository the build is of, as a URI; 57264.1.12.</summary>
    public string? SourceRepository { get; init; }

    /// <summary>Its commit; 57264.1.13.</summary>
    public string? SourceRepositoryDigest { get; init; }

    /// <summary>Its branch or tag, such as <c>refs/heads/main</c>; 57264.1.14.</summary>
    public string? SourceRepositoryRef { get; init; }

    /// <summary>Its id, which outlives renames and is never given again; 57264.1.15.</summary>
    public string? SourceRepositoryId { get; init; }

    /// <summary>Its owner, as a URI; 57264.1.16.</summary>
    public string? SourceRepositoryOwner { get; init; }

    /// <summary>The owner's id; 57264.1.17.</summary>
    public string? SourceRepositoryOwnerId { get; init; }

    /// <summary>The top-level workflow; 57264.1.18.</summary>
    public string? BuildConfig { get; init; }

    /// <summary>Its commit; 57264.1.19.</summary>
    public string? BuildConfigDigest { get; init; }

    /// <summary>What started the build, such as <c>push</c>; 57264.1.20.</summary>
    public string? BuildTrigger { get; init; }

    /// <summary>The run, as a URI; 57264.1.21.</summary>
    public string? RunInvocation { get; init; }

    /// <summary>Whether the repository was public then; 57264.1.22.</summary>
    public string? SourceRepositoryVisibility { get; init; }

    /// <summary>The deployment environment; 57264.1.23.</summary>
    public string? DeploymentEnvironment { get; init; }

    /// <summary>The token's own subject; 57264.1.24.</summary>
    public string? TokenSubject { get; init; }

    /// <summary>Name and issuer, escaped, for messages.</summary>
    public override string ToString() => Printable.Escape($"{Subject} of {Issuer ?? "no issuer"}");

    /// <summary>Reads it from a certificate, of which nothing is believed yet.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="identity">The identity, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    /// <returns>Whether the certificate has exactly one name, and what it says can be read.</returns>
    public static bool TryRead(
        Certificate certificate, [NotNullWhen(true)] out CertificateIdentity? identity, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        identity = null;
        try
        {
            problem = CertificateIdentityReader.Read(certificate, out identity);
        }
        catch (Exception malformed) when (malformed is AsnContentException or DecoderFallbackException)
        {
            problem = $"a name in {certificate} is malformed: {Printable.Escape(malformed.Message)}";
        }

        return identity is not null;
    }
}

/// <summary>Kinds of names that certificates are given to.</summary>
public enum CertificateSubjectKind
{
    /// <summary>A URI.</summary>
    Uri,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A user name, 57264.1.7.</summary>
    UserName,
}
