// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Bench;

/// <summary>Verification in memory, beside the one signature check it cannot avoid.</summary>
internal static class SignatureBenchmarks
{
    public static async Task<Result> SimpleSigningAsync()
    {
        using var world = await World.CreateAsync();
        var payload = SimpleSigning.WritePayload(world.Repository, world.Image);
        var signature = await world.Key.SignAsync(SimpleSigning.ToBeSigned(payload), CancellationToken.None);
        var text = Convert.ToBase64String(signature);
        var floor = RawCheck(world, payload, signature);
        IReadOnlyList<PublicKey> keys = [world.Key.PublicKey];

        var (ratio, nanoseconds) = await Pairing.CompareAsync(floor, () =>
        {
            if (!SimpleSigning.TryVerify(payload, text, world.Image, keys, out _, out var problem))
                throw new InvalidOperationException(problem.Message);
            return ValueTask.CompletedTask;
        });
        return new Result("Signature.SimpleSigning", ratio, 0.85, nanoseconds / 1000, "us/raw-verify-hash");
    }

    public static async Task<Result> AttestationAsync()
    {
        using var world = await World.CreateAsync();
        var content = await world.BundleAsync();
        if (!Bundle.TryRead(content, out var known, out var problem))
            throw new InvalidOperationException(problem.Message);
        var floor = RawCheck(world, known.Envelope!.ToBeSigned().Message.ToArray(), known.Envelope.Signature.ToArray());
        IReadOnlyList<PublicKey> keys = [world.Key.PublicKey];
        var stored = Digest.Compute(content);

        var (ratio, nanoseconds) = await Pairing.CompareAsync(floor, () =>
        {
            if (!Bundle.TryRead(content, out var bundle, out var unreadable))
                throw new InvalidOperationException(unreadable.Message);
            if (!EnvelopeVerifier.TryVerify(bundle.Envelope!, world.Image, keys, stored, out _, out var unverified))
                throw new InvalidOperationException(unverified.Message);
            return ValueTask.CompletedTask;
        });
        return new Result("Signature.Attestation", ratio, 0.75, nanoseconds / 1000, "us/raw-verify-hash");
    }

    // The floor: the digest is known, the key imported, the signature decoded; only the curve is left.
    private static Func<ValueTask> RawCheck(World world, byte[] message, byte[] signature)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(world.Key.PublicKey.Spki.Span, out _);
        var digest = SHA256.HashData(message);
        return () =>
        {
            if (!key.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence))
                throw new JsonException("the floor does not verify");
            return ValueTask.CompletedTask;
        };
    }
}
