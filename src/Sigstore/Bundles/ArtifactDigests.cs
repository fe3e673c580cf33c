// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>Digests an artifact that is too large to be held, piece by piece.</summary>
public sealed class ArtifactDigests : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _sha384 = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    /// <summary>Takes the next piece.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        _sha256.AppendData(piece);
        _sha384.AppendData(piece);
        _sha512.AppendData(piece);
    }

    /// <summary>The artifact of all pieces so far, by its digests: signatures over the bytes themselves cannot be verified for it.</summary>
    public Artifact Finish() => new(_sha256.GetHashAndReset(), _sha384.GetHashAndReset(), _sha512.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose()
    {
        _sha256.Dispose();
        _sha384.Dispose();
        _sha512.Dispose();
    }
}
