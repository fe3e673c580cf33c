// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Kms;

/// <summary>
/// A key cannot be read, opened or used. The message names the key and what to do, never a password, token or key material.
/// </summary>
public sealed class KmsException : Exception
{
    /// <summary>A fault with its code.</summary>
    public KmsException(ReasonCode reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>
    /// KEY_UNUSABLE for a key that is wrong as it is; KEY_CHANGED for one that is not the key it was; KMS_UNAVAILABLE where another try
    /// may help; KMS_BAD_SIGNATURE where the service did something it must never do.
    /// </summary>
    public ReasonCode Reason { get; }

    /// <summary>When another try is worth it, if the service or the key's own limits say so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the service asked for fewer requests.</summary>
    public bool IsThrottled { get; init; }

    /// <summary>Whether there is nobody to ask: the configuration names no service of the key's scheme.</summary>
    public bool IsNotConfigured { get; init; }

    /// <summary>Whether no repetition is worth it: the service was not asked, or nobody is left to ask it for.</summary>
    internal bool IsTurnedAway { get; init; }

    /// <summary>The key, its name or the permission for it is wrong as it is: no repetition helps.</summary>
    public static KmsException Unusable(string message, Exception? inner = null) =>
        new(ReasonCode.KeyUnusable, message, inner);

    /// <summary>The service did not do it this time.</summary>
    public static KmsException Unavailable(string message, Exception? inner = null) =>
        new(ReasonCode.KmsUnavailable, message, inner);

    /// <summary>The service asks for fewer requests.</summary>
    public static KmsException Throttled(string message, TimeSpan? retryAfter, Exception? inner = null) =>
        new(ReasonCode.KmsUnavailable, message, inner) { IsThrottled = true, RetryAfter = retryAfter };

    internal static KmsException NotConfigured(KeyUri uri) => new(
        ReasonCode.KeyUnusable,
        $"{Printable.Escape(uri.ToString())} cannot be opened: no key service of scheme {uri.Scheme} is configured")
    {
        IsNotConfigured = true,
    };
}
