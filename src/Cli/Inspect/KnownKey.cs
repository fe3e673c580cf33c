// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Inspect;

/// <summary>A key that the caller named, directly or through a policy's attestor.</summary>
/// <param name="Name">The attestor's name, or the key's file or URI.</param>
/// <param name="Key">The key.</param>
internal sealed record KnownKey(string Name, PublicKey Key);
