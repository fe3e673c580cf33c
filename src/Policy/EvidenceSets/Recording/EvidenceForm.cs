// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>The root: the policy and the evidence of one decision.</summary>
internal sealed record BasisForm(int Version, PolicyForms Policies, EvidenceForm Evidence);

/// <summary>An evidence set, with scans and statements by digest. Lists whose order means nothing are in order of their text.</summary>
internal sealed record EvidenceForm(
    ImageSubject Subject,
    IReadOnlyList<ScanForm> Scans,
    IReadOnlyList<VexEvidence> Vex,
    CatalogForm? KnownExploited,
    ScoresForm? Epss,
    IReadOnlyList<StatementForm> Statements,
    IReadOnlyList<SentForm> Documents,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<BaseImage> BaseImages,
    IReadOnlyList<EvidenceProblem> Unproven,
    IReadOnlyList<EvidenceProblem> Problems);

/// <summary>A scan; what was read of its report is the piece <paramref name="Report"/>.</summary>
internal sealed record ScanForm(
    Digest Digest, Digest Report, EvidenceSource Source, PublicKey? SignedBy, EvidenceBinding Binding, Digest Covers,
    DateTimeOffset? EnvelopeTime);

/// <summary>
/// A statement: the bytes that were signed are the piece <paramref name="Content"/>, or where more than a key speaks for its signer that is
/// the bundle with all of it, and <paramref name="Signature"/> is empty.
/// </summary>
internal sealed record StatementForm(
    Digest Digest, Digest Content, bool IsBundle, string Signature, PublicKey Key, Digest Image, StorageLayout? Layout);

/// <summary>A document of the request; what was sent, or the payload of the envelope it came in, is the piece <paramref name="Content"/>.</summary>
internal sealed record SentForm(Digest Digest, DocumentKind Kind, Digest Content);

/// <summary>Which of the findings at hand a catalogue lists.</summary>
internal sealed record CatalogForm(
    Digest Digest, [property: JsonPropertyName("catalogue")] string Version, DateTimeOffset Released, int Count,
    IReadOnlyList<string> Listed);

/// <summary>Which scores a file gives to the findings at hand.</summary>
internal sealed record ScoresForm(
    Digest Digest, string? Model, DateTimeOffset Date, int Count, IReadOnlyList<ScoreForm> Scores);

/// <summary>One score.</summary>
internal sealed record ScoreForm(string Id, double Score);
