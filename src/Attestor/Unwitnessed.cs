// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>
/// Signatures that the ledger holds before logs and timestamp authorities have seen them: under a purpose of their own, and never published.
/// Whoever takes a request up has the same signature seen, so that a purpose is signed once, whatever happened in between.
/// </summary>
internal static class Unwitnessed
{
    private const string Prefix = "unwitnessed:";

    /// <summary>The purpose under which something of <paramref name="purpose"/> is recorded before it is seen.</summary>
    public static string Of(string purpose) => Prefix + purpose;

    /// <summary>Whether a recorded signature is one.</summary>
    public static bool Is(RecordedSignature signature) => signature.Statement.Purpose.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The statement that one becomes when it has been seen.</summary>
    public static IntendedStatement Witnessed(IntendedStatement statement) => statement with { Purpose = statement.Purpose[Prefix.Length..] };

    /// <summary>
    /// Whether the approval of an image is signed and, where the policy asks for it, seen. Until then the decision does not stand: a report may
    /// become known while logs and timestamp authorities take their time.
    /// </summary>
    public static bool IsApproved(OpenRequest? open, Digest image) => open?.Find(Drafts.Approval, image) is not null;
}
