// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>How a verification came out.</summary>
public enum VerificationResult
{
    /// <summary>The verifier signed a no.</summary>
    Failed,

    /// <summary>The verifier signed a yes.</summary>
    Passed,
}

/// <summary>One piece of evidence that a verification used.</summary>
/// <param name="Uri">Where it can be found, if told.</param>
/// <param name="Digest">The SHA-256 of its stored bytes.</param>
public sealed record InputAttestation(string? Uri, Digest Digest);

/// <summary>
/// The predicate of a verification summary attestation (SLSA VSA v1): who verified what against which policy, with
/// which evidence, and how it came out.
/// </summary>
/// <remarks>
/// Reading proves nothing by itself. A consumer still compares <see cref="VerifierId"/> with what is configured for the
/// key that signed, <see cref="ResourceUri"/> with the image it fetches, <see cref="Result"/> and levels with what it
/// needs, and times with its own clock.
/// </remarks>
public sealed record VerificationSummary
{
    /// <summary>The one level of a failed verification.</summary>
    internal const string FailedLevel = "FAILED";

    /// <summary>Who verified, as a URI; means something only together with the key that signed.</summary>
    public required string VerifierId { get; init; }

    /// <summary>The verifier's components and their versions.</summary>
    public IReadOnlyDictionary<string, string> VerifierVersion { get; init; } = Annotations.None;

    /// <summary>When it was verified; null when not told.</summary>
    public DateTimeOffset? TimeVerified { get; init; }

    /// <summary>What was verified, as the URI it is fetched from; images as an <see cref="ImageResource"/>.</summary>
    public required string ResourceUri { get; init; }

    /// <summary>The policy that was applied.</summary>
    public required string PolicyUri { get; init; }

    /// <summary>The SHA-256 of the policy that was applied, if told.</summary>
    public Digest? PolicyDigest { get; init; }

    /// <summary>The evidence that was used: all of it, or none is listed.</summary>
    public IReadOnlyList<InputAttestation> InputAttestations { get; init; } = [];

    /// <summary>How it came out.</summary>
    public required VerificationResult Result { get; init; }

    /// <summary>The levels that were reached, <c>FAILED</c> alone for a failure.</summary>
    public IReadOnlyList<string> VerifiedLevels { get; init; } = [];

    /// <summary>How many dependencies reached each level; empty for no dependencies, null for no claim.</summary>
    public IReadOnlyDictionary<string, long>? DependencyLevels { get; init; }

    /// <summary>The version of SLSA whose levels are meant.</summary>
    public string? SlsaVersion { get; init; }

    /// <summary>What the verifier adds beyond SLSA: names are URIs, values text.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = Annotations.None;

    /// <summary>Writes the predicate.</summary>
    /// <exception cref="ArgumentException">
    /// An extension is not named by a URI, a digest is no SHA-256, or levels and result disagree.
    /// </exception>
    public void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        VerificationSummaryWriter.Write(writer, this);
    }

    /// <summary>
    /// Reads the predicate of a verified summary; unknown members are ignored, known ones must be right.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="summary">The summary, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// PAYLOAD_TYPE for another predicate type, SIGNATURE_MALFORMED or EVIDENCE_LIMIT, when it is not.
    /// </param>
    public static bool TryRead(
        VerifiedStatement statement, [NotNullWhen(true)] out VerificationSummary? summary,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return VerificationSummaryReader.TryRead(statement, out summary, out problem);
    }

    // SLSA names extensions by URIs; none of its own members has a colon.
    internal static bool IsExtension(string name) => name.Contains(':', StringComparison.Ordinal);
}
