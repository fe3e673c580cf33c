// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How PKCS#11 tokens are reached.</summary>
public sealed record Pkcs11Options
{
    /// <summary>The token's library; a URI may name none of its own. Without it <c>PKCS11_MODULE_PATH</c>.</summary>
    public string? Module { get; init; }

    /// <summary>The file that holds the user's PIN; without it <c>SUPPLYCHAIN_PKCS11_PIN</c>.</summary>
    public string? PinFile { get; init; }
}
