// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary>One signature made and verified to see that a key works; the signature is forgotten.</summary>
/// <param name="KeyId">The key, with its version.</param>
/// <param name="PublicKey">Its public half.</param>
/// <param name="Opening">How long it took to open it.</param>
/// <param name="Signing">How long it took to sign.</param>
internal sealed record KeyCheck(string KeyId, PublicKey PublicKey, TimeSpan Opening, TimeSpan Signing)
{
    /// <summary>
    /// What is signed: a type that no verifier takes for evidence. The signature covers it together with the content, so
    /// that what is signed here can never be passed off as anything else.
    /// </summary>
    public const string PayloadType = "application/vnd.supplychain.key-check+json";

    private const int NonceBytes = 16;

    /// <summary>Opens a key for an algorithm, or for its own, signs and verifies.</summary>
    /// <exception cref="KmsException">The key cannot be used, or not now.</exception>
    public static async Task<KeyCheck> RunAsync(
        KeyServices services, KeyUri uri, SigningAlgorithm? algorithm, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var key = await services.OpenAsync(uri, algorithm, cancellationToken);
        using var disposable = key as IDisposable;
        var opened = clock.GetTimestamp();
        var message = Envelope.ToBeSigned(PayloadType, WritePayload(clock.GetUtcNow()));
        var signature = await key.SignAsync(message, cancellationToken);
        var signed = clock.GetTimestamp();
        return key.PublicKey.Verify(message, signature)
            ? new KeyCheck(
                key.Id, key.PublicKey, clock.GetElapsedTime(start, opened), clock.GetElapsedTime(opened, signed))
            : throw new KmsException(
                ReasonCode.KmsBadSignature, $"what the key {key.Id} signed does not verify with its own public key");
    }

    /// <summary>Content without meaning: a random number and the time.</summary>
    internal static byte[] WritePayload(DateTimeOffset time)
    {
        var text = JsonText.Write(indented: false, json =>
        {
            json.WriteStartObject();
            json.WriteString("nonce", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes)));
            json.WriteString("time", time);
            json.WriteEndObject();
        });
        return Encoding.UTF8.GetBytes(text);
    }
}
