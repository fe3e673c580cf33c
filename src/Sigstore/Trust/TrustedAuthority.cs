// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>An authority that issues certificates, or times, as a trust root names it.</summary>
/// <param name="Uri">Where it is; null where the trust root does not say.</param>
/// <param name="Operator">Who runs it; null where the trust root does not say.</param>
/// <param name="Certificates">
/// Its certificates, each issued by the next; the last is the anchor. For a certificate authority the first issues leaves, for a
/// timestamp authority it is the leaf itself.
/// </param>
/// <param name="ValidFor">When it may be trusted.</param>
public sealed record TrustedAuthority(string? Uri, string? Operator, IReadOnlyList<Certificate> Certificates, ValidityPeriod ValidFor)
{
    /// <summary>Who is counted where several have to agree: the operator. All without one count as one.</summary>
    internal string RunBy => Operator ?? "";
}
