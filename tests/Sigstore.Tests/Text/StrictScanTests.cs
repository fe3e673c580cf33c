// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class StrictScanTests
{
    public static TheoryData<string, byte[], string> Refusals => new()
    {
        { "nothing", [], "not JSON" },
        { "two documents", "{} {}"u8.ToArray(), "not JSON" },
        { "a comment", "{/**/}"u8.ToArray(), "not JSON" },
        { "a trailing comma", "[1,]"u8.ToArray(), "not JSON" },
        { "a byte order mark", [0xEF, 0xBB, 0xBF, (byte)'1'], "byte order mark" },
        { "bytes that are no UTF-8", [(byte)'"', 0xC3, (byte)'"'], "UTF-8" },
        { "a duplicate", """{"a":1,"a":2}"""u8.ToArray(), "'a' is there twice" },
        { "a duplicate of another spelling", """{"a":1,"\u0061":2}"""u8.ToArray(), "'a' is there twice" },
        { "a duplicate of two spellings", """{"\u0061":1,"\u0061":2}"""u8.ToArray(), "'a' is there twice" },
        { "an empty name twice", """{"":1,"":2}"""u8.ToArray(), "'' is there twice" },
        { "a duplicate with a value between", """{"a":{"a":1},"b":[{}],"a":2}"""u8.ToArray(), "'a' is there twice" },
        { "a duplicate deep inside", """[[{"x":[{"aaaaaaaaaa":1,"aaaaaaaaaa":2}]}]]"""u8.ToArray(), "is there twice" },
        { "a duplicate among many", Many(40, duplicate: true), "'name7' is there twice" },
        { "half a surrogate pair", """["\ud800"]"""u8.ToArray(), "surrogate" },
        { "the other half", """["x\udc00"]"""u8.ToArray(), "surrogate" },
        { "half a pair in a name", """{"\ud800":1}"""u8.ToArray(), "surrogate" },
        { "too deep", Encoding.ASCII.GetBytes(new string('[', 65) + new string(']', 65)), "nested more than 64" },
        { "too deep by an object", Encoding.ASCII.GetBytes(new string('[', 64) + "{}" + new string(']', 64)), "nested more than 64" },
        { "far too deep", Encoding.ASCII.GetBytes(new string('[', 100_000)), "nested more than 64" },
    };

    public static TheoryData<string, byte[]> Acceptances => new()
    {
        { "text alone", "\"x\""u8.ToArray() },
        { "the same name in other objects", """{"a":{"a":1},"b":{"a":2},"c":[{"a":1},{"a":2}]}"""u8.ToArray() },
        { "names that differ in case", """{"a":1,"A":2}"""u8.ToArray() },
        { "names that share their beginning", """{"aaaaaaaaa1":1,"aaaaaaaaa2":2,"aaaaaaaa":3}"""u8.ToArray() },
        { "names that differ by a NUL", """{"a":1,"a\u0000":2,"\u0000a":3}"""u8.ToArray() },
        { "many names", Many(40, duplicate: false) },
        { "a whole surrogate pair", """["\ud83d\ude00"]"""u8.ToArray() },
        { "as deep as allowed", Encoding.ASCII.GetBytes(new string('[', 64) + new string(']', 64)) },
        { "as deep as allowed, with a value inside", Encoding.ASCII.GetBytes(new string('[', 63) + "{\"a\":1}" + new string(']', 63)) },
    };

    public static TheoryData<string> TestSuite
    {
        get
        {
            var folder = SharedFiles.Find("vectors/json/JSONTestSuite/test_parsing");
            return folder is null ? [""] : [.. Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        }
    }

    [Theory, MemberData(nameof(Refusals))]
    public void Says_what_is_wrong(string because, byte[] json, string expected)
    {
        Assert.False(StrictScan.TryCheck(json, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.False(StrictJson.TryParse(json, out _, out _), $"{because}: the document reader takes it");
    }

    [Theory, MemberData(nameof(Acceptances))]
    public void Takes_what_is_right(string because, byte[] json) =>
        Assert.True(StrictScan.TryCheck(json, out var problem), $"{because}: {problem}");

    [Theory, MemberData(nameof(TestSuite))]
    public void Agrees_with_the_document_reader(string file)
    {
        var json = File.ReadAllBytes(Path.Combine(SharedFiles.Require("vectors/json/JSONTestSuite/test_parsing"), file));

        var isDocument = StrictJson.TryParse(json, out var document, out _);
        document?.Dispose();

        Assert.Equal(isDocument, StrictScan.TryCheck(json, out _));
    }

    [Fact]
    public void Refuses_more_members_than_it_would_compare()
    {
        Assert.True(StrictScan.TryCheck(Many(Limits.JsonMembers, duplicate: false), out var problem), problem);
        Assert.False(StrictScan.TryCheck(Many(Limits.JsonMembers + 1, duplicate: false), out problem));
        Assert.Contains("more than 250000 members", problem, StringComparison.Ordinal);
    }

    private static byte[] Many(int count, bool duplicate) => Encoding.UTF8.GetBytes(
        "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"name{(duplicate && i == count - 1 ? 7 : i)}\":{i}")) + "}");
}
