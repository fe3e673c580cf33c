// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// What the configuration of an image says, as far as policies judge it. Its digest is in the manifest, so nobody can change it; what
/// it says is still only what the builder wrote.
/// </summary>
/// <remarks>OCI image-spec 1.1, "OCI Image Configuration".</remarks>
public sealed record ImageConfiguration
{
    /// <summary>When it was built, as written; null when the image does not say.</summary>
    public string? Created { get; init; }

    /// <summary>Who runs in it, as written: a user and perhaps a group; empty for the default, which is root.</summary>
    public string User { get; init; } = "";

    /// <summary>The ports it exposes, as written.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The digests of its layers' content, lowest first. Runtimes refuse an image whose layers are others.</summary>
    public IReadOnlyList<Digest> DiffIds { get; init; } = [];

    /// <summary>Reads a configuration; unknown members are ignored.</summary>
    /// <param name="root">A document that <see cref="StrictJson"/> accepted.</param>
    /// <param name="configuration">What it says, when the result is <see langword="true"/>.</param>
    /// <param name="problem">MANIFEST_MALFORMED or MANIFEST_AMBIGUOUS, when it is not.</param>
    public static bool TryRead(
        JsonElement root, [NotNullWhen(true)] out ImageConfiguration? configuration,
        out ConfigurationProblem? problem) =>
        ImageConfigurationReader.TryRead(root, out configuration, out problem);
}

/// <summary>Why a configuration cannot be judged.</summary>
/// <param name="Reason">MANIFEST_MALFORMED, or MANIFEST_AMBIGUOUS if readers differ about it.</param>
/// <param name="Message">What is wrong, printable.</param>
public sealed record ConfigurationProblem(ReasonCode Reason, string Message);
