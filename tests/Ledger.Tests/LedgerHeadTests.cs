// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger.Tests;

public sealed class LedgerHeadTests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    public static TheoryData<string, string?, string> Rejected => new()
    {
        { "nothing", null, "ledger head" },
        { "empty", "", "ledger head" },
        { "no number", $"sha256:{Zeros}", "ledger head" },
        { "zero", $"0 sha256:{Zeros}", "ledger head" },
        { "negative", $"-1 sha256:{Zeros}", "ledger head" },
        { "too large a number", $"99999999999999999999 sha256:{Zeros}", "ledger head" },
        { "no digest", "7 ", "digest is empty" },
        { "two spaces", $"7  sha256:{Zeros}", "not a digest" },
        { "sha512", $"7 sha512:{Zeros}{Zeros}", "sha256" },
        { "two lines", $"7 sha256:{Zeros}\n\n", "64" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public void Says_what_is_wrong(string because, string? text, string expected)
    {
        Assert.False(LedgerHead.TryParse(text, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("\n")]
    public void Reads_what_it_writes(string end)
    {
        var head = new LedgerHead(12, Digest.Compute("x"u8));

        Assert.True(LedgerHead.TryParse(head + end, out var read, out _));
        Assert.Equal(head, read);
    }
}
