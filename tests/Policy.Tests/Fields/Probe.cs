// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>
/// Puts one battery of requests, images and evidence before a policy set and writes down everything that comes of it.
/// Two sets that answer alike here cannot be told apart by a user; revisions are left out on purpose.
/// </summary>
internal static class Probe
{
    private static readonly ECDsa P384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    /// <summary>A P-384 public key, which older tools use with SHA-256.</summary>
    public static string P384Pem { get; } = P384.ExportSubjectPublicKeyInfoPem();

    public static string Ask(PolicyLoadResult loaded)
    {
        if (!loaded.IsUsable)
            return "refused at load: " + string.Join("\n", loaded.Problems);

        var resolved = loaded.Set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:keys/release"] = TestKey.Approval.Public });
        if (!resolved.IsUsable)
            return "keys refused: " + string.Join("\n", resolved.Problems);

        var set = resolved.Set;
        var answers = new StringBuilder();
        answers.AppendLine(AskKeys(set));
        foreach (var policy in set.SigningPolicies)
            answers.AppendLine(AskSigning(set, policy));
        foreach (var policy in set.AdmissionPolicies)
            answers.AppendLine(AskAdmission(set, policy));
        return answers.ToString();
    }

    private static string AskKeys(PolicySet set)
    {
        var payload = SimpleSigning.WritePayload(Deployed, Image.Manifest.Digest);
        var signature = P384.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var verified = SimpleSigning.TryVerify(payload, Convert.ToBase64String(signature), Image.Manifest.Digest, set.Keys, out _, out _);
        return $"P-384 with SHA-256 verifies: {verified}";
    }

    private static string AskSigning(PolicySet set, SigningPolicy policy)
    {
        var answers = new StringBuilder();
        foreach (var name in new[] { null, "payments", "renamed" })
        {
            foreach (var repository in new[] { "registry.example.com/payments/api", "registry.example.com/other/api" })
            {
                foreach (var requester in Requesters)
                    answers.AppendLine($"{name} {repository} {requester.Issuer}: {set.FindSigning(Repository.Parse(repository), requester, name).Policy is not null}, posts {policy.LetsPost(Repository.Parse(repository), requester)}");
            }
        }

        foreach (var evidence in SigningBattery)
            answers.AppendLine(SigningEvaluation.Evaluate(policy, set, evidence, Now).Text());

        var end = Approval(change: summary => summary with
        {
            TimeVerified = Now,
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal) { [ApprovalExtensions.ValidUntil] = Times.Show(Now + policy.Produce.ValidFor) },
        });
        var rule = PolicyText.LoadAdmission(("spec.rules[0].require.approval.maximumAge", null));
        answers.AppendLine($"its approval after ten days: {Admit(rule, Set() with { Statements = [end] }, Now.AddDays(10)).Outcome(DecisionKind.Admission)}");
        answers.AppendLine($"{policy.Attestor} signs in mode {policy.ModeAt(Now)}, in ten days {policy.ModeAt(Now.AddDays(10))}");
        answers.AppendLine($"writes signature {policy.Produce.Signature} {string.Join('+', policy.Produce.Layouts)}, reports {policy.Produce.VulnerabilityAttestation}, SBOMs {policy.Produce.SbomAttestation}, approval {policy.Produce.Summary}");
        answers.AppendLine(policy.Transparency is { } rules
            ? $"seen by logs {rules.IsLogged} {string.Join('+', rules.LogVersions(TestKey.Approval.Public, isEnvelope: true))}, authorities {rules.IsTimestamped}, of {rules.TrustRoot}"
            : "seen by nobody");
        return answers.ToString();
    }

    private static string AskAdmission(PolicySet set, AdmissionPolicy policy)
    {
        var answers = new StringBuilder(policy.Name).AppendLine();
        foreach (var workload in Workloads)
        {
            foreach (var image in Images)
            {
                var preflight = AdmissionPreflight.Judge(policy, image, workload);
                answers.AppendLine($"{workload} {image}: {preflight.Rule?.Name} {preflight.Decided?.Verdict} {preflight.Decided?.Message}");
            }
        }

        foreach (var rule in policy.AllRules)
        {
            answers.AppendLine($"{rule.Name}: {rule.EnforcementAt(Now)}, in ten days {rule.EnforcementAt(Now.AddDays(10))}");
            var approval = Keyless.Approve(set);
            foreach (var evidence in AdmissionBattery.Append(Set() with { Statements = approval }))
                answers.AppendLine(AdmissionEvaluation.Evaluate(policy, rule, set, evidence, Now).Text(DecisionKind.Admission));
            // Each time the certificate is another one, which must not pass for another answer.
            foreach (var signer in approval.Select(stored => stored.Statement.Signer))
                answers.Replace(signer.Key.Id.ToString(), "its certificate's key");
        }

        return answers.ToString();
    }

    private static readonly Requester[] Requesters =
    [
        Requester("https://ci.example.com", "482193", "refs/heads/main"), Requester("https://ci.example.com", "482193", "refs/heads/other"),
        Requester("https://other.example.com", "482193", "refs/heads/main"),
    ];

    private static readonly EvidenceSet[] ScanBattery =
    [
        Set(Scan()),
        Set(Scan("trivy", "0.50.0")),
        Set(Scan("grype", "0.80.0")),
        Set(Scan() with { Binding = EvidenceBinding.Asserted }),
        Set(Scan().SignedBy(TestKey.Scanner)),
        Set(Scan().SignedBy(TestKey.Stranger)),
        Set(Scan().With(report => report with { Time = Now.AddHours(-30), DatabaseTime = Now.AddHours(-30) })),
        Set(Scan().With(report => report with { Time = null })),
        Set(Scan().With(report => report with { DatabaseTime = Now.AddHours(-50) })),
        Set(TwoPlatforms, Scan().For("manifest-amd64")),
        Set(Scan(Finding("CVE-2026-1", Severity.Critical))),
        Set(Scan(Finding("CVE-2026-2", Severity.Medium), Finding("CVE-2026-3", Severity.High, fixedVersion: null))),
        Set(Scan(Finding("CVE-2026-4", Severity.Unknown), Finding("CVE-2021-44228", Severity.Negligible))),
        Known(Finding("CVE-2021-44228", Severity.Negligible)),
        Known(Finding("CVE-2026-1", Severity.Negligible) with { Epss = 0.9 }),
        Known(Finding("CVE-2026-1", Severity.Negligible)),
        Known(Finding("CVE-2026-5", Severity.Low), Finding("CVE-2026-6", Severity.Critical, fixedVersion: null)),
        Set(Scan(Finding("CVE-2026-1", Severity.Medium) with { FixedSince = Now.AddDays(-3) })),
        Set(Scan(Finding("CVE-2026-1", Severity.Medium))),
        Set(Scan(Finding("CVE-2026-1", Severity.Low) with { Cvss = new CvssScore(9.8, null) })),
        Set(Scan(Finding("CVE-2026-1", Severity.High))) with { Vex = [Vex(TestKey.Scanner, Says("CVE-2026-1"))] },
        Set(Scan(Finding("CVE-2026-1", Severity.High))) with { Vex = [Vex(TestKey.Scanner, Says("CVE-2026-1", new VexProduct { Purl = "pkg:oci/api?repository_url=registry.example.com/payments/api" }))] },
    ];

    private static EvidenceSet Known(params Finding[] findings) => Set(Scan(findings)) with { ThreatData = Threats };

    /// <summary>Everything that signing policies are put before.</summary>
    public static IEnumerable<EvidenceSet> SigningBattery => ScanBattery.Concat(CheckBattery.Sets);

    private static readonly EvidenceSet[] AdmissionBattery =
    [
        Set(),
        Set() with { Statements = [Approval()] },
        Set() with { Statements = [Approval(change: summary => summary with { TimeVerified = Now.AddDays(-20), ResourceUri = Mirrored() })] },
        Set() with { Statements = [Approval(change: summary => summary with { VerifierId = "https://attestor.example.com" })] },
        Set() with { Statements = [Approval(TestKey.Stranger)] },
        Set() with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Stranger)] },
        Set() with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Qa)] },
        Set() with { Signatures = [Signature(TestKey.Qa)] },
        Set() with { Statements = [Attestation(TestKey.Scanner, PredicateTypes.VulnerabilityScan)] },
    ];

    private static readonly ImageReference[] Images =
    [
        ImageReference.Parse("registry.example.com/payments/api@" + DigestOf("x")), ImageReference.Parse("registry.example.com/payments/api:1.0"),
        ImageReference.Parse("registry.k8s.io/pause:3.9"), ImageReference.Parse("quay.io/a/b@" + DigestOf("x")),
    ];

    private static readonly WorkloadContext[] Workloads =
    [
        new("prod-eu", "payments", "api", "node-1"), new("prod-eu", "payments", "other", "node-2"), new("prod-eu", "other", null, null), new("test", "payments", "api", null),
    ];

    private static string Mirrored() => new ImageResource(Repository.Parse("origin.example.com/payments/api"), Image.Manifest.Digest).ToString();

    private static Requester Requester(string issuer, string id, string reference) => new(
        issuer, "pipeline", new Dictionary<string, string>(StringComparer.Ordinal) { ["repository_id"] = id, ["ref"] = reference });
}
