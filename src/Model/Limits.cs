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

    /// <summary>Labels, or exposed ports, of one image configuration that is judged.</summary>
    public const int ImageConfigEntries = 4_096;

    /// <summary>Bytes of a simple-signing payload: real ones have a few hundred.</summary>
    public const int SignaturePayloadBytes = 1 * MiB;

    /// <summary>Bytes of a bundle or envelope that carries a report or SBOM; cosign's own cap.</summary>
    public const int AttestationBytes = 128 * MiB;

    /// <summary>
    /// Bytes of a scan report that is read: as it is read piece by piece, more would cost time and no memory. What brings it, a request
    /// or an attestation, has a limit of its own.
    /// </summary>
    public const int ReportBytes = 256 * MiB;

    /// <summary>Bytes of a report that is attested: in base64, with what is around it, it still fits an attestation.</summary>
    public const int AttestedReportBytes = (AttestationBytes / 4 * 3) - (256 * KiB);

    /// <summary>Bytes of all bundles and envelopes that one question downloads: two of the largest.</summary>
    public const int AttachmentsBytes = 2 * AttestationBytes;

    /// <summary>Bytes of a request body to the attestor, reports included, unless configured lower.</summary>
    public const int RequestBytes = 128 * MiB;

    /// <summary>
    /// Bytes of a request in JSON: it is held in memory, several times its size, until its reports are taken out of it.
    /// </summary>
    public const int JsonRequestBytes = 16 * MiB;

    /// <summary>Bytes of an attestor's answer to a client: a decision, or a problem that carries one.</summary>
    public const int AttestorAnswerBytes = 8 * MiB;

    /// <summary>Bytes of a Kubernetes AdmissionReview: the API server's own limit on a request.</summary>
    public const int AdmissionReviewBytes = 3 * MiB;

    /// <summary>Images judged in one admission review or verify request.</summary>
    public const int ImagesPerRequest = 512;

    /// <summary>Bytes of one policy document.</summary>
    public const int PolicyBytes = 1 * MiB;

    /// <summary>Policy documents in one set.</summary>
    public const int PolicyDocuments = 1_000;

    /// <summary>
    /// Bytes of an envelope that several sign: an approval of <see cref="PolicyDocuments"/> with paths of a thousand characters, in base64.
    /// </summary>
    public const int JointEnvelopeBytes = 2 * MiB;

    /// <summary>Signatures of one envelope that several sign: people who approve one policy set.</summary>
    public const int JointSignatures = 16;

    /// <summary>Bytes of the file that keeps the highest policy set version; it has about two hundred.</summary>
    public const int PolicyStateBytes = 4 * KiB;

    /// <summary>Differences between two policy sets that one change writes to the log; the number is always given beside them.</summary>
    public const int LoggedPolicyChanges = 100;

    /// <summary>Nesting of any JSON or YAML document; the deepest real scan report has 15 levels.</summary>
    public const int Depth = 64;

    /// <summary>Parser events of one YAML document.</summary>
    public const int YamlEvents = 200_000;

    /// <summary>Bytes of the <c>index.json</c> of an OCI layout that serves as a registry.</summary>
    public const int LayoutIndexBytes = 16 * MiB;

    /// <summary>Manifests that the <c>index.json</c> of an OCI layout may list: those of all its images.</summary>
    public const int LayoutManifests = 16_384;

    /// <summary>Bytes of one file of Kubernetes manifests: a rendered chart with its resource definitions.</summary>
    public const int ManifestFileBytes = 16 * MiB;

    /// <summary>Documents in one file of Kubernetes manifests.</summary>
    public const int ManifestFileDocuments = 10_000;

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

    /// <summary>Annotations of one statement subject or signature payload.</summary>
    public const int SignatureAnnotations = 256;

    /// <summary>
    /// Transparency log entries, or timestamps, of one bundle. Each is verified for every trust root that is asked, so that this bounds what
    /// one bundle costs; those that clients write have one or two. Other verifiers accept 32.
    /// </summary>
    public const int BundleEntries = 8;

    /// <summary>Bytes of a verification summary's predicate: real ones have a few kilobytes.</summary>
    public const int SummaryBytes = 1 * MiB;

    /// <summary>Input attestations, levels or extensions of one verification summary.</summary>
    public const int SummaryEntries = 1_024;

    /// <summary>Things that one build's provenance may say it read: a large workspace of packages has some thousands.</summary>
    public const int BuildDependencies = 20_000;

    /// <summary>Tests of one kind in a test result: the largest suites have some hundred thousands.</summary>
    public const int TestsInResult = 500_000;

    /// <summary>Attributes of one attribute report: real ones have a few.</summary>
    public const int AttributesInReport = 10_000;

    /// <summary>
    /// Bytes of a predicate that a check of a policy reads as a whole: it takes several times its size in memory. Provenance and test
    /// results have some kilobytes.
    /// </summary>
    public const int JudgedPredicateBytes = 16 * MiB;

    /// <summary>Bytes of an SBOM: the largest of real images have some tens of millions.</summary>
    public const int SbomBytes = 64 * MiB;

    /// <summary>Components of one SBOM; a large image with all its files' packages has some thousands.</summary>
    public const int SbomComponents = 200_000;

    /// <summary>Base images that one check approves, each of which is fetched.</summary>
    public const int BaseImages = 32;

    /// <summary>Characters of a value that is shown of an attestation.</summary>
    public const int ShownValueLength = 64;

    /// <summary>Members of all objects that are open at one point of an attestation.</summary>
    public const int JsonMembers = 250_000;

    /// <summary>Characters of a signature in base64: one by an RSA key of 8192 bits has 1,368.</summary>
    public const int SignatureLength = 4 * KiB;

    /// <summary>Bytes of one key in PEM or DER: an encrypted RSA key of 8192 bits has 7 KiB.</summary>
    public const int KeyBytes = 16 * KiB;

    /// <summary>Bytes of a key file's password.</summary>
    public const int KeyPasswordBytes = 1 * KiB;

    /// <summary>Bits of an RSA modulus: above what any key service makes, verification only takes time.</summary>
    public const int RsaModulusBits = 8_192;

    /// <summary>Bytes of a key service's answer: one with a signature or a public key has a few thousand.</summary>
    public const int KmsAnswerBytes = 64 * KiB;

    /// <summary>Bytes of a file with a token or secret for a key service.</summary>
    public const int KmsSecretBytes = 16 * KiB;

    /// <summary>Pages of a listing of one key's versions.</summary>
    public const int KmsVersionPages = 20;

    /// <summary>Password-derivation rounds a key file may ask for: some seconds of one core.</summary>
    public const int KeyDerivationRounds = 5_000_000;

    /// <summary>
    /// Bytes that deriving the key of a cosign key file may take, and in proportion to them time: cosign's own take 32 or 64 MiB.
    /// </summary>
    public const int KeyDerivationBytes = 256 * MiB;

    /// <summary>Characters of a key id hint.</summary>
    public const int KeyIdLength = 256;

    /// <summary>Reports in one request.</summary>
    public const int ReportsPerRequest = 32;

    /// <summary>SBOMs, provenance and other documents in one request: two for each platform.</summary>
    public const int DocumentsPerRequest = 2 * Platforms;

    /// <summary>
    /// Bytes of a document in a request, which is held in memory: an SBOM of the largest size still fits in base64, with what is around it.
    /// </summary>
    public const int DocumentBytes = (SbomBytes / 3 * 4) + (256 * KiB);

    /// <summary>Findings of one report.</summary>
    public const int Findings = 100_000;

    /// <summary>Aliases, references or locations of one finding.</summary>
    public const int AliasesPerFinding = 1_000;

    /// <summary>Characters of one string that a report is read for; the longest real one has 27,552.</summary>
    public const int ReportStringLength = 64 * KiB;

    /// <summary>Bytes of one JSON token of a report, kept or skipped.</summary>
    public const int ReportTokenBytes = 4 * MiB;

    /// <summary>
    /// Bytes of a report within which its format has to show: they are kept until it does. In real reports it shows at
    /// the top, or where the findings begin.
    /// </summary>
    public const int ReportMarkBytes = 16 * MiB;

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

    /// <summary>Kinds of results in one report, or tools that made it; Trivy has seven kinds.</summary>
    public const int ReportClasses = 32;

    /// <summary>Components of one report that its findings may refer to.</summary>
    public const int ReportComponents = 200_000;

    /// <summary>Secrets, misconfigurations and licence findings of one report.</summary>
    public const int OtherFindings = 100_000;

    /// <summary>Characters of a vulnerability's id; real ones have about twenty.</summary>
    public const int FindingIdLength = 256;

    /// <summary>Findings listed in a decision; the total is always given beside them.</summary>
    public const int FindingsInDecision = 20;

    /// <summary>Bytes of a VEX document: the largest of a vendor's real ones have 23 million.</summary>
    public const int VexBytes = 32 * MiB;

    /// <summary>JSON tokens of a VEX document, each of which takes memory; real ones of 23 million bytes have 600,000.</summary>
    public const int VexTokens = 4_000_000;

    /// <summary>Statements of one VEX document.</summary>
    public const int VexStatements = 100_000;

    /// <summary>Products, and parts of products, that the statements of one VEX document name; real ones name 45,000.</summary>
    public const int VexProducts = 500_000;

    /// <summary>Redirects followed for one registry request.</summary>
    public const int Redirects = 3;

    /// <summary>Tries of one registry request that was throttled or failed on the server's side.</summary>
    public const int RegistryTries = 3;

    /// <summary>Bytes of a token server's answer, and of a credential helper's.</summary>
    public const int RegistryTokenBytes = 64 * KiB;

    /// <summary>Bytes of a registry's error document that are read for its code.</summary>
    public const int RegistryErrorBytes = 16 * KiB;

    /// <summary>Bytes of a Docker configuration file.</summary>
    public const int DockerConfigBytes = 1 * MiB;

    /// <summary>Bytes of a catalogue of known exploited vulnerabilities; CISA's has about two million.</summary>
    public const int KnownExploitedBytes = 16 * MiB;

    /// <summary>Bytes of a file of exploit prediction scores, unpacked; that of all vulnerabilities has about ten million.</summary>
    public const int EpssBytes = 64 * MiB;

    /// <summary>Characters of one line of such a file; real ones have less than a hundred.</summary>
    public const int EpssLineBytes = 256;

    /// <summary>Characters of a pattern in a policy.</summary>
    public const int PatternLength = 512;

    /// <summary>Characters of an idempotency key.</summary>
    public const int IdempotencyKeyLength = 255;

    /// <summary>Bytes of a configuration file.</summary>
    public const int ConfigurationBytes = 1 * MiB;

    /// <summary>Characters of a bearer token; those of build services have one to four thousand.</summary>
    public const int TokenLength = 16 * KiB;

    /// <summary>Bytes of an identity issuer's discovery document or key set.</summary>
    public const int IssuerDocumentBytes = 256 * KiB;

    /// <summary>Keys of an identity issuer's key set.</summary>
    public const int IssuerKeys = 64;

    /// <summary>Bytes of a ledger entry's body; a decision with all its lines has some tens of thousands.</summary>
    public const int LedgerBodyBytes = 16 * MiB;

    /// <summary>Bytes of one document that decisions rest on: as much as the largest SBOM that is judged.</summary>
    public const int LedgerDocumentBytes = 64 * MiB;

    /// <summary>
    /// Decisions looked at for those that concern whoever asks: each is read for it, and somebody whom none concerns may ask as well.
    /// </summary>
    public const int DecisionsLookedAt = 10_000;

    /// <summary>Time for one registry operation, body included.</summary>
    public static readonly TimeSpan RegistryOperation = TimeSpan.FromSeconds(10);

    /// <summary>Time for adding an entry to a tag that other writers change as well.</summary>
    public static readonly TimeSpan TagUpdate = TimeSpan.FromSeconds(60);

    /// <summary>Time for a credential helper to answer.</summary>
    public static readonly TimeSpan CredentialHelper = TimeSpan.FromSeconds(10);

    /// <summary>Time to fetch one document of an identity issuer, body included.</summary>
    public static readonly TimeSpan IssuerFetch = TimeSpan.FromSeconds(5);

    /// <summary>Time for one call to a key service, where the caller has no shorter one.</summary>
    public static readonly TimeSpan KmsCall = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time for which a key that could not be opened is not tried again: of a service that is down every request would otherwise wait anew, and
    /// who has put a key right does not notice so little.
    /// </summary>
    public static readonly TimeSpan KmsRest = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Time for all key services together to tell the public keys of one set of policies: what else the set says, such as that a key is
    /// revoked, waits no longer for a service that hangs.
    /// </summary>
    public static readonly TimeSpan KmsLook = TimeSpan.FromSeconds(5);

    /// <summary>How far a clock elsewhere may run ahead of ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of a signed note: a log's has a few hundred, and each of many witnesses adds about a hundred.</summary>
    public const int NoteBytes = 64 * KiB;

    /// <summary>Signatures of a note, as Go's reader has it.</summary>
    public const int NoteSignatures = 100;

    /// <summary>Bytes of a certificate: real ones have one or two thousand.</summary>
    public const int CertificateBytes = 64 * KiB;

    /// <summary>Extensions of a certificate: those of a public certificate authority for workflows are about thirty.</summary>
    public const int CertificateExtensions = 64;

    /// <summary>Bytes of a trust root: the public one has about 8,000.</summary>
    public const int TrustedRootBytes = 1 * MiB;

    /// <summary>Bytes of a signing configuration: the public one has about 1,500.</summary>
    public const int SigningConfigBytes = 256 * KiB;

    /// <summary>
    /// Bytes of the answer of a log, timestamp authority or certificate authority: a log's proof has a few thousand, a chain of certificates
    /// some more.
    /// </summary>
    public const int TransparencyAnswerBytes = 1 * MiB;

    /// <summary>
    /// Time for one call to a log, timestamp authority or certificate authority: logs of version 2 answer when their next checkpoint is there,
    /// for which they ask to be given 20 s; a request is its worker's for 30 s after each sign of life.
    /// </summary>
    public static readonly TimeSpan TransparencyCall = TimeSpan.FromSeconds(25);

    /// <summary>The longest pause that a log or authority may ask for and is passed on: more is no throttling, and a pipeline would wait for it.</summary>
    public static readonly TimeSpan TransparencyPause = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Bytes that are sent to a log for one signature: a log of version 1 gets the whole envelope, which is in memory several times
    /// while it is sent.
    /// </summary>
    public const int LogRequestBytes = 32 * MiB;

    /// <summary>
    /// Time in which logs and timestamp authorities see what is signed for an image, while somebody waits: forty slow answers, eight at a time.
    /// What was seen by then is on record, and the same request goes on from there.
    /// </summary>
    public static readonly TimeSpan TransparencyStep = TimeSpan.FromMinutes(2);

    /// <summary>Logs or authorities of one kind in a trust root or signing configuration.</summary>
    public const int TrustedInstances = 64;

    /// <summary>Certificates of one authority, or beside a signature: real chains have up to four.</summary>
    public const int ChainCertificates = 16;

    /// <summary>
    /// Nodes of a proof over a log: as many as its tree is high, which is 64 for 2^64 entries, and one more where two trees are compared.
    /// </summary>
    public const int LogProofNodes = 65;

    /// <summary>
    /// Bytes of an artifact that are held to verify signatures over the bytes themselves, as by Ed25519; of larger ones only digests are kept.
    /// </summary>
    public const int HeldArtifactBytes = 64 * MiB;

    /// <summary>Bytes of a timestamp with its certificates: real ones have a few thousand.</summary>
    public const int TimestampBytes = 64 * KiB;

    /// <summary>Bytes of TUF root metadata; Sigstore's has about 7,000, and other clients take as much.</summary>
    public const int TufRootBytes = 512 * KiB;

    /// <summary>Bytes of TUF timestamp metadata: it names one file.</summary>
    public const int TufTimestampBytes = 16 * KiB;

    /// <summary>Bytes of TUF snapshot metadata, whatever the timestamp promises: a repository with many delegations.</summary>
    public const int TufSnapshotBytes = 2 * MiB;

    /// <summary>Bytes of TUF targets metadata, whatever the snapshot promises; as many as other clients take.</summary>
    public const int TufTargetsBytes = 5 * MiB;

    /// <summary>Bytes of a file that a TUF repository serves: trust roots and signing configurations have some thousands.</summary>
    public const int TufTargetBytes = 1 * MiB;

    /// <summary>Roots of a TUF repository that one update goes through: twenty years of one a month.</summary>
    public const int TufRootRotations = 256;

    /// <summary>Keys, signatures or kinds of digests in one document of TUF metadata; Sigstore's root has seven keys.</summary>
    public const int TufKeys = 64;

    /// <summary>Files that one document of TUF metadata, or an archive of a repository, may name.</summary>
    public const int TufFiles = 10_000;

    /// <summary>Characters of a TUF target's name, which file systems take as a path.</summary>
    public const int TufNameLength = 255;

    /// <summary>Bytes of an archive of a TUF repository: its roots, and the longest that two updates fetch, in base64.</summary>
    public const int TufArchiveBytes = 24 * MiB;

    /// <summary>Time for one file of a TUF repository, from the request to its last byte.</summary>
    public static readonly TimeSpan TufFetch = TimeSpan.FromSeconds(30);

    /// <summary>Characters of one annotation beside a signature, such as its certificate: real ones have a few thousand.</summary>
    public const int TagMaterialLength = 256 * KiB;

    /// <summary>Signatures or attestations in one referrer without a bundle: cosign writes one.</summary>
    public const int ReferrerLayers = 4;
}
