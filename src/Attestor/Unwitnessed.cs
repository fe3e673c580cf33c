// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model;

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

    /// <summary>Whether something was signed for a purpose and subject, seen or not.</summary>
    public static bool IsSigned(OpenRequest? open, string purpose, Digest subject) =>
        (open?.Find(purpose, subject) ?? open?.Find(Of(purpose), subject)) is not null;
}
