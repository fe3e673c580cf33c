// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Tests.Checks;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>Evidence that checks other than of vulnerabilities tell apart.</summary>
internal static class CheckBattery
{
    public static ImageReference Base { get; } = ImageReference.Parse("registry.example.com/base/debian@" + DigestOf("debian"));

    public static ImageReference OtherBase { get; } = ImageReference.Parse("registry.example.com/base/debian@" + DigestOf("other"));

    public static EvidenceSet[] Sets { get; } =
    [
        With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1)),
        With(Attest(TestKey.Scanner, "https://example.com/t", """{ "result": "PASSED" }""")),
        Configuration("1000", Now.AddDays(-10), "22/tcp", "payments"),
        Configuration("0", Now.AddDays(-40), "80/tcp", "other"),
        Set(Configured("{}"), Scan()),
        Set(Plain(Repository.Parse("registry.example.com/payments/web")), Scan()),
        With(Attest(TestKey.Scanner, "https://cyclonedx.org/bom", """
            { "bomFormat": "CycloneDX", "specVersion": "1.6",
              "components": [{ "name": "openssl", "version": "3", "licenses": [{ "license": { "id": "MIT" } }] }] }
            """)),
        Set(Scan()) with { Documents = SubmittedDocumentText.Read(Image, (DocumentKind.Provenance, SubmittedDocumentText.Statement(PredicateTypes.ProvenanceV1, Provenances.V1))) },
        Set(Scan()) with { Documents = SubmittedDocumentText.Read(Image, (DocumentKind.Attestation, SubmittedDocumentText.Statement("https://example.com/t", """{ "result": "PASSED" }"""))) },
        Set(Scan()) with { Documents = SubmittedDocumentText.Read(Image, (DocumentKind.Sbom, SubmittedDocumentText.Statement("https://cyclonedx.org/bom", SubmittedDocumentText.Sbom))) },
        Set(Scan()) with { Documents = SubmittedDocumentText.Read(Image, (DocumentKind.Sbom, SubmittedDocumentText.Sbom)) },
        Set(Layered, Scan()) with { BaseImages = [new BaseImage(Base, Layered)] },
        Set(Scan().With(report => report with
        {
            Coverage = report.Coverage with { Classes = ["secret", "config", "license"], Secrets = 1, Misconfigurations = 1, Licenses = 1 },
            OtherFindings =
            [
                new OtherFinding(OtherFindingKind.Secret, "private-key", Severity.High, "Private key", "/root/key"),
                new OtherFinding(OtherFindingKind.Misconfiguration, "DS002", Severity.High, "Root user", "Dockerfile"),
                new OtherFinding(OtherFindingKind.License, "GPL-3.0-only", Severity.High, "bash", null),
            ],
        })),
    ];

    private static ImageSubject Layered => Configured($$$"""{ "rootfs": { "diff_ids": ["{{{DigestOf("layer")}}}"] } }""");

    private static EvidenceSet Configuration(string user, DateTimeOffset created, string port, string team) => Set(
        Configured($$$"""
            { "created": "{{{Times.Show(created)}}}",
              "config": { "User": "{{{user}}}", "ExposedPorts": { "{{{port}}}": {} }, "Labels": { "team": "{{{team}}}" } } }
            """),
        Scan());
}
