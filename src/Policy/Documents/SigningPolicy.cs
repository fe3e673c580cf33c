// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>What must hold before an image is signed.</summary>
public sealed record SigningPolicy
{
    /// <summary>The policy's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in the author's words.</summary>
    public string? Description { get; init; }

    /// <summary>The repositories it is for.</summary>
    public required IReadOnlyList<ImagePattern> Subjects { get; init; }

    /// <summary>Who may ask; any entry suffices.</summary>
    public required IReadOnlyList<RequesterRule> Requesters { get; init; }

    /// <summary>The attestor that signs.</summary>
    public required string Attestor { get; init; }

    /// <summary>Where the attestor's name is written.</summary>
    internal FieldPlace AttestorPlace { get; init; } = null!;

    /// <summary>
    /// What the author wants: <see cref="EnforcementMode.Enforce"/> or <see cref="EnforcementMode.Observe"/>.
    /// </summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>When observing ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What evidence counts.</summary>
    public required EvidenceRules Evidence { get; init; }

    /// <summary>What has to hold; at least one check, and all of them.</summary>
    public required IReadOnlyList<PolicyCheck> Checks { get; init; }

    /// <summary>What is written for an approved image.</summary>
    public required ProduceRules Produce { get; init; }

    /// <summary>Who has to see what is signed before it is stored; null for nobody.</summary>
    public TransparencyRules? Transparency { get; init; }

    /// <summary>The SHA-256 of the document's canonical form.</summary>
    public required Digest Revision { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Every rule that lets attestors vouch for evidence: those of scanners, of VEX and of checks.</summary>
    public IReadOnlyList<VouchingRule> Vouching =>
    [
        .. Evidence.Scanners.Select(scanner => new VouchingRule(VouchingRule.Scan, scanner.SignedBy, scanner.Location) { Places = scanner.SignedByPlaces }),
        .. Evidence.Vex.Select(rule => new VouchingRule(VouchingRule.Vex, rule.SignedBy, rule.Location) { Places = rule.SignedByPlaces }),
        .. Checks.OfType<AttestationCheck>()
            .Select(check => new VouchingRule(VouchingRule.Attestation, check.SignedBy, check.Location) { Places = check.SignedByPlaces }),
    ];

    /// <summary>The attestors that vouch for evidence, each once.</summary>
    public IReadOnlyList<string> Vouchers => [.. Vouching.SelectMany(rule => rule.SignedBy).Distinct(StringComparer.Ordinal)];

    /// <summary>Every attestor it refers to, each once, by name.</summary>
    public IReadOnlyList<string> Attestors =>
        [.. Vouchers.Append(Attestor).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The mode in force at <paramref name="time"/>: observing ends by itself.</summary>
    public EnforcementMode ModeAt(DateTimeOffset time) => time < Until ? Mode : EnforcementMode.Enforce;

    /// <summary>Whether the policy is for this repository and this requester.</summary>
    public bool Covers(Repository repository, Requester requester) =>
        IsFor(repository) && Requesters.Any(rule => rule.IsMatch(requester));

    /// <summary>Whether the policy is for this repository and lets this one post evidence about its images.</summary>
    public bool LetsPost(Repository repository, Requester poster) =>
        IsFor(repository) && Evidence.Posters.Any(rule => rule.IsMatch(poster));

    /// <summary>Whether the policy is for this repository, whoever asks.</summary>
    public bool IsFor(Repository repository) => Subjects.Any(pattern => pattern.IsMatch(repository));
}

/// <summary>Somebody who asks for a signature, as an identity token told it.</summary>
/// <param name="Issuer">Who vouches for the identity.</param>
/// <param name="Subject">The identity.</param>
/// <param name="Claims">The token's claims as texts.</param>
public sealed record Requester(string Issuer, string Subject, IReadOnlyDictionary<string, string> Claims);

/// <summary>
/// Requesters that a policy accepts: one issuer and claims that must all be there, character by character.
/// </summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Claims">The claims; <c>sub</c> is the requester's subject.</param>
/// <param name="Location">Where it is written.</param>
public sealed record RequesterRule(string Issuer, IReadOnlyDictionary<string, string> Claims, SourceLocation Location)
{
    /// <summary>Whether <paramref name="requester"/> has this issuer and every claim.</summary>
    public bool IsMatch(Requester requester)
    {
        ArgumentNullException.ThrowIfNull(requester);
        return string.Equals(Issuer, requester.Issuer, StringComparison.Ordinal)
            && Claims.Count > 0
            && Claims.All(claim => string.Equals(claim.Value, ClaimOf(requester, claim.Key), StringComparison.Ordinal));
    }

    /// <summary>What keeps <paramref name="requester"/> from being one of these, a sentence each.</summary>
    internal IEnumerable<string> Mismatches(Requester requester)
    {
        if (!string.Equals(Issuer, requester.Issuer, StringComparison.Ordinal))
            yield return $"issuer: expected {Printable.Escape(Issuer)}, found {Printable.Escape(requester.Issuer)}";

        foreach (var (name, value) in Claims.OrderBy(claim => claim.Key, StringComparer.Ordinal))
        {
            var found = ClaimOf(requester, name);
            if (!string.Equals(value, found, StringComparison.Ordinal))
            {
                yield return $"claims.{Printable.Escape(name)}: expected {Printable.Escape(value)}, "
                    + (found is null ? "found no such claim" : $"found {Printable.Escape(found)}");
            }
        }
    }

    private static string? ClaimOf(Requester requester, string name) =>
        name is "sub" ? requester.Subject : requester.Claims.GetValueOrDefault(name);
}

/// <summary>What is written for an approved image.</summary>
public sealed record ProduceRules
{
    /// <summary>What a policy without a <c>produce</c> block gets.</summary>
    public static ProduceRules Default { get; } = new();

    /// <summary>Whether the image itself is signed.</summary>
    public bool Signature { get; init; } = true;

    /// <summary>In which layouts the image's signature is stored.</summary>
    public IReadOnlyList<StorageLayout> Layouts { get; init; } = [StorageLayout.Bundle, StorageLayout.Tag];

    /// <summary>Whether the image's signature is stored in the tag layout.</summary>
    public bool HasTagSignature => Signature && Layouts.Contains(StorageLayout.Tag);

    /// <summary>Whether the scan reports that were used are attested.</summary>
    public bool VulnerabilityAttestation { get; init; } = true;

    /// <summary>Whether SBOMs that came with the request and were used are attested.</summary>
    public bool SbomAttestation { get; init; }

    /// <summary>Whether an approval, a verification summary, is written.</summary>
    public bool Summary { get; init; } = true;

    /// <summary>How long an approval holds.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Where signatures and attestations of an image are kept.</summary>
public enum StorageLayout
{
    /// <summary>Sigstore bundles that refer to the image (OCI 1.1 referrers or their fallback tag).</summary>
    Bundle,

    /// <summary>cosign's tags beside the image, <c>sha256-….sig</c> and <c>.att</c>.</summary>
    Tag,

    /// <summary>
    /// What the tags hold, as referrers of the image: cosign's experimental layouts for OCI 1.1, before there were bundles.
    /// </summary>
    Referrer,
}
