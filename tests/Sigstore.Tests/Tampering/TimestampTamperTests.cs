// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Every one-place change of the answer of a timestamp authority.</summary>
public sealed class TimestampTamperTests : IDisposable
{
    private static readonly byte[] Signature = [1, 2, 3, 4];

    private readonly TrustWorld _world = new(new ManualClock());

    /// <summary>What may change, as patterns: it is neither signed nor read for anything.</summary>
    internal static string[] Unsigned { get; } =
    [
        // The answer's status is told by whoever asked; 1 is as good as 0, and what follows it is text for people.
        @"^FlipLast 0\.0$", @"^Duplicate 0\.0$",
        // RFC 3161 allows BER outside of what is signed.
        @"^Wide (\$|0|0\.0|1|1\.[01]|1\.1\.0(\.[0-4].*)?)$",
        // The version of CMS, and of its signer: they say which members there may be, and all of them are read by their tags.
        @"^Flip(First|Middle|Last) 1\.1\.0\.([34]\.0\.)?0$",
        // The digest functions that somebody who reads in one go has to prepare; the signer's own is what counts.
        @"^\w+ 1\.1\.0\.1(\.\d+)*$",
    ];

    [Fact]
    public void Of_a_timestamp_only_what_nobody_signs_may_change()
    {
        Assert.True(TrustedRoot.TryRead(System.Text.Encoding.UTF8.GetBytes(_world.Root().ToJsonString()), out var root, out var unread), unread);
        var response = _world.Timestamps.Stamp(Signature);
        Assert.Null(Explain(response, root));

        var accepted = DerTamper.Everything(response).Where(change => Explain(change.Der, root) is null).Select(change => $"{change}");

        var allowed = new ChangeList(Unsigned);
        Assert.Equal([], accepted.Where(change => !allowed.Contains(change)));
    }

    public void Dispose() => _world.Dispose();

    private static string? Explain(byte[] response, TrustedRoot root) =>
        TimestampToken.TryRead(response, out var token, out var problem)
        && TimestampVerifier.TryVerify(token, Signature, root.TimestampAuthorities, out _, out problem) ? null : problem;
}
