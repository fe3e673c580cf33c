// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>Which of its algorithms a key is opened for.</summary>
internal static class KeyAlgorithm
{
    /// <summary>The key as it is asked for; as it is, if nobody asks.</summary>
    /// <param name="key">The key, which decides.</param>
    /// <param name="asked">What it has to sign with.</param>
    /// <param name="name">The key as messages name it.</param>
    /// <exception cref="KmsException">KEY_UNUSABLE: the key does not offer it.</exception>
    public static PublicKey For(this PublicKey key, SigningAlgorithm? asked, string name)
    {
        if (asked is not { } algorithm)
            return key;

        return key.Algorithms.Contains(algorithm)
            ? key.With(algorithm)
            : throw KmsException.Unusable(
                $"{name} does not sign as it is asked to: expected {algorithm.Name()}, found a key for "
                + string.Join(" or ", key.Algorithms.Select(offered => offered.Name())));
    }

    /// <summary>How an RSA signature is padded; the base library's PSS has a salt as long as the digest.</summary>
    public static RSASignaturePadding Padding(this SigningAlgorithm algorithm) =>
        algorithm is SigningAlgorithm.RsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}
