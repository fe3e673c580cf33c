// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;

namespace SupplyChain.Attestor.Tests;

/// <summary>Makes something happen while the key makes its n-th signature.</summary>
internal sealed class SignedHook
{
    private int _signed;

    /// <summary>The signature; of a clean image the first three are shown together, and the fourth is the approval.</summary>
    public required int At { get; init; }

    public required Action<TransparentWorld> Do { get; init; }

    public TransparentWorld? World { get; set; }

    public ISigningKey Wrap(ISigningKey key) => new BrokenKey(key, signature =>
    {
        if (Interlocked.Increment(ref _signed) == At)
            Do(World!);
        return signature;
    });
}
