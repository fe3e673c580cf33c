// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SupplyChain.Sigstore;

/// <summary>Something that a build says it read: where from, and by what digest.</summary>
/// <param name="Uri">Where it is from; null when not told.</param>
/// <param name="HasDigest">Whether any digest fixes it.</param>
public sealed record BuildDependency(string? Uri, bool HasDigest);

/// <summary>A source that the parameters of a build name.</summary>
/// <param name="Uri">The repository, as written; it may carry the reference behind <c>@</c> or <c>#</c>.</param>
/// <param name="Reference">The branch or tag, where a member of its own tells it.</param>
public sealed record BuildSource(string Uri, string? Reference);

/// <summary>
/// What SLSA provenance of version 0.2 or 1 says about a build, as far as policies judge it.
/// </summary>
/// <remarks>
/// https://slsa.dev/spec/v1.0/provenance and https://slsa.dev/spec/v0.2/provenance. Reading proves nothing by itself: the builder's id
/// means something only together with the key that signed.
/// </remarks>
public sealed record BuildProvenance
{
    /// <summary>Who built.</summary>
    public required string BuilderId { get; init; }

    /// <summary>How the parameters are to be understood.</summary>
    public required string BuildType { get; init; }

    /// <summary>
    /// The sources that the parameters of the build name. What else a build read is no source, whatever it is called.
    /// </summary>
    public required IReadOnlyList<BuildSource> Sources { get; init; }

    /// <summary>Everything that the build says it read.</summary>
    public required IReadOnlyList<BuildDependency> Dependencies { get; init; }

    /// <summary>The names of the parameters that were under somebody's control outside the builder.</summary>
    public required IReadOnlyList<string> ParameterNames { get; init; }

    /// <summary>Whether statements of <paramref name="predicateType"/> can be read; compared exactly.</summary>
    public static bool IsType(string predicateType) =>
        predicateType is PredicateTypes.ProvenanceV1 or PredicateTypes.ProvenanceV02;

    /// <summary>Reads a predicate.</summary>
    /// <param name="predicateType">Its type.</param>
    /// <param name="predicate">The predicate.</param>
    /// <param name="provenance">What it says, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is missing or of the wrong shape, printable, when it is not.</param>
    public static bool TryRead(
        string predicateType, JsonElement predicate, [NotNullWhen(true)] out BuildProvenance? provenance,
        [NotNullWhen(false)] out string? problem)
    {
        var read = predicateType switch
        {
            PredicateTypes.ProvenanceV1 => BuildProvenanceReader.ReadV1(predicate),
            PredicateTypes.ProvenanceV02 => BuildProvenanceReader.ReadV02(predicate),
            _ => (null, "it is not SLSA provenance of a known version"),
        };
        (provenance, problem) = read;
        return provenance is not null;
    }
}
