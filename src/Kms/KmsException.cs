// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Kms;

/// <summary>
/// A key cannot be read, opened or used. The message names the key and what to do, never a password or key material.
/// </summary>
public sealed class KmsException : Exception
{
    /// <summary>A fault with its code.</summary>
    public KmsException(ReasonCode reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>KEY_UNUSABLE for a key that is wrong as it is; KMS_UNAVAILABLE where another try may help.</summary>
    public ReasonCode Reason { get; }

    internal static KmsException Unusable(string message, Exception? inner = null) =>
        new(ReasonCode.KeyUnusable, message, inner);
}
