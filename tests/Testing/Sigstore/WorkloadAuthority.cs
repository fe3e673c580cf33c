// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Testing.Sigstore;

/// <summary>
/// A certificate authority for workloads, as Fulcio is one: a root, an issuing authority below it, and leaves that live for ten minutes
/// from the clock's time on. A <see cref="LeafDraft"/> breaks one thing of a leaf at a time.
/// </summary>
public sealed class WorkloadAuthority : IDisposable
{
    internal const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string IssuerExtension = "1.3.6.1.4.1.57264.1.8";

    private readonly TimeProvider _clock;
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _issuing;

    public WorkloadAuthority(TimeProvider clock, AuthorityDraft? draft = null)
    {
        draft ??= new AuthorityDraft();
        _clock = clock;
        var (from, to) = (clock.GetUtcNow().AddYears(-1), clock.GetUtcNow().AddYears(9));
        var root = new CertificateRequest("CN=root,O=example", _rootKey, HashAlgorithmName.SHA384);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, draft.RootPathLength, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = root.CreateSelfSigned(from, to);

        var issuing = new CertificateRequest("CN=issuing,O=example", _issuingKey, HashAlgorithmName.SHA256);
        issuing.CertificateExtensions.Add(new X509BasicConstraintsExtension(draft.IsAuthority, true, 0, true));
        issuing.CertificateExtensions.Add(new X509KeyUsageExtension(draft.KeyUsage, true));
        issuing.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(draft.Purpose)], false));
        _issuing = issuing.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), from, to, [7]);
    }

    /// <summary>The certificates, the issuing one first.</summary>
    public IReadOnlyList<byte[]> Certificates => [_issuing.RawData, _root.RawData];

    /// <summary>A leaf for <paramref name="key"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="draft">What it is.</param>
    /// <param name="logs">The logs that promise to record it first, and whose promises it carries.</param>
    public byte[] Issue(AsymmetricAlgorithm key, LeafDraft? draft = null, params CertificateLog[] logs)
    {
        draft ??= new LeafDraft();
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        var first = Issue(key, draft, serial, promises: null);
        if (logs.Length == 0)
            return first;

        var signed = SignedPart(first);
        var lists = logs.Select(log => log.Promise(signed, _issuingKey.ExportSubjectPublicKeyInfo())[2..]).SelectMany(list => list).ToArray();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString([(byte)(lists.Length >> 8), (byte)(lists.Length & 0xff), .. lists]);
        return Issue(key, draft, serial, writer.Encode());
    }

    /// <summary>The part of a certificate that its issuer signs.</summary>
    public static byte[] SignedPart(byte[] certificate) =>
        new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();

    /// <summary>A certificate of whatever that part is, be it no DER at all: what an authority can do that its log has not seen.</summary>
    public byte[] SignAgain(byte[] signedPart)
    {
        var scheme = new AsnWriter(AsnEncodingRules.DER);
        using (scheme.PushSequence())
            scheme.WriteObjectIdentifier("1.2.840.10045.4.3.2");
        var signature = new AsnWriter(AsnEncodingRules.DER);
        signature.WriteBitString(_issuingKey.SignData(signedPart, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        byte[] content = [.. signedPart, .. scheme.Encode(), .. signature.Encode()];
        return [0x30, 0x82, (byte)(content.Length >> 8), (byte)(content.Length & 0xff), .. content];
    }

    private byte[] Issue(AsymmetricAlgorithm key, LeafDraft draft, byte[] serial, byte[]? promises)
    {
        var request = key is RSA rsa
            ? new CertificateRequest("", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("", (ECDsa)key, HashAlgorithmName.SHA256);
        if (draft.IsAuthority)
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (draft.KeyUsage is { } usage)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        if (draft.Purpose is { } purpose)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (draft.Subject is { } subject)
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", subject, critical: true));
        if (draft.Issuer is { } issuer)
            request.CertificateExtensions.Add(new X509Extension(IssuerExtension, Utf8String(issuer), critical: false));
        foreach (var extension in draft.Extensions)
            request.CertificateExtensions.Add(extension);
        if (promises is not null)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.2", promises, critical: false));

        var from = _clock.GetUtcNow() - draft.Age;
        using var leaf = request.Create(
            draft.IsOrphan ? _root.SubjectName : _issuing.SubjectName, X509SignatureGenerator.CreateForECDsa(_issuingKey),
            from, from + draft.Lifetime, serial);
        return leaf.RawData;
    }

    /// <summary>Text as the authority's extensions hold it.</summary>
    public static byte[] Utf8String(string text)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        return writer.Encode();
    }

    /// <summary>Subject alternative names, each of a context tag of its own.</summary>
    public static byte[] Names(params (int Tag, string Name)[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, name) in names)
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, tag));
        }

        return writer.Encode();
    }

    public void Dispose()
    {
        _root.Dispose();
        _issuing.Dispose();
        _rootKey.Dispose();
        _issuingKey.Dispose();
    }
}

/// <summary>What the issuing authority is.</summary>
public sealed record AuthorityDraft
{
    public bool IsAuthority { get; init; } = true;

    public X509KeyUsageFlags KeyUsage { get; init; } = X509KeyUsageFlags.KeyCertSign;

    public string Purpose { get; init; } = WorkloadAuthority.CodeSigning;

    public int RootPathLength { get; init; } = 1;
}

/// <summary>What a leaf is.</summary>
public sealed record LeafDraft
{
    public const string Workflow = "https://github.com/example/scanner/.github/workflows/scan.yml@refs/heads/main";

    public byte[]? Subject { get; init; } = WorkloadAuthority.Names((6, Workflow));

    public string? Issuer { get; init; } = "https://token.actions.githubusercontent.com";

    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public string? Purpose { get; init; } = WorkloadAuthority.CodeSigning;

    public bool IsAuthority { get; init; }

    public bool IsOrphan { get; init; }

    /// <summary>How long ago it was issued.</summary>
    public TimeSpan Age { get; init; }

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];
}
