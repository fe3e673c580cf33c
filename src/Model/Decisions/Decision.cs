// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace SupplyChain.Model.Decisions;

/// <summary>
/// A decision with everything it rests on: the one schema that attestor, verifier, command line and ledger share.
/// The same inputs give the same bytes.
/// </summary>
public sealed record Decision
{
    /// <summary>The decision's id; unique, ordered by time.</summary>
    public required string Id { get; init; }

    /// <summary>Which gate decided.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>How it came out. <see cref="OutcomeOf"/> is the only rule for it.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>What the outcome leads to.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>When, by the server's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was judged.</summary>
    public required DecisionSubject Subject { get; init; }

    /// <summary>Who asked; absent where the caller is the cluster.</summary>
    public DecisionRequester? Requester { get; init; }

    /// <summary>The policy that was applied; absent when none was.</summary>
    public DecisionPolicy? Policy { get; init; }

    /// <summary>Every check that was evaluated, in the policy's order.</summary>
    public required IReadOnlyList<CheckResult> Checks { get; init; }

    /// <summary>Every piece of evidence that was found, used or not.</summary>
    public IReadOnlyList<DecisionEvidence> Evidence { get; init; } = [];

    /// <summary>What was stored in the registry because of an approval.</summary>
    public IReadOnlyList<DecisionArtifact> Artifacts { get; init; } = [];

    /// <summary>The rules that were considered and lost, in words; filled by <c>explain</c>.</summary>
    public IReadOnlyList<string> Considered { get; init; } = [];

    /// <summary>Whether the answer is a yes.</summary>
    [JsonIgnore]
    public bool IsPositive => Outcome is Outcome.Approved or Outcome.Allowed;

    /// <summary>
    /// The only rule for an outcome: FAIL outranks ERROR outranks PASS, and it is a yes only if at least one check
    /// passed and none failed or erred. No check at all is a no.
    /// </summary>
    public static Outcome OutcomeOf(DecisionKind kind, IEnumerable<CheckResult> checks)
    {
        var worst = checks.Select(check => check.Verdict).DefaultIfEmpty(Verdict.Skipped).Max();
        return worst switch
        {
            Verdict.Pass => kind == DecisionKind.Signing ? Outcome.Approved : Outcome.Allowed,
            Verdict.Error => Outcome.Error,
            _ => kind == DecisionKind.Signing ? Outcome.Refused : Outcome.Denied,
        };
    }

    /// <summary>The decision as UTF-8 JSON.</summary>
    public byte[] ToJson(bool indented = false) => JsonSerializer.SerializeToUtf8Bytes(
        this, indented ? DecisionJson.Indented.Decision : DecisionJson.Default.Decision);

    /// <summary>Reads a decision that this product wrote.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Decision FromJson(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, DecisionJson.Default.Decision) ?? throw new JsonException("a decision is null");
}

/// <summary>The image that was judged.</summary>
/// <param name="Name">The repository, as written in canonical form.</param>
/// <param name="Digest">The image's digest; absent when only a tag was named.</param>
/// <param name="Platforms">The runnable platforms that were judged.</param>
public sealed record DecisionSubject(string Name, Digest? Digest, IReadOnlyList<string> Platforms)
{
    /// <summary>The tag that was named, if any.</summary>
    public string? Tag { get; init; }

    /// <summary>The image's name as one text.</summary>
    public override string ToString() => Name + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);
}

/// <summary>Who asked.</summary>
/// <param name="Issuer">Who vouches for the identity.</param>
/// <param name="Subject">The identity.</param>
public sealed record DecisionRequester(string Issuer, string Subject);

/// <summary>The policy that was applied.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The SHA-256 of its canonical form.</param>
/// <param name="Rule">The admission rule that won, if any.</param>
public sealed record DecisionPolicy(string Name, Digest Revision, string? Rule);

/// <summary>A piece of evidence as a decision shows it.</summary>
public sealed record DecisionEvidence
{
    /// <summary>The digest of its bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary><c>scan</c>, <c>vex</c>, <c>approval</c>, <c>signature</c>, <c>attestation</c>, <c>sbom</c> for one that came without a statement around it, or for data that the operator supplies <c>known-exploited</c> and <c>epss</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who made it: scanner and version, or the attestor whose key signed.</summary>
    public string? Producer { get; init; }

    /// <summary><c>attested</c> or <c>submitted</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The id of the public key that vouches for it; null when nobody signed it. A certificate's key is used once.</summary>
    public Digest? SignedBy { get; init; }

    /// <summary>Whom the certificate was given to that vouches for it; null without one.</summary>
    public DecisionIdentity? Identity { get; init; }

    /// <summary>
    /// A digest of the attestors and trust roots by which its signer counted, where anything but a key has to speak for it; null otherwise.
    /// </summary>
    public Digest? Trust { get; init; }

    /// <summary><c>proven</c> or <c>asserted</c>.</summary>
    public string? Binding { get; init; }

    /// <summary>The platform it speaks of.</summary>
    public string? Platform { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The vulnerability database's time, for scans that tell it.</summary>
    public DateTimeOffset? DatabaseTime { get; init; }

    /// <summary>Whether a check counted it.</summary>
    public required bool Used { get; init; }

    /// <summary>Why it was not counted, or for VEX which of its statements were.</summary>
    public string? Note { get; init; }
}

/// <summary>Whom a certificate was given to.</summary>
/// <param name="Issuer">Who vouched for the identity when the certificate was issued; null where the certificate does not say.</param>
/// <param name="Subject">The identity.</param>
public sealed record DecisionIdentity(string? Issuer, string Subject);

/// <summary>Something that was signed and stored.</summary>
/// <param name="Purpose"><c>signature</c>, <c>tag-signature</c>, <c>scan-attestation:</c> and the report's digest, or <c>approval</c>.</param>
/// <param name="Subject">The digest of the manifest it is attached to.</param>
/// <param name="MediaType">The stored manifest's artifact type.</param>
/// <param name="Digest">The digest of the stored manifest; in the tag layout, of the layer.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Tag">The tag it is under, for the tag layout.</param>
public sealed record DecisionArtifact(
    string Purpose, Digest Subject, string MediaType, Digest Digest, long Size, string? Tag = null);
