// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Tests.Yaml;

public sealed class JsonTests
{
    public static TheoryData<string, string, int, int, string> Refused => new()
    {
        { "a duplicate", "{\n \"a\": 1,\n \"a\": 2 }", 3, 2, "a" },
        { "a duplicate spelt with an escape", "{ \"a\": 1, \"\\u0061\": 2 }", 1, 11, "a" },
        { "a comment", "{ // no\n}", 1, 3, "line 1" },
        { "a trailing comma", "{ \"a\": 1, }", 1, 11, "line 1" },
        { "trailing data", "{ }\n{ }", 1, 1, "line 2" },
        { "an open object", "{ \"a\": 1", 1, 9, "line 1" },
        { "half of a surrogate pair", "[\"\\uD800\"]", 1, 2, "surrogate" },
        { "a byte order mark", "\uFEFF{}", 1, 1, "byte order mark" },
        { "nothing", "", 1, 1, "JSON" },
        { "too deep", new string('[', 65) + new string(']', 65), 1, 65, "depth" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Refuses_with_place_and_reason(string because, string text, int line, int column, string expected)
    {
        Assert.False(JsonTree.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem), because);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(new Position(line, column), problem.Start);
    }

    [Fact]
    public void Refuses_more_bytes_than_a_policy_may_have()
    {
        Assert.False(JsonTree.TryRead(new byte[Limits.PolicyBytes + 1], out _, out var problem));
        Assert.Contains("bytes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_the_nodes_that_YAML_gives()
    {
        Assert.True(JsonTree.TryRead("{\n  \"a\": [1.10, true, null, \"true\"]\n}"u8.ToArray(), out var root, out _));

        var list = (YamlSequence)((YamlMapping)root).Members.Single().Value;
        Assert.Equal(new Position(2, 8), list.Start);
        Assert.Equal(["1.10", "true", "null", "true"], list.Items.Select(item => ((YamlScalar)item).Text), StringComparer.Ordinal);
        Assert.Equal([true, true, true, false], list.Items.Select(item => ((YamlScalar)item).IsPlain));
        Assert.Equal(new Position(2, 15), list.Items[1].Start);
    }

    /// <summary>Core schema, YAML 1.2.2 §10.3: what is no number or truth value there stays text, as "no" and "1_000" do.</summary>
    public static TheoryData<string, string> Resolved => new()
    {
        { "null", "null" },
        { "~", "null" },
        { "''", "\"\"" },
        { "true", "true" },
        { "FALSE", "false" },
        { "'true'", "\"true\"" },
        { "yes", "\"yes\"" },
        { "no", "\"no\"" },
        { "on", "\"on\"" },
        { "0", "0" },
        { "-19", "-19" },
        { "+12", "12" },
        { "007", "7" },
        { "0o14", "12" },
        { "0xFF", "255" },
        { "0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175" },
        { "0o8", "\"0o8\"" },
        { "1_000", "\"1_000\"" },
        { "1.10", "1.10" },
        { ".5", "0.5" },
        { "1.", "1" },
        { "-0.0", "-0.0" },
        { "1e3", "1e3" },
        { "1.5E-3", "1.5e-3" },
        { ".inf", "\".inf\"" },
        { ".nan", "\".nan\"" },
        { ".", "\".\"" },
        { "-", "[null]" },
        { "1e", "\"1e\"" },
        { "12:30:45", "\"12:30:45\"" },
        { "2026-01-01", "\"2026-01-01\"" },
        { "nginx:1.27", "\"nginx:1.27\"" },
    };

    [Theory, MemberData(nameof(Resolved))]
    public void Writes_plain_scalars_by_the_core_schema(string yaml, string json)
    {
        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes($"a: [ {(yaml == "-" ? "[~]" : yaml)} ]"), out var root, out var problem), problem?.ToString());
        Assert.Equal($$"""{"a":[{{json}}]}""", Encoding.UTF8.GetString(YamlJson.Write(root)));
    }
}
