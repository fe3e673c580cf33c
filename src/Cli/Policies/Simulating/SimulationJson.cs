// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>A simulation for programs.</summary>
internal static class SimulationJson
{
    public static string Write(SimulationSummary summary) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("decisions", summary.Decisions);
        json.WriteNumber("replayed", summary.Replayed);
        json.WriteNumber("images", summary.Images);
        json.WriteNumber("toRefused", summary.ToRefused);
        json.WriteNumber("toApproved", summary.ToApproved);
        json.WriteNumber("reviewsNotReplayed", summary.Reviews);
        json.WriteStartArray("warnings");
        foreach (var warning in SimulationWords.Warnings(summary))
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteStartArray("flips");
        foreach (var (toRefused, check, group) in summary.Flips)
        {
            json.WriteStartObject();
            json.WriteString("check", check);
            json.WriteString("to", toRefused ? "refused" : "approved");
            json.WriteNumber("underOtherChecksToo", group.Shared);
            WriteGroup(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notReplayed");
        foreach (var (why, group) in summary.NotReplayed)
        {
            json.WriteStartObject();
            json.WriteString("why", why);
            WriteGroup(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteGroup(Utf8JsonWriter json, SimulationSummary.Group group)
    {
        json.WriteNumber("count", group.Count);
        json.WriteStartArray("examples");
        foreach (var example in group.Examples)
        {
            var decision = example.Decision;
            json.WriteStartObject();
            json.WriteString("decision", decision.Id);
            json.WriteString("time", PolicyTime.Show(decision.Time));
            json.WriteString("image", example.Image);
            json.WriteString("policy", decision.Policy?.Name);
            json.WriteString("issuer", decision.Requester?.Issuer);
            json.WriteString("requester", decision.Requester?.Subject);
            json.WriteString("why", example.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
