// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace SupplyChain.Kms.Azure;

/// <summary>ECDSA signatures whose two numbers stand side by side (IEEE P1363, RFC 7518 §3.4).</summary>
internal static class FixedWidthSignature
{
    /// <summary>The same signature in DER; nothing for one that does not have twice the width of the curve.</summary>
    public static bool TryToDer(ReadOnlySpan<byte> signature, int width, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        if (signature.Length != 2 * width)
            return false;

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Shortest(signature[..width]));
            writer.WriteIntegerUnsigned(Shortest(signature[width..]));
        }

        der = writer.Encode();
        return true;
    }

    private static ReadOnlySpan<byte> Shortest(ReadOnlySpan<byte> number)
    {
        var trimmed = number.TrimStart((byte)0);
        return trimmed.Length > 0 ? trimmed : number[..1];
    }
}
