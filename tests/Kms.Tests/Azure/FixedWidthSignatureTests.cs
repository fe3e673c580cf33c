// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Azure;

namespace SupplyChain.Kms.Tests;

public sealed class FixedWidthSignatureTests
{
    public static TheoryData<string, string, string> Good => new()
    {
        { "small numbers", "00010002", "3006020101020102" },
        { "numbers with the highest bit set", "80000080", "3009020300800002020080" },
        { "zero", "00000001", "3006020100020101" },
        { "full numbers", "7fff7ffe", "300802027fff02027ffe" },
    };

    [Theory, MemberData(nameof(Good))]
    public void Becomes_der(string because, string fixedWidth, string der)
    {
        Assert.True(FixedWidthSignature.TryToDer(Convert.FromHexString(fixedWidth), 2, out var converted), because);
        Assert.Equal(der, Convert.ToHexStringLower(converted));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(70)]
    [InlineData(96)]
    public void A_signature_of_another_length_is_none(int length) =>
        Assert.False(FixedWidthSignature.TryToDer(new byte[length], 32, out _));
}
