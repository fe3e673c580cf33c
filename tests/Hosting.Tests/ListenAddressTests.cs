// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Hosting.Tests;

public sealed class ListenAddressTests
{
    public static TheoryData<string, string, bool, bool, int> Accepted => new()
    {
        { "loopback", "http://127.0.0.1:8080", false, true, 8080 },
        { "another loopback address", "http://127.9.9.9:8080", false, true, 8080 },
        { "IPv6 loopback", "https://[::1]:8443", true, true, 8443 },
        { "localhost", "http://localhost:0", false, true, 0 },
        { "any address", "https://*:443", true, false, 443 },
        { "any IPv4 address", "http://0.0.0.0:80", false, false, 80 },
        { "any IPv6 address", "http://[::]:80", false, false, 80 },
        { "a private address", "http://10.0.0.1:80", false, false, 80 },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void Is_read(string because, string text, bool isTls, bool isLoopback, int port)
    {
        Assert.True(ListenAddress.TryParse(text, out var address, out var problem), $"{because}: {problem}");
        Assert.Equal((isTls, isLoopback, port), (address.IsTls, address.IsLoopback, address.Port));
        Assert.Equal(text, address.ToString());
    }

    public static TheoryData<string, string?> Refused => new()
    {
        { "nothing", null },
        { "empty", "" },
        { "no scheme", "127.0.0.1:8080" },
        { "another scheme", "ftp://127.0.0.1:8080" },
        { "scheme in capitals", "HTTP://127.0.0.1:8080" },
        { "no port", "http://127.0.0.1" },
        { "no host", "http://:8080" },
        { "a port too large", "http://127.0.0.1:65536" },
        { "a signed port", "http://127.0.0.1:+80" },
        { "a path", "http://127.0.0.1:8080/" },
        { "a name that DNS would have to answer", "http://attestor.example:80" },
        { "a short IPv4 address", "http://127.1:80" },
        { "an octal IPv4 address", "http://0177.0.0.1:80" },
        { "a loopback address mapped to IPv6", "http://[::ffff:127.0.0.1]:80" },
        { "IPv6 without brackets", "http://::1:80" },
        { "a user", "http://x@127.0.0.1:80" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Is_refused(string because, string? text)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var problem), because);
        Assert.Contains("is not an address to listen at", problem, StringComparison.Ordinal);
    }
}
