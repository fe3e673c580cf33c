// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Policies that judge by data about vulnerabilities, before a service that has it and one that has not.</summary>
public sealed class ThreatDataTests(ThreatDataService service, KeylessService without)
    : IClassFixture<ThreatDataService>, IClassFixture<KeylessService>
{
    [Fact]
    public async Task What_the_configured_catalogue_lists_is_refused_and_the_decision_names_the_catalogue()
    {
        var image = service.PushImage("exploited/shop");

        var answer = await service.AttestAsync(
            Bodies.Multipart(image.Name, Service.ReportOf(image, ("CVE-2021-44228", "LOW", null))), "?mode=check");

        answer.AssertProblem("listed", 422, "policy-refused", "KNOWN_EXPLOITED", carriesDecision: true);
        Assert.Equal("catalogue 2026.11.20 of 1 vulnerabilities", answer.Decision.Evidence.Single(line => line.Kind == "known-exploited").Producer);
        var other = await service.AttestAsync(
            Bodies.Multipart(image.Name, Service.ReportOf(image, ("CVE-2026-0001", "LOW", null))), "?mode=check");
        other.AssertDecision(200, Outcome.Approved);
    }

    [Fact]
    public async Task Without_a_catalogue_the_same_policy_is_an_error_of_the_service()
    {
        without.WritePolicy("exploited", ThreatDataService.PolicyText(without));
        await without.ReloadAsync();
        var image = without.PushImage("exploited/shop");

        var answer = await without.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), "?mode=check");

        answer.AssertProblem("not configured", 503, "unavailable", "THREAT_DATA_MISSING", carriesDecision: true);
        Assert.Equal(Outcome.Error, answer.Decision.Outcome);
    }
}

/// <summary>A host with a catalogue of one known exploited vulnerability.</summary>
public sealed class ThreatDataService : Service
{
    public ThreatDataService() => Prepare = () =>
    {
        File.WriteAllText(
            Folder["kev.json"],
            $$"""
            { "catalogVersion": "2026.11.20", "dateReleased": "{{DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-dd'T'HH:mm:ss'Z'}}", "count": 1,
              "vulnerabilities": [{ "cveID": "CVE-2021-44228" }] }
            """);
        WritePolicy("exploited", PolicyText(this));
    };

    protected override bool HasKey => false;

    protected override string KeyMembers => $"{base.KeyMembers}, \"threatData\": {{ \"knownExploited\": \"kev.json\" }}";

    public static string PolicyText(Service service) => service.SigningText("exploited", "exploited")
        .Replace("unknownSeverity: CRITICAL", "unknownSeverity: CRITICAL, knownExploited: deny", StringComparison.Ordinal);
}
