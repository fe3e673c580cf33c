// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>A service that signers use, as a signing configuration names it.</summary>
/// <param name="Url">Where it is: https, or plain http on this machine.</param>
/// <param name="MajorVersion">The version of its interface.</param>
/// <param name="ValidFor">When it is to be used.</param>
/// <param name="Operator">Who runs it: of several that are run by one, one is used.</param>
public sealed record SigningService(Uri Url, uint MajorVersion, ValidityPeriod ValidFor, string Operator);

/// <summary>How many of the services of one kind a signer uses; protobuf-specs, ServiceSelector.</summary>
public enum ServiceSelector
{
    /// <summary>One of every operator.</summary>
    All,

    /// <summary>Any one.</summary>
    Any,

    /// <summary>As many as the configuration says, of as many operators.</summary>
    Exact,
}

/// <summary>How many of the services of one kind a signer uses.</summary>
/// <param name="Selector">The rule.</param>
/// <param name="Count">How many, for <see cref="ServiceSelector.Exact"/>; 1 for <see cref="ServiceSelector.Any"/>, 0 where nobody counts.</param>
public sealed record ServiceSelection(ServiceSelector Selector, int Count);
