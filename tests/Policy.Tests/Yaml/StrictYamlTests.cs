// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Tests.Yaml;

/// <summary>Threat 51: what YAML can do to a reader, and how each is refused, with its place.</summary>
public sealed class StrictYamlTests
{
    public static TheoryData<string, string, int, int, string> Refused => new()
    {
        { "an alias", "a: &x 1\nb: *x\n", 1, 4, "anchor &x" },
        { "an alias without its anchor", "a: *x\n", 1, 4, "alias *x" },
        { "an anchor on a mapping", "a: &x { b: c }\n", 1, 4, "anchor &x" },
        { "a tag of the core schema", "a: !!str b\n", 1, 4, "tag tag:yaml.org,2002:str" },
        { "a local tag", "a: !mine b\n", 1, 4, "tag !mine" },
        { "the non-specific tag", "a: ! b\n", 1, 4, "tag !" },
        { "a verbatim tag", "a: !<tag:x> b\n", 1, 4, "tag tag:x" },
        { "a merge key", "a: { b: c }\nd:\n  <<: { e: f }\n", 3, 3, "merge keys" },
        { "a duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "'a' is given twice" },
        { "a duplicate in flow style, one quoted", "{ a: 1, \"a\": 2 }\n", 1, 9, "'a' is given twice" },
        { "a duplicate far below", "x:\n  - y: { z: 1, z: 2 }\n", 2, 16, "'z' is given twice" },
        { "a list for a key", "? [a]\n: b\n", 1, 3, "a name was expected" },
        { "a mapping for a key", "{ { a: b }: c }\n", 1, 3, "a name was expected" },
        { "nothing for a key", ": a\n", 1, 1, "found nothing" },
        { "null for a key", "~: a\n", 1, 1, "found nothing" },
        { "two documents", "a: 1\n---\nb: 2\n", 2, 1, "several documents" },
        { "two documents, the first of nothing", "---\n---\na: 1\n", 2, 1, "several documents" },
        { "two documents, the second hidden behind an end mark", "a: 1\n...\nb: 2\n", 3, 1, "several documents" },
        { "a version directive", "%YAML 1.1\n---\na: 1\n", 1, 1, "directives" },
        { "a tag directive", "%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "directives" },
        { "an unknown directive", "%FOO\n---\na: 1\n", 1, 1, "directives" },
        { "a byte order mark", "\uFEFFa: 1\n", 1, 1, "byte order mark" },
        { "a byte order mark inside", "a: 1\nb: \uFEFF\n", 2, 4, "byte order mark" },
        { "a NUL, where some parsers stop", "a: 1\0\nb: 2\n", 1, 5, "\\u{0}" },
        { "an escape character", "a: \u001B[2J\n", 1, 4, "\\u{1b}" },
        { "a C1 control character", "a: \u009B\n", 1, 4, "\\u{9b}" },
        { "a line break of YAML 1.1, NEL", "a: 1\u0085b: 2\n", 1, 5, "only LF" },
        { "a line break of YAML 1.1, LS", "a: 1\u2028b: 2\n", 1, 5, "only LF" },
        { "a tab as indentation", "a:\n\tb: 1\n", 2, 1, "starts with a tab" },
        { "an open list", "a: [1, 2\n", 2, 1, "not YAML" },
        { "an open text", "a: \"b\n", 1, 4, "not YAML" },
        { "half of a surrogate pair", "a: \"\\uD800\"\n", 1, 4, "not YAML" },
        { "a mapping in a mapping's line", "a: b: c\n", 1, 5, "not YAML" },
        { "only an end mark", "...\n", 1, 1, "empty" },
        { "two end marks", "...\n...\n", 1, 1, "not YAML" },
        { "nothing", "", 1, 1, "empty" },
        { "only a comment", "# nothing here\n", 1, 1, "empty" },
        { "only null", "~\n", 1, 1, "empty" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Refuses_with_place_and_reason(string because, string text, int line, int column, string expected)
    {
        Assert.False(StrictYaml.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem), because);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(new Position(line, column), problem.Start);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }

    [Fact]
    public void Refuses_what_is_not_UTF8()
    {
        Assert.False(StrictYaml.TryRead(new byte[] { (byte)'a', (byte)':', 0xFF }, out _, out var problem));
        Assert.Contains("UTF-8", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_scalars_as_they_were_written_with_their_places()
    {
        var root = Assert.IsType<YamlMapping>(Read("a: 1.10\nb: 'no'\nc: |\n  x\n  y\nd: [~, null, '']\n"));

        Assert.True(root.TryGet("a", out var a));
        Assert.Equal(("1.10", true, new Position(1, 4)), (((YamlScalar)a).Text, ((YamlScalar)a).IsPlain, a.Start));
        Assert.True(root.TryGet("b", out var b));
        Assert.Equal(("no", false), (((YamlScalar)b).Text, ((YamlScalar)b).IsPlain));
        Assert.True(root.TryGet("c", out var c));
        Assert.Equal("x\ny\n", ((YamlScalar)c).Text);
        Assert.True(root.TryGet("d", out var d));
        Assert.Equal([true, true, false], ((YamlSequence)d).Items.Select(item => ((YamlScalar)item).IsNull));
        Assert.Equal(new Position(6, 1), root.Members[3].Start);
        Assert.False(root.TryGet("A", out _));
    }

    [Fact]
    public void A_quoted_merge_sign_is_a_name_like_any_other() =>
        Assert.IsType<YamlMapping>(Read("'<<': a\n"));

    [Theory]
    [InlineData("lists in flow style", '[', "")]
    [InlineData("mappings in flow style", '{', "x: ")]
    public void Accepts_the_deepest_nesting_and_refuses_one_more(string because, char open, string prefix)
    {
        var close = open == '[' ? ']' : '}';
        string Nest(int depth) => prefix + string.Concat(Enumerable.Repeat(open == '{' ? "{a: " : "[", depth)) + "1" + new string(close, depth);
        var own = prefix.Length == 0 ? 0 : 1;

        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes(Nest(Limits.Depth - own)), out _, out _), because);
        Assert.False(StrictYaml.TryRead(Encoding.UTF8.GetBytes(Nest(Limits.Depth - own + 1)), out _, out var problem), because);
        Assert.Contains("deeper than 64", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_the_most_parts_and_refuses_one_more()
    {
        // the start and end of the sequence, the end of the document and of the stream count as well
        string Sequence(int items) => "[" + string.Concat(Enumerable.Repeat("a,", items)) + "]";

        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes(Sequence(Limits.YamlEvents - 4)), out _, out var ok), ok?.Message);
        Assert.False(StrictYaml.TryRead(Encoding.UTF8.GetBytes(Sequence(Limits.YamlEvents - 3)), out _, out var problem));
        Assert.Contains("more than 200000 parts", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_the_largest_file_and_refuses_one_byte_more()
    {
        var largest = Encoding.UTF8.GetBytes("a: " + new string('b', Limits.PolicyBytes - 3));

        Assert.True(StrictYaml.TryRead(largest, out _, out _));
        Assert.False(StrictYaml.TryRead(new byte[Limits.PolicyBytes + 1], out _, out var problem));
        Assert.Contains($"at most {Limits.PolicyBytes}", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>800 opening brackets end the process of a deserializer; here they are refused as quickly as anything.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "800 opening brackets", new string('[', 800) },
        { "a million opening brackets", new string('[', 1_000_000) },
        { "a million opening braces", "x: " + new string('{', 1_000_000) },
        { "nested list marks", string.Concat(Enumerable.Repeat("- ", 500_000)) },
        { "nested complex keys", string.Concat(Enumerable.Repeat("? ", 500_000)) },
        { "alternating brackets and braces", string.Concat(Enumerable.Repeat("[{", 500_000)) },
        { "brackets on lines of their own", string.Concat(Enumerable.Repeat("[\n", 500_000)) },
        { "a ladder of indentation", string.Concat(Enumerable.Range(0, 1_400).Select(i => new string(' ', i) + "a:\n")) },
        { "a billion laughs", "a: &a [x,x,x]\n" + string.Concat("bcdefghij".Select(c => $"{c}: &{c} [*{(char)(c - 1)},*{(char)(c - 1)}]\n")) },
        { "candidates for simple keys", "{" + string.Concat(Enumerable.Repeat("\"a\" ", 250_000)) },
        { "colons", new string(':', 1_000_000) },
        { "one long plain text of spaces", "a" + new string(' ', 1_000_000) + "b: [" },
        { "one long quoted text, never closed", "\"" + new string('a', 1_000_000) },
        { "an endless tag", "!<" + string.Concat(Enumerable.Repeat("%41", 300_000)) + "> a" },
        { "an endless anchor", "&" + new string('a', 1_000_000) + " b" },
        { "document marks", string.Concat(Enumerable.Repeat("---\n", 250_000)) + "[" },
        { "empty lines in a block", "a: |\n" + new string('\n', 1_000_000) + "b: [" },
        { "a hundred thousand names, the last twice", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"k{i}: v\n")) + "k0: v\n" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Refuses_hostile_documents_in_bounded_time(string because, string text)
    {
        var watch = Stopwatch.StartNew();

        Assert.False(StrictYaml.TryRead(Encoding.UTF8.GetBytes(text), out _, out _), because);

        // Milliseconds each on a quiet machine; quadratic work on a megabyte would take hours.
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{because} took {watch.Elapsed}");
    }

    [Fact]
    public void Reads_manifests_of_several_documents_and_leaves_out_empty_ones()
    {
        const string Text = "# rendered\n---\n---\nkind: Pod\n---\n# nothing\n---\nkind: Job\n...\n";

        Assert.True(StrictYaml.TryReadAll(Encoding.UTF8.GetBytes(Text), out var documents, out var problem), problem?.ToString());

        Assert.Equal(
            ["""{"kind":"Pod"}""", """{"kind":"Job"}"""],
            documents.Select(document => Encoding.UTF8.GetString(YamlJson.Write(document))), StringComparer.Ordinal);
        Assert.Equal([4, 8], documents.Select(document => document.Start.Line));
    }

    [Fact]
    public void Reads_a_file_of_comments_as_no_documents()
    {
        Assert.True(StrictYaml.TryReadAll("# nothing\n"u8.ToArray(), out var documents, out _));
        Assert.Empty(documents);
    }

    [Fact]
    public void Refuses_more_documents_than_are_read()
    {
        var text = string.Concat(Enumerable.Repeat("--- a\n", Limits.ManifestFileDocuments + 1));

        Assert.False(StrictYaml.TryReadAll(Encoding.UTF8.GetBytes(text), out _, out var problem));
        Assert.Contains("more than 10000 documents", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_manifest_file_over_its_own_limit()
    {
        Assert.False(StrictYaml.TryReadAll(new byte[Limits.ManifestFileBytes + 1], out _, out var problem));
        Assert.Contains("bytes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_document_refuses_the_whole_file()
    {
        Assert.False(StrictYaml.TryReadAll("a: 1\n---\nb: *c\n"u8.ToArray(), out _, out var problem));
        Assert.Equal(3, problem.Start.Line);
    }

    private static YamlNode Read(string text)
    {
        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes(text), out var root, out var problem), problem?.ToString());
        return root;
    }
}
