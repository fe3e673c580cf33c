// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy.Comparing;

/// <summary>Where a change of a policy leads.</summary>
public enum ChangeDirection
{
    /// <summary>The field, by itself, accepts less than it did.</summary>
    Stricter,

    /// <summary>It accepts more.</summary>
    Laxer,

    /// <summary>It accepts something else, or which of the two it is cannot be told from the field alone.</summary>
    Changed,
}

/// <summary>A difference between two policy sets.</summary>
/// <param name="Kind">The kind of document.</param>
/// <param name="Policy">Its name.</param>
/// <param name="Path">The field; empty for the whole document.</param>
/// <param name="Old">What was there, as compact JSON or text; null for nothing.</param>
/// <param name="New">What is there now.</param>
/// <param name="Direction">Where that leads.</param>
public sealed record PolicyChange(
    string Kind, string Policy, string Path, string? Old, string? New, ChangeDirection Direction);
