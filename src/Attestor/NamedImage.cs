// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>An image as requests have to name it: by its sha256 digest alone.</summary>
internal sealed record NamedImage(Repository Repository, Digest Digest)
{
    /// <summary>Reads what a request calls its image, or says why it names none.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out NamedImage? named, [NotNullWhen(false)] out AttestationAnswer.Rejected? no)
    {
        named = null;
        no = !ImageReference.TryParse(text, out var image, out var problem)
            ? new AttestationAnswer.Rejected(ReasonCode.BadReference, problem)
            : image.Digest is null || image.Tag is not null
                ? new AttestationAnswer.Rejected(
                    ReasonCode.TagNotAllowed,
                    $"expected {image.Repository}@sha256:…, found {Printable.Escape(text)}: a tag can move")
                : !image.Digest.IsSha256
                    ? new AttestationAnswer.Rejected(
                        ReasonCode.BadDigest,
                        $"expected a sha256 digest, which evidence is bound by; found {image.Digest.Algorithm}")
                    : null;
        if (no is not null)
            return false;

        named = new NamedImage(image!.Repository, image.Digest!);
        return true;
    }
}
