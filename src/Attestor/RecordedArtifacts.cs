// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Signer;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor;

/// <summary>Signed artifacts as the ledger keeps them: content, media type and what is needed to store them again.</summary>
internal static class RecordedArtifacts
{
    private const string SubjectMediaType = "subject.mediaType";
    private const string SubjectSize = "subject.size";
    private const string PredicateType = "predicateType";
    private const string TrustRoot = "trustRoot";

    /// <summary>What the ledger keeps of an artifact.</summary>
    /// <param name="artifact">What was signed.</param>
    /// <param name="statement">What was to be signed.</param>
    /// <param name="keyId">The key version that signed.</param>
    /// <param name="publicKey">The id of its public key.</param>
    /// <param name="trustRoot">The revision of the trust root that what others said was held against; null where nobody was asked.</param>
    public static RecordedSignature Write(
        SignedArtifact artifact, IntendedStatement statement, string keyId, Digest publicKey, Digest? trustRoot = null)
    {
        var notes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SubjectMediaType] = artifact.Subject.MediaType,
            [SubjectSize] = artifact.Subject.Size.ToString(CultureInfo.InvariantCulture),
        };
        if (artifact.PredicateType is { } type)
            notes[PredicateType] = type;
        if (artifact.Signature is { } signature)
            notes[SimpleSigning.SignatureAnnotation] = signature;
        foreach (var (name, value) in artifact.Material)
            notes[name] = value;
        if (trustRoot is not null)
            notes[TrustRoot] = trustRoot.ToString();

        return new RecordedSignature
        {
            Statement = statement,
            KeyId = keyId,
            PublicKey = publicKey,
            MediaType = artifact.Form == DraftForm.Bundle ? Bundle.MediaTypeV03 : SimpleSigning.MediaType,
            Content = artifact.Content,
            Annotations = notes,
        };
    }

    /// <summary>The revision of the trust root that what others said of it was held against; null where nobody was asked.</summary>
    public static Digest? TrustRootOf(RecordedSignature recorded) =>
        recorded.Annotations.TryGetValue(TrustRoot, out var revision) ? Digest.Parse(revision) : null;

    public static SignedArtifact Read(RecordedSignature recorded)
    {
        var notes = recorded.Annotations;
        return new SignedArtifact
        {
            Purpose = recorded.Statement.Purpose,
            Form = recorded.MediaType == Bundle.MediaTypeV03 ? DraftForm.Bundle : DraftForm.TagSignature,
            Subject = new Descriptor(
                notes[SubjectMediaType], recorded.Statement.Subject,
                long.Parse(notes[SubjectSize], NumberStyles.None, CultureInfo.InvariantCulture)),
            PredicateType = notes.GetValueOrDefault(PredicateType),
            Content = recorded.Content,
            Signature = notes.GetValueOrDefault(SimpleSigning.SignatureAnnotation),
            Material = notes.Where(note => note.Key is TagMaterial.BundleAnnotation or TagMaterial.TimestampAnnotation)
                .ToDictionary(StringComparer.Ordinal),
        };
    }
}
