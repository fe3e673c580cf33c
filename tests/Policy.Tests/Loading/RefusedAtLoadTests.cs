// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Policy.Tests.Loading;

/// <summary>What a policy must not say: one change to a good policy each, and what the loader says of it.</summary>
public sealed class RefusedAtLoadTests
{
    /// <summary>Why, path, new value as JSON (null removes), part of the message.</summary>
    public static TheoryData<string, string, string?, string> Signing => new()
    {
        // Threat 56: typos and emptiness.
        { "an unknown field", "spec.subject", """["registry.example.com/**"]""", "spec.subject: unknown field; did you mean subjects?" },
        { "a field in other letters", "spec.Mode", "\"enforce\"", "did you mean mode?" },
        { "an unknown field that resembles none", "spec.zzzzzzzzzz", "1", "expected one of attestor, checks, evidence" },
        { "an unknown field at the top", "status", "{}", "status: unknown field" },
        { "an unknown field in metadata", "metadata.labels", "{}", "metadata.labels: unknown field" },
        { "another version", "apiVersion", "\"supplychain/v2\"", "is not supplychain/v1" },
        { "another kind", "kind", "\"SigningPolcy\"", "did you mean SigningPolicy?" },
        { "no version", "apiVersion", null, "apiVersion is required" },
        { "no kind", "kind", null, "kind is required" },
        { "no name", "metadata.name", null, "name is required" },
        { "no spec", "spec", null, "spec is required" },
        { "a name that is no name", "metadata.name", "\"Payments_1\"", "is not a name" },
        { "no subjects", "spec.subjects", null, "subjects is required" },
        { "an empty list of subjects", "spec.subjects", "[]", "spec.subjects: is an empty list" },
        { "one subject instead of a list", "spec.subjects", "\"registry.example.com/**\"", "expected a list, found a text" },
        { "a null subject", "spec.subjects[0]", "null", "spec.subjects[0]: expected a text, found nothing" },
        { "an empty subject", "spec.subjects[0]", "\"\"", "found an empty one" },
        { "a subject that can never match", "spec.subjects[0]", "\"registry.example.com/Payments\"", "no repository can have" },
        { "a subject that matches too much", "spec.subjects[0]", "\"**\"", "host has to be literal" },
        { "a subject twice", "spec.subjects", """["docker.io/nginx", "index.docker.io/library/nginx"]""", "listed twice" },
        { "no requesters", "spec.requesters", "[]", "spec.requesters: is an empty list" },
        { "a requester without an issuer", "spec.requesters[0].issuer", null, "issuer is required" },
        { "a requester without claims", "spec.requesters[0].claims", null, "claims is required" },
        { "a requester with empty claims: everybody at the issuer", "spec.requesters[0].claims", "{}", "names no claim" },
        { "a claim with a list", "spec.requesters[0].claims.ref", """["a", "b"]""", "claims.ref: expected a text, found a list" },
        { "a claim of nothing", "spec.requesters[0].claims.ref", "\" \"", "found an empty one" },
        { "an attestor that nobody defined", "spec.attestor", "\"relaese\"", "there is no attestor relaese; did you mean release?" },
        { "an attestor of another purpose", "spec.attestor", "\"scanner-service\"", "is for evidence, which does not count here" },
        { "an unknown mode", "spec.mode", "\"warn\"", "spec.mode: 'warn' is not accepted" },
        { "observing without an end", "spec.mode", "\"observe\"", "observe has to end some day" },
        { "enforcing with an end", "spec.until", "\"2027-01-01\"", "this enforces" },
        { "no evidence", "spec.evidence", null, "evidence is required" },
        { "no scanners", "spec.evidence.scanners", null, "scanners is required" },
        { "an empty list of scanners", "spec.evidence.scanners", "[]", "is an empty list" },
        { "a scanner with a name of two lines", "spec.evidence.scanners[0].name", "\"tri\\nvy\"", "has to be one line" },
        { "a scanner with a long name", "spec.evidence.scanners[0].name", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "has 65 characters; at most 64" },
        { "a scanner twice", "spec.evidence.scanners[+]", """{ "name": "trivy", "source": "submitted" }""", "trivy is listed twice" },
        { "no source", "spec.evidence.scanners[0].source", null, "source is required" },
        { "attested by nobody", "spec.evidence.scanners[0].source", "\"attested\"", "need signedBy" },
        { "submitted, but signed", "spec.evidence.scanners[0].signedBy", """["scanner-service"]""", "the requester alone vouches" },
        { "a version that is none", "spec.evidence.scanners[0].minimumVersion", "\"latest\"", "is not a version" },
        { "versions that are no range", "spec.evidence.scanners[0].versions", "\"0.58\"", "is not a version range" },
        { "versions of no known order", "spec.evidence.scanners[0].versions", "\">=nightly\"", "has a version of no known order" },
        { "an unknown binding", "spec.evidence.scanners[0].binding", "\"loose\"", "'loose' is not accepted" },
        { "an unknown way to combine", "spec.evidence.combine", "\"all\"", "'all' is not accepted" },
        { "combining none", "spec.evidence.combine", """{ "atLeast": 0 }""", "spec.evidence.combine.atLeast: expected a number from 1 to that of the scanners listed, 1" },
        { "combining more than there are", "spec.evidence.combine", """{ "atLeast": 2 }""", "expected a number from 1 to that of the scanners listed, 1" },
        { "combining how many", "spec.evidence.combine", "{}", "spec.evidence.combine: atLeast is required" },
        { "no VEX rules in a list of them", "spec.evidence.vex", "[]", "is an empty list" },
        { "VEX of nobody", "spec.evidence.vex", """[{ "products": ["pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "signedBy is required" },
        { "VEX of somebody nobody defined", "spec.evidence.vex", """[{ "signedBy": ["vendor"], "products": ["pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "there is no attestor vendor" },
        { "VEX of an attestor of another purpose", "spec.evidence.vex", """[{ "signedBy": ["release"], "products": ["pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "release is for approval, which does not count here" },
        { "VEX about nothing", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "products is required" },
        { "VEX about what is no package URL", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["payments"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "spec.evidence.vex[0].products[0]: 'payments' is not a pattern of products" },
        { "VEX about every type", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:*/a"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "is not a pattern of products" },
        { "VEX about one version", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a@1"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "has no version and no qualifiers" },
        { "VEX about one product twice", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a", "pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d" }]""", "pkg:oci/a is listed twice" },
        { "VEX that sets aside what is affected", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a"], "statuses": ["affected"], "maximumAge": "90d" }]""", "never sets a finding aside; expected not_affected or fixed" },
        { "VEX of an unknown status", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a"], "statuses": ["not-affected"], "maximumAge": "90d" }]""", "did you mean not_affected?" },
        { "VEX for ever", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a"], "statuses": ["fixed"] }]""", "maximumAge is required" },
        { "VEX with an unknown rule for blankets", "spec.evidence.vex", """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/a"], "statuses": ["fixed"], "maximumAge": "90d", "blanket": "allow" }]""", "spec.evidence.vex[0].blanket: 'allow' is not accepted" },
        { "no scan age", "spec.evidence.maximumScanAge", null, "maximumScanAge is required" },
        { "no database age", "spec.evidence.maximumDatabaseAge", null, "maximumDatabaseAge is required" },
        { "an age without a unit", "spec.evidence.maximumScanAge", "24", "is not a duration" },
        { "an age in unknown units", "spec.evidence.maximumScanAge", "\"2w\"", "is not a duration" },
        { "a negative age", "spec.evidence.maximumScanAge", "\"-1h\"", "is not a duration" },
        { "an age of nothing", "spec.evidence.maximumScanAge", "\"0h\"", "out of range" },
        { "an age of eons", "spec.evidence.maximumScanAge", "\"99999d\"", "out of range" },
        { "an age without its limit", "spec.evidence.maximumDatabaseAge.limit", null, "limit is required" },
        { "an age with an unknown rule", "spec.evidence.maximumDatabaseAge.whenMissing", "\"ignore\"", "'ignore' is not accepted" },
        { "no platforms", "spec.evidence.platforms", "[]", "is an empty list" },
        { "a platform that is none", "spec.evidence.platforms", """["amd64"]""", "is not a platform" },
        { "a platform that nothing runs on", "spec.evidence.platforms", """["unknown/unknown"]""", "nothing runs on" },
        { "a platform twice", "spec.evidence.platforms", """["linux/amd64", "linux/amd64"]""", "listed twice" },
        { "no checks", "spec.checks", null, "checks is required" },
        { "an empty list of checks", "spec.checks", "[]", "spec.checks: is an empty list" },
        { "a check without a body", "spec.checks[0].vulnerabilities", null, "spec.checks[0]: checks nothing; expected one of vulnerabilities, provenance" },
        { "a check without a name", "spec.checks[0].name", null, "name is required" },
        { "a check named like the judgement of evidence", "spec.checks[0].name", "\"freshness\"", "is taken" },
        { "two checks of one name", "spec.checks[+]", """{ "name": "no-serious-vulnerabilities", "vulnerabilities": { "maximumFixableSeverity": "LOW", "maximumUnfixableSeverity": "LOW" } }""", "is there already" },
        { "no fixable ceiling", "spec.checks[0].vulnerabilities.maximumFixableSeverity", null, "maximumFixableSeverity is required" },
        { "no unfixable ceiling", "spec.checks[0].vulnerabilities.maximumUnfixableSeverity", null, "maximumUnfixableSeverity is required" },
        { "a severity in other letters", "spec.checks[0].vulnerabilities.maximumFixableSeverity", "\"Low\"", "did you mean LOW?" },
        { "an unknown severity that would block or allow all", "spec.checks[0].vulnerabilities.unknownSeverity", "\"ALLOW_ALL\"", "'ALLOW_ALL' is not accepted" },
        { "severities from nowhere", "spec.checks[0].vulnerabilities.severityFrom", "\"nvd\"", "'nvd' is not accepted" },
        { "grace without an end", "spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "whenMissing": "accept" }""", "limit is required" },
        { "grace in unknown units", "spec.checks[0].vulnerabilities.fixableGracePeriod", "\"1w\"", "is not a duration" },
        { "grace with an unknown rule", "spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "limit": "7d", "whenMissing": "grant" }""", "'grant' is not accepted" },
        { "counts of nothing", "spec.checks[0].vulnerabilities.maxCount", "{}", "counts nothing" },
        { "a count of an unknown severity", "spec.checks[0].vulnerabilities.maxCount", """{ "high": 1 }""", "maxCount.high: unknown field; did you mean HIGH?" },
        { "a negative count", "spec.checks[0].vulnerabilities.maxCount", """{ "HIGH": -1 }""", "expected a whole number" },
        { "an unknown action on what is exploited", "spec.checks[0].vulnerabilities.knownExploited", "\"block\"", "'block' is not accepted" },
        { "no action on what is exploited", "spec.checks[0].vulnerabilities.knownExploited", """{ "maximumAge": "7d" }""", "action is required" },
        { "the age of a catalogue that nobody looks into", "spec.checks[0].vulnerabilities.knownExploited", """{ "action": "allow", "maximumAge": "7d" }""", "nothing is judged by a catalogue" },
        { "no probability", "spec.checks[0].vulnerabilities.epss", """{ "whenMissing": "accept" }""", "maximum is required" },
        { "a probability alone", "spec.checks[0].vulnerabilities.epss", "0.5", "expected a mapping, found a text" },
        { "a probability that nothing exceeds", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 1 }""", "epss.maximum: '1' is not a probability that could be exceeded" },
        { "a probability in percent", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 50 }""", "is not a probability" },
        { "a probability that is no number", "spec.checks[0].vulnerabilities.epss", """{ "maximum": "NaN" }""", "is not a probability" },
        { "a negative probability", "spec.checks[0].vulnerabilities.epss", """{ "maximum": -0.5 }""", "is not a probability" },
        { "scores with an unknown rule", "spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5, "whenMissing": "ignore" }""", "'ignore' is not accepted" },
        { "an exception that ends before it begins", "spec.checks[0].vulnerabilities.exceptions", """[{ "id": "CVE-2026-1", "notBefore": "2027-02-01", "until": "2027-01-31", "owner": "a", "reason": "b" }]""", "until has to be after notBefore" },
        { "an exception for exploited ones where they are not judged", "spec.checks[0].vulnerabilities.exceptions", """[{ "id": "CVE-2026-1", "knownExploited": true, "until": "2027-01-31", "owner": "a", "reason": "b" }]""", "exceptions[0].knownExploited: means something only where the check says knownExploited: deny" },
        { "no blocked ids in a list of them", "spec.checks[0].vulnerabilities.blockedCves", "[]", "is an empty list" },
        { "a blocked id with a wildcard", "spec.checks[0].vulnerabilities.blockedCves", """["CVE-2021-*"]""", "is not a vulnerability's id" },
        { "an empty list of exceptions", "spec.checks[0].vulnerabilities.exceptions", "[]", "is an empty list" },
        { "an unknown thing to attest", "spec.produce", """{ "attestations": ["vulnerability"] }""", "'vulnerability' is not accepted; did you mean vulnerabilities?" },
        { "a truth value in quotes", "spec.produce", """{ "signature": "true" }""", "expected true or false" },
        { "a layout that is none", "spec.produce", """{ "layouts": ["tags"] }""", "did you mean tag?" },
        { "no layouts", "spec.produce", """{ "layouts": [] }""", "is an empty list" },
        { "a layout twice", "spec.produce", """{ "layouts": ["tag", "tag"] }""", "listed twice" },
        { "layouts of a signature that is not made", "spec.produce", """{ "signature": false, "layouts": ["tag"] }""", "none is made" },

        // Known from the design, but not built yet: named, never ignored.
        { "the same attested twice", "spec.produce", """{ "attestations": ["sbom", "sbom"] }""", "listed twice" },
        { "nothing for an approved image", "spec.produce", """{ "signature": false, "vsa": false }""", "gets a signature, a vsa or both" },
        { "how long no approval holds", "spec.produce", """{ "vsa": false, "validFor": "1d" }""", "none is made" },
    };

    [Theory, MemberData(nameof(Signing))]
    public void A_signing_policy(string because, string path, string? value, string expected) =>
        AssertRefused(because, expected, PolicyText.Edit(PolicyText.Signing, Change(path, value)), PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor);

    public static TheoryData<string, string?, string> Exceptions => new()
    {
        { "id", null, "id is required" },
        { "until", null, "until is required" },
        { "owner", null, "owner is required" },
        { "reason", null, "reason is required" },
        { "reason", "\"\"", "found an empty one" },
        { "id", "\"CVE-*\"", "is not a vulnerability's id" },
        { "id", "\"cve-2021-44228\"", "which no exception outranks" },
        { "package", "\"openssl*\"", "wildcards are not accepted" },
        { "package", "\"pkg:deb/debian/openssl@3\"", "say versions: beside it" },
        { "package", null, "versions of what?" },
        { "versions", "\"3.0.20\"", "is not a version range" },
        { "subjects", "[]", "is an empty list" },
        { "subjects", """["*"]""", "is not an image pattern" },
        { "until", "\"31.01.2027\"", "is neither a date" },
        { "until", "\"2027-01-31T00:00:00\"", "is neither a date" },
        { "until", "\"2027-02-30\"", "is neither a date" },
        { "expires", "\"2027-01-31\"", "unknown field" },
        { "owner", "\"a\\nb\"", "has to be one line" },
    };

    [Theory, MemberData(nameof(Exceptions))]
    public void An_exception(string field, string? value, string expected)
    {
        var policy = PolicyText.Edit(
            PolicyText.Signing,
            ("spec.checks[0].vulnerabilities.blockedCves", JsonNode.Parse("""["CVE-2021-44228"]""")),
            ("spec.checks[0].vulnerabilities.exceptions", JsonNode.Parse("""
                [{ "id": "CVE-2026-12345", "package": "openssl", "versions": "<3.0.20", "until": "2027-01-31",
                   "owner": "platform-security", "reason": "Not reachable.", "ticket": "SEC-4711" }]
                """)),
            Change($"spec.checks[0].vulnerabilities.exceptions[0].{field}", value));

        AssertRefused($"{field} {value}", expected, policy, PolicyText.ApprovalAttestor);
    }

    public static TheoryData<string, string, string?, string> Admission => new()
    {
        { "an unknown field", "spec.rulez", "[]", "did you mean rules?" },
        { "no registries", "spec.registries", null, "registries is required" },
        { "an empty list of registries", "spec.registries", "[]", "is an empty list" },
        { "a registry with a path", "spec.registries[0]", "\"registry.example.com/payments\"", "is not a registry's host" },
        { "a registry with a wildcard", "spec.registries[0]", "\"*.example.com\"", "is not a registry's host" },
        { "a registry with a scheme", "spec.registries[0]", "\"https://registry.example.com\"", "is not a registry's host" },
        { "a registry that is a number", "spec.registries[0]", "\"0x7f.1\"", "is not a registry's host" },
        { "a registry twice", "spec.registries[1]", "\"registry.example.com\"", "listed twice" },
        { "an exemption without a reason", "spec.exempt[0].reason", null, "reason is required" },
        { "an exemption without images", "spec.exempt[0].images", "[]", "is an empty list" },
        { "an exemption that can never match", "spec.exempt[0].images[0]", "\"quay.io/**\"", "quay.io/** can never match: quay.io is not among spec.registries" },
        { "an exemption without a host", "spec.exempt[0].images[0]", "\"nginx\"", "registry's host" },
        { "an exemption of everything", "spec.exempt[0].images[+]", "\"registry.example.com/**\"", "no rule is ever reached" },
        { "an empty list of rules", "spec.rules", "[]", "is an empty list" },
        { "a rule without a name", "spec.rules[0].name", null, "name is required" },
        { "a rule that would be the default one", "spec.rules[0].name", "\"default\"", "is that of spec.default" },
        { "a rule without a scope", "spec.rules[0].scope", null, "scope is required" },
        { "a rule for everything", "spec.rules[0].scope", "{}", "written as spec.default" },
        { "a rule with an unknown scope", "spec.rules[0].scope.team", "\"a\"", "spec.rules[0].scope.team: unknown field" },
        { "a namespace that can never exist", "spec.rules[0].scope.namespace", "\"payments-*\"", "is not a name" },
        { "a cluster that can never match", "spec.rules[0].scope.cluster", "\"Prod EU\"", "can never match" },
        { "a cluster with a wildcard", "spec.rules[0].scope.cluster", "\"prod-*\"", "can never match" },
        { "a node that can never exist", "spec.rules[0].scope.node", "\"Node_1\"", "can never match" },
        { "a service account of any namespace", "spec.rules[0].scope", """{ "serviceAccount": "deployer" }""", "say namespace: as well" },
        { "two rules of one name", "spec.rules[+]", """{ "name": "payments", "scope": { "namespace": "x" }, "require": { "signature": { "attestor": "qa" } } }""", "a rule named payments is there already" },
        { "two rules of one scope", "spec.rules[+]", """{ "name": "other", "scope": { "namespace": "payments", "cluster": "prod-eu" }, "require": { "signature": { "attestor": "qa" } } }""", "the rule payments has this scope already" },
        { "an unknown enforcement", "spec.rules[0].enforcement", "\"observe\"", "'observe' is not accepted" },
        { "warning without an end", "spec.rules[0].enforcement", "\"warn\"", "warn has to end some day" },
        { "dry-running without an end", "spec.rules[0].enforcement", "\"dryRun\"", "dryRun has to end some day" },
        { "enforcing with an end", "spec.rules[0].until", "\"2027-01-01\"", "this enforces" },
        { "an unknown rule for tags", "spec.rules[0].tags", "\"allow\"", "'allow' is not accepted" },
        { "an unknown rule for repositories", "spec.rules[0].repository", "\"none\"", "'none' is not accepted" },
        { "a remap of nothing", "spec.rules[0].repository", "{}", "remap is required" },
        { "an empty remap", "spec.rules[0].repository", """{ "remap": [] }""", "is an empty list" },
        { "a remap of a registry that is not allowed", "spec.rules[0].repository", """{ "remap": [{ "from": "mirror.io/a", "to": "quay.io/a" }] }""", "mirror.io/a can never match" },
        { "a remap to itself", "spec.rules[0].repository", """{ "remap": [{ "from": "registry.example.com/a", "to": "registry.example.com/a" }] }""", "to itself" },
        { "a remap with a wildcard", "spec.rules[0].repository", """{ "remap": [{ "from": "registry.example.com/*", "to": "quay.io/a" }] }""", "path segment" },
        { "a remap twice", "spec.rules[0].repository", """{ "remap": [{ "from": "registry.example.com/a", "to": "quay.io/a" }, { "from": "registry.example.com/a", "to": "quay.io/b" }] }""", "is remapped twice" },
        { "a layout that is none", "spec.rules[0].layouts", """["referrers"]""", "'referrers' is not accepted" },
        { "approvals by tag, which there are none of", "spec.rules[0].layouts", """["tag"]""", "approvals are always bundles" },
        { "nothing required", "spec.rules[0].require", null, "require is required" },
        { "an empty requirement", "spec.rules[0].require", "{}", "needs exactly one of" },
        { "two requirements at once", "spec.rules[0].require", """{ "approval": { "attestor": "release" }, "signature": { "attestor": "qa" } }""", "needs exactly one of" },
        { "an unknown requirement", "spec.rules[0].require", """{ "none": [] }""", "require.none: unknown field" },
        { "all of nothing", "spec.rules[0].require", """{ "all": [] }""", "is an empty list" },
        { "any of nothing", "spec.rules[0].require", """{ "any": [] }""", "is an empty list" },
        { "at least none", "spec.rules[0].require", """{ "atLeast": { "count": 0, "of": [{ "signature": { "attestor": "qa" } }] } }""", "has to be from 1 to 1" },
        { "at least more than there are", "spec.rules[0].require", """{ "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "qa" } }] } }""", "has to be from 1 to 1" },
        { "at least some", "spec.rules[0].require", """{ "atLeast": { "count": "2", "of": [{ "signature": { "attestor": "qa" } }] } }""", "expected a whole number" },
        { "at least without a count", "spec.rules[0].require", """{ "atLeast": { "of": [{ "signature": { "attestor": "qa" } }] } }""", "count is required" },
        { "one attestor counted twice", "spec.rules[0].require", """{ "atLeast": { "count": 2, "of": [{ "signature": { "attestor": "qa" } }, { "signature": { "attestor": "qa" } }] } }""", "names the attestor qa twice" },
        { "an approval by nobody", "spec.rules[0].require", """{ "approval": {} }""", "attestor is required" },
        { "an attestor that nobody defined", "spec.rules[0].require", """{ "approval": { "attestor": "releas" } }""", "there is no attestor releas; did you mean release?" },
        { "an approval by a scanner", "spec.rules[0].require", """{ "approval": { "attestor": "scanner-service" } }""", "is for evidence, which does not count here" },
        { "a signature by a scanner", "spec.rules[0].require", """{ "signature": { "attestor": "scanner-service" } }""", "is for evidence, which does not count here" },
        { "an attestation without a type", "spec.rules[0].require", """{ "attestation": { "attestor": "qa" } }""", "type is required" },
        { "an attestation by a short name", "spec.rules[0].require", """{ "attestation": { "type": "vuln", "attestor": "qa" } }""", "is not a predicate type" },
        { "an approval taken for a mere attestation", "spec.rules[0].require", """{ "attestation": { "type": "https://slsa.dev/verification_summary/v1", "attestor": "qa" } }""", "required by approval:" },
        { "a signature taken for a mere attestation", "spec.rules[0].require", """{ "attestation": { "type": "https://sigstore.dev/cosign/sign/v1", "attestor": "qa" } }""", "required by signature:" },
        { "an approval without age", "spec.rules[0].require", """{ "approval": { "attestor": "release", "maximumAge": "old" } }""", "is not a duration" },
        { "the default with a scope", "spec.default.scope", """{ "namespace": "a" }""", "spec.default.scope: unknown field" },
        { "the default with a name", "spec.default.name", "\"a\"", "spec.default.name: unknown field" },

        { "a floor", "spec.floor", "{}", "floor is known but not built yet" },
        { "break-glass", "spec.breakGlass", "{}", "breakGlass is known but not built yet" },
        { "a withdrawal list", "spec.withdrawal", "{}", "withdrawal is known but not built yet" },
        { "pinning", "spec.rules[0].tags", "\"pin\"", "pinning tags is known but not built yet" },
        { "checks in a rule", "spec.rules[0].checks", "[]", "checks is known but not built yet" },
        { "levels of an approval", "spec.rules[0].require.approval.verifiedLevels", "[]", "verifiedLevels is known but not built yet" },
    };

    [Theory, MemberData(nameof(Admission))]
    public void An_admission_policy(string because, string path, string? value, string expected) => AssertRefused(
        because, expected, PolicyText.Edit(PolicyText.Admission, Change(path, value)),
        PolicyText.ApprovalAttestor, PolicyText.SecurityAttestor, PolicyText.QaAttestor, PolicyText.ScannerAttestor);

    public static TheoryData<string, string, string?, string> Attestors => new()
    {
        { "no purpose", "spec.purpose", null, "purpose is required" },
        { "an unknown purpose", "spec.purpose", "\"aproval\"", "did you mean approval?" },
        { "a purpose of the design", "spec.purpose", "\"breakGlass\"", "the purpose breakGlass is known but not built yet" },
        { "another purpose of the design", "spec.purpose", "\"refusal\"", "known but not built yet" },
        { "no members", "spec.members", "[]", "is an empty list" },
        { "a member without a key", "spec.members[0]", "{}", "needs key, publicKey or identity" },
        { "a member by identity", "spec.members[0].identity", "{}", "needs either issuer or issuerPattern" },
        { "a trust root", "spec.members[0].trustRoot", "\"x\"", "asks for nothing" },
        { "a transparency log", "spec.members[0].transparencyLog", "\"required\"", "needs trustRoot" },
        { "a key that is no URI", "spec.members[0].key", "\"keys/release\"", "is not a key" },
        { "a public key that is none", "spec.members[0].publicKey", "\"-----BEGIN\"", "spec.members[0].publicKey" },
        { "a revoked member without a time", "spec.members[0].state", "\"revoked\"", "needs revokedAt" },
        { "a time of revocation without one", "spec.members[0].revokedAt", "\"2026-11-01\"", "belongs to a member in state revoked" },
        { "an unknown state", "spec.members[0].state", "\"active\"", "'active' is not accepted" },
        { "a window that ends before it starts", "spec.members[0].validUntil", "\"2020-01-01\"", "validUntil has to be after validFrom" },
        { "an unknown algorithm", "spec.members[0].algorithm", "\"sha1\"", "'sha1' is not an algorithm" },
        { "an algorithm of another key", "spec.members[0].algorithm", "\"rsa-pss-sha256\"", "cannot be used with rsa-pss-sha256" },
        { "a verifier that is no URI", "spec.verifierId", "\"us\"", "is not a URI" },
        { "two members that sign", "spec.members[+]", """{ "key": "file:keys/other" }""", "several members are in state signing" },
        { "an unknown field", "spec.members[0].publickey", "\"x\"", "did you mean publicKey?" },
    };

    [Theory, MemberData(nameof(Attestors))]
    public void An_attestor(string because, string path, string? value, string expected) => AssertRefused(
        because, expected,
        PolicyText.Edit(PolicyText.ApprovalAttestor, ("spec.members[0].validFrom", "2026-01-01"), Change(path, value)), PolicyText.Signing);

    [Fact]
    public void A_signing_member_without_a_key_to_sign_with() => AssertRefused(
        "only the public half", "a member that signs needs key",
        PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.members[0].state", "signing")));

    [Fact]
    public void A_signing_policy_whose_attestor_cannot_sign() => AssertRefused(
        "only the public half", "security has no member that signs",
        PolicyText.Edit(PolicyText.Signing, ("spec.attestor", "security")), PolicyText.SecurityAttestor);

    [Fact]
    public void A_verifier_id_of_somebody_who_writes_no_summaries() => AssertRefused(
        "evidence", "only attestors of purpose approval",
        PolicyText.Edit(PolicyText.ScannerAttestor, ("spec.verifierId", "https://scanner.example.com")));

    [Fact]
    public void An_evidence_signer_of_another_purpose() => AssertRefused(
        "approval keys vouch for no evidence", "release is for approval, which does not count here",
        PolicyText.Edit(
            PolicyText.Signing,
            ("spec.evidence.scanners[0]", JsonNode.Parse("""{ "name": "trivy", "source": "attested", "signedBy": ["release"] }"""))),
        PolicyText.ApprovalAttestor);

    [Fact]
    public void One_key_twice_in_an_attestor() => AssertRefused(
        "threat 40", "has the key sha256:",
        PolicyText.Edit(PolicyText.SecurityAttestor, ("spec.members[+]", new JsonObject { ["publicKey"] = TestKey.Security.Pem })));

    [Fact]
    public void One_key_for_two_purposes() => AssertRefused(
        "threat 39", "a key has one purpose",
        PolicyText.SecurityAttestor, PolicyText.Attestor("scanner-service", "evidence", TestKey.Security));

    [Fact]
    public void One_name_twice() => AssertRefused(
        "duplicate", "Attestor security is already defined in policy-0.yaml:1:1",
        PolicyText.SecurityAttestor, PolicyText.Attestor("security", "approval", TestKey.Qa));

    [Fact]
    public void A_reference_without_any_attestor_loaded() =>
        AssertRefused("alone", "no Attestor document was loaded", PolicyText.Signing);

    [Fact]
    public void An_admission_policy_that_can_only_deny() => AssertRefused(
        "no rule", "has no rule and no default",
        PolicyText.Edit(PolicyText.Admission, ("spec.rules", null), ("spec.default", null)));

    private static (string, JsonNode?) Change(string path, string? value) => (path, value switch
    {
        null => null,
        "null" => JsonValue.Create((string?)null),
        _ => JsonNode.Parse(value),
    });

    private static void AssertRefused(string because, string expected, params string[] documents)
    {
        var result = PolicyText.TryLoad(documents);

        Assert.False(result.IsUsable, because);
        Assert.Contains(result.Problems, problem => problem.Message.Contains(expected, StringComparison.Ordinal));
        Assert.All(result.Problems, problem =>
        {
            Assert.Equal(ProblemSeverity.Error, problem.Severity);
            Assert.DoesNotContain(problem.ToString(), char.IsControl);
            Assert.True(problem.Location is { Line: > 0, Column: > 0 });
        });
    }
}
