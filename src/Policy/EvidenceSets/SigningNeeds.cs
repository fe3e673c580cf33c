// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;
using SignedTypes = SupplyChain.Sigstore.PredicateTypes;

namespace SupplyChain.Policy;

/// <summary>
/// Which statements beside an image a signing policy can count: scan attestations for its scanners, VEX by those it believes, and what
/// its checks judge.
/// </summary>
public sealed record SigningNeeds
{
    private readonly HashSet<PublicKey> _scannerKeys;
    private readonly HashSet<PublicKey> _vexKeys;
    private readonly HashSet<string> _vexTypes;
    private readonly IReadOnlyList<AttestorDefinition> _attesters;

    private SigningNeeds(
        IEnumerable<PublicKey> scannerKeys, IEnumerable<PublicKey> vexKeys, IEnumerable<string> vexTypes, IReadOnlyList<AttestorDefinition> attesters)
    {
        _attesters = attesters;
        _scannerKeys = [.. scannerKeys];
        _vexKeys = [.. vexKeys];
        _vexTypes = vexTypes.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Everybody whose statements can count; distinct, nobody when nothing beside the image can.</summary>
    public required SignerCandidates Candidates { get; init; }

    /// <summary>Whether nothing beside the image can count.</summary>
    public bool IsEmpty => Candidates.Keys.Count == 0 && Candidates.Roots.Count == 0;

    /// <summary>The predicate types that are wanted.</summary>
    public required IReadOnlySet<string> PredicateTypes { get; init; }

    /// <summary>What <paramref name="policy"/> can count.</summary>
    public static SigningNeeds Of(SigningPolicy policy, PolicySet policies)
    {
        var scanners = policy.Evidence.Scanners.Where(scanner => scanner.Source == EvidenceSource.Attested).ToList();
        var scannerKeys = policies.KeysOf(scanners.SelectMany(scanner => scanner.SignedBy));
        var vexKeys = policies.KeysOf(policy.Evidence.Vex.SelectMany(rule => rule.SignedBy));
        var vexTypes = policy.Evidence.Vex.SelectMany(rule => rule.PredicateTypes).ToList();
        var checks = policy.Checks.OfType<AttestationCheck>().Where(check => check.Source == EvidenceSource.Attested).ToList();
        var types = checks.SelectMany(check => check.PredicateTypes).Concat(vexTypes).ToHashSet(StringComparer.Ordinal);
        if (scannerKeys.Count > 0)
            types.Add(SignedTypes.VulnerabilityScan);

        var signers = checks.SelectMany(check => check.SignedBy).Distinct(StringComparer.Ordinal).ToList();
        return new SigningNeeds(scannerKeys, vexKeys, vexTypes, [.. signers.Select(policies.FindAttestor).OfType<AttestorDefinition>()])
        {
            Candidates = new SignerCandidates(
                [.. scannerKeys.Concat(vexKeys).Concat(policies.KeysOf(signers)).Distinct()], policies.RootsOf(signers)),
            PredicateTypes = types,
        };
    }

    /// <summary>Whether the policy names who signed: by a key, or for what its checks judge by a certificate.</summary>
    public bool IsNamed(Signer signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return signer.Identity is null
            ? Candidates.Keys.Contains(signer.Key)
            : _attesters.Any(attestor => attestor.MembersOf(signer).Any());
    }

    /// <summary>Whether a statement is a scan report for one of the policy's scanners.</summary>
    public bool IsScan(VerifiedStatement statement) =>
        statement.PredicateType is SignedTypes.VulnerabilityScan && statement.Signer.Identity is null && IsScanner(statement.Key);

    internal bool IsScanner(PublicKey key) => _scannerKeys.Contains(key);

    /// <summary>Whether a statement may carry VEX that the policy believes; it may be what a check judges as well.</summary>
    public bool IsVex(VerifiedStatement statement) =>
        _vexTypes.Contains(statement.PredicateType) && statement.Signer.Identity is null && _vexKeys.Contains(statement.Key);
}
