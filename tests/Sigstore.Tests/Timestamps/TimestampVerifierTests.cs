// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Timestamps;

/// <summary>What a timestamp has to be before its time is believed.</summary>
public sealed class TimestampVerifierTests : IDisposable
{
    private static readonly byte[] Signature = [1, 2, 3];

    private readonly ManualClock _clock = new();
    private readonly TimestampAuthority _authority;

    public TimestampVerifierTests() => _authority = new TimestampAuthority(_clock);

    [Fact]
    public void The_time_is_the_authority_s_with_and_without_its_certificate_along()
    {
        Assert.Null(Explain(_authority.Stamp(Signature)));
        Assert.Null(Explain(_authority.Stamp(Signature, new TimestampDraft { Certificates = [_authority.Certificates[0]] })));
        Assert.Null(Explain(_authority.Stamp(Signature, new TimestampDraft { Certificates = [_authority.Certificates[0]] }), chain: [1]));
        Assert.Contains("the timestamp carries no certificate of its signer", Explain(_authority.Stamp(Signature), chain: [1]), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "refused", "the authority answered with status 2; expected 0 or 1" },
        { "of other content", "the signer of the timestamp signed content of another type" },
        { "naming no certificate", "the signer of the timestamp does not sign which certificate is its own" },
        { "of two signers", "the timestamp has several signers; expected one" },
        { "of no signer", "the timestamp is not DER of RFC 3161" },
        { "of another signature", "the timestamp is of another signature" },
        { "of another authority", "the timestamp is signed by another certificate than certificate " },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Says_what_is_wrong_with_a_timestamp(string what, string expected)
    {
        using var other = new TimestampAuthority(_clock);
        var stamp = what switch
        {
            "refused" => _authority.Stamp(Signature, new TimestampDraft { Status = 2 }),
            "of other content" => _authority.Stamp(Signature, new TimestampDraft { ContentType = "1.2.840.113549.1.7.1" }),
            "naming no certificate" => _authority.Stamp(Signature, new TimestampDraft { NamesCertificate = false }),
            "of two signers" => _authority.Stamp(Signature, new TimestampDraft { Signers = 2 }),
            "of no signer" => _authority.Stamp(Signature, new TimestampDraft { Signers = 0 }),
            "of another signature" => _authority.Stamp([9]),
            _ => other.Stamp(Signature),
        };

        Assert.StartsWith(expected, Explain(stamp), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "1.3.6.1.5.5.7.3.3", "is not for time stamping alone")]
    [InlineData(true, "1.3.6.1.5.5.7.3.8 1.3.6.1.5.5.7.3.3", "is not for time stamping alone")]
    [InlineData(false, "1.3.6.1.5.5.7.3.8", "or does not say so critically")]
    public void An_authority_s_key_tells_the_time_and_does_nothing_else(bool isCritical, string purposes, string expected)
    {
        using var authority = new TimestampAuthority(_clock, purposes.Split(' '), isCritical);

        Assert.Contains(expected, Explain(authority.Stamp(Signature), authority), StringComparison.Ordinal);
    }

    [Fact]
    public void The_certificate_is_judged_at_the_time_that_is_told()
    {
        _clock.Advance(TimeSpan.FromDays(3650));
        Assert.Contains("and not at 2036-", Explain(_authority.Stamp(Signature)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bit_that_matters_is_signed()
    {
        var stamp = _authority.Stamp(Signature);
        var content = stamp.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04]);
        // Behind the content the signer's version, 1, is all that nobody signs.
        var version = content + stamp.AsSpan(content).LastIndexOf((ReadOnlySpan<byte>)[0x02, 0x01, 0x01, 0x30]) + 2;
        var unsigned = Enumerable.Range(0, content).Append(version).ToHashSet();

        for (var bit = 0; bit < stamp.Length * 8; bit++)
        {
            var flipped = stamp.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Explain(flipped) is not null || unsigned.Contains(bit / 8), $"bit {bit % 8} of byte {bit / 8}, {stamp[bit / 8]:x2}");
        }
    }

    [Fact]
    public void More_than_a_timestamp_has_is_refused()
    {
        Assert.Equal("a timestamp has at most 65536 bytes, found 65537", Explain(new byte[Limits.TimestampBytes + 1]));
        Assert.Contains(
            "a timestamp has at most 16 certificates",
            Explain(_authority.Stamp(Signature, new TimestampDraft { Certificates = [.. Enumerable.Repeat(_authority.Certificates[0], 17)] })), StringComparison.Ordinal);
    }

    public void Dispose() => _authority.Dispose();

    private string? Explain(byte[] stamp, TimestampAuthority? authority = null, int[]? chain = null)
    {
        var certificates = (authority ?? _authority).Certificates;
        var trusted = new TrustedAuthority(
            "https://time.example.com", null, [.. (chain ?? [0, 1]).Select(i => Read(certificates[i]))], new ValidityPeriod(DateTimeOffset.UnixEpoch, null));
        return TimestampToken.TryRead(stamp, out var token, out var problem)
            && TimestampVerifier.TryVerify(token, Signature, [trusted], out _, out problem)
                ? null
                : problem;
    }

    private static Certificate Read(byte[] der)
    {
        Assert.True(Certificate.TryRead(der, out var certificate, out var problem), problem);
        return certificate;
    }
}
