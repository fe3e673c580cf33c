// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Hosting.Identity;

/// <summary>Who asks, or why that is not known.</summary>
public abstract class AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>The requester is known.</summary>
    public sealed class Authenticated(Requester requester) : AuthenticationResult
    {
        /// <summary>Who asks.</summary>
        public Requester Requester { get; } = requester;
    }

    /// <summary>
    /// The requester is not known: <see cref="ReasonCode.TokenInvalid"/>, or <see cref="ReasonCode.NotReady"/> when the
    /// issuer's keys cannot be had and another try may help. Why exactly stands in the log alone.
    /// </summary>
    public sealed class Refused(ReasonCode reason) : AuthenticationResult
    {
        /// <summary>The reason to answer with.</summary>
        public ReasonCode Reason { get; } = reason;
    }
}
