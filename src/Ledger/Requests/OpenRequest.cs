// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Requests;

/// <summary>A request with a recorded intent and no end: its worker crashed, gave up for now, or is still at it.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Key">The request's key.</param>
/// <param name="Fingerprint">What the request asks for.</param>
/// <param name="Intents">What was to be signed, oldest first.</param>
/// <param name="Signatures">What has been signed, oldest first: these very bytes are to be published.</param>
public sealed record OpenRequest(
    string Request, Digest Key, Digest Fingerprint, IReadOnlyList<SigningIntent> Intents,
    IReadOnlyList<RecordedSignature> Signatures)
{
    /// <summary>The approval that the newest intent rests on.</summary>
    public Decision Decision => Intents[^1].Decision;

    /// <summary>What that approval was made on; null when it was not kept.</summary>
    public DecisionBasis? Basis => Intents[^1].Basis;

    /// <summary>The signature already made for a purpose and subject, if any.</summary>
    public RecordedSignature? Find(string purpose, Digest subject) => Signatures.FirstOrDefault(signature =>
        string.Equals(signature.Statement.Purpose, purpose, StringComparison.Ordinal)
        && signature.Statement.Subject == subject);
}
