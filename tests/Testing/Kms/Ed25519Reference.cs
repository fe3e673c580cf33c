// SPDX-License-Identifier: Apache-2.0

using System.Numerics;
using System.Security.Cryptography;

namespace SupplyChain.Testing.Kms;

/// <summary>Ed25519 as RFC 8032 writes it down, slow and open to watching: a second opinion for tests, nothing else.</summary>
public sealed class Ed25519Reference
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly Point Base = Point.At(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202", System.Globalization.CultureInfo.InvariantCulture),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960", System.Globalization.CultureInfo.InvariantCulture));

    private readonly BigInteger _scalar;
    private readonly byte[] _prefix;

    /// <summary>The key of a seed of 32 bytes.</summary>
    public Ed25519Reference(byte[] seed)
    {
        var hash = SHA512.HashData(seed);
        _prefix = hash[32..];
        hash[0] &= 0xF8;
        hash[31] &= 0x7F;
        hash[31] |= 0x40;
        _scalar = Number(hash.AsSpan(0, 32));
        PublicKey = Encode(Times(_scalar, Base));
    }

    /// <summary>The public half, 32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Signs a message.</summary>
    public byte[] Sign(byte[] message)
    {
        var r = Number(SHA512.HashData([.. _prefix, .. message])) % L;
        var encodedR = Encode(Times(r, Base));
        var k = Number(SHA512.HashData([.. encodedR, .. PublicKey, .. message])) % L;
        return [.. encodedR, .. Bytes((r + k * _scalar) % L)];
    }

    private static Point Times(BigInteger scalar, Point point)
    {
        var sum = new Point(0, 1, 1, 0);
        for (; scalar > 0; scalar >>= 1)
        {
            if (!scalar.IsEven)
                sum = Add(sum, point);
            point = Add(point, point);
        }

        return sum;
    }

    // RFC 8032, 5.1.4.
    private static Point Add(Point p, Point q)
    {
        var a = Mod((p.Y - p.X) * (q.Y - q.X));
        var b = Mod((p.Y + p.X) * (q.Y + q.X));
        var c = Mod(2 * p.T * q.T * D);
        var d = Mod(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static byte[] Encode(Point point)
    {
        var inverse = Inverse(point.Z);
        var encoded = Bytes(Mod(point.Y * inverse));
        if (!Mod(point.X * inverse).IsEven)
            encoded[31] |= 0x80;
        return encoded;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Mod(BigInteger number)
    {
        var rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Inverse(BigInteger number) => BigInteger.ModPow(number, P - 2, P);

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public static Point At(BigInteger x, BigInteger y) => new(x, y, 1, Mod(x * y));
    }
}
