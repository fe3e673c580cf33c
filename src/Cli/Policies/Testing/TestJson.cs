// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>Results of fixtures for programs, with each decision whole.</summary>
internal static class TestJson
{
    public static string Write(IReadOnlyList<TestedFile> tested) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var file in tested)
        {
            json.WriteStartObject();
            json.WriteString("file", file.Path);
            json.WriteString("name", file.Name);
            json.WritePropertyName("problems");
            json.WriteRawValue(PolicyProblems.Json([.. file.AllProblems]));
            json.WriteStartArray("cases");
            foreach (var result in file.Results)
                Write(json, result);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }) + "\n";

    private static void Write(Utf8JsonWriter json, PolicyTestResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Case.Name);
        json.WriteNumber("line", result.Case.Location.Line);
        json.WriteBoolean("met", result.IsMet);
        json.WriteStartArray("mismatches");
        foreach (var mismatch in result.Mismatches)
        {
            json.WriteStartObject();
            json.WriteString("what", mismatch.What);
            json.WriteString("expected", mismatch.Expected);
            json.WriteString("found", mismatch.Found);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (result.Decision is { } decision)
        {
            json.WritePropertyName("decision");
            json.WriteRawValue(decision.ToJson());
        }

        json.WriteEndObject();
    }
}
