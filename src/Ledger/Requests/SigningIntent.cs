// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Requests;

/// <summary>
/// What is about to be signed. A request may record several, one after another: a later statement can name the digest
/// of an earlier signature, which is not known before it is made.
/// </summary>
/// <param name="KeyId">The key version that will sign.</param>
/// <param name="Decision">The approval that allows it; its id is the request's. It names requester, policy and evidence.</param>
/// <param name="Statements">What the key will be asked to sign; at least one.</param>
public sealed record SigningIntent(string KeyId, Decision Decision, IReadOnlyList<IntendedStatement> Statements)
{
    /// <summary>What the decision was made on; null when it is not kept.</summary>
    public DecisionBasis? Basis { get; init; }
}

/// <summary>One statement or payload that is to be signed.</summary>
/// <param name="Purpose">
/// What it is for, such as <c>signature</c> or <c>approval</c>; with the subject it names one signature of the request.
/// </param>
/// <param name="Subject">The manifest it is about.</param>
/// <param name="Payload">The digest of the payload's exact bytes.</param>
public sealed record IntendedStatement(string Purpose, Digest Subject, Digest Payload);

/// <summary>A signature with the exact bytes that are published for it.</summary>
public sealed record RecordedSignature
{
    /// <summary>The intended statement it signs.</summary>
    public required IntendedStatement Statement { get; init; }

    /// <summary>The key version that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public key that verifies it, by its id.</summary>
    public required Digest PublicKey { get; init; }

    /// <summary>The media type of <see cref="Content"/>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The bytes to publish: a bundle, or the payload that a tag layout stores as its layer.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Annotations to publish with the content; the tag layout keeps its signature there.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
