// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Where a value is written, for what is found wrong with it only after its document was read.</summary>
/// <param name="Location">Its place.</param>
/// <param name="Path">Its path, such as <c>spec.attestor</c>.</param>
internal sealed record FieldPlace(SourceLocation Location, string Path)
{
    internal PolicyProblem Error(string message) => Problem(ProblemSeverity.Error, message);

    internal PolicyProblem Warning(string message) => Problem(ProblemSeverity.Warning, message);

    /// <summary>The places of a list's entries; none of what is no list.</summary>
    internal static IReadOnlyList<FieldPlace> OfEntries(Field? field) =>
        field?.Node is YamlSequence sequence ? [.. sequence.Items.Select((_, i) => field.Entry(sequence, i).Place)] : [];

    private PolicyProblem Problem(ProblemSeverity severity, string message) => new(Location, severity, $"{Path}: {message}");
}
