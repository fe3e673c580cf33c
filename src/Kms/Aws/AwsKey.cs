// SPDX-License-Identifier: Apache-2.0

using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Aws;

/// <summary>A key of AWS KMS by its ARN.</summary>
internal sealed class AwsKey(AwsAccess access, string arn, PublicKey publicKey) : ISigningKey
{
    /// <summary>Bytes of a message that is signed as such; of longer ones the service takes digests only.</summary>
    private const int LongestMessage = 4096;

    private readonly string _region = AwsArn.TryRead(arn, out var region, out _)
        ? region
        : throw new ArgumentException("Expected the ARN of a key.", nameof(arn));

    public string Id => $"{AwsKeyUri.Scheme}:///{arn}";

    public PublicKey PublicKey => publicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var answer = await access.CallAsync(
            _region, new(Id, "kms:Sign"), (kms, token) => kms.SignAsync(RequestFor(message), token), ct);
        if (!string.Equals(answer.KeyId, arn, StringComparison.Ordinal))
        {
            throw new KmsException(
                ReasonCode.KmsBadSignature, $"AWS KMS says that {Printable.Escape(answer.KeyId)} signed; expected {arn}");
        }

        return answer.Signature?.ToArray() ?? throw KmsException.Unavailable($"AWS KMS answered for {Id} without a signature");
    }

    private SignRequest RequestFor(ToBeSigned message)
    {
        var isDigest = publicKey.Algorithm != SigningAlgorithm.Ed25519;
        if (!isDigest && message.Message.Length > LongestMessage)
        {
            throw KmsException.Unusable(
                $"{Id} is an Ed25519 key, of which AWS KMS signs messages of at most {LongestMessage} bytes; this one has "
                + $"{message.Message.Length}. Use an ECDSA or RSA key");
        }

        return new SignRequest
        {
            KeyId = arn,
            Message = new MemoryStream((isDigest ? message.DigestFor(publicKey.Algorithm) : message.Message).ToArray()),
            MessageType = isDigest ? MessageType.DIGEST : MessageType.RAW,
            SigningAlgorithm = AwsKeySpec.NameOf(publicKey.Algorithm),
        };
    }
}
