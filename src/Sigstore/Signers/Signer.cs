// SPDX-License-Identifier: Apache-2.0

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

    /// <summary>What thresholds count.</summary>
    public Principal Principal => Identity is { } identity ? Principal.Of(identity) : Principal.Of(Key);
}

/// <summary>
/// Who counts once, however many signatures and certificates there are: a key, or a name that an issuer gave. A workflow is one, at whichever
/// of its refs it ran: whoever writes its repository makes refs at will.
/// </summary>
public sealed class Principal : IEquatable<Principal>
{
    private readonly object _counted;
    private readonly string _text;

    private Principal(object counted, string text) => (_counted, _text) = (counted, text);

    /// <inheritdoc/>
    public bool Equals(Principal? other) => other is not null && _counted.Equals(other._counted);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Principal);

    /// <inheritdoc/>
    public override int GetHashCode() => _counted.GetHashCode();

    /// <summary>A short form for people, escaped.</summary>
    public override string ToString() => _text;

    internal static Principal Of(PublicKey key) => new(key, $"key {key.Id.Hex[..12]}");

    internal static Principal Of(CertificateIdentity identity) => new((identity.Issuer, WithoutRef(identity.Subject)), identity.ToString());

    private static string WithoutRef(string subject) =>
        subject.IndexOf("@refs/", StringComparison.Ordinal) is > 0 and var at ? subject[..at] : subject;
}

/// <summary>Who may have signed: keys that are known themselves, and whoever holds a certificate by one of the trust roots.</summary>
/// <param name="Keys">The keys, each with the algorithm it is trusted for.</param>
/// <param name="Roots">The trust roots.</param>
public sealed record SignerCandidates(IReadOnlyList<PublicKey> Keys, IReadOnlyList<TrustedRoot> Roots)
{
    internal static SignerCandidates Of(IReadOnlyList<PublicKey> keys) => new(keys, []);
}
