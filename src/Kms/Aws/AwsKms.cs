// SPDX-License-Identifier: Apache-2.0

using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SupplyChain.Kms.Aws;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SigningAlgorithm = SupplyChain.Sigstore.SigningAlgorithm;

namespace SupplyChain.Kms;

/// <summary>Keys in AWS KMS: <c>awskms:///alias/NAME</c>, <c>awskms:///KEY_ID</c>, <c>awskms:///ARN</c>.</summary>
/// <remarks>
/// An asymmetric key has one version for life, and what changes is where an alias points to. An opened key stays on the ARN that its
/// alias had then.
/// </remarks>
public sealed class AwsKms : ISigningKeySource, IDisposable
{
    private readonly AwsAccess _access;

    /// <summary>Keys for whoever the environment says we are; nothing is asked for yet.</summary>
    /// <param name="options">How the service is reached.</param>
    /// <param name="clock">The time that calls are limited by.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public AwsKms(AwsKmsOptions options, TimeProvider clock)
        : this(options, clock, credentials: null)
    {
    }

    /// <summary>Keys for somebody else than the environment says.</summary>
    /// <param name="options">How the service is reached.</param>
    /// <param name="clock">The time that calls are limited by.</param>
    /// <param name="credentials">Who we are; <see langword="null"/> for what the default chain finds.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public AwsKms(AwsKmsOptions options, TimeProvider clock, AWSCredentials? credentials)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.Problems().FirstOrDefault() is { Member: { } member } first)
            throw new ArgumentException($"{member}: {first.Problem}", nameof(options));

        _access = new AwsAccess(options, clock, credentials);
    }

    /// <inheritdoc/>
    public string Scheme => AwsKeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return (await ReadAsync(uri, cancellationToken)).Key;
    }

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var (arn, key) = await ReadAsync(uri, cancellationToken);
        return new AwsKey(_access, arn, key.For(algorithm, arn));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _access.Dispose();

    private async ValueTask<(string Arn, PublicKey Key)> ReadAsync(KeyUri uri, CancellationToken ct)
    {
        if (!AwsKeyUri.TryRead(uri, out var read, out var problem))
            throw KmsException.Unusable(problem);

        _access.CheckHost(read, uri);
        var name = Printable.Escape(uri.ToString());
        var answer = await _access.CallAsync(
            read.Region, new(name, "kms:GetPublicKey"),
            (kms, token) => kms.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = read.Key }, token), ct);
        if (!AwsArn.IsKey(answer.KeyId))
            throw KmsException.Unavailable($"AWS KMS answered for {name} without the ARN of a key");
        if (read.Key.StartsWith("arn:", StringComparison.Ordinal) && AwsArn.IsKey(read.Key)
            && !string.Equals(answer.KeyId, read.Key, StringComparison.Ordinal))
        {
            throw KmsException.Unavailable($"AWS KMS answered for {name} with another key, {answer.KeyId}");
        }

        return (answer.KeyId, AwsKeySpec.Read(answer, name));
    }
}
