// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Has a certificate authority (Fulcio) name the holder of a key by an identity token. A certificate is handed out only
/// if it is of this key, by an authority of the trust root and valid now, and a trusted log promised to record it.
/// </summary>
/// <param name="http">How it is spoken to.</param>
/// <param name="authority">The authority.</param>
/// <param name="root">Whom to believe.</param>
public sealed class CertificateClient(TransparencyHttp http, SigningService authority, TrustedRoot root)
{
    private const string Json = "application/json";
    // Whoever reports a problem says whose answer it is.
    private static readonly ProtoDocument Document = new("the answer") { Malformed = "" };
    private static readonly JsonWriterOptions PlainJson =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Has a certificate issued. Whom it names is the authority's to say, and not always the token's subject: of a
    /// workflow it is the workflow's URI, of a person the mail address. Whoever expects a name compares it with
    /// <see cref="IssuedCertificate.Identity"/>.
    /// </summary>
    /// <param name="token">The identity token; sent to the authority and to nobody else.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TransparencyException">
    /// TRANSPARENCY_UNAVAILABLE, TRANSPARENCY_REFUSED or CERT_INVALID: there is no certificate that holds.
    /// </exception>
    public async ValueTask<IssuedCertificate> IssueAsync(
        string token, EphemeralKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(key);
        if (!IdentityToken.TryReadSubject(token, out var subject, out var unfit))
            throw TransparencyException.Refused(unfit);

        var answer = await http.SendAsync(
            TransparencyHttp.AddressOf(authority.Url, "/api/v2/signingCert"),
            (WriteRequest(token, key, subject), Json), Json, cancellationToken);
        if (!answer.IsSuccess)
            throw answer.ToRefusal();
        if (!Document.TryRead(answer.Content, ReadLeaf, out var der, out var problem))
            throw answer.Malformed(problem);
        if (!Certificate.TryRead(der, out var certificate, out problem))
            throw TransparencyException.Certificate(authority.Url, problem);
        return TryCheck(certificate, key.Public, out var identity, out problem)
            ? new IssuedCertificate(certificate, identity)
            : throw TransparencyException.Certificate(authority.Url, problem);
    }

    private static byte[] WriteRequest(string token, EphemeralKey key, string subject)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, PlainJson))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("credentials"u8);
            writer.WriteString("oidcIdentityToken"u8, token);
            writer.WriteEndObject();
            writer.WriteStartObject("publicKeyRequest"u8);
            writer.WriteStartObject("publicKey"u8);
            writer.WriteString("algorithm"u8, "ECDSA"u8);
            writer.WriteString("content"u8, key.Public.ToPem());
            writer.WriteEndObject();
            writer.WriteBase64String("proofOfPossession"u8, key.Prove(subject));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] ReadLeaf(ProtoElement answer)
    {
        var chain = answer.Required("signedCertificateEmbeddedSct").Required("chain");
        if (chain.List("certificates", Limits.ChainCertificates) is not [var leaf, ..])
            throw new ProtoException($"{chain.Path} has no certificates");

        var text = leaf.Text;
        return PemEncoding.TryFind(text, out var block) && text.AsSpan(block.Label).SequenceEqual("CERTIFICATE")
            ? Convert.FromBase64String(text[block.Base64Data])
            : throw new ProtoException($"{leaf.Path} is not a certificate in PEM");
    }

    private bool TryCheck(
        Certificate certificate, PublicKey key,
        [NotNullWhen(true)] out CertificateIdentity? identity, [NotNullWhen(false)] out string? problem)
    {
        identity = null;
        problem = certificate.Key.Equals(key)
            ? ExplainPath(certificate)
            : $"{certificate} is of another key; expected {key.Id}, found {certificate.Key.Id}";
        return problem is null && CertificateIdentity.TryRead(certificate, out identity, out problem);
    }

    private string? ExplainPath(Certificate certificate)
    {
        var now = http.Clock.GetUtcNow();
        var problem = "no certificate authority is trusted now";
        var issuer = root.CertificateAuthorities.Where(known => known.ValidFor.Contains(now)).FirstOrDefault(known =>
            CertificatePath.TryVerify(certificate, known.Certificates, CertificateOids.CodeSigning, now, out problem));
        if (issuer is null)
            return problem;
        if (!SignedCertificateTimestamp.TryRead(certificate, out var promises, out problem))
            return problem;

        return promises.Any(promise => IsTrusted(promise, certificate, issuer.Certificates[0]))
            ? null
            : $"no trusted log promised to record {certificate}; it carries {promises.Count} promises";
    }

    private bool IsTrusted(SignedCertificateTimestamp promise, Certificate certificate, Certificate issuer) =>
        root.CertificateLogs.Any(log =>
            log.Id.Span.SequenceEqual(promise.LogId.Span) && promise.IsBy(log, certificate, issuer)
            && promise.Time is { } time && log.ValidFor.Contains(time));
}
