// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// An X.509 certificate as it was encoded; RFC 5280 §4.1. That it could be read says nothing about who issued it.
/// </summary>
public sealed class Certificate
{
    private readonly CertificateSignature _signature;

    // Neither of two certificates ever changes, so that whoever was once shown to have issued this one did.
    private Certificate? _issuer;
    private Digest? _id;
    private CertificateUse? _use;

    internal Certificate(CertificateFields fields, CertificateSignature signature, PublicKey key)
    {
        Fields = fields;
        _signature = signature;
        Key = key;
    }

    /// <summary>The whole certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der => Fields.Der;

    /// <summary>The SHA-256 of <see cref="Der"/>.</summary>
    public Digest Id => _id ??= Digest.Compute(Fields.Der.Span);

    /// <summary>The key it is about.</summary>
    public PublicKey Key { get; }

    /// <summary>The first moment at which it is valid.</summary>
    public DateTimeOffset NotBefore => Fields.NotBefore;

    /// <summary>The last moment at which it is valid.</summary>
    public DateTimeOffset NotAfter => Fields.NotAfter;

    /// <summary>Its extensions, each once.</summary>
    public IReadOnlyList<CertificateExtension> Extensions => Fields.Extensions;

    /// <summary>Whether subject and issuer are one, as in a root.</summary>
    public bool IsSelfIssued => Fields.Subject.Span.SequenceEqual(Fields.Issuer.Span);

    internal CertificateFields Fields { get; }

    /// <summary>Reads a certificate with a key that this product verifies with.</summary>
    /// <param name="der">The certificate; must not change while the result is in use.</param>
    /// <param name="certificate">The certificate, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> der, [NotNullWhen(true)] out Certificate? certificate, [NotNullWhen(false)] out string? problem) =>
        CertificateReader.TryRead(der, out certificate, out problem);

    /// <summary>The extension with that object identifier; null when there is none.</summary>
    public CertificateExtension? Find(string oid) =>
        Extensions.FirstOrDefault(extension => string.Equals(extension.Oid, oid, StringComparison.Ordinal));

    /// <summary>What it may be used for, by its extensions; read once.</summary>
    internal bool TryReadUse([NotNullWhen(true)] out CertificateUse? use, [NotNullWhen(false)] out string? problem)
    {
        if (_use is { } known)
        {
            (use, problem) = (known, null);
            return true;
        }

        if (!CertificateUse.TryRead(this, out use, out problem))
            return false;

        _use = use;
        return true;
    }

    /// <summary>Whether it is valid at <paramref name="time"/>; both ends are.</summary>
    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    /// <summary>Whether <paramref name="issuer"/> is named as its issuer and its key signed it.</summary>
    public bool IsIssuedBy(Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        if (ReferenceEquals(Volatile.Read(ref _issuer), issuer))
            return true;
        if (!Fields.Issuer.Span.SequenceEqual(issuer.Fields.Subject.Span) || !_signature.IsBy(issuer.Key, Fields.ToBeSigned.Span))
            return false;

        Volatile.Write(ref _issuer, issuer);
        return true;
    }

    /// <summary>The start of its <see cref="Id"/>, for messages.</summary>
    public override string ToString() => $"certificate {Id.Hex[..12]}";
}

/// <summary>The fields of a certificate, as they were encoded.</summary>
internal sealed record CertificateFields
{
    public required ReadOnlyMemory<byte> Der { get; init; }

    public required ReadOnlyMemory<byte> ToBeSigned { get; init; }

    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    public required ReadOnlyMemory<byte> Issuer { get; init; }

    public required ReadOnlyMemory<byte> Subject { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    public required IReadOnlyList<CertificateExtension> Extensions { get; init; }
}
