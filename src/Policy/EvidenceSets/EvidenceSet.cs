// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Where an evidence set comes from. Only live ones are ever enforced.</summary>
public enum EvidenceOrigin
{
    /// <summary>Gathered and verified just now.</summary>
    Live,

    /// <summary>Replayed from the record of an earlier decision.</summary>
    Recorded,

    /// <summary>Made up for a test of a policy.</summary>
    Fixture,
}

/// <summary>
/// Everything that is known about one image, gathered once. Deciding over it needs nothing else but a policy and a
/// time.
/// </summary>
public sealed record EvidenceSet
{
    /// <summary>Where it comes from.</summary>
    public required EvidenceOrigin Origin { get; init; }

    /// <summary>The image.</summary>
    public required ImageSubject Subject { get; init; }

    /// <summary>Scan reports bound to it.</summary>
    public IReadOnlyList<ScanEvidence> Scans { get; init; } = [];

    /// <summary>VEX documents, whatever they are about.</summary>
    public IReadOnlyList<VexEvidence> Vex { get; init; } = [];

    /// <summary>What is known about vulnerabilities themselves.</summary>
    public ThreatData ThreatData { get; init; } = ThreatData.None;

    /// <summary>Statements about it, image signatures excepted.</summary>
    public IReadOnlyList<StoredStatement> Statements { get; init; } = [];

    /// <summary>Documents about it that came with the request, signed or not.</summary>
    public IReadOnlyList<SubmittedDocument> Documents { get; init; } = [];

    /// <summary>Image signatures, in either form.</summary>
    public IReadOnlyList<StoredSignature> Signatures { get; init; } = [];

    /// <summary>The base images that the policy approves, where it asks for them.</summary>
    public IReadOnlyList<BaseImage> BaseImages { get; init; } = [];

    /// <summary>
    /// Statements with certificates that no trust root speaks for, by their digests. They are nobody's and decide nothing; whoever misses one
    /// is told why.
    /// </summary>
    public IReadOnlyList<EvidenceProblem> Unproven { get; init; } = [];

    /// <summary>What was found but could not be made evidence, and what could not be looked for.</summary>
    public IReadOnlyList<EvidenceProblem> Problems { get; init; } = [];
}

/// <summary>The image that is judged, as its registry serves it.</summary>
/// <param name="Repository">Where it is deployed from.</param>
/// <param name="Manifest">Its manifest or index.</param>
/// <param name="IsIndex">Whether that is an index.</param>
/// <param name="Platforms">Its runnable platforms; for a plain manifest one entry, that manifest.</param>
public sealed record ImageSubject(
    Repository Repository, Descriptor Manifest, bool IsIndex, IReadOnlyList<PlatformManifest> Platforms)
{
    /// <summary>The image's digest.</summary>
    public Digest Digest => Manifest.Digest;

    /// <summary>
    /// An image that nobody fetched, known by digest alone: enough for statements, which are bound by digest, and too little for
    /// scans, which need a platform.
    /// </summary>
    public static ImageSubject Unresolved(Repository repository, Digest digest) =>
        new(repository, new Descriptor("application/octet-stream", digest, 0), IsIndex: false, []);

    /// <summary>The image as reports and SBOMs are bound to it.</summary>
    public BindingImage ToBindingImage() => new(
        Digest, IsIndex, [.. Platforms.Select(platform => new BindingPlatform(platform.Manifest.Digest, platform.Config, platform.Platform))]);
}

/// <summary>One runnable platform of an image.</summary>
/// <param name="Platform">The platform; null where a plain manifest does not tell.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Config">The digest of its configuration.</param>
public sealed record PlatformManifest(Platform? Platform, Descriptor Manifest, Digest? Config)
{
    /// <summary>What its configuration says; null when that is not known, or cannot be judged.</summary>
    public ImageConfiguration? Configuration { get; init; }

    /// <summary>Why its configuration cannot be judged, if it was read at all.</summary>
    public ConfigurationProblem? ConfigurationProblem { get; init; }

    /// <summary>The platform, or the manifest's digest where it is not known.</summary>
    public override string ToString() => Platform?.ToString() ?? Manifest.Digest.ToString();
}

/// <summary>A scan report that is bound to a platform of the image.</summary>
public sealed record ScanEvidence
{
    /// <summary>The digest of the stored bytes: the report, or the envelope it came in.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The report.</summary>
    public required ScanReport Report { get; init; }

    /// <summary>Who vouches for it.</summary>
    public required EvidenceSource Source { get; init; }

    /// <summary>The key that signed it; null when nobody did.</summary>
    public PublicKey? SignedBy { get; init; }

    /// <summary>How firmly it is tied to the image.</summary>
    public required EvidenceBinding Binding { get; init; }

    /// <summary>The digest of the platform manifest it covers.</summary>
    public required Digest Covers { get; init; }

    /// <summary>The time that the envelope around it tells, if any.</summary>
    public DateTimeOffset? EnvelopeTime { get; init; }

    /// <summary>When it was made: the older of the report's and the envelope's time; null when neither tells.</summary>
    public DateTimeOffset? Time => Report.Time is { } inside && EnvelopeTime is { } around
        ? inside < around ? inside : around
        : Report.Time ?? EnvelopeTime;
}

/// <summary>A verified statement and where it was found.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Layout">The layout it was stored in; null when it came with the request.</param>
public sealed record StoredStatement(VerifiedStatement Statement, StorageLayout? Layout)
{
    /// <summary>
    /// The bundle it came in, where that was read for what speaks for its signer; empty where the key alone was asked, and the statement
    /// says everything.
    /// </summary>
    public ReadOnlyMemory<byte> Bundle { get; init; }
}

/// <summary>A verified image signature and where it was found.</summary>
/// <param name="Signature">The signature.</param>
/// <param name="Layout">The layout it was stored in.</param>
public sealed record StoredSignature(VerifiedSignature Signature, StorageLayout Layout);

/// <summary>Something that could not be made evidence, or could not be looked for.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">One sentence for people, safe to show.</param>
/// <param name="IsError">Whether it may be otherwise when asked again.</param>
public sealed record EvidenceProblem(ReasonCode Reason, string Message, bool IsError)
{
    /// <summary>The digest of what was found, if something was.</summary>
    public Digest? Evidence { get; init; }

    /// <summary>What was asked for.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found.</summary>
    public string? Actual { get; init; }
}
