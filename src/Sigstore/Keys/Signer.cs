// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Who made a signature, as far as that is proven: a key, or whom the certificate of that key was given to.
/// Only this library makes one.
/// </summary>
public sealed class Signer
{
    internal Signer(PublicKey key, IReadOnlyList<VerifiedMaterial> material, IReadOnlyList<(TrustedRoot Root, SignatureProblem Problem)> problems)
    {
        Key = key;
        Material = material;
        Problems = problems;
    }

    /// <summary>The key that signed.</summary>
    public PublicKey Key { get; }

    /// <summary>Whom its certificate was given to; null for a key that has to be known itself.</summary>
    public CertificateIdentity? Identity => Material.Count == 0 ? null : Material[0].Identity;

    /// <summary>What speaks for it, for each trust root by which that counts. A certificate has at least one.</summary>
    public IReadOnlyList<VerifiedMaterial> Material { get; }

    /// <summary>Why nothing speaks for it, for each trust root by which that is so.</summary>
    public IReadOnlyList<(TrustedRoot Root, SignatureProblem Problem)> Problems { get; }

    /// <summary>What thresholds count. A workflow is one, at whichever of its refs it ran: whoever writes its repository makes refs at will.</summary>
    public Principal Principal => Identity is { } identity ? new Principal(null, identity.Issuer, WithoutRef(identity.Subject)) : new Principal(Key, null, null);

    private static string WithoutRef(string subject) =>
        subject.IndexOf("@refs/", StringComparison.Ordinal) is > 0 and var at ? subject[..at] : subject;
}

/// <summary>
/// Who counts once, however many signatures and certificates there are: a key, or a name that an issuer gave.
/// </summary>
/// <param name="Key">The key; null for a name.</param>
/// <param name="Issuer">The issuer of the name.</param>
/// <param name="Subject">The name.</param>
public sealed record Principal(PublicKey? Key, string? Issuer, string? Subject)
{
    /// <summary>A short form for people.</summary>
    public override string ToString() => Key is null ? Printable.Escape($"{Subject} of {Issuer}") : $"key {Key.Id.Hex[..12]}";
}

/// <summary>Who may have signed: keys that are known themselves, and whoever holds a certificate by one of the trust roots.</summary>
/// <param name="Keys">The keys, each with the algorithm it is trusted for.</param>
/// <param name="Roots">The trust roots.</param>
public sealed record SignerCandidates(IReadOnlyList<PublicKey> Keys, IReadOnlyList<TrustedRoot> Roots)
{
    internal static SignerCandidates Of(IReadOnlyList<PublicKey> keys) => new(keys, []);
}
