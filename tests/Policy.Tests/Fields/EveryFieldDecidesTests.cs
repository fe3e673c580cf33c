// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>
/// For every field of every kind there is a change to that field alone that changes a decision. The
/// fields come from the schemas, so that a field without such a change fails here.
/// </summary>
public sealed partial class EveryFieldDecidesTests
{
    private const string Exceptions = "spec.checks[0].vulnerabilities.exceptions";

    /// <summary>A change to one field: what stands there before and after, where the base policy does not already say it.</summary>
    private sealed record Flip(string Kind, string Field, string Path, string? To, string? From = null, (string Path, string? Value)[]? Given = null)
    {
        /// <summary>Whether the change makes the policy unusable rather than decide otherwise.</summary>
        public bool Refuses { get; init; }

        /// <summary>Whether the field is only told: then the revision, which every decision carries, is what changes.</summary>
        public bool OnlyTold { get; init; }
    }

    private static readonly (string, string?)[] WithException =
    [
        (Exceptions, """
            [{ "id": "CVE-2026-1", "package": "openssl", "versions": "<3.0.20", "subjects": ["registry.example.com/payments/api"],
               "until": "2027-01-31", "owner": "platform", "reason": "r", "ticket": "T-1" }]
            """),
    ];

    private const string Vex = """
        [{ "signedBy": ["scanner-service"], "products": ["pkg:oci/api"], "statuses": ["not_affected", "fixed"], "maximumAge": "90d" }]
        """;

    private const string Posters = """[{ "issuer": "https://ci.example.com", "claims": { "repository_id": "482193", "ref": "refs/heads/main" } }]""";

    private const string Transparency = """{ "trustRoot": "private", "log": "required", "timestamp": "required" }""";

    private static readonly (string, string?)[] WithPosters = [("spec.evidence.posters", Posters)];

    private static readonly (string, string?)[] WithVex = [("spec.evidence.vex", Vex)];

    private static readonly (string, string?)[] Lenient = [("spec.rules[0].enforcement", "\"warn\""), ("spec.rules[0].until", "\"2026-11-30\"")];

    private static readonly (string, string?)[] LenientDefault = [("spec.default.enforcement", "\"dryRun\""), ("spec.default.until", "\"2026-11-30\"")];

    private static readonly (string, string?)[] Remapped =
        [("spec.rules[0].repository", """{ "remap": [{ "from": "registry.example.com", "to": "origin.example.com" }] }""")];

    private static readonly (string, string?)[] RemappedDefault =
    [
        ("spec.default.require", """{ "approval": { "attestor": "release", "maximumAge": "30d" } }"""),
        ("spec.default.repository", """{ "remap": [{ "from": "registry.example.com", "to": "origin.example.com" }] }"""),
    ];

    private static readonly (string, string?)[] Threshold =
    [
        ("spec.rules[0].require", """{ "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "security" } }, { "signature": { "attestor": "qa" } }] } }"""),
    ];

    private static readonly (string, string?)[] Attested =
        [("spec.rules[0].require", $$"""{ "attestation": { "type": "{{PredicateTypes.VulnerabilityScan}}", "attestor": "scanner-service" } }""")];

    private static readonly Flip[] Flips =
    [
        new("Attestor", "apiVersion", "apiVersion", "\"supplychain/v2\"") { Refuses = true },
        new("Attestor", "kind", "kind", "\"SigningPolicy\"") { Refuses = true },
        new("Attestor", "metadata", "metadata", null) { Refuses = true },
        new("Attestor", "metadata.name", "metadata.name", "\"renamed\"") { Refuses = true },
        new("Attestor", "metadata.description", "metadata.description", "\"other\"") { OnlyTold = true },
        new("Attestor", "spec", "spec", null) { Refuses = true },
        new("Attestor", "spec.purpose", "spec.purpose", "\"evidence\"") { Refuses = true },
        new("Attestor", "spec.verifierId", "spec.verifierId", "\"https://attestor.example.com\""),
        new("Attestor", "spec.members", "spec.members", $$"""[{ "key": "file:keys/release" }, { "publicKey": {{Quote(TestKey.Stranger.Pem)}} }]"""),
        new("Attestor", "spec.members[].key", "spec.members[0].key", "\"file:keys/other\""),
        new("Attestor", "spec.members[].publicKey", "spec.members[1].publicKey", Quote(TestKey.Stranger.Pem), Quote(TestKey.New().Pem), Given: [("spec.members[+]", "{}")]),
        new("Attestor", "spec.members[].algorithm", "spec.members[1].algorithm", "\"ecdsa-p384-sha256\"", Given: [("spec.members[+]", $$"""{ "publicKey": {{Quote(Probe.P384Pem)}} }""")]),
        new("Attestor", "spec.members[].state", "spec.members[0].state", "\"verifying\"") { Refuses = true },
        new("Attestor", "spec.members[].revokedAt", "spec.members[1].revokedAt", null, Given: [("spec.members[+]", $$"""{ "publicKey": {{Quote(TestKey.Stranger.Pem)}}, "state": "revoked", "revokedAt": "2026-11-01" }""")]) { Refuses = true },
        new("Attestor", "spec.members[].validFrom", "spec.members[0].validFrom", "\"2026-12-01\""),
        new("Attestor", "spec.members[].validUntil", "spec.members[0].validUntil", "\"2026-11-01\""),

        new("SigningPolicy", "apiVersion", "apiVersion", "\"supplychain/v2\"") { Refuses = true },
        new("SigningPolicy", "kind", "kind", "\"Attestor\"") { Refuses = true },
        new("SigningPolicy", "metadata", "metadata", null) { Refuses = true },
        new("SigningPolicy", "metadata.name", "metadata.name", "\"renamed\""),
        new("SigningPolicy", "metadata.description", "metadata.description", "\"other\"") { OnlyTold = true },
        new("SigningPolicy", "spec", "spec", null) { Refuses = true },
        new("SigningPolicy", "spec.subjects", "spec.subjects[0]", "\"registry.example.com/other/**\""),
        new("SigningPolicy", "spec.requesters", "spec.requesters[+]", """{ "issuer": "https://other.example.com", "claims": { "ref": "refs/heads/main" } }"""),
        new("SigningPolicy", "spec.requesters[].issuer", "spec.requesters[0].issuer", "\"https://other.example.com\""),
        new("SigningPolicy", "spec.requesters[].claims", "spec.requesters[0].claims", """{ "repository_id": "482193" }"""),
        new("SigningPolicy", "spec.requesters[].claims.*", "spec.requesters[0].claims.ref", "\"refs/heads/other\""),
        new("SigningPolicy", "spec.evidence.posters", "spec.evidence.posters", Posters),
        new("SigningPolicy", "spec.evidence.posters[].issuer", "spec.evidence.posters[0].issuer", "\"https://other.example.com\"", Given: WithPosters),
        new("SigningPolicy", "spec.evidence.posters[].claims", "spec.evidence.posters[0].claims", """{ "repository_id": "482193" }""", Given: WithPosters),
        new("SigningPolicy", "spec.evidence.posters[].claims.*", "spec.evidence.posters[0].claims.ref", "\"refs/heads/other\"", Given: WithPosters),
        new("SigningPolicy", "spec.attestor", "spec.attestor", "\"second\""),
        new("SigningPolicy", "spec.mode", "spec.mode", "\"observe\"") { Refuses = true },
        new("SigningPolicy", "spec.until", "spec.until", "\"2026-12-30\"", "\"2026-11-30\"", [("spec.mode", "\"observe\"")]),
        new("SigningPolicy", "spec.evidence", "spec.evidence", null) { Refuses = true },
        new("SigningPolicy", "spec.evidence.scanners", "spec.evidence.scanners[+]", """{ "name": "grype", "source": "submitted" }"""),
        new("SigningPolicy", "spec.evidence.scanners[].name", "spec.evidence.scanners[0].name", "\"grype\""),
        new("SigningPolicy", "spec.evidence.scanners[].minimumVersion", "spec.evidence.scanners[0].minimumVersion", "\"0.58\""),
        new("SigningPolicy", "spec.evidence.scanners[].versions", "spec.evidence.scanners[0].versions", "\">=0.40, <0.58\""),
        new("SigningPolicy", "spec.evidence.scanners[].formats", "spec.evidence.scanners[0].formats", """["sarif", "cyclonedx"]"""),
        new("SigningPolicy", "spec.evidence.scanners[].source", "spec.evidence.scanners[0]", """{ "name": "trivy", "source": "attested", "signedBy": ["scanner-service"] }"""),
        new("SigningPolicy", "spec.evidence.scanners[].signedBy", "spec.evidence.scanners[0].signedBy", """["other-scanner"]""", Given: [("spec.evidence.scanners[0]", """{ "name": "trivy", "source": "attested", "signedBy": ["scanner-service"] }""")]),
        new("SigningPolicy", "spec.evidence.scanners[].binding", "spec.evidence.scanners[0].binding", "\"asserted\""),
        new("SigningPolicy", "spec.evidence.combine", "spec.evidence.combine", "\"any\"", Given: [("spec.evidence.scanners[+]", """{ "name": "grype", "source": "submitted" }""")]),
        new("SigningPolicy", "spec.evidence.combine.atLeast", "spec.evidence.combine.atLeast", "2", Given: [("spec.evidence.scanners[+]", """{ "name": "grype", "source": "submitted" }"""), ("spec.evidence.combine", """{ "atLeast": 1 }""")]),
        new("SigningPolicy", "spec.evidence.vex", "spec.evidence.vex", Vex),
        new("SigningPolicy", "spec.evidence.vex[].signedBy", "spec.evidence.vex[0].signedBy", """["other-scanner"]""", Given: WithVex),
        new("SigningPolicy", "spec.evidence.vex[].predicateTypes", "spec.evidence.vex[0].predicateTypes", """["https://cyclonedx.org/bom"]""", Given: WithVex),
        new("SigningPolicy", "spec.evidence.vex[].products", "spec.evidence.vex[0].products", """["pkg:oci/other"]""", Given: WithVex),
        new("SigningPolicy", "spec.evidence.vex[].statuses", "spec.evidence.vex[0].statuses", """["fixed"]""", Given: WithVex),
        new("SigningPolicy", "spec.evidence.vex[].maximumAge", "spec.evidence.vex[0].maximumAge", "\"1d\"", Given: WithVex),
        new("SigningPolicy", "spec.evidence.vex[].blanket", "spec.evidence.vex[0].blanket", "\"accept\"", Given: WithVex),
        new("SigningPolicy", "spec.evidence.maximumScanAge", "spec.evidence.maximumScanAge", "\"48h\""),
        new("SigningPolicy", "spec.evidence.maximumScanAge.limit", "spec.evidence.maximumScanAge", """{ "limit": "36h" }""", """{ "limit": "24h" }"""),
        new("SigningPolicy", "spec.evidence.maximumScanAge.whenMissing", "spec.evidence.maximumScanAge", """{ "limit": "24h", "whenMissing": "accept" }""", """{ "limit": "24h" }"""),
        new("SigningPolicy", "spec.evidence.maximumDatabaseAge", "spec.evidence.maximumDatabaseAge", "\"48h\""),
        new("SigningPolicy", "spec.evidence.maximumDatabaseAge.limit", "spec.evidence.maximumDatabaseAge.limit", "\"72h\""),
        new("SigningPolicy", "spec.evidence.maximumDatabaseAge.whenMissing", "spec.evidence.maximumDatabaseAge.whenMissing", "\"refuse\""),
        new("SigningPolicy", "spec.evidence.platforms", "spec.evidence.platforms", """["linux/amd64"]"""),
        new("SigningPolicy", "spec.checks", "spec.checks[+]", """{ "name": "second", "vulnerabilities": { "maximumFixableSeverity": "BLOCK_ALL", "maximumUnfixableSeverity": "BLOCK_ALL" } }"""),
        new("SigningPolicy", "spec.checks[].name", "spec.checks[0].name", "\"renamed\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities", "spec.checks[0].vulnerabilities", """{ "maximumFixableSeverity": "ALLOW_ALL", "maximumUnfixableSeverity": "ALLOW_ALL" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maximumFixableSeverity", "spec.checks[0].vulnerabilities.maximumFixableSeverity", "\"CRITICAL\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maximumUnfixableSeverity", "spec.checks[0].vulnerabilities.maximumUnfixableSeverity", "\"CRITICAL\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.unknownSeverity", "spec.checks[0].vulnerabilities.unknownSeverity", "\"LOW\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.severityFrom", "spec.checks[0].vulnerabilities.severityFrom", "\"cvss\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.fixableGracePeriod", "spec.checks[0].vulnerabilities.fixableGracePeriod", "\"7d\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.fixableGracePeriod.limit", "spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "limit": "1d" }""", """{ "limit": "7d" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.fixableGracePeriod.whenMissing", "spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "limit": "7d", "whenMissing": "accept" }""", """{ "limit": "7d" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount", "spec.checks[0].vulnerabilities.maxCount", """{ "LOW": 0 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount.CRITICAL", "spec.checks[0].vulnerabilities.maxCount", """{ "CRITICAL": 0 }""", """{ "CRITICAL": 9 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount.HIGH", "spec.checks[0].vulnerabilities.maxCount", """{ "HIGH": 0 }""", """{ "HIGH": 9 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount.MEDIUM", "spec.checks[0].vulnerabilities.maxCount", """{ "MEDIUM": 0 }""", """{ "MEDIUM": 9 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount.LOW", "spec.checks[0].vulnerabilities.maxCount", """{ "LOW": 0 }""", """{ "LOW": 9 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.maxCount.MINIMAL", "spec.checks[0].vulnerabilities.maxCount", """{ "MINIMAL": 0 }""", """{ "MINIMAL": 9 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.knownExploited", "spec.checks[0].vulnerabilities.knownExploited", "\"deny\"", "\"allow\""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.knownExploited.action", "spec.checks[0].vulnerabilities.knownExploited", """{ "action": "deny" }""", """{ "action": "allow" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.knownExploited.maximumAge", "spec.checks[0].vulnerabilities.knownExploited", """{ "action": "deny", "maximumAge": "1d" }""", """{ "action": "deny" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.epss", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5, "whenMissing": "accept" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.epss.maximum", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5, "whenMissing": "accept" }""", """{ "maximum": 0.95, "whenMissing": "accept" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.epss.whenMissing", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5, "whenMissing": "accept" }""", """{ "maximum": 0.5 }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.epss.maximumAge", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5, "whenMissing": "accept", "maximumAge": "1d" }""", """{ "maximum": 0.5, "whenMissing": "accept" }"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.blockedCves", "spec.checks[0].vulnerabilities.blockedCves", """["CVE-2021-44228"]"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions", Exceptions, """[{ "id": "CVE-2026-1", "until": "2027-01-31", "owner": "a", "reason": "b" }]"""),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].id", Exceptions + "[0].id", "\"CVE-2026-9\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].package", Exceptions + "[0].package", "\"zlib\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].versions", Exceptions + "[0].versions", "\"<3.0.1\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].subjects", Exceptions + "[0].subjects", """["registry.example.com/payments/ledger"]""", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].notBefore", Exceptions + "[0].notBefore", "\"2026-12-01\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].knownExploited", Exceptions + "[0].knownExploited", "true", Given: [("spec.checks[0].vulnerabilities.knownExploited", "\"deny\""), (Exceptions, """[{ "id": "CVE-2021-44228", "until": "2027-01-31", "owner": "a", "reason": "b" }]""")]),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].until", Exceptions + "[0].until", "\"2026-11-21\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].owner", Exceptions + "[0].owner", "\"other\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].reason", Exceptions + "[0].reason", "\"other\"", Given: WithException),
        new("SigningPolicy", "spec.checks[].vulnerabilities.exceptions[].ticket", Exceptions + "[0].ticket", "\"T-2\"", Given: WithException),
        new("SigningPolicy", "spec.produce", "spec.produce", """{ "validFor": "1d" }"""),
        new("SigningPolicy", "spec.produce.signature", "spec.produce", """{ "signature": false }""", "{}"),
        new("SigningPolicy", "spec.produce.layouts", "spec.produce", """{ "layouts": ["bundle"] }""", "{}"),
        new("SigningPolicy", "spec.produce.attestations", "spec.produce", """{ "attestations": [] }""", "{}"),
        new("SigningPolicy", "spec.produce.vsa", "spec.produce", """{ "vsa": false }""", "{}"),
        new("SigningPolicy", "spec.produce.validFor", "spec.produce", """{ "validFor": "5d" }""", "{}"),

        new("SigningPolicy", "spec.transparency", "spec.transparency", Transparency),
        new("SigningPolicy", "spec.transparency.trustRoot", "spec.transparency.trustRoot", "\"other\"", Given: [("spec.transparency", Transparency)]),
        new("SigningPolicy", "spec.transparency.log", "spec.transparency.log", "\"none\"", Given: [("spec.transparency", Transparency)]),
        new("SigningPolicy", "spec.transparency.timestamp", "spec.transparency.timestamp", "\"none\"", Given: [("spec.transparency", Transparency)]),

        new("AdmissionPolicy", "apiVersion", "apiVersion", "\"supplychain/v2\"") { Refuses = true },
        new("AdmissionPolicy", "kind", "kind", "\"SigningPolicy\"") { Refuses = true },
        new("AdmissionPolicy", "metadata", "metadata", null) { Refuses = true },
        new("AdmissionPolicy", "metadata.name", "metadata.name", "\"renamed\""),
        new("AdmissionPolicy", "metadata.description", "metadata.description", "\"other\"") { OnlyTold = true },
        new("AdmissionPolicy", "spec", "spec", null) { Refuses = true },
        new("AdmissionPolicy", "spec.registries", "spec.registries[+]", "\"quay.io\""),
        new("AdmissionPolicy", "spec.exempt", "spec.exempt", null),
        new("AdmissionPolicy", "spec.exempt[].images", "spec.exempt[0].images", """["registry.k8s.io/other"]"""),
        new("AdmissionPolicy", "spec.exempt[].reason", "spec.exempt[0].reason", "\"other\""),
        new("AdmissionPolicy", "spec.rules", "spec.rules", null),
        new("AdmissionPolicy", "spec.rules[].name", "spec.rules[0].name", "\"renamed\""),
        new("AdmissionPolicy", "spec.rules[].scope", "spec.rules[0].scope", """{ "namespace": "other" }"""),
        new("AdmissionPolicy", "spec.rules[].scope.cluster", "spec.rules[0].scope.cluster", "\"test\""),
        new("AdmissionPolicy", "spec.rules[].scope.namespace", "spec.rules[0].scope.namespace", "\"other\""),
        new("AdmissionPolicy", "spec.rules[].scope.serviceAccount", "spec.rules[0].scope.serviceAccount", "\"api\""),
        new("AdmissionPolicy", "spec.rules[].scope.node", "spec.rules[0].scope.node", "\"node-1\""),
        new("AdmissionPolicy", "spec.rules[].enforcement", "spec.rules[0].enforcement", "\"dryRun\"", Given: Lenient),
        new("AdmissionPolicy", "spec.rules[].until", "spec.rules[0].until", "\"2026-12-30\"", Given: Lenient),
        new("AdmissionPolicy", "spec.rules[].tags", "spec.rules[0].tags", "\"pin\"") { Refuses = true },
        new("AdmissionPolicy", "spec.rules[].repository", "spec.rules[0].repository", "\"any\""),
        new("AdmissionPolicy", "spec.rules[].repository.remap", "spec.rules[0].repository.remap[+]", """{ "from": "registry.example.com/payments", "to": "other.example.com" }""", Given: Remapped),
        new("AdmissionPolicy", "spec.rules[].repository.remap[].from", "spec.rules[0].repository.remap[0].from", "\"registry.example.com/other\"", Given: Remapped),
        new("AdmissionPolicy", "spec.rules[].repository.remap[].to", "spec.rules[0].repository.remap[0].to", "\"other.example.com\"", Given: Remapped),
        new("AdmissionPolicy", "spec.rules[].layouts", "spec.rules[0].layouts", """["bundle"]""", Given: Threshold),
        new("AdmissionPolicy", "spec.rules[].require", "spec.rules[0].require", """{ "signature": { "attestor": "security" } }"""),
        new("AdmissionPolicy", "spec.default", "spec.default", null),
        new("AdmissionPolicy", "spec.default.enforcement", "spec.default.enforcement", "\"warn\"", Given: LenientDefault),
        new("AdmissionPolicy", "spec.default.until", "spec.default.until", "\"2026-12-30\"", Given: LenientDefault),
        new("AdmissionPolicy", "spec.default.tags", "spec.default.tags", "\"pin\"") { Refuses = true },
        new("AdmissionPolicy", "spec.default.repository", "spec.default.repository", "\"any\"", Given: [("spec.default.require", """{ "approval": { "attestor": "release", "maximumAge": "30d" } }""")]),
        new("AdmissionPolicy", "spec.default.repository.remap", "spec.default.repository.remap[+]", """{ "from": "registry.example.com/payments", "to": "other.example.com" }""", Given: RemappedDefault),
        new("AdmissionPolicy", "spec.default.repository.remap[].from", "spec.default.repository.remap[0].from", "\"registry.example.com/other\"", Given: RemappedDefault),
        new("AdmissionPolicy", "spec.default.repository.remap[].to", "spec.default.repository.remap[0].to", "\"other.example.com\"", Given: RemappedDefault),
        new("AdmissionPolicy", "spec.default.layouts", "spec.default.layouts", """["bundle"]"""),
        new("AdmissionPolicy", "spec.default.require", "spec.default.require", """{ "signature": { "attestor": "qa" } }"""),
        new("AdmissionPolicy", "requirement.all", "spec.rules[0].require.all[+]", """{ "signature": { "attestor": "qa" } }""", Given: [("spec.rules[0].require", """{ "all": [{ "signature": { "attestor": "security" } }] }""")]),
        new("AdmissionPolicy", "requirement.any", "spec.rules[0].require.any[+]", """{ "signature": { "attestor": "qa" } }""", Given: [("spec.rules[0].require", """{ "any": [{ "signature": { "attestor": "security" } }] }""")]),
        new("AdmissionPolicy", "requirement.atLeast", "spec.rules[0].require", """{ "signature": { "attestor": "security" } }""", Given: Threshold),
        new("AdmissionPolicy", "requirement.atLeast.count", "spec.rules[0].require.atLeast.count", "1", Given: Threshold),
        new("AdmissionPolicy", "requirement.atLeast.of", "spec.rules[0].require.atLeast.of[+]", """{ "signature": { "attestor": "release" } }""", Given: Threshold),
        new("AdmissionPolicy", "requirement.approval", "spec.rules[0].require.approval", """{ "attestor": "security" }"""),
        new("AdmissionPolicy", "requirement.approval.attestor", "spec.rules[0].require.approval.attestor", "\"security\""),
        new("AdmissionPolicy", "requirement.approval.maximumAge", "spec.rules[0].require.approval.maximumAge", "\"10d\"", Given: [("spec.rules[0].repository", "\"any\"")]),
        new("AdmissionPolicy", "requirement.signature", "spec.default.require.signature", """{ "attestor": "qa" }"""),
        new("AdmissionPolicy", "requirement.signature.attestor", "spec.default.require.signature.attestor", "\"qa\""),
        new("AdmissionPolicy", "requirement.attestation", "spec.rules[0].require", """{ "signature": { "attestor": "qa" } }""", Given: Attested),
        new("AdmissionPolicy", "requirement.attestation.type", "spec.rules[0].require.attestation.type", "\"https://example.com/other\"", Given: Attested),
        new("AdmissionPolicy", "requirement.attestation.attestor", "spec.rules[0].require.attestation.attestor", "\"security\"", Given: Attested),
        .. CheckFlips,
        .. IdentityFlips,
    ];

    public static TheoryData<string> Kinds => [.. SchemaFields.Kinds.Keys];

    public static TheoryData<string, string> Fields
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var flip in Flips)
                rows.Add(flip.Kind, flip.Field);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_field_of_the_schema_has_its_change(string kind) => Assert.Equal(
        SchemaFields.Of(kind), Flips.Where(flip => flip.Kind == kind).Select(flip => flip.Field).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    [Theory, MemberData(nameof(Fields))]
    public void A_change_to_the_field_alone_changes_a_decision(string kind, string field)
    {
        var flip = Flips.Single(candidate => candidate.Kind == kind && candidate.Field == field);
        var before = Load(flip, flip.From is null ? flip.Given ?? [] : [.. flip.Given ?? [], (flip.Path, flip.From)]);
        var after = Load(flip, [.. flip.Given ?? [], (flip.Path, flip.To)]);

        Assert.True(before.IsUsable, string.Join("\n", before.Problems));
        Assert.True(flip.Refuses != after.IsUsable, string.Join("\n", after.Problems));
        if (flip.OnlyTold)
        {
            Assert.Equal(Probe.Ask(before), Probe.Ask(after));
            Assert.NotEqual(before.Set.Revision, after.Set!.Revision);
        }
        else
        {
            Assert.NotEqual(Probe.Ask(before), Probe.Ask(after));
        }
    }

    /// <summary>Kind, path in the schema, path in a document, and what has to be there for it.</summary>
    public static TheoryData<string, string, string, string?, string?> Objects => new()
    {
        { "Attestor", "", "", null, null },
        { "Attestor", "metadata", "metadata.", null, null },
        { "Attestor", "spec", "spec.", null, null },
        { "Attestor", "spec.members[]", "spec.members[0].", null, null },
        { "Attestor", "spec.members[].identity", "spec.members[0].identity.", "spec.members[0]", WithIdentity[0].Item2 },
        { "Attestor", "spec.members[].transparencyLog", "spec.members[0].transparencyLog.", "spec.members[0]", """{ "key": "file:keys/release", "trustRoot": "private", "transparencyLog": { "atLeast": 1 } }""" },
        { "Attestor", "spec.members[].timestamp", "spec.members[0].timestamp.", "spec.members[0]", """{ "key": "file:keys/release", "trustRoot": "private", "timestamp": { "atLeast": 1 } }""" },
        { "Attestor", "spec.members[].certificateLog", "spec.members[0].certificateLog.", "spec.members[0]", WithIdentity[0].Item2!.Replace("}}", "}, \"certificateLog\": { \"atLeast\": 1 } }", StringComparison.Ordinal) },
        { "TrustRoot", "", "", null, null },
        { "TrustRoot", "metadata", "metadata.", null, null },
        { "TrustRoot", "spec", "spec.", null, null },
        { "SigningPolicy", "", "", null, null },
        { "SigningPolicy", "metadata", "metadata.", null, null },
        { "SigningPolicy", "spec", "spec.", null, null },
        { "SigningPolicy", "spec.requesters[]", "spec.requesters[0].", null, null },
        { "SigningPolicy", "spec.evidence", "spec.evidence.", null, null },
        { "SigningPolicy", "spec.evidence.scanners[]", "spec.evidence.scanners[0].", null, null },
        { "SigningPolicy", "spec.evidence.combine", "spec.evidence.combine.", "spec.evidence.combine", """{ "atLeast": 1 }""" },
        { "SigningPolicy", "spec.evidence.posters[]", "spec.evidence.posters[0].", "spec.evidence.posters", Posters },
        { "SigningPolicy", "spec.evidence.vex[]", "spec.evidence.vex[0].", "spec.evidence.vex", Vex },
        { "SigningPolicy", "spec.evidence.maximumScanAge", "spec.evidence.maximumScanAge.", "spec.evidence.maximumScanAge", """{ "limit": "1h" }""" },
        { "SigningPolicy", "spec.evidence.maximumDatabaseAge", "spec.evidence.maximumDatabaseAge.", null, null },
        { "SigningPolicy", "spec.checks[]", "spec.checks[0].", null, null },
        { "SigningPolicy", "spec.checks[].vulnerabilities", "spec.checks[0].vulnerabilities.", null, null },
        { "SigningPolicy", "spec.checks[].vulnerabilities.fixableGracePeriod", "spec.checks[0].vulnerabilities.fixableGracePeriod.", "spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "limit": "7d" }""" },
        { "SigningPolicy", "spec.checks[].vulnerabilities.maxCount", "spec.checks[0].vulnerabilities.maxCount.", "spec.checks[0].vulnerabilities.maxCount", """{ "HIGH": 1 }""" },
        { "SigningPolicy", "spec.checks[].vulnerabilities.knownExploited", "spec.checks[0].vulnerabilities.knownExploited.", "spec.checks[0].vulnerabilities.knownExploited", """{ "action": "deny" }""" },
        { "SigningPolicy", "spec.checks[].vulnerabilities.epss", "spec.checks[0].vulnerabilities.epss.", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5 }""" },
        { "SigningPolicy", "spec.checks[].vulnerabilities.exceptions[]", Exceptions + "[0].", Exceptions, WithException[0].Item2 },
        { "SigningPolicy", "spec.produce", "spec.produce.", "spec.produce", "{}" },
        { "SigningPolicy", "spec.transparency", "spec.transparency.", "spec.transparency", Transparency },
        { "AdmissionPolicy", "", "", null, null },
        { "AdmissionPolicy", "metadata", "metadata.", null, null },
        { "AdmissionPolicy", "spec", "spec.", null, null },
        { "AdmissionPolicy", "spec.exempt[]", "spec.exempt[0].", null, null },
        { "AdmissionPolicy", "spec.rules[]", "spec.rules[0].", null, null },
        { "AdmissionPolicy", "spec.rules[].scope", "spec.rules[0].scope.", null, null },
        { "AdmissionPolicy", "spec.rules[].repository", "spec.rules[0].repository.", "spec.rules[0].repository", Remapped[0].Item2 },
        { "AdmissionPolicy", "spec.rules[].repository.remap[]", "spec.rules[0].repository.remap[0].", "spec.rules[0].repository", Remapped[0].Item2 },
        { "AdmissionPolicy", "spec.default", "spec.default.", null, null },
        { "AdmissionPolicy", "spec.default.repository", "spec.default.repository.", "spec.default.repository", Remapped[0].Item2 },
        { "AdmissionPolicy", "spec.default.repository.remap[]", "spec.default.repository.remap[0].", "spec.default.repository", Remapped[0].Item2 },
        { "AdmissionPolicy", "requirement", "spec.rules[0].require.", null, null },
        { "AdmissionPolicy", "requirement.atLeast", "spec.rules[0].require.atLeast.", "spec.rules[0].require", Threshold[0].Item2 },
        { "AdmissionPolicy", "requirement.approval", "spec.rules[0].require.approval.", null, null },
        { "AdmissionPolicy", "requirement.signature", "spec.default.require.signature.", null, null },
        { "AdmissionPolicy", "requirement.attestation", "spec.rules[0].require.attestation.", "spec.rules[0].require", Attested[0].Item2 },
    };

    [Theory, MemberData(nameof(Objects)), MemberData(nameof(CheckObjects))]
    public void The_loader_knows_the_fields_of_the_schema_and_no_others(string kind, string field, string path, string? given, string? value)
    {
        var flip = new Flip(kind, field, path, null);
        (string, string?)[] unknown = [(path + "zzzzzzzzzzzz", "1")];

        var problems = Load(flip, given is null ? unknown : [(given, value), .. unknown]).Problems;

        var problem = Assert.Single(problems, problem => problem.Message.StartsWith(path + "zzzzzzzzzzzz: unknown field", StringComparison.Ordinal));
        Assert.EndsWith("expected one of " + string.Join(", ", SchemaFields.Below(kind, field)), problem.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_object_of_the_schema_is_compared_with_the_loader(string kind)
    {
        var parents = SchemaFields.Of(kind).Where(field => !field.EndsWith('*')).Select(field => field.Contains('.') ? field[..field.LastIndexOf('.')] : "");
        var compared = Objects.Concat(CheckObjects).Where(row => row.Data.Item1 == kind).Select(row => row.Data.Item2);

        Assert.Equal(parents.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), compared.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private const string Release = """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec: { purpose: approval, members: [{ key: file:keys/release }] }
        """;

    private static readonly string OtherScanner = PolicyText.Attestor("other-scanner", "evidence", TestKey.New());

    private static PolicyLoadResult Load(Flip flip, (string Path, string? Value)[] changes) => PolicyText.TryLoad(Documents(flip, changes));

    private static string[] Documents(Flip flip, (string Path, string? Value)[] changes)
    {
        var edits = changes.Select(change => (change.Path, change.Value is null ? null : JsonNode.Parse(change.Value))).ToArray();
        string Text(string kind, string policy) => kind == flip.Kind ? PolicyText.Edit(policy, edits) : policy;
        var second = """
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: second }
            spec: { purpose: approval, members: [{ key: file:keys/release }] }
            """;
        return
        [
            Text("Attestor", Release), Text("TrustRoot", Keyless.TrustRoot), Keyless.OtherTrustRoot, Text("SigningPolicy", PolicyText.Signing),
            Text("AdmissionPolicy", PolicyText.Admission), second, PolicyText.SecurityAttestor, PolicyText.QaAttestor, PolicyText.ScannerAttestor, OtherScanner,
        ];
    }

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();
}
