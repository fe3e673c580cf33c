// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using static SupplyChain.Policy.Tests.Checks.CheckTest;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>The subset of JSON Schema that policies have, in the manner of the specification's own test suite.</summary>
public sealed class JsonSchemaTests
{
    /// <summary>Keyword, schema, value, whether it is valid.</summary>
    public static TheoryData<string, string, string, bool> Cases => new()
    {
        { "type", """{ "type": "integer" }""", "1", true },
        { "type: a whole number is an integer however it is written", """{ "type": "integer" }""", "1.0", true },
        { "type", """{ "type": "integer" }""", "1.5", false },
        { "type", """{ "type": "integer" }""", "\"1\"", false },
        { "type: beyond decimals", """{ "type": "integer" }""", "1e40", true },
        { "type", """{ "type": "number" }""", "1", true },
        { "type", """{ "type": "number" }""", "true", false },
        { "type", """{ "type": "string" }""", "\"\"", true },
        { "type", """{ "type": "null" }""", "null", true },
        { "type", """{ "type": "null" }""", "0", false },
        { "type", """{ "type": "boolean" }""", "0", false },
        { "type", """{ "type": "array" }""", "{}", false },
        { "type", """{ "type": "object" }""", "[]", false },
        { "type: one of several", """{ "type": ["string", "null"] }""", "null", true },
        { "type: one of several", """{ "type": ["string", "null"] }""", "1", false },
        { "type: an object where the root does not say", """{ "required": ["a"] }""", "[]", false },
        { "const", """{ "const": 1 }""", "1.0", true },
        { "const: text is no number", """{ "const": 1 }""", "\"1\"", false },
        { "const: false is not 0", """{ "const": false }""", "0", false },
        { "const: objects in any order", """{ "const": { "a": 1, "b": [null] } }""", """{ "b": [null], "a": 1 }""", true },
        { "const: objects with more", """{ "const": { "a": 1 } }""", """{ "a": 1, "b": 2 }""", false },
        { "const: null", """{ "const": null }""", "null", true },
        { "enum", """{ "enum": [1, "a"] }""", "\"a\"", true },
        { "enum", """{ "enum": [1, "a"] }""", "2", false },
        { "required", """{ "type": "object", "required": ["a"] }""", """{ "a": null }""", true },
        { "required", """{ "type": "object", "required": ["a"] }""", """{ "A": 1 }""", false },
        { "properties", """{ "required": ["a"], "properties": { "a": { "type": "integer" } } }""", """{ "a": 1, "b": 2 }""", true },
        { "properties", """{ "required": ["a"], "properties": { "a": { "type": "integer" } } }""", """{ "a": "1" }""", false },
        { "properties: absent ones are not judged", """{ "required": ["a"], "properties": { "b": { "type": "integer" } } }""", """{ "a": 1 }""", true },
        { "additionalProperties: false", """{ "required": ["a"], "properties": { "a": { "type": "integer" } }, "additionalProperties": false }""", """{ "a": 1, "b": 2 }""", false },
        { "additionalProperties: a schema", """{ "type": "object", "additionalProperties": { "type": "integer" } }""", """{ "a": 1 }""", true },
        { "additionalProperties: a schema", """{ "type": "object", "additionalProperties": { "type": "integer" } }""", """{ "a": "x" }""", false },
        { "items", """{ "type": "array", "items": { "type": "integer" } }""", "[1, 2]", true },
        { "items", """{ "type": "array", "items": { "type": "integer" } }""", "[1, \"2\"]", false },
        { "minItems", """{ "type": "array", "minItems": 1 }""", "[]", false },
        { "maxItems", """{ "type": "array", "maxItems": 1 }""", "[1, 2]", false },
        { "minItems and maxItems", """{ "type": "array", "minItems": 1, "maxItems": 1 }""", "[1]", true },
        { "minimum", """{ "type": "number", "minimum": 1.5 }""", "1.5", true },
        { "minimum", """{ "type": "number", "minimum": 1.5 }""", "1.4", false },
        { "minimum: beyond decimals", """{ "type": "number", "minimum": 0 }""", "-1e40", false },
        { "maximum", """{ "type": "number", "maximum": -1 }""", "-1", true },
        { "maximum", """{ "type": "number", "maximum": -1 }""", "0", false },
        { "maximum: beyond decimals", """{ "type": "number", "maximum": 5 }""", "1e400", false },
        { "not: beyond decimals", """{ "not": { "type": "number", "minimum": 5 }, "type": "number" }""", "1e400", false },
        { "minLength", """{ "type": "string", "minLength": 2 }""", "\"a\"", false },
        { "minLength: characters, not their parts", """{ "type": "string", "minLength": 2 }""", "\"\U0001F600\"", false },
        { "maxLength: characters, not their parts", """{ "type": "string", "maxLength": 1 }""", "\"\U0001F600\"", true },
        { "maxLength", """{ "type": "string", "maxLength": 1 }""", "\"ab\"", false },
        { "pattern: not anchored", """{ "type": "string", "pattern": "b+" }""", "\"abbc\"", true },
        { "pattern: anchored", """{ "type": "string", "pattern": "^b+$" }""", "\"abb\"", false },
        { "pattern: the end is the end", """{ "type": "string", "pattern": "^b$" }""", "\"b\\n\"", false },
        { "pattern: digits are 0 to 9", """{ "type": "string", "pattern": "^\\d$" }""", "\"\u0663\"", false },
        { "pattern: digits", """{ "type": "string", "pattern": "^[\\d.]+$" }""", "\"1.2\"", true },
        { "pattern: letters", """{ "type": "string", "pattern": "^\\w$" }""", "\"\u00E9\"", false },
        { "pattern: a dot is no line feed", """{ "type": "string", "pattern": "^a.b$" }""", "\"a\\u2028b\"", false },
        { "pattern: an escaped dollar", """{ "type": "string", "pattern": "^\\$[$]$" }""", "\"$$\"", true },
        { "pattern: a group", """{ "type": "string", "pattern": "^(?:ab|cd)$" }""", "\"cd\"", true },
        { "allOf", """{ "type": "number", "allOf": [{ "type": "number", "minimum": 1 }, { "type": "number", "maximum": 2 }] }""", "1", true },
        { "allOf", """{ "type": "number", "allOf": [{ "type": "number", "minimum": 1 }, { "type": "number", "maximum": 2 }] }""", "3", false },
        { "anyOf", """{ "type": ["string", "number"], "anyOf": [{ "type": "string" }, { "type": "number", "maximum": 2 }] }""", "2", true },
        { "anyOf", """{ "type": ["string", "number"], "anyOf": [{ "type": "string" }, { "type": "number", "maximum": 2 }] }""", "3", false },
        { "oneOf", """{ "type": "number", "oneOf": [{ "type": "integer" }, { "type": "number", "minimum": 2 }] }""", "1", true },
        { "oneOf: both", """{ "type": "number", "oneOf": [{ "type": "integer" }, { "type": "number", "minimum": 2 }] }""", "3", false },
        { "oneOf: neither", """{ "type": "number", "oneOf": [{ "type": "integer" }, { "type": "number", "minimum": 2 }] }""", "1.5", false },
        { "not", """{ "type": "string", "not": { "const": "a" } }""", "\"b\"", true },
        { "not", """{ "type": "string", "not": { "const": "a" } }""", "\"a\"", false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_value_is_judged_as_the_specification_says(string keyword, string schema, string value, bool isValid)
    {
        var check = (PredicateCheck)Checking("predicate", Body(schema)).SigningPolicies[0].Checks[1];
        using var document = JsonDocument.Parse(value);

        var mismatch = check.Schema!.FindMismatch(document.RootElement);

        Assert.True(isValid == mismatch is null, $"{keyword}: {mismatch}");
    }

    /// <summary>Patterns that a backtracking reader would try on such a text in more ways than there are particles: it would not return.</summary>
    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("^(a+)+$")]
    [InlineData("(a|aa)+c")]
    [InlineData("(a|a)*b")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)x")]
    public void A_pattern_takes_no_more_steps_for_being_ambiguous(string pattern)
    {
        var schema = $$"""{ "type": "string", "pattern": "{{pattern}}" }""";
        var check = (PredicateCheck)Checking("predicate", Body(schema)).SigningPolicies[0].Checks[1];
        using var document = JsonDocument.Parse($"\"{new string('a', 100 * 1024)}!\"");

        Assert.NotNull(check.Schema!.FindMismatch(document.RootElement));
    }

    /// <summary>Why, schema, what the loader says.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "a keyword that is not built", """{ "type": "object", "patternProperties": {} }""", "schema.patternProperties: unknown field" },
        { "a reference", """{ "$ref": "#/$defs/a" }""", "unknown field" },
        { "a typo deep inside", """{ "required": ["a"], "properties": { "a": { "type": "object", "requird": ["b"] } } }""", "schema.properties.a.requird: unknown field; did you mean required?" },
        { "nothing", "{}", "says nothing" },
        { "nothing about a property", """{ "required": ["a"], "properties": { "a": {} } }""", "says nothing" },
        { "a truth value", "true", "expected a mapping" },
        { "an unknown type", """{ "type": "text" }""", "'text' is not accepted" },
        { "no types", """{ "type": [] }""", "is an empty list" },
        { "properties that nobody needs", """{ "properties": { "result": { "const": "PASSED" } } }""", "would pass" },
        { "empty properties", """{ "type": "object", "properties": {} }""", "is empty" },
        { "properties of any type below the root", """{ "required": ["a"], "properties": { "a": { "required": ["b"] } } }""", "say type: object as well" },
        { "items of what may be no list", """{ "items": { "const": 1 } }""", "say type: array as well" },
        { "a minimum of what may be text", """{ "type": ["string", "number"], "minimum": 1 }""", "say type: number as well" },
        { "a pattern of what may be a number", """{ "const": 1, "pattern": "a" }""", "say type: string as well" },
        { "an empty enum", """{ "enum": [] }""", "is an empty list" },
        { "const beside enum", """{ "const": 1, "enum": [1] }""", "is there beside const" },
        { "required that is not accepted", """{ "required": ["a"], "properties": { "b": { "const": 1 } }, "additionalProperties": false }""", "requires a, which it does not accept" },
        { "more than at most", """{ "type": "array", "minItems": 2, "maxItems": 1 }""", "which nothing can be" },
        { "a number that is none", """{ "type": "number", "minimum": "1" }""", "expected a number" },
        { "a pattern that is none", """{ "type": "string", "pattern": "(" }""", "is not a pattern" },
        { "a pattern that looks ahead", """{ "type": "string", "pattern": "(?=a)" }""", "kind that is not accepted" },
        { "a pattern that refers back", """{ "type": "string", "pattern": "(a)\\1" }""", "escape \\1" },
        { "a pattern of classes that differ by language", """{ "type": "string", "pattern": "\\p{L}" }""", "escape \\p" },
        { "a pattern that subtracts classes", """{ "type": "string", "pattern": "[a-z-[b]]" }""", "inside a class" },
        { "a pattern of an empty class", """{ "type": "string", "pattern": "[]a]" }""", "class without characters" },
        { "a pattern that is too long", $$"""{ "type": "string", "pattern": "{{new string('a', 513)}}" }""", "at most 512" },
        { "no alternatives", """{ "type": "object", "anyOf": [] }""", "is an empty list" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_schema_that_would_judge_less_than_it_seems_is_refused_at_load(string because, string schema, string expected)
    {
        var problems = Problems("predicate", Body(schema));

        Assert.True(problems.Contains(expected, StringComparison.Ordinal), $"{because}: {problems}");
        Assert.Matches(@"policy-0\.json\(?[:,]?\d+", problems);
    }

    private static string Body(string schema) => $$"""{ "type": "https://example.com/t", "signedBy": ["scanner-service"], "schema": {{schema}} }""";
}
