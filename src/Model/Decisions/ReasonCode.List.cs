// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Model.Decisions;

// The closed list, by what each code is about. docs/reason-codes.md is generated from it.
public sealed partial class ReasonCode
{
    // Requests and identity

    /// <summary>The request is malformed.</summary>
    public static readonly ReasonCode BadRequest = new(
        "BAD_REQUEST", "Requests and identity",
        "The request is malformed.",
        "Send what docs/http-api.md describes.");

    /// <summary>An image name does not follow the grammar.</summary>
    public static readonly ReasonCode BadReference = new(
        "BAD_REFERENCE", "Requests and identity",
        "An image name does not follow the grammar.",
        "Write host/path@sha256:digest.");

    /// <summary>A digest is malformed or of an unknown algorithm.</summary>
    public static readonly ReasonCode BadDigest = new(
        "BAD_DIGEST", "Requests and identity",
        "A digest is malformed or of an unknown algorithm.",
        "Write sha256: and 64 lower-case hexadecimal digits.");

    /// <summary>A tag was given where only a digest is accepted.</summary>
    public static readonly ReasonCode TagNotAllowed = new(
        "TAG_NOT_ALLOWED", "Requests and identity",
        "A tag was given where only a digest is accepted.",
        "Name the image by digest.");

    /// <summary>The bearer token is missing, expired, forged or meant for somebody else.</summary>
    public static readonly ReasonCode TokenInvalid = new(
        "TOKEN_INVALID", "Requests and identity",
        "The bearer token is missing, expired, forged or meant for somebody else.",
        "Request a fresh token from a configured issuer for this audience.");

    /// <summary>No grant covers this requester, repository and attestor, or there is no such thing.</summary>
    public static readonly ReasonCode NotAuthorised = new(
        "NOT_AUTHORISED", "Requests and identity",
        "No grant covers this requester, repository and attestor, or there is no such thing.",
        "Ask the release manager for a requesters entry that matches your claims.");

    /// <summary>Several signing policies cover this requester and image.</summary>
    public static readonly ReasonCode PolicyAmbiguous = new(
        "POLICY_AMBIGUOUS", "Requests and identity",
        "Several signing policies cover this requester and image.",
        "Name the policy in the request.");

    /// <summary>The idempotency key was used for another request.</summary>
    public static readonly ReasonCode IdempotencyConflict = new(
        "IDEMPOTENCY_CONFLICT", "Requests and identity",
        "The idempotency key was used for another request.",
        "Use a new key for a new request.");

    /// <summary>The same request is being worked on.</summary>
    public static readonly ReasonCode RequestInProgress = new(
        "REQUEST_IN_PROGRESS", "Requests and identity",
        "The same request is being worked on.",
        "Ask again after the given time.", isRetryable: true);

    /// <summary>The request is larger or has more parts than accepted.</summary>
    public static readonly ReasonCode RequestLimit = new(
        "REQUEST_LIMIT", "Requests and identity",
        "The request is larger or has more parts than accepted.",
        "Send fewer or smaller reports.");

    /// <summary>Too many requests of this requester.</summary>
    public static readonly ReasonCode RateLimited = new(
        "RATE_LIMITED", "Requests and identity",
        "Too many requests of this requester.",
        "Slow down and retry after the given time.", isRetryable: true);

    // Evidence

    /// <summary>Evidence that the policy requires was not found.</summary>
    public static readonly ReasonCode EvidenceMissing = new(
        "EVIDENCE_MISSING", "Evidence",
        "Evidence that the policy requires was not found.",
        "Send or attach the missing evidence.");

    /// <summary>Evidence could not be fetched.</summary>
    public static readonly ReasonCode EvidenceUnreachable = new(
        "EVIDENCE_UNREACHABLE", "Evidence",
        "Evidence could not be fetched.",
        "Retry when the registry answers.", isRetryable: true);

    /// <summary>There is more evidence than is examined.</summary>
    public static readonly ReasonCode EvidenceLimit = new(
        "EVIDENCE_LIMIT", "Evidence",
        "There is more evidence than is examined.",
        "Remove attachments that nobody needs.");

    /// <summary>The report is of no known format, or of several at once.</summary>
    public static readonly ReasonCode ReportFormat = new(
        "REPORT_FORMAT", "Evidence",
        "The report is of no known format, or of several at once.",
        "Send the scanner's own JSON, unchanged.");

    /// <summary>The report is of a scanner or version that the policy does not accept.</summary>
    public static readonly ReasonCode ReportScannerNotAccepted = new(
        "REPORT_SCANNER_NOT_ACCEPTED", "Evidence",
        "The report is of a scanner or version that the policy does not accept.",
        "Scan with an accepted scanner.");

    /// <summary>The report holds nothing: no bytes, only white space, or an empty JSON value.</summary>
    public static readonly ReasonCode ReportEmpty = new(
        "REPORT_EMPTY", "Evidence",
        "The report holds nothing: no bytes, only white space, or an empty JSON value.",
        "Look at why the scanner wrote nothing.");

    /// <summary>The report is truncated or not strict JSON.</summary>
    public static readonly ReasonCode ReportMalformed = new(
        "REPORT_MALFORMED", "Evidence",
        "The report is truncated or not strict JSON.",
        "Send the scanner's whole output.");

    /// <summary>The report names one member twice, so readers may disagree on it.</summary>
    public static readonly ReasonCode ReportDuplicateMember = new(
        "REPORT_DUPLICATE_MEMBER", "Evidence",
        "The report names one member twice, so readers may disagree on it.",
        "Send the scanner's own output, unedited.");

    /// <summary>The report is too large, too deep or has too many findings.</summary>
    public static readonly ReasonCode ReportLimit = new(
        "REPORT_LIMIT", "Evidence",
        "The report is too large, too deep or has too many findings.",
        "Split the image or raise the cause with the scanner.");

    /// <summary>The report speaks of another image.</summary>
    public static readonly ReasonCode ReportSubjectMismatch = new(
        "REPORT_SUBJECT_MISMATCH", "Evidence",
        "The report speaks of another image.",
        "Scan the image that is to be signed.");

    /// <summary>The report names no image digest.</summary>
    public static readonly ReasonCode ReportUnbound = new(
        "REPORT_UNBOUND", "Evidence",
        "The report names no image digest.",
        "Scan by registry reference, or attach the report as a signed attestation.");

    /// <summary>A runnable platform of the index has no accepted report.</summary>
    public static readonly ReasonCode ReportPlatformGap = new(
        "REPORT_PLATFORM_GAP", "Evidence",
        "A runnable platform of the index has no accepted report.",
        "Scan every platform.");

    /// <summary>The scan or its vulnerability database is too old, dated ahead of the clock, or undated where a date is required.</summary>
    public static readonly ReasonCode ReportStale = new(
        "REPORT_STALE", "Evidence",
        "The scan or its vulnerability database is too old, dated ahead of the clock, or undated where a date is required.",
        "Scan again with a current database.");

    /// <summary>A newer report of this scanner for this image is known and binds.</summary>
    public static readonly ReasonCode ReportSuperseded = new(
        "REPORT_SUPERSEDED", "Evidence",
        "A newer report of this scanner for this image is known and binds.",
        "Send the newest report.");

    /// <summary>Nobody the policy trusts vouches for the report.</summary>
    public static readonly ReasonCode ReportUnvouched = new(
        "REPORT_UNVOUCHED", "Evidence",
        "Nobody the policy trusts vouches for the report.",
        "Have the scanner sign its report, or accept submitted evidence in the policy.");

    /// <summary>The scan did not look at everything, or failed.</summary>
    public static readonly ReasonCode ReportIncomplete = new(
        "REPORT_INCOMPLETE", "Evidence",
        "The scan did not look at everything, or failed.",
        "Scan again with vulnerability scanning switched on for a supported system.");

    /// <summary>A VEX document is of nobody whom the policy lets set findings aside.</summary>
    public static readonly ReasonCode VexUntrusted = new(
        "VEX_UNTRUSTED", "Evidence",
        "A VEX document is of nobody whom the policy lets set findings aside.",
        "Have it signed by an attestor that evidence.vex names; until then it changes nothing.");

    /// <summary>A trusted VEX document cannot be read.</summary>
    public static readonly ReasonCode VexMalformed = new(
        "VEX_MALFORMED", "Evidence",
        "A VEX document of somebody whom the policy trusts cannot be read.",
        "Have its author correct it and attest it again; until then it changes nothing.");

    /// <summary>A report or document was given by reference.</summary>
    public static readonly ReasonCode ReportSource = new(
        "REPORT_SOURCE", "Evidence",
        "A report or document was given by reference.",
        "Send it itself.");

    /// <summary>A document that was sent is not what its part is for, of no known form, or of several at once.</summary>
    public static readonly ReasonCode DocumentFormat = new(
        "DOCUMENT_FORMAT", "Evidence",
        "A document that was sent is not what its part is for, of no known form, or of several at once.",
        "Send an SBOM, an in-toto statement, a DSSE envelope or a Sigstore bundle, unchanged and as what it is.");

    /// <summary>A document that was sent is not strict JSON.</summary>
    public static readonly ReasonCode DocumentMalformed = new(
        "DOCUMENT_MALFORMED", "Evidence",
        "A document that was sent is truncated or not strict JSON.",
        "Send the whole document, unedited.");

    /// <summary>A document that was sent is too large.</summary>
    public static readonly ReasonCode DocumentLimit = new(
        "DOCUMENT_LIMIT", "Evidence",
        "A document that was sent is too large, or there are more signed ones than are verified.",
        "Send less in one request, or attach the document beside the image.");

    /// <summary>A document that was sent speaks of another image.</summary>
    public static readonly ReasonCode DocumentSubjectMismatch = new(
        "DOCUMENT_SUBJECT_MISMATCH", "Evidence",
        "A document that was sent speaks of another image.",
        "Send the document of the image that is to be signed.");

    /// <summary>A document that was sent does not lead to one platform of the image.</summary>
    public static readonly ReasonCode DocumentUnbound = new(
        "DOCUMENT_UNBOUND", "Evidence",
        "A document that was sent does not say which image it is of.",
        "Send it in a statement that names the manifest's digest, or have it made by registry reference.");

    /// <summary>The signature of a document that was sent does not verify with any key of the policy.</summary>
    public static readonly ReasonCode DocumentSignatureInvalid = new(
        "DOCUMENT_SIGNATURE_INVALID", "Evidence",
        "The signature of a document that was sent does not verify with any key of the policy.",
        "Have it signed by an attestor of the policy; where the policy accepts submitted documents, send the statement without the envelope.");

    /// <summary>Only the requester vouches for a document.</summary>
    public static readonly ReasonCode DocumentUnvouched = new(
        "DOCUMENT_UNVOUCHED", "Evidence",
        "Only the requester vouches for a document that was sent.",
        "Have it signed by an attestor of the policy, or accept submitted documents in the policy.");

    // Checks

    /// <summary>Findings exceed the policy's severity limit.</summary>
    public static readonly ReasonCode FindingOverLimit = new(
        "FINDING_OVER_LIMIT", "Checks",
        "Findings exceed the policy's severity limit.",
        "Update the packages named, or ask for an exception.");

    /// <summary>A blocked vulnerability is present.</summary>
    public static readonly ReasonCode CveBlocked = new(
        "CVE_BLOCKED", "Checks",
        "A blocked vulnerability is present.",
        "Update or remove the package.");

    /// <summary>A vulnerability is present that is known to be exploited.</summary>
    public static readonly ReasonCode KnownExploited = new(
        "KNOWN_EXPLOITED", "Checks",
        "A vulnerability is present that is known to be exploited.",
        "Update or remove the package, or ask for an exception that says knownExploited.");

    /// <summary>A vulnerability is likelier to be exploited than the policy accepts, or nobody says how likely.</summary>
    public static readonly ReasonCode EpssOverLimit = new(
        "EPSS_OVER_LIMIT", "Checks",
        "A vulnerability is likelier to be exploited than the policy accepts, or nobody says how likely.",
        "Update the packages named, or ask for an exception.");

    /// <summary>There are more findings of a severity than the policy accepts.</summary>
    public static readonly ReasonCode FindingCountOverLimit = new(
        "FINDING_COUNT_OVER_LIMIT", "Checks",
        "There are more findings of a severity than the policy accepts.",
        "Update packages until fewer findings are left.");

    /// <summary>The policy judges by data about vulnerabilities that the service does not have.</summary>
    public static readonly ReasonCode ThreatDataMissing = new(
        "THREAT_DATA_MISSING", "Checks",
        "The policy judges by data about vulnerabilities that the service does not have.",
        "Configure threatData.");

    /// <summary>The data about vulnerabilities is older than the policy accepts, or dated ahead of the clock.</summary>
    public static readonly ReasonCode ThreatDataStale = new(
        "THREAT_DATA_STALE", "Checks",
        "The data about vulnerabilities is older than the policy accepts, or dated ahead of the clock.",
        "Put a current file in its place.");

    /// <summary>The policy evaluated no check, which is never a pass.</summary>
    public static readonly ReasonCode NoChecks = new(
        "NO_CHECKS", "Checks",
        "The policy evaluated no check, which is never a pass.",
        "Give the policy at least one check.");

    /// <summary>No signer that the policy names attests how the image was built.</summary>
    public static readonly ReasonCode ProvenanceMissing = new(
        "PROVENANCE_MISSING", "Checks",
        "No signer that the policy names attests how the image was built.",
        "Have the build attest its provenance beside the image.");

    /// <summary>The provenance is not what SLSA describes.</summary>
    public static readonly ReasonCode ProvenanceMalformed = new(
        "PROVENANCE_MALFORMED", "Checks",
        "The provenance is not what SLSA describes.",
        "Have the image built and attested again by a current builder.");

    /// <summary>The image was built by a builder that the policy does not name.</summary>
    public static readonly ReasonCode BuilderNotAllowed = new(
        "BUILDER_NOT_ALLOWED", "Checks",
        "The image was built by a builder that the policy does not name.",
        "Build the image with a builder of the policy.");

    /// <summary>The image was built in a way that the policy does not name.</summary>
    public static readonly ReasonCode BuildTypeNotAllowed = new(
        "BUILD_TYPE_NOT_ALLOWED", "Checks",
        "The image was built in a way that the policy does not name.",
        "Build the image in one of the ways of the policy.");

    /// <summary>The image was not built from a source that the policy names.</summary>
    public static readonly ReasonCode SourceNotAllowed = new(
        "SOURCE_NOT_ALLOWED", "Checks",
        "The image was not built from a source that the policy names.",
        "Build the image from a source of the policy.");

    /// <summary>The build was given a parameter that the policy does not know.</summary>
    public static readonly ReasonCode BuildParameterNotAllowed = new(
        "BUILD_PARAMETER_NOT_ALLOWED", "Checks",
        "The build was given a parameter that the policy does not know.",
        "Build without it, or name it in the policy.");

    /// <summary>An attestation does not say what the policy asks for.</summary>
    public static readonly ReasonCode PredicateMismatch = new(
        "PREDICATE_MISMATCH", "Checks",
        "An attestation does not say what the policy asks for.",
        "Fix what the attestation reports, and attest again.");

    /// <summary>The image has no SBOM that counts.</summary>
    public static readonly ReasonCode SbomMissing = new(
        "SBOM_MISSING", "Checks",
        "The image has no SBOM that counts.",
        "Attest an SBOM of every platform beside the image.");

    /// <summary>The SBOM is in a format that the policy does not name.</summary>
    public static readonly ReasonCode SbomFormat = new(
        "SBOM_FORMAT", "Checks",
        "The SBOM is in a format that the policy does not name.",
        "Write the SBOM in a format of the policy.");

    /// <summary>The SBOM cannot be read.</summary>
    public static readonly ReasonCode SbomMalformed = new(
        "SBOM_MALFORMED", "Checks",
        "The SBOM cannot be read.",
        "Write the SBOM again with a current tool.");

    /// <summary>The SBOM leaves out what the policy requires.</summary>
    public static readonly ReasonCode SbomIncomplete = new(
        "SBOM_INCOMPLETE", "Checks",
        "The SBOM leaves out what the policy requires.",
        "Write the SBOM with a tool that tells what is missing.");

    /// <summary>A package is under a licence that the policy denies.</summary>
    public static readonly ReasonCode LicenseDenied = new(
        "LICENSE_DENIED", "Checks",
        "A package is under a licence that the policy denies.",
        "Replace the package.");

    /// <summary>The image has a package that the policy denies.</summary>
    public static readonly ReasonCode PackageDenied = new(
        "PACKAGE_DENIED", "Checks",
        "The image has a package that the policy denies.",
        "Remove the package.");

    /// <summary>The image lies outside the directories that the policy trusts.</summary>
    public static readonly ReasonCode DirectoryNotTrusted = new(
        "DIRECTORY_NOT_TRUSTED", "Checks",
        "The image lies outside the directories that the policy trusts.",
        "Push the image to a trusted directory.");

    /// <summary>The image was built too long ago, or is dated ahead of the clock.</summary>
    public static readonly ReasonCode BuildTooOld = new(
        "BUILD_TOO_OLD", "Checks",
        "The image was built too long ago, or is dated ahead of the clock.",
        "Build the image again.");

    /// <summary>The image does not tell when it was built.</summary>
    public static readonly ReasonCode BuildUndated = new(
        "BUILD_UNDATED", "Checks",
        "The image does not tell when it was built.",
        "Build the image with its time, or let the policy accept images without one.");

    /// <summary>The configuration of the image cannot be judged.</summary>
    public static readonly ReasonCode ImageConfigMissing = new(
        "IMAGE_CONFIG_MISSING", "Checks",
        "The configuration of the image cannot be judged.",
        "Build the image with a current builder.");

    /// <summary>The image runs as root, or does not prove that it does not.</summary>
    public static readonly ReasonCode UserNotAllowed = new(
        "USER_NOT_ALLOWED", "Checks",
        "The image runs as root, or does not prove that it does not.",
        "Give the image a user by number, such as USER 65532.");

    /// <summary>The image exposes a port that the policy denies.</summary>
    public static readonly ReasonCode PortDenied = new(
        "PORT_DENIED", "Checks",
        "The image exposes a port that the policy denies.",
        "Remove the port from the image.");

    /// <summary>The image lacks a label that the policy requires.</summary>
    public static readonly ReasonCode LabelMissing = new(
        "LABEL_MISSING", "Checks",
        "The image lacks a label that the policy requires.",
        "Build the image with the label.");

    /// <summary>The image does not begin with the layers of an approved base image.</summary>
    public static readonly ReasonCode BaseImageNotApproved = new(
        "BASE_IMAGE_NOT_APPROVED", "Checks",
        "The image does not begin with the layers of an approved base image.",
        "Build the image on an approved base image.");

    /// <summary>The image holds more secrets than the policy accepts.</summary>
    public static readonly ReasonCode SecretsFound = new(
        "SECRETS_FOUND", "Checks",
        "The image holds more secrets than the policy accepts.",
        "Remove the secrets from every layer, and replace them: they are known.");

    /// <summary>The image holds more misconfigurations than the policy accepts.</summary>
    public static readonly ReasonCode MisconfigurationsFound = new(
        "MISCONFIGURATIONS_FOUND", "Checks",
        "The image holds more misconfigurations than the policy accepts.",
        "Fix the misconfigurations that the report names.");

    /// <summary>The image holds more licence findings than the policy accepts.</summary>
    public static readonly ReasonCode LicensesFound = new(
        "LICENSES_FOUND", "Checks",
        "The image holds more licence findings than the policy accepts.",
        "Replace the packages that the report names.");

    /// <summary>No report shows that anybody looked for what the check judges.</summary>
    public static readonly ReasonCode NotScannedFor = new(
        "NOT_SCANNED_FOR", "Checks",
        "No report shows that anybody looked for what the check judges.",
        "Scan again with that scanner switched on, or let the policy accept that.");

    // Registry

    /// <summary>The registry is not one that may be contacted.</summary>
    public static readonly ReasonCode RegistryNotAllowed = new(
        "REGISTRY_NOT_ALLOWED", "Registry",
        "The registry is not one that may be contacted.",
        "Use an allowed registry, or allow this one.");

    /// <summary>The registry did not answer, or answered with a server error.</summary>
    public static readonly ReasonCode RegistryUnavailable = new(
        "REGISTRY_UNAVAILABLE", "Registry",
        "The registry did not answer, or answered with a server error.",
        "Retry later.", isRetryable: true);

    /// <summary>The registry asked to slow down.</summary>
    public static readonly ReasonCode RegistryThrottled = new(
        "REGISTRY_THROTTLED", "Registry",
        "The registry asked to slow down.",
        "Retry after the given time.", isRetryable: true);

    /// <summary>The registry sent more, or more slowly, than is accepted.</summary>
    public static readonly ReasonCode RegistryLimit = new(
        "REGISTRY_LIMIT", "Registry",
        "The registry sent more, or more slowly, than is accepted.",
        "Look at what the registry serves.", isRetryable: true);

    /// <summary>The registry refused our credentials.</summary>
    public static readonly ReasonCode RegistryDenied = new(
        "REGISTRY_DENIED", "Registry",
        "The registry refused our credentials.",
        "Give the service access to this repository.");

    /// <summary>The registry answered in a way the distribution specification does not allow.</summary>
    public static readonly ReasonCode RegistryProtocol = new(
        "REGISTRY_PROTOCOL", "Registry",
        "The registry answered in a way the distribution specification does not allow.",
        "Look at the registry or a proxy in between.", isRetryable: true);

    /// <summary>The registry redirected to a place that is not accepted.</summary>
    public static readonly ReasonCode RedirectNotAllowed = new(
        "REDIRECT_NOT_ALLOWED", "Registry",
        "The registry redirected to a place that is not accepted.",
        "Allow the blob host, if it is yours.");

    /// <summary>The registry names an authentication server that is not configured for it.</summary>
    public static readonly ReasonCode RealmNotAllowed = new(
        "REALM_NOT_ALLOWED", "Registry",
        "The registry names an authentication server that is not configured for it.",
        "Configure the realm for this registry.");

    /// <summary>The registry is not configured for plain http, or its certificate is not trusted.</summary>
    public static readonly ReasonCode TlsRequired = new(
        "TLS_REQUIRED", "Registry",
        "The registry is not configured for plain http, or its certificate is not trusted.",
        "Serve TLS with a trusted certificate.");

    /// <summary>The registry has no such image.</summary>
    public static readonly ReasonCode ImageNotFound = new(
        "IMAGE_NOT_FOUND", "Registry",
        "The registry has no such image.",
        "Push the image first.");

    /// <summary>A manifest can be read as two things.</summary>
    public static readonly ReasonCode ManifestAmbiguous = new(
        "MANIFEST_AMBIGUOUS", "Registry",
        "A manifest can be read as two things.",
        "Push a manifest that follows the image specification.");

    /// <summary>A manifest is not what the image specification describes.</summary>
    public static readonly ReasonCode ManifestMalformed = new(
        "MANIFEST_MALFORMED", "Registry",
        "A manifest is not what the image specification describes.",
        "Push a manifest that follows the image specification.");

    /// <summary>Content does not have the digest or size it was asked for by.</summary>
    public static readonly ReasonCode DigestMismatch = new(
        "DIGEST_MISMATCH", "Registry",
        "Content does not have the digest or size it was asked for by.",
        "Look at the registry: it serves other bytes.");

    /// <summary>A manifest names content that the registry does not have.</summary>
    public static readonly ReasonCode BlobMissing = new(
        "BLOB_MISSING", "Registry",
        "A manifest names content that the registry does not have.",
        "Push the missing content.", isRetryable: true);

    /// <summary>Another writer kept replacing what was stored.</summary>
    public static readonly ReasonCode PublishConflict = new(
        "PUBLISH_CONFLICT", "Registry",
        "Another writer kept replacing what was stored.",
        "Retry.", isRetryable: true);

    // Signatures

    /// <summary>No signature was found.</summary>
    public static readonly ReasonCode SignatureMissing = new(
        "SIGNATURE_MISSING", "Signatures",
        "No signature was found.",
        "Sign the image.");

    /// <summary>A signature does not verify with any trusted key.</summary>
    public static readonly ReasonCode SignatureInvalid = new(
        "SIGNATURE_INVALID", "Signatures",
        "A signature does not verify with any trusted key.",
        "Sign the image with a trusted key.");

    /// <summary>A transparency log did not record this signature, or what it says of it does not hold.</summary>
    public static readonly ReasonCode TlogMismatch = new(
        "TLOG_MISMATCH", "Signatures",
        "A transparency log did not record this signature, or what the bundle says the log recorded is not of it.",
        "Sign again, with a log that the trust root names.");

    /// <summary>Nobody who is trusted told when the signature was made.</summary>
    public static readonly ReasonCode TimeUntrusted = new(
        "TIME_UNTRUSTED", "Signatures",
        "Nobody whom the trust root names told when the signature was made.",
        "Sign with a log that signs the time, or with a timestamp authority of the trust root.");

    /// <summary>The certificate of the signer does not count.</summary>
    public static readonly ReasonCode CertInvalid = new(
        "CERT_INVALID", "Signatures",
        "The signer's certificate was not issued by a trusted authority, was not valid when it signed, or is not for signing.",
        "Sign with a certificate of an authority that the trust root names.");

    /// <summary>A signature or its envelope is not well formed.</summary>
    public static readonly ReasonCode SignatureMalformed = new(
        "SIGNATURE_MALFORMED", "Signatures",
        "A signature or its envelope is not well formed.",
        "Sign the image again with a current tool.");

    /// <summary>The signature is by a key or an identity that is not trusted for this.</summary>
    public static readonly ReasonCode KeyNotTrusted = new(
        "KEY_NOT_TRUSTED", "Signatures",
        "The signature is by a key or an identity that is not trusted for this.",
        "Sign as somebody who is trusted for this, with the key or the identity that is expected.");

    /// <summary>The key was made for another purpose.</summary>
    public static readonly ReasonCode KeyPurpose = new(
        "KEY_PURPOSE", "Signatures",
        "The key was made for another purpose.",
        "Use a key of the right purpose.");

    /// <summary>The key was not valid at that time.</summary>
    public static readonly ReasonCode KeyNotValidAtTime = new(
        "KEY_NOT_VALID_AT_TIME", "Signatures",
        "The key was not valid at that time.",
        "Sign with a current key.");

    /// <summary>The key was revoked, and nothing shows that the signature is older.</summary>
    public static readonly ReasonCode KeyRevoked = new(
        "KEY_REVOKED", "Signatures",
        "The key was revoked, and nothing shows that the signature is older.",
        "Have the image judged and signed again with a current key.");

    /// <summary>The signed content is of another type.</summary>
    public static readonly ReasonCode PayloadType = new(
        "PAYLOAD_TYPE", "Signatures",
        "The signed content is of another type.",
        "Attach the attestation the policy asks for.");

    /// <summary>The signed statement speaks of another image.</summary>
    public static readonly ReasonCode SubjectMismatch = new(
        "SUBJECT_MISMATCH", "Signatures",
        "The signed statement speaks of another image.",
        "Sign this image.");

    /// <summary>The signed statement speaks of another repository.</summary>
    public static readonly ReasonCode RepositoryMismatch = new(
        "REPOSITORY_MISMATCH", "Signatures",
        "The signed statement speaks of another repository.",
        "Sign the image where it is deployed from, or remap the repository in the policy.");

    /// <summary>There are more signatures than are examined.</summary>
    public static readonly ReasonCode TooManySignatures = new(
        "TOO_MANY_SIGNATURES", "Signatures",
        "There are more signatures than are examined.",
        "Remove signatures that nobody needs.");

    /// <summary>Too few distinct signers signed.</summary>
    public static readonly ReasonCode ThresholdNotMet = new(
        "THRESHOLD_NOT_MET", "Signatures",
        "Too few distinct keys signed.",
        "Have the missing attestors sign.");

    // Trust roots

    /// <summary>What a repository of trust roots serves, or a trust root that was given, does not hold what it has to.</summary>
    public static readonly ReasonCode TrustRootInvalid = new(
        "TRUST_ROOT_INVALID", "Trust roots",
        "A trust root, or the metadata that vouches for it, does not verify, is malformed, or went back to an earlier version.",
        "Look at where it comes from before anything else; what was trusted before stays trusted.");

    /// <summary>The metadata that vouches for a trust root is past its time.</summary>
    public static readonly ReasonCode TrustRootExpired = new(
        "TRUST_ROOT_EXPIRED", "Trust roots",
        "The metadata that vouches for a trust root is past its time: the repository is not kept up, or somebody shows an old state of it.",
        "Update from the repository itself, or carry a newer archive; look at the clock.");

    /// <summary>The repository of trust roots did not answer.</summary>
    public static readonly ReasonCode TrustRootUnavailable = new(
        "TRUST_ROOT_UNAVAILABLE", "Trust roots",
        "The repository of trust roots did not answer, or not as such a repository does.",
        "Retry later.", isRetryable: true);

    // Approvals and admission

    /// <summary>The image has no approval by the attestor.</summary>
    public static readonly ReasonCode ApprovalMissing = new(
        "APPROVAL_MISSING", "Approvals and admission",
        "The image has no approval by the attestor.",
        "Have the image signed through the attestor.");

    /// <summary>The approval says FAILED.</summary>
    public static readonly ReasonCode ApprovalFailed = new(
        "APPROVAL_FAILED", "Approvals and admission",
        "The approval says FAILED.",
        "Fix what the attestor refused.");

    /// <summary>The approval is too old or past its validity.</summary>
    public static readonly ReasonCode ApprovalExpired = new(
        "APPROVAL_EXPIRED", "Approvals and admission",
        "The approval is too old or past its validity.",
        "Request a new approval.");

    /// <summary>The approval names another verifier than the key belongs to.</summary>
    public static readonly ReasonCode ApprovalWrongVerifier = new(
        "APPROVAL_WRONG_VERIFIER", "Approvals and admission",
        "The approval names another verifier than the key belongs to.",
        "Use the approval of the configured attestor.");

    /// <summary>A required attestation was not found.</summary>
    public static readonly ReasonCode AttestationMissing = new(
        "ATTESTATION_MISSING", "Approvals and admission",
        "A required attestation was not found.",
        "Attach the attestation.");

    /// <summary>The rule's requirement does not hold.</summary>
    public static readonly ReasonCode RuleNotMet = new(
        "RULE_NOT_MET", "Approvals and admission",
        "The rule's requirement does not hold.",
        "See the parts of the requirement.");

    /// <summary>No policy or rule covers this image.</summary>
    public static readonly ReasonCode NoPolicy = new(
        "NO_POLICY", "Approvals and admission",
        "No policy or rule covers this image.",
        "Add a rule, or use an image that one covers.");

    /// <summary>The image is named by tag, which can move.</summary>
    public static readonly ReasonCode TagNotPinned = new(
        "TAG_NOT_PINNED", "Approvals and admission",
        "The image is named by tag, which can move.",
        "Deploy by digest.");

    /// <summary>The object is of a kind whose images are not known.</summary>
    public static readonly ReasonCode KindUnsupported = new(
        "KIND_UNSUPPORTED", "Approvals and admission",
        "The object is of a kind whose images are not known.",
        "Exclude the kind from the webhook, or deploy a supported kind.");

    /// <summary>The admission review is not one.</summary>
    public static readonly ReasonCode ReviewMalformed = new(
        "REVIEW_MALFORMED", "Approvals and admission",
        "The admission review is not one.",
        "Send admission.k8s.io/v1 reviews.");

    /// <summary>The object has more images, or is larger, than is judged.</summary>
    public static readonly ReasonCode ReviewLimit = new(
        "REVIEW_LIMIT", "Approvals and admission",
        "The object has more images, or is larger, than is judged.",
        "Split the workload.");

    /// <summary>An image of the workload was denied.</summary>
    public static readonly ReasonCode ImageDenied = new(
        "IMAGE_DENIED", "Approvals and admission",
        "An image of the workload was denied.",
        "See the image's own checks.");

    /// <summary>The update changes no image.</summary>
    public static readonly ReasonCode ImagesUnchanged = new(
        "IMAGES_UNCHANGED", "Approvals and admission",
        "The update changes no image.",
        "Nothing to do.");

    /// <summary>The object names no image.</summary>
    public static readonly ReasonCode NoImages = new(
        "NO_IMAGES", "Approvals and admission",
        "The object names no image.",
        "Nothing to do.");

    /// <summary>The verification could not be finished.</summary>
    public static readonly ReasonCode VerifyError = new(
        "VERIFY_ERROR", "Approvals and admission",
        "The verification could not be finished.",
        "Retry; look at the verifier's log.", isRetryable: true);

    /// <summary>The verification did not finish in time.</summary>
    public static readonly ReasonCode VerifyTimeout = new(
        "VERIFY_TIMEOUT", "Approvals and admission",
        "The verification did not finish in time.",
        "Retry; look at the registry's latency.", isRetryable: true);

    /// <summary>The caller of the webhook did not show a certificate of a configured authority.</summary>
    public static readonly ReasonCode CallerUntrusted = new(
        "CALLER_UNTRUSTED", "Approvals and admission",
        "The caller of the webhook did not show a certificate of a configured authority.",
        "Give the API server a client certificate in its AdmissionConfiguration.");

    // Policies

    /// <summary>A policy cannot be used as it is.</summary>
    public static readonly ReasonCode PolicyInvalid = new(
        "POLICY_INVALID", "Policies",
        "A policy cannot be used as it is.",
        "Fix the policy; run supplychain policy lint.");

    /// <summary>A policy set is not approved as the service requires, or an earlier one was put in its place.</summary>
    public static readonly ReasonCode PolicyUnapproved = new(
        "POLICY_UNAPPROVED", "Policies",
        "A policy set is not approved as the service requires, or an earlier one was put in its place.",
        "Have exactly these files approved, as a higher version: supplychain policy approve.");

    /// <summary>The policy changed while the request was worked on.</summary>
    public static readonly ReasonCode PolicyChanged = new(
        "POLICY_CHANGED", "Policies",
        "The policy changed while the request was worked on.",
        "Retry.", isRetryable: true);

    // Keys, ledger and service

    /// <summary>The key service did not answer.</summary>
    public static readonly ReasonCode KmsUnavailable = new(
        "KMS_UNAVAILABLE", "Keys, ledger and service",
        "The key service did not answer.",
        "Retry later.", isRetryable: true);

    /// <summary>A key cannot be used as it is.</summary>
    public static readonly ReasonCode KeyUnusable = new(
        "KEY_UNUSABLE", "Keys, ledger and service",
        "A key cannot be used as it is.",
        "Look at the key: where it is, who may read it, how it is encrypted, its password.");

    /// <summary>A signing key is no longer the one it was when it was first used, and no policy says so.</summary>
    public static readonly ReasonCode KeyChanged = new(
        "KEY_CHANGED", "Keys, ledger and service",
        "A signing key is no longer the one it was when it was first used, and no policy says so.",
        "Find out who changed it. If the change is meant, name the new publicKey beside the key in the attestor.");

    /// <summary>The key service returned a signature that does not verify; nothing was published.</summary>
    public static readonly ReasonCode KmsBadSignature = new(
        "KMS_BAD_SIGNATURE", "Keys, ledger and service",
        "The key service returned a signature that does not verify; nothing was published.",
        "Look at the key service at once.", isRetryable: true);

    /// <summary>A transparency log, timestamp authority or certificate authority did not answer.</summary>
    public static readonly ReasonCode TransparencyUnavailable = new(
        "TRANSPARENCY_UNAVAILABLE", "Keys, ledger and service",
        "A transparency log, timestamp authority or certificate authority did not answer.",
        "Retry later.", isRetryable: true);

    /// <summary>A transparency log, timestamp authority or certificate authority does not do what was asked of it.</summary>
    public static readonly ReasonCode TransparencyRefused = new(
        "TRANSPARENCY_REFUSED", "Keys, ledger and service",
        "A transparency log, timestamp authority or certificate authority does not do what was asked of it.",
        "See the attestor's log for what it said: the kind of key, the size of what is recorded, the address.");

    /// <summary>The ledger could not be written; nothing was signed.</summary>
    public static readonly ReasonCode AuditUnavailable = new(
        "AUDIT_UNAVAILABLE", "Keys, ledger and service",
        "The ledger could not be written; nothing was signed.",
        "Look at the ledger's storage.", isRetryable: true);

    /// <summary>The service has not loaded a policy yet, or a dependency is down.</summary>
    public static readonly ReasonCode NotReady = new(
        "NOT_READY", "Keys, ledger and service",
        "The service has not loaded a policy yet, or a dependency is down.",
        "Retry later.", isRetryable: true);

    /// <summary>There is no such record, or it is not yours to see.</summary>
    public static readonly ReasonCode NotFound = new(
        "NOT_FOUND", "Keys, ledger and service",
        "There is no such record, or it is not yours to see.",
        "Look at the id.");

    /// <summary>The service failed in a way it does not know.</summary>
    public static readonly ReasonCode Internal = new(
        "INTERNAL", "Keys, ledger and service",
        "The service failed in a way it does not know.",
        "Retry; look at the service's log.", isRetryable: true);

    /// <summary>Every code, in the list's order.</summary>
    public static IReadOnlyList<ReasonCode> All { get; } =
    [
        BadRequest,
        BadReference,
        BadDigest,
        TagNotAllowed,
        TokenInvalid,
        NotAuthorised,
        PolicyAmbiguous,
        IdempotencyConflict,
        RequestInProgress,
        RequestLimit,
        RateLimited,
        EvidenceMissing,
        EvidenceUnreachable,
        EvidenceLimit,
        ReportFormat,
        ReportScannerNotAccepted,
        ReportEmpty,
        ReportMalformed,
        ReportDuplicateMember,
        ReportLimit,
        ReportSubjectMismatch,
        ReportUnbound,
        ReportPlatformGap,
        ReportStale,
        ReportSuperseded,
        ReportUnvouched,
        ReportIncomplete,
        VexUntrusted,
        VexMalformed,
        ReportSource,
        DocumentFormat,
        DocumentMalformed,
        DocumentLimit,
        DocumentSubjectMismatch,
        DocumentUnbound,
        DocumentSignatureInvalid,
        DocumentUnvouched,
        FindingOverLimit,
        CveBlocked,
        KnownExploited,
        EpssOverLimit,
        FindingCountOverLimit,
        ThreatDataMissing,
        ThreatDataStale,
        NoChecks,
        ProvenanceMissing,
        ProvenanceMalformed,
        BuilderNotAllowed,
        BuildTypeNotAllowed,
        SourceNotAllowed,
        BuildParameterNotAllowed,
        PredicateMismatch,
        SbomMissing,
        SbomFormat,
        SbomMalformed,
        SbomIncomplete,
        LicenseDenied,
        PackageDenied,
        DirectoryNotTrusted,
        BuildTooOld,
        BuildUndated,
        ImageConfigMissing,
        UserNotAllowed,
        PortDenied,
        LabelMissing,
        BaseImageNotApproved,
        SecretsFound,
        MisconfigurationsFound,
        LicensesFound,
        NotScannedFor,
        RegistryNotAllowed,
        RegistryUnavailable,
        RegistryThrottled,
        RegistryLimit,
        RegistryDenied,
        RegistryProtocol,
        RedirectNotAllowed,
        RealmNotAllowed,
        TlsRequired,
        ImageNotFound,
        ManifestAmbiguous,
        ManifestMalformed,
        DigestMismatch,
        BlobMissing,
        PublishConflict,
        SignatureMissing,
        SignatureInvalid,
        TlogMismatch,
        TimeUntrusted,
        CertInvalid,
        SignatureMalformed,
        KeyNotTrusted,
        KeyPurpose,
        KeyNotValidAtTime,
        KeyRevoked,
        PayloadType,
        SubjectMismatch,
        RepositoryMismatch,
        TooManySignatures,
        ThresholdNotMet,
        TrustRootInvalid,
        TrustRootExpired,
        TrustRootUnavailable,
        ApprovalMissing,
        ApprovalFailed,
        ApprovalExpired,
        ApprovalWrongVerifier,
        AttestationMissing,
        RuleNotMet,
        NoPolicy,
        TagNotPinned,
        KindUnsupported,
        ReviewMalformed,
        ReviewLimit,
        ImageDenied,
        ImagesUnchanged,
        NoImages,
        VerifyError,
        VerifyTimeout,
        CallerUntrusted,
        PolicyInvalid,
        PolicyUnapproved,
        PolicyChanged,
        KmsUnavailable,
        KeyUnusable,
        KeyChanged,
        KmsBadSignature,
        TransparencyUnavailable,
        TransparencyRefused,
        AuditUnavailable,
        NotReady,
        NotFound,
        Internal,
    ];
}
