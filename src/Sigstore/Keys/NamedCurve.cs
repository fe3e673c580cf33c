// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>
/// The curves of FIPS 186-5 that sign here; a key names one by object identifier and never carries parameters.
/// </summary>
internal sealed class NamedCurve
{
    public static readonly NamedCurve P256 = new(
        "P-256", "1.2.840.10045.3.1.7", 415,
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        SigningAlgorithm.EcdsaP256Sha256);

    public static readonly NamedCurve P384 = new(
        "P-384", "1.3.132.0.34", 715,
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        SigningAlgorithm.EcdsaP384Sha384, SigningAlgorithm.EcdsaP384Sha256);

    public static readonly NamedCurve P521 = new(
        "P-521", "1.3.132.0.35", 716,
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA"
        + "51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
        SigningAlgorithm.EcdsaP521Sha512, SigningAlgorithm.EcdsaP521Sha256);

    private readonly byte[] _order;

    private NamedCurve(string name, string oid, int libCryptoType, string order, params SigningAlgorithm[] algorithms)
    {
        Name = name;
        Oid = oid;
        LibCryptoType = libCryptoType;
        _order = Convert.FromHexString(order);
        Algorithms = algorithms;
    }

    public static IReadOnlyList<NamedCurve> All { get; } = [P256, P384, P521];

    public string Name { get; }

    public string Oid { get; }

    /// <summary>The curve in OpenSSL's numbering, NID_….</summary>
    public int LibCryptoType { get; }

    public IReadOnlyList<SigningAlgorithm> Algorithms { get; }

    /// <summary>Bytes of a coordinate, of r and of s.</summary>
    public int Width => _order.Length;

    /// <summary>
    /// Whether a value as wide as the order lies between 1 and the order, both excluded from below and above.
    /// </summary>
    public bool IsScalar(ReadOnlySpan<byte> value) =>
        value.IndexOfAnyExcept((byte)0) >= 0 && value.SequenceCompareTo(_order) < 0;
}
