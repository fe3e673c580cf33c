// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Bench;

/// <summary>
/// The cryptography that a verification cannot avoid and nothing else: keys are imported, signatures decoded, messages put together. Keys
/// and messages are of the kinds and lengths of those that are verified, and not the same.
/// </summary>
internal sealed class RawChecks : IDisposable
{
    private readonly List<ECDsa> _keys = [];
    private readonly List<Action> _checks = [];

    /// <summary>How many signatures are verified.</summary>
    public int Signatures { get; private set; }

    /// <summary>Adds a signature on P-256 over a message of that length.</summary>
    public RawChecks Ecdsa(int length)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var message = RandomNumberGenerator.GetBytes(length);
        var signature = key.SignData(message, HashAlgorithmName.SHA256);
        _keys.Add(key);
        _checks.Add(() => Require(key.VerifyHash(SHA256.HashData(message), signature)));
        Signatures++;
        return this;
    }

    /// <summary>Adds a signature of a log with an Ed25519 key, which the base library does not have, by the product's own call.</summary>
    public RawChecks Ed25519(Func<bool> verify)
    {
        _checks.Add(() => Require(verify()));
        Signatures++;
        return this;
    }

    /// <summary>Adds digests of content of that length.</summary>
    public RawChecks Digests(int count, int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var digest = new byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < count; i++)
            _checks.Add(() => SHA256.HashData(content, digest));
        return this;
    }

    public ValueTask RunAsync()
    {
        foreach (var check in _checks)
            check();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private static void Require(bool verifies)
    {
        if (!verifies)
            throw new InvalidOperationException("the floor does not verify");
    }
}
