// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Model;

/// <summary>
/// Every bound on what comes from outside, in one place. Each is checked before memory is taken, and going over one is
/// a refusal with a reason, never a silent cut.
/// </summary>
public static class Limits
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    /// <summary>Characters of an image name: host 255, path 255, tag 128, digest 135, separators.</summary>
    public const int ImageReferenceLength = 800;

    /// <summary>Characters of a repository path, as registries accept it.</summary>
    public const int RepositoryPathLength = 255;

    /// <summary>Bytes of an image manifest or index: what registries commonly store.</summary>
    public const int ManifestBytes = 4 * MiB;

    /// <summary>Bytes of an image configuration blob.</summary>
    public const int ImageConfigBytes = 8 * MiB;

    /// <summary>Bytes of a simple-signing payload: real ones have a few hundred.</summary>
    public const int SignaturePayloadBytes = 1 * MiB;

    /// <summary>Bytes of a bundle or envelope that carries a report or SBOM; cosign's own cap.</summary>
    public const int AttestationBytes = 128 * MiB;

    /// <summary>Bytes of a request body to the attestor, reports included, unless configured lower.</summary>
    public const int RequestBytes = 128 * MiB;

    /// <summary>Bytes of a Kubernetes AdmissionReview: the API server's own limit on a request.</summary>
    public const int AdmissionReviewBytes = 3 * MiB;

    /// <summary>Images judged in one admission review or verify request.</summary>
    public const int ImagesPerRequest = 512;

    /// <summary>Bytes of one policy document.</summary>
    public const int PolicyBytes = 1 * MiB;

    /// <summary>Policy documents in one set.</summary>
    public const int PolicyDocuments = 1_000;

    /// <summary>Nesting of any JSON or YAML document; the deepest real scan report has 15 levels.</summary>
    public const int Depth = 64;

    /// <summary>Parser events of one YAML document.</summary>
    public const int YamlEvents = 200_000;

    /// <summary>Manifests an index may list.</summary>
    public const int IndexManifests = 1_024;

    /// <summary>Runnable platforms of an index that one request may cover.</summary>
    public const int Platforms = 32;

    /// <summary>Layers of a manifest that is read for its layers (signature tags hold one layer a signature).</summary>
    public const int ManifestLayers = 1_000;

    /// <summary>Pages of a referrers listing.</summary>
    public const int ReferrerPages = 10;

    /// <summary>Referrers of one subject.</summary>
    public const int Referrers = 256;

    /// <summary>Signatures and attestations of one image that are verified.</summary>
    public const int SignaturesPerImage = 64;

    /// <summary>Signature verifications tried for one image (signatures times keys).</summary>
    public const int KeyTrials = 256;

    /// <summary>Subjects of one in-toto statement.</summary>
    public const int StatementSubjects = 1_024;

    /// <summary>Digests of one statement subject.</summary>
    public const int DigestsPerSubject = 32;

    /// <summary>Characters of a key id hint.</summary>
    public const int KeyIdLength = 256;

    /// <summary>Reports in one request.</summary>
    public const int ReportsPerRequest = 32;

    /// <summary>Findings of one report.</summary>
    public const int Findings = 100_000;

    /// <summary>Aliases, references or locations of one finding.</summary>
    public const int AliasesPerFinding = 1_000;

    /// <summary>Characters of one string that a report is read for; the longest real one has 27,552.</summary>
    public const int ReportStringLength = 64 * KiB;

    /// <summary>Bytes of one JSON token of a report, kept or skipped.</summary>
    public const int ReportTokenBytes = 4 * MiB;

    /// <summary>Members of one JSON object of a report; names are kept while their object is open, to find duplicates.</summary>
    public const int ReportObjectMembers = 10_000;

    /// <summary>Texts that are kept of one report: ids, names, versions, locations; a finding has about ten.</summary>
    public const int ReportTexts = 2_000_000;

    /// <summary>Characters of all distinct text that is kept of one report.</summary>
    public const int ReportTextLength = 32 * MiB;

    /// <summary>Digests by which one report names its image: one for each repository it was pushed to.</summary>
    public const int ReportSubjects = 256;

    /// <summary>Results of one report, one for each file or package database that was scanned.</summary>
    public const int ReportResults = 100_000;

    /// <summary>Kinds of results in one report; Trivy has seven.</summary>
    public const int ReportClasses = 32;

    /// <summary>Characters of a vulnerability's id; real ones have about twenty.</summary>
    public const int FindingIdLength = 256;

    /// <summary>Findings listed in a decision; the total is always given beside them.</summary>
    public const int FindingsInDecision = 20;

    /// <summary>Redirects followed for one registry request.</summary>
    public const int Redirects = 3;

    /// <summary>Tries of one registry request that was throttled or failed on the server's side.</summary>
    public const int RegistryTries = 3;

    /// <summary>Characters of a pattern in a policy.</summary>
    public const int PatternLength = 512;

    /// <summary>Characters of an idempotency key.</summary>
    public const int IdempotencyKeyLength = 255;

    /// <summary>Time for one registry operation, body included.</summary>
    public static readonly TimeSpan RegistryOperation = TimeSpan.FromSeconds(10);

    /// <summary>How far a clock elsewhere may run ahead of ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
}
