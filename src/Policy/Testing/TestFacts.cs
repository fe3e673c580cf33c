// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Testing;

/// <summary>What is put before policies. What a fixture leaves out is null.</summary>
public sealed record TestFacts
{
    /// <summary>The policy that the request names, or whose rules admit.</summary>
    public string? Policy { get; init; }

    /// <summary>The image, with what its registry would serve.</summary>
    public TestImage? Image { get; init; }

    /// <summary>Who asks for a signature; then signing policies judge.</summary>
    public Requester? Requester { get; init; }

    /// <summary>Where the image is to run; then admission policies judge.</summary>
    public WorkloadContext? Workload { get; init; }

    /// <summary>The time of the server's clock.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Scan reports.</summary>
    public IReadOnlyList<TestReport>? Reports { get; init; }

    /// <summary>Documents that came with the request, unsigned.</summary>
    public IReadOnlyList<TestDocument>? Documents { get; init; }

    /// <summary>Statements about the image.</summary>
    public IReadOnlyList<TestAttestation>? Attestations { get; init; }

    /// <summary>Verification summaries of the image.</summary>
    public IReadOnlyList<TestApproval>? Approvals { get; init; }

    /// <summary>Signatures of the image.</summary>
    public IReadOnlyList<TestSignature>? Signatures { get; init; }

    /// <summary>Base images, as their registries would serve them.</summary>
    public IReadOnlyList<TestImage>? BaseImages { get; init; }

    /// <summary>What is known about vulnerabilities themselves.</summary>
    public TestThreatData? ThreatData { get; init; }

    /// <summary>The files that are named.</summary>
    internal IEnumerable<TestFile> Files =>
    [
        .. (Reports ?? []).Select(report => report.File), .. (Documents ?? []).Select(document => document.File),
        .. (Attestations ?? []).Select(attestation => attestation.Predicate),
        .. new[] { ThreatData?.KnownExploited, ThreatData?.Epss }.OfType<TestFile>(),
    ];

    /// <summary>These facts, and for what they leave out those of <paramref name="given"/>.</summary>
    internal TestFacts Over(TestFacts given) => new()
    {
        Policy = Policy ?? given.Policy,
        Image = Image ?? given.Image,
        // A case about the other gate says only who asks there.
        Requester = Requester ?? (Workload is null ? given.Requester : null),
        Workload = Workload ?? (Requester is null ? given.Workload : null),
        Time = Time ?? given.Time,
        Reports = Reports ?? given.Reports,
        Documents = Documents ?? given.Documents,
        Attestations = Attestations ?? given.Attestations,
        Approvals = Approvals ?? given.Approvals,
        Signatures = Signatures ?? given.Signatures,
        BaseImages = BaseImages ?? given.BaseImages,
        ThreatData = ThreatData ?? given.ThreatData,
    };
}

/// <summary>An image as its registry would serve it.</summary>
/// <param name="Reference">Its name; by digest, unless it is to be judged by tag.</param>
/// <param name="Platforms">Its runnable platforms; none where only signatures are judged.</param>
/// <param name="IsIndex">Whether it is an index.</param>
public sealed record TestImage(ImageReference Reference, IReadOnlyList<PlatformManifest> Platforms, bool IsIndex);

/// <summary>Whose key signs: an attestor of the policies, or somebody they do not know.</summary>
/// <param name="Attestor">The attestor; null for a stranger.</param>
/// <param name="Location">Where it is written.</param>
public sealed record TestSigner(string? Attestor, SourceLocation Location);

/// <summary>A file of evidence.</summary>
/// <param name="Path">Its path from the fixture's folder.</param>
/// <param name="Location">Where the fixture names it.</param>
public sealed record TestFile(string Path, SourceLocation Location);

/// <summary>A scan report.</summary>
/// <param name="File">Its file.</param>
/// <param name="Signer">Who signed it; null when the requester alone vouches for it.</param>
/// <param name="Time">When the envelope around it says it was made, if anything does.</param>
public sealed record TestReport(TestFile File, TestSigner? Signer, DateTimeOffset? Time);

/// <summary>A document as it was sent.</summary>
/// <param name="Kind">What the part it came in is for.</param>
/// <param name="File">Its file.</param>
public sealed record TestDocument(DocumentKind Kind, TestFile File);

/// <summary>A statement about the image, or about one of its platforms.</summary>
/// <param name="Type">The predicate type.</param>
/// <param name="Predicate">The file with the predicate.</param>
/// <param name="Signer">Who signed it.</param>
/// <param name="Platform">The platform it is about; null for the image itself.</param>
public sealed record TestAttestation(string Type, TestFile Predicate, TestSigner Signer, Platform? Platform);

/// <summary>A verification summary.</summary>
/// <param name="Signer">Who signed it.</param>
/// <param name="Time">When it was given.</param>
/// <param name="ValidUntil">When it ends, if it says so.</param>
/// <param name="Repository">The repository it names; null for the image's own.</param>
/// <param name="IsPassed">Whether it says yes.</param>
public sealed record TestApproval(
    TestSigner Signer, DateTimeOffset Time, DateTimeOffset? ValidUntil, Repository? Repository, bool IsPassed);

/// <summary>A signature of the image.</summary>
/// <param name="Signer">Who made it.</param>
/// <param name="Repository">The repository it names; null for the image's own.</param>
public sealed record TestSignature(TestSigner Signer, Repository? Repository);

/// <summary>Files with data about vulnerabilities, as the attestor's configuration names them.</summary>
/// <param name="KnownExploited">The catalogue of known exploited ones.</param>
/// <param name="Epss">The EPSS scores.</param>
public sealed record TestThreatData(TestFile? KnownExploited, TestFile? Epss);
