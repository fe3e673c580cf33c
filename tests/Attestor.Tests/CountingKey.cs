// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>A key that counts how often it is asked.</summary>
internal sealed class CountingKey(ISigningKey inner) : ISigningKey
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public string Id => inner.Id;

    public PublicKey PublicKey => inner.PublicKey;

    public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        return inner.SignAsync(message, ct);
    }
}

/// <summary>A key service that returns something else than a signature by its key.</summary>
internal sealed class BrokenKey(ISigningKey inner, Func<byte[], byte[]> damage) : ISigningKey
{
    public string Id => inner.Id;

    public PublicKey PublicKey => inner.PublicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct) => damage(await inner.SignAsync(message, ct));
}
