// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>The image a report is to be bound to, as fetched from its registry and re-hashed.</summary>
/// <param name="Digest">The digest that was asked for: a manifest's or an index's.</param>
/// <param name="IsIndex">Whether it is an index.</param>
/// <param name="Platforms">Its runnable platforms; for a manifest, that manifest alone.</param>
public sealed record BindingImage(Digest Digest, bool IsIndex, IReadOnlyList<BindingPlatform> Platforms);

/// <summary>One platform of the image.</summary>
/// <param name="Manifest">The digest of its manifest.</param>
/// <param name="Config">The digest of its configuration, read from that manifest; null when it has none.</param>
/// <param name="Platform">The platform, if known.</param>
public sealed record BindingPlatform(Digest Manifest, Digest? Config, Platform? Platform);
