// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Policy.Tests.Shipped;

/// <summary>Changes of one value of a signing policy at a time, as small as they get, in each direction there is.</summary>
internal static class FieldMutations
{
    private static readonly string[] Severities = ["BLOCK_ALL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "CRITICAL", "ALLOW_ALL"];

    /// <summary>The path of every value.</summary>
    public static IEnumerable<string> Leaves(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
        JsonArray items => items.SelectMany((item, i) => Leaves(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"))),
        _ => [path],
    };

    /// <summary>The changes of the value at <paramref name="path"/>, in words and as edits.</summary>
    public static IEnumerable<(string What, (string Path, JsonNode? Value)[] Changes)> Of(JsonNode root, string path)
    {
        var value = root;
        foreach (var step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.'))
            value = step[0] == '[' ? value![int.Parse(step[1..^1], CultureInfo.InvariantCulture)] : value![step];

        var field = path[(path.LastIndexOf('.') + 1)..];
        var parent = path[..Math.Max(0, path.LastIndexOf('.'))];
        if (parent.EndsWith(".claims", StringComparison.Ordinal))
            return [To(path, value!.GetValue<string>() + "x"), ("left out", [(path, null)])];

        IEnumerable<(string What, (string Path, JsonNode? Value)[] Changes)> changes = (field, value!.GetValueKind(), value.ToString()) switch
        {
            ("maximumFixableSeverity" or "maximumUnfixableSeverity", _, var text) => Neighbours(path, Array.IndexOf(Severities, text)),
            ("unknownSeverity", _, _) => [To(path, "LOW")],
            ("whenMissing", _, var text) => [To(path, text is "accept" ? "refuse" : "accept")],
            ("binding", _, _) => [To(path, "asserted")],
            ("combine", _, _) => [To(path, "any")],
            ("platforms", _, _) => [("one platform", [(path, new JsonArray("linux/amd64"))])],
            ("knownExploited", _, _) => [To(path, "allow")],
            ("source", _, "attested") => [("submitted", [(path, "submitted"), (parent + ".signedBy", null)])],
            ("source", _, _) => [("attested", [(path, "attested"), (parent + ".signedBy", new JsonArray("other-evidence"))])],
            ("mode", _, _) => [("enforce", [(path, "enforce"), ("spec.until", null)])],
            ("until", _, var text) => Day(path, DateOnly.Parse(text, CultureInfo.InvariantCulture)),
            ("user", _, _) => [("left out", [(path, null), (parent + ".deniedPorts", new JsonArray(22))])],
            ("minimumVersion", _, var text) => Version(path, text),
            ("attestor", _, _) => [To(path, "other-approval")],
            ("signedBy[0]", _, _) => [To(path, "other-evidence")],
            ("subjects[0]", _, var text) => [To(path, text.Split('/')[0] + "/**"), To(path, text.Replace("**", "other/**", StringComparison.Ordinal))],
            (_, JsonValueKind.True, _) => [("false", [(path, false), (parent + ".layouts", null)])],
            (_, JsonValueKind.Number, var number) => Numbers(path, int.Parse(number, CultureInfo.InvariantCulture)),
            _ when field.StartsWith("layouts", StringComparison.Ordinal) =>
                [("the only one", [(parent + ".layouts", new JsonArray(value.ToString()))])],
            _ when field.StartsWith("attestations", StringComparison.Ordinal) => [("left out", [(parent + ".attestations", new JsonArray())])],
            (_, _, var text) when IsDuration(text) => Durations(path, text),
            (_, _, var text) => [To(path, text + (text.StartsWith("CVE", StringComparison.Ordinal) ? "9" : "x"))],
        };
        // What is no change is none.
        var same = PolicyText.Edit(root.ToJsonString());
        return changes.Where(change => !string.Equals(PolicyText.Edit(root.ToJsonString(), change.Changes), same, StringComparison.Ordinal));
    }

    private static (string, (string, JsonNode?)[]) To(string path, string text) => (text, [(path, text)]);

    private static IEnumerable<(string, (string, JsonNode?)[])> Neighbours(string path, int place) =>
        new[] { place - 1, place + 1 }.Where(next => next >= 0 && next < Severities.Length).Select(next => To(path, Severities[next]));

    private static IEnumerable<(string, (string, JsonNode?)[])> Numbers(string path, int number) =>
        new[] { number - 1, number + 1 }.Select(next => (next.ToString(CultureInfo.InvariantCulture), new (string, JsonNode?)[] { (path, next) }));

    private static IEnumerable<(string, (string, JsonNode?)[])> Day(string path, DateOnly day) =>
        new[] { -1, 1 }.Select(days => To(path, day.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    private static IEnumerable<(string, (string, JsonNode?)[])> Durations(string path, string text)
    {
        var minutes = int.Parse(text[..^1], CultureInfo.InvariantCulture) * text[^1] switch { 'd' => 1440, 'h' => 60, _ => 1 };
        return new[] { -1, 1 }.Select(more => To(path, string.Create(CultureInfo.InvariantCulture, $"{minutes + more}m")));
    }

    private static IEnumerable<(string, (string, JsonNode?)[])> Version(string path, string text)
    {
        var minor = int.Parse(text.Split('.')[1], CultureInfo.InvariantCulture);
        return new[] { -1, 1 }.Select(more => To(path, string.Create(CultureInfo.InvariantCulture, $"{text.Split('.')[0]}.{minor + more}")));
    }

    private static bool IsDuration(string text) => text.Length > 1 && text[^1] is ('m' or 'h' or 'd') && text[..^1].All(char.IsAsciiDigit);
}
