// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;

namespace SupplyChain.Sigstore.Tests.Tuf;

/// <summary>The one form of a document that TUF signs.</summary>
public sealed class CanonicalJsonTests
{
    /// <summary>A document and its canonical form.</summary>
    public static TheoryData<string, string> Forms => new()
    {
        { """ { "b" : 1 , "a" : [ true , false , null ] } """, """{"a":[true,false,null],"b":1}""" },
        { """{"":{},"a":[]}""", """{"":{},"a":[]}""" },
        { """{"ab":1,"a":2,"B":3,"é":4,"z":5}""", """{"B":3,"a":2,"ab":1,"z":5,"é":4}""" },
        // By bytes, not by UTF-16: the last private-use character comes before the first beyond the basic plane.
        { """{"\ud83d\ude00":1,"\uf8ff":2}""", "{\"\uf8ff\":2,\"\U0001F600\":1}" },
        { """["\"\\\/\n\t\u0001\u00e9"]""", "[\"\\\"\\\\/\n\t\u0001\u00e9\"]" },
        { """["\\","\"","a\\b\"c"]""", """["\\","\"","a\\b\"c"]""" },
        { "[0,-1,12345678901234567890123]", "[0,-1,12345678901234567890123]" },
        { "\"x\"", "\"x\"" },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Is_one(string document, string canonical)
    {
        using var parsed = JsonDocument.Parse(document);

        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Write(new ProtoElement(parsed.RootElement, "it"))));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("1E2")]
    [InlineData("-0")]
    [InlineData("-1.5")]
    public void Numbers_that_are_not_whole_have_none(string number)
    {
        using var parsed = JsonDocument.Parse($$"""{"a":[{{number}}]}""");

        var refused = Assert.Throws<ProtoException>(() => CanonicalJson.Write(new ProtoElement(parsed.RootElement, "it")));

        Assert.Equal($"it holds the number {number}; expected whole numbers", refused.Message);
    }
}
