// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>Threat 52: JSON that two readers could understand differently.</summary>
public sealed class StrictJsonTests
{
    private const string Suite = "vectors/json/JSONTestSuite/";

    public static TheoryData<string, string, string> Rejected => new()
    {
        { "nothing", "", "not JSON" },
        { "a duplicate member", """{"a":1,"a":2}""", "not JSON" },
        { "an equal duplicate member", """{"a":1,"a":1}""", "not JSON" },
        { "a duplicate member in another spelling", """{"a":1,"\u0061":2}""", "not JSON" },
        { "a duplicate member far inside", """[{"x":{"a":1,"b":2,"a":3}}]""", "not JSON" },
        { "a comment", "{} // x", "not JSON" },
        { "a trailing comma", "[1,]", "not JSON" },
        { "two documents", "{}{}", "not JSON" },
        { "a byte order mark", "\uFEFF{}", "byte order mark" },
        { "half a pair in a value", """["\ud800"]""", "surrogate" },
        { "half a pair in a name", """{"\ud800":1}""", "" },
        { "half a pair far inside", """{"a":[[{"b":"x\udc00"}]]}""", "surrogate" },
        { "a pair the wrong way round", """["\udc00\ud800"]""", "surrogate" },
        { "too deep", new string('[', 65) + new string(']', 65), "not JSON" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public void Is_refused(string because, string json, string expected)
    {
        Assert.False(StrictJson.TryParse(Encoding.UTF8.GetBytes(json), out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[64 levels]")]
    [InlineData("""{"a":1,"A":2}""")]
    [InlineData("""["\ud83d\ude00","\\ud800","😀"]""")]
    [InlineData("1")]
    [InlineData(" {} \n")]
    public void Is_accepted(string json)
    {
        json = json is "[64 levels]" ? new string('[', 64) + new string(']', 64) : json;
        Assert.True(StrictJson.TryParse(Encoding.UTF8.GetBytes(json), out var document, out var problem), problem);
        document.Dispose();
    }

    [Fact]
    public void Says_where_it_stopped_without_repeating_control_characters()
    {
        Assert.False(StrictJson.TryParse("{\n \"a\": \u001b]0;x"u8.ToArray(), out _, out var problem));

        Assert.Contains("line 2", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(problem, c => char.IsControl(c));
    }

    // Chosen once, frozen here: numbers of any size stay text until somebody asks for a number; whatever is not text is
    // refused.
    private static readonly Dictionary<string, bool> ImplementationDefined = new(StringComparer.Ordinal)
    {
        ["i_number_double_huge_neg_exp.json"] = true,
        ["i_number_huge_exp.json"] = true,
        ["i_number_pos_double_huge_exp.json"] = true,
        ["i_number_real_neg_overflow.json"] = true,
        ["i_number_real_pos_overflow.json"] = true,
        ["i_number_real_underflow.json"] = true,
        ["i_number_too_big_pos_int.json"] = true,
        ["i_number_very_big_negative_int.json"] = true,
        ["i_object_key_lone_2nd_surrogate.json"] = false,
        ["i_string_1st_surrogate_but_2nd_missing.json"] = false,
        ["i_string_UTF-8_invalid_sequence.json"] = false,
        ["i_string_incomplete_surrogate_pair.json"] = false,
        ["i_string_invalid_lonely_surrogate.json"] = false,
        ["i_string_invalid_surrogate.json"] = false,
        ["i_string_invalid_utf-8.json"] = false,
        ["i_string_inverted_surrogates_U+1D11E.json"] = false,
        ["i_string_iso_latin_1.json"] = false,
        ["i_string_lone_second_surrogate.json"] = false,
        ["i_string_lone_utf8_continuation_byte.json"] = false,
        ["i_string_overlong_sequence_6_bytes.json"] = false,
        ["i_string_truncated-utf-8.json"] = false,
        ["i_string_utf16BE_no_BOM.json"] = false,
        ["i_string_utf16LE_no_BOM.json"] = false,
        ["i_structure_UTF-8_BOM_empty_object.json"] = false,
    };

    // Valid JSON by its grammar, and refused: two readers take different members for the one that counts.
    private static readonly HashSet<string> RefusedThoughValid = new(StringComparer.Ordinal)
    {
        "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    };

    [Fact]
    public void The_JSON_test_suite_comes_out_as_it_says()
    {
        var files = Directory.GetFiles(SharedFiles.Require(Suite + "test_parsing"));
        Assert.InRange(files.Length, 200, 400);
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var expected = name[0] switch
            {
                'y' => !RefusedThoughValid.Contains(name),
                'n' => false,
                _ => ImplementationDefined[name],
            };

            var accepted = StrictJson.TryParse(File.ReadAllBytes(file), out var document, out var problem);

            Assert.True(accepted == expected, $"{name}: {problem ?? "accepted"}");
            document?.Dispose();
        }
    }

    [Theory]
    [InlineData("number_-9223372036854775809.json", true)]
    [InlineData("number_10000000000000000999.json", true)]
    [InlineData("number_1.0.json", true)]
    [InlineData("object_key_nfc_nfd.json", true)]
    [InlineData("object_key_nfd_nfc.json", true)]
    [InlineData("string_1_escaped_invalid_codepoint.json", false)]
    [InlineData("string_2_invalid_codepoints.json", false)]
    [InlineData("string_3_escaped_invalid_codepoints.json", false)]
    [InlineData("string_with_escaped_NULL.json", true)]
    public void What_other_readers_transform_is_kept_or_refused(string file, bool expected)
    {
        var bytes = File.ReadAllBytes(SharedFiles.Require(Suite + "test_transform/" + file));
        var accepted = StrictJson.TryParse(bytes, out var document, out _);
        Assert.Equal(expected, accepted);
        if (document is not null)
            Assert.Equal(Encoding.UTF8.GetString(bytes).TrimEnd(), document.RootElement.GetRawText());
        document?.Dispose();
    }

    [Fact]
    public void Documents_that_are_large_in_a_hostile_way_are_read_or_refused_in_good_time()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/json/kubernetes-json-limits.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = vector.GetProperty("name").GetString()!;
            var startedAt = TimeProvider.System.GetTimestamp();

            var accepted = StrictJson.TryParse(Expand(vector.GetProperty("data").GetProperty("$recipe")), out var document, out _);

            Assert.True(accepted != name.Contains("nested", StringComparison.Ordinal), name);
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(10), name);
            document?.Dispose();
        }
    }

    [Fact]
    public void Duplicates_that_another_strict_reader_reports_are_refused()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/json/kubernetes-sigs-strict.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            // Unknown members are a matter of whoever reads the document, not of its text.
            var duplicate = vector.GetProperty("strictErrors").EnumerateArray().Any(error => error.GetString()!.StartsWith("duplicate", StringComparison.Ordinal));

            var accepted = StrictJson.TryParse(Encoding.UTF8.GetBytes(vector.GetProperty("in").GetString()!), out var document, out _);

            Assert.True(accepted != duplicate, vector.GetProperty("name").GetString());
            document?.Dispose();
        }
    }

    private static byte[] Expand(JsonElement recipe)
    {
        var text = new StringBuilder();
        foreach (var part in recipe.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.String)
                text.Append(part.GetString());
            else
                text.Insert(text.Length, string.Concat(part.GetProperty("repeat").EnumerateArray().Select(piece => piece.GetString())), part.GetProperty("times").GetInt32());
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
