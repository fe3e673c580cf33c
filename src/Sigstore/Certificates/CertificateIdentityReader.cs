// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Reads subject alternative names (RFC 5280 §4.2.1.6) and the extensions that the workload authority defines.</summary>
internal static class CertificateIdentityReader
{
    private const string Arc = "1.3.6.1.4.1.57264.1.";
    private const string UserName = Arc + "7";

    private static readonly Asn1Tag OtherNameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag EmailTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Read(Certificate certificate, out CertificateIdentity? identity)
    {
        identity = null;
        if (certificate.Find(CertificateOids.SubjectAlternativeName) is not { } names)
            return $"{certificate} has no subject alternative name";

        var reader = new AsnReader(names.Value, AsnEncodingRules.DER);
        var list = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!list.HasData)
            return $"{certificate} has an empty list of subject alternative names";
        if (ReadName(list) is not var (subject, kind))
            return $"{certificate} has a subject alternative name that is no URI, e-mail address or user name";
        // Which of several a policy means would be anybody's guess.
        if (list.HasData)
            return $"{certificate} has several subject alternative names; expected one";
        if (subject.Length == 0)
            return $"{certificate} has an empty subject alternative name";
        // Who may choose an address or user name is not to be taken for a workflow.
        if (kind != CertificateSubjectKind.Uri && subject.Contains("://", StringComparison.Ordinal))
            return $"{certificate} has a name that is not a URI and looks like one: '{Printable.Escape(subject)}'";

        var (issuer, older) = (Text(certificate, 8), RawText(certificate, 1));
        if (issuer is not null && older is not null && !string.Equals(issuer, older, StringComparison.Ordinal))
            return $"{certificate} names two issuers, '{Printable.Escape(issuer)}' and '{Printable.Escape(older)}'";

        identity = new CertificateIdentity
        {
            Subject = subject,
            Kind = kind,
            Issuer = issuer ?? older,
            BuildSigner = Text(certificate, 9),
            BuildSignerDigest = Text(certificate, 10),
            RunnerEnvironment = Text(certificate, 11),
            SourceRepository = Text(certificate, 12),
            SourceRepositoryDigest = Text(certificate, 13),
            SourceRepositoryRef = Text(certificate, 14),
            SourceRepositoryId = Text(certificate, 15),
            SourceRepositoryOwner = Text(certificate, 16),
            SourceRepositoryOwnerId = Text(certificate, 17),
            BuildConfig = Text(certificate, 18),
            BuildConfigDigest = Text(certificate, 19),
            BuildTrigger = Text(certificate, 20),
            RunInvocation = Text(certificate, 21),
            SourceRepositoryVisibility = Text(certificate, 22),
            DeploymentEnvironment = Text(certificate, 23),
            TokenSubject = Text(certificate, 24),
        };
        return null;
    }

    private static (string Subject, CertificateSubjectKind Kind)? ReadName(AsnReader list)
    {
        var tag = list.PeekTag();
        if (tag.HasSameClassAndValue(UriTag))
            return (list.ReadCharacterString(UniversalTagNumber.IA5String, UriTag), CertificateSubjectKind.Uri);
        if (tag.HasSameClassAndValue(EmailTag))
            return (list.ReadCharacterString(UniversalTagNumber.IA5String, EmailTag), CertificateSubjectKind.Email);
        if (!tag.HasSameClassAndValue(OtherNameTag))
            return null;

        var other = list.ReadSequence(OtherNameTag);
        if (other.ReadObjectIdentifier() != UserName)
            return null;

        var value = other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        other.ThrowIfNotEmpty();
        var name = value.ReadCharacterString(UniversalTagNumber.UTF8String);
        value.ThrowIfNotEmpty();
        return (name, CertificateSubjectKind.UserName);
    }

    // From number 8 on values are DER; the issuer of number 1 is bare text.
    private static string? Text(Certificate certificate, int number)
    {
        if (certificate.Find($"{Arc}{number}") is not { } extension)
            return null;

        var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        reader.ThrowIfNotEmpty();
        return text;
    }

    private static string? RawText(Certificate certificate, int number) =>
        certificate.Find($"{Arc}{number}") is { } extension ? Utf8.GetString(extension.Value.Span) : null;
}
