// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Tests.Checks;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>Evidence that checks other than of vulnerabilities tell apart.</summary>
internal static class CheckBattery
{
    public static EvidenceSet[] Sets { get; } =
    [
        With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1)),
        With(Attest(TestKey.Scanner, "https://example.com/t", """{ "result": "PASSED" }""")),
        Configuration("1000", Now.AddDays(-10), "22/tcp", "payments"),
        Configuration("0", Now.AddDays(-40), "80/tcp", "other"),
        Set(Configured("{}"), Scan()),
        Set(Plain(SupplyChain.Model.Repository.Parse("registry.example.com/payments/web")), Scan()),
    ];

    private static EvidenceSet Configuration(string user, DateTimeOffset created, string port, string team) => Set(
        Configured($$$"""
            { "created": "{{{Times.Show(created)}}}",
              "config": { "User": "{{{user}}}", "ExposedPorts": { "{{{port}}}": {} }, "Labels": { "team": "{{{team}}}" } } }
            """),
        Scan());
}
