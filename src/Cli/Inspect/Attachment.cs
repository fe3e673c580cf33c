// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Inspect;

/// <summary>An image, or one platform of an index, with everything attached to it.</summary>
internal sealed record InspectedImage
{
    public required Repository Repository { get; init; }

    public required Descriptor Manifest { get; init; }

    /// <summary>The platform the index claims for it.</summary>
    public Platform? Platform { get; init; }

    public required IReadOnlyList<Attachment> Attachments { get; init; }

    /// <summary>The manifests of an index.</summary>
    public IReadOnlyList<InspectedImage> Platforms { get; init; } = [];

    /// <summary>What could not be asked or read.</summary>
    public IReadOnlyList<InspectionProblem> Problems { get; init; } = [];

    /// <summary>Every problem, also of attachments and platforms.</summary>
    public IEnumerable<InspectionProblem> AllProblems => Problems
        .Concat(Attachments.Select(attachment => attachment.Problem).OfType<InspectionProblem>())
        .Concat(Platforms.SelectMany(platform => platform.AllProblems));
}

/// <summary>Where an attachment was found.</summary>
internal enum AttachmentLayout
{
    /// <summary>In a manifest whose subject is the image.</summary>
    Referrer,

    /// <summary>In a layer under one of the image's tags.</summary>
    Tag,
}

/// <summary>Something attached to an image. Only what <see cref="IsVerified"/> covers is more than a claim.</summary>
internal sealed record Attachment
{
    public required AttachmentLayout Layout { get; init; }

    /// <summary>The tag, for the tag layout.</summary>
    public string? Tag { get; init; }

    /// <summary>The referrer manifest's or the layer's digest.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The referrer's artifact type or the layer's media type.</summary>
    public required string Type { get; init; }

    /// <summary>The size of the content in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// What its author says it is: <c>signature</c>, <c>approval</c>, <c>attestation</c>, <c>sbom</c> or <c>other</c>.
    /// </summary>
    public required string Kind { get; init; }

    public string? PredicateType { get; init; }

    /// <summary>Which key its author says it was signed with.</summary>
    public string? KeyHint { get; init; }

    /// <summary>Whether it carries a signature at all.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The known key that has signed it for this very image.</summary>
    public KnownKey? SignedBy { get; init; }

    /// <summary>Whom the certificate that it was signed with was given to; escaped. A claim unless <see cref="CertifiedBy"/> says otherwise.</summary>
    public string? Certificate { get; init; }

    /// <summary>The trust root by which that is so, and by which the certificate's key has signed it for this very image.</summary>
    public string? CertifiedBy { get; init; }

    /// <summary>How many of distinct operators speak for it, with a certificate.</summary>
    public string? Witnesses { get; init; }

    /// <summary>Whether who signed it is known.</summary>
    public bool IsVerified => SignedBy is not null || CertifiedBy is not null;

    /// <summary>What a verified attachment says, in a few words.</summary>
    public string? Summary { get; init; }

    public InspectionProblem? Problem { get; init; }
}

/// <summary>Why something could not be shown as it should.</summary>
internal sealed record InspectionProblem(ReasonCode Reason, string Message);
