// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Kms;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>A key that somebody else than the attestor signs with.</summary>
internal sealed class MemoryKey(string validity = "") : ISigningKey
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Id => "memory";

    public PublicKey PublicKey => PublicKey.TryParsePem(Pem, out var key, out var problem) ? key : throw new FormatException(problem);

    /// <summary>The key as a member of an attestor that only verifies.</summary>
    public string Member => $$"""{"publicKey":{{JsonSerializer.Serialize(Pem)}}{{validity}}}""";

    /// <summary>The same with more said about it, such as its state.</summary>
    public string MemberWith(string more) => $"{Member[..^1]},{more}}}";

    private string Pem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct) => ValueTask.FromResult(
        _key.SignData(message.Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
