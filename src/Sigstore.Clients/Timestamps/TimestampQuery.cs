// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace SupplyChain.Sigstore.Clients;

/// <summary>What a timestamp authority is asked: TimeStampReq of RFC 3161 §2.4.1.</summary>
internal sealed class TimestampQuery
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const int NonceBytes = 16;

    private TimestampQuery(byte[] der, BigInteger nonce) => (Der, Nonce) = (der, nonce);

    /// <summary>The request, DER.</summary>
    public byte[] Der { get; }

    /// <summary>The number that the answer has to repeat.</summary>
    public BigInteger Nonce { get; }

    /// <summary>Asks for the time of <paramref name="signature"/>, and for the authority's certificate with the answer.</summary>
    public static TimestampQuery For(ReadOnlySpan<byte> signature)
    {
        var nonce = new BigInteger(RandomNumberGenerator.GetBytes(NonceBytes), isUnsigned: true, isBigEndian: true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Sha256);
                    writer.WriteNull();
                }

                writer.WriteOctetString(SHA256.HashData(signature));
            }

            writer.WriteInteger(nonce);
            writer.WriteBoolean(true);
        }

        return new TimestampQuery(writer.Encode(), nonce);
    }
}
