// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Policy.Yaml;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Yaml;

/// <summary>The yaml-test-suite and go-yaml's error and limit cases.</summary>
public sealed class YamlVectorTests
{
    /// <summary>
    /// Where the parser below differs from YAML 1.2, frozen: a tab for the space after a list mark, and the last line
    /// feed of a block that ends the file without one. Neither changes what any field of ours means.
    /// </summary>
    private static readonly string[] KnownDifferences = ["L24T/1", "Y79Y/4", "Y79Y/5"];

    [Fact]
    public void The_test_suite_is_read_right_or_refused_cleanly()
    {
        var wrong = new List<string>();
        int read = 0, refused = 0;
        foreach (var file in Directory.EnumerateFiles(SharedFiles.Require("vectors/yaml/yaml-test-suite/src"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            // The suite is itself YAML without any of what is refused here.
            Assert.True(StrictYaml.TryReadAll(File.ReadAllBytes(file), out var documents, out var unreadable), $"{name}: {unreadable}");
            var cases = JsonNode.Parse(YamlJson.Write(documents.Single()))!.AsArray();
            for (var i = 0; i < cases.Count; i++)
            {
                if (cases[i]!["yaml"] is not { } yaml)
                    continue;

                var accepted = StrictYaml.TryReadAll(Encoding.UTF8.GetBytes(Unspell(Text(yaml))), out var nodes, out _);
                var id = $"{name}/{i}";
                if (accepted)
                    read++;
                else
                    refused++;

                if (IsFailure(cases[i]!))
                {
                    if (accepted)
                        wrong.Add(id);
                }
                else if (accepted && cases[i]!["json"] is { } json && Differs(nodes!, Unspell(Text(json))))
                {
                    wrong.Add(id);
                }
            }
        }

        Assert.Equal(KnownDifferences, wrong, StringComparer.Ordinal);
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    [Fact]
    public void What_go_yaml_rejects_is_refused()
    {
        var cases = Cases("vectors/yaml/go-yaml-errors.json");
        Assert.All(cases, vector => Assert.False(
            StrictYaml.TryRead(Expand(vector!["data"]!), out _, out _), vector["upstreamErrorRegex"]?.ToString()));
    }

    [Fact]
    public void Go_yaml_limits_are_refused_or_read_in_bounded_time()
    {
        foreach (var vector in Cases("vectors/yaml/go-yaml-limits.json"))
        {
            var bytes = Expand(vector!["data"]!);
            var watch = Stopwatch.StartNew();

            var accepted = StrictYaml.TryReadAll(bytes, out _, out _);

            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{vector["name"]} took {watch.Elapsed}");
            Assert.False(accepted && vector["upstream"]!.ToString() != "parses", $"{vector["name"]} was read");
        }
    }

    private static JsonArray Cases(string path) => JsonNode.Parse(File.ReadAllBytes(SharedFiles.Require(path)))!["cases"]!.AsArray();

    private static byte[] Expand(JsonNode data)
    {
        if (data is JsonValue)
            return Encoding.UTF8.GetBytes(data.GetValue<string>());
        if (data["$b64"] is { } base64)
            return Convert.FromBase64String(base64.GetValue<string>());

        return Encoding.UTF8.GetBytes(Expand(data["$recipe"]!.AsArray()));
    }

    private static string Expand(JsonArray recipe) => string.Concat(recipe.Select(part => part is JsonValue literal
        ? literal.GetValue<string>()
        : string.Concat(Enumerable.Repeat(Expand(part!["repeat"]!.AsArray()), part["times"]!.GetValue<int>()))));

    private static bool IsFailure(JsonNode vector) => vector["fail"]?.GetValueKind() == JsonValueKind.True;

    private static string Text(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    // "—»" and friends stand for tabs of various widths, ∎ for "no final line feed".
    private static string Unspell(string text)
    {
        var plain = text.Replace("␣", " ", StringComparison.Ordinal).Replace("—", "", StringComparison.Ordinal)
            .Replace("»", "\t", StringComparison.Ordinal).Replace("↵", "", StringComparison.Ordinal)
            .Replace("←", "\r", StringComparison.Ordinal).Replace("⇔", "\uFEFF", StringComparison.Ordinal);
        return plain.EndsWith("∎\n", StringComparison.Ordinal) ? plain[..^2] : plain;
    }

    // Documents that hold nothing are left out by the reader.
    private static bool Differs(IReadOnlyList<YamlNode> nodes, string json)
    {
        var expected = ReadStream(json).Where(node => node is not null).ToList();
        var actual = nodes.Select(node => JsonNode.Parse(YamlJson.Write(node))).ToList();
        return expected.Count != actual.Count
            || !expected.Zip(actual).All(pair => JsonNode.DeepEquals(Normalise(pair.First), Normalise(pair.Second)));
    }

    // 450.00 and 450 are one number; text keeps its own.
    private static JsonNode? Normalise(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Normalise(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Normalise)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.GetValue<double>()),
        _ => node?.DeepClone(),
    };

    private static List<JsonNode?> ReadStream(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var values = new List<JsonNode?>();
        var offset = 0;
        while (offset < bytes.Length && !bytes.AsSpan(offset).Trim(" \n\t\r"u8).IsEmpty)
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(offset), new JsonReaderOptions { AllowMultipleValues = true });
            reader.Read();
            values.Add(JsonNode.Parse(ref reader));
            offset += (int)reader.BytesConsumed;
        }

        return values;
    }
}
