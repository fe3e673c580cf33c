// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Signer;

/// <summary>
/// Signs drafts with one key, and believes no signature it has not verified: whatever the key service returns is checked with
/// the public half that was pinned when the key was opened.
/// </summary>
public sealed class ArtifactSigner(ISigningKey key)
{
    /// <summary>The key version that signs.</summary>
    public string KeyId => key.Id;

    /// <summary>The id of the public key that verifies what is signed.</summary>
    public Digest PublicKey => key.PublicKey.Id;

    /// <summary>Signs one draft.</summary>
    /// <exception cref="KmsException">
    /// KMS_UNAVAILABLE: the key did not answer. KMS_BAD_SIGNATURE: it returned something that does not verify.
    /// </exception>
    public async ValueTask<SignedArtifact> SignAsync(Draft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var message = draft.Form == DraftForm.Bundle
            ? Envelope.ToBeSigned(Envelope.InTotoPayloadType, draft.Payload)
            : SimpleSigning.ToBeSigned(draft.Payload);
        var signature = await key.SignAsync(message, cancellationToken);
        if (!key.PublicKey.Verify(message, signature))
        {
            throw new KmsException(
                ReasonCode.KmsBadSignature,
                $"key {key.Id} returned a signature that its public key {key.PublicKey.Id} does not verify");
        }

        return new SignedArtifact
        {
            Purpose = draft.Purpose,
            Form = draft.Form,
            Subject = draft.Subject,
            PredicateType = draft.PredicateType,
            Content = draft.Form == DraftForm.Bundle
                ? Bundle.Write(
                    new Envelope(Envelope.InTotoPayloadType, draft.Payload, signature, KeyId: ""), key.PublicKey)
                : draft.Payload,
            Signature = draft.Form == DraftForm.TagSignature ? Convert.ToBase64String(signature) : null,
        };
    }
}
