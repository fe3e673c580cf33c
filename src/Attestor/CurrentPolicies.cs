// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>The policies in force. A new set replaces the old one as a whole; a request works with the one it found.</summary>
public sealed class CurrentPolicies
{
    private PolicySet? _current;

    /// <summary>The set in force; <see langword="null"/> before the first was loaded.</summary>
    public PolicySet? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
