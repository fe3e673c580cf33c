// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;

namespace SupplyChain.Policy;

/// <summary>The types of JSON Schema.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    Text = 16,
    Array = 32,
    Object = 64,
}

/// <summary>
/// What a JSON value has to be: a subset of JSON Schema 2020-12, read by <see cref="JsonSchemaReader"/>, which refuses every keyword
/// that is not here. Immutable and thread-safe.
/// </summary>
public sealed record JsonSchema
{
    internal JsonSchema()
    {
    }

    internal JsonTypes Types { get; init; }

    /// <summary>The values that are accepted; null for any. A <c>const</c> is a list of one.</summary>
    internal IReadOnlyList<JsonElement>? Values { get; init; }

    internal IReadOnlyList<string> Required { get; init; } = [];

    internal IReadOnlyDictionary<string, JsonSchema> Properties { get; init; } =
        new Dictionary<string, JsonSchema>(StringComparer.Ordinal);

    /// <summary>Whether members that <see cref="Properties"/> does not name are accepted.</summary>
    internal bool AcceptsOthers { get; init; } = true;

    /// <summary>What those have to be; null for anything.</summary>
    internal JsonSchema? Others { get; init; }

    internal JsonSchema? Items { get; init; }

    internal int? MinimumItems { get; init; }

    internal int? MaximumItems { get; init; }

    internal decimal? Minimum { get; init; }

    internal decimal? Maximum { get; init; }

    internal int? MinimumLength { get; init; }

    internal int? MaximumLength { get; init; }

    internal Regex? Pattern { get; init; }

    /// <summary>The pattern as it was written, for messages.</summary>
    internal string? PatternText { get; init; }

    internal IReadOnlyList<JsonSchema> AllOf { get; init; } = [];

    internal IReadOnlyList<JsonSchema> AnyOf { get; init; } = [];

    internal IReadOnlyList<JsonSchema> OneOf { get; init; } = [];

    internal JsonSchema? Not { get; init; }

    /// <summary>What keeps <paramref name="value"/> from being what the schema describes; null when nothing does.</summary>
    internal SchemaMismatch? FindMismatch(JsonElement value) => JsonSchemaEvaluation.Find(this, value, "");
}

/// <summary>Where a value is not what a schema describes.</summary>
/// <param name="Path">The place, such as <c>steps[0].result</c>; empty for the whole.</param>
/// <param name="Expected">What is described, printable.</param>
/// <param name="Actual">What is there, printable.</param>
internal sealed record SchemaMismatch(string Path, string Expected, string Actual)
{
    /// <summary>The place as messages call it.</summary>
    internal string Place => Path.Length == 0 ? "the predicate" : Path;
}
