// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Addresses that a name on the internet has no business resolving to: loopback, link-local (cloud metadata), private,
/// documentation, multicast, and the IPv6 forms that carry an IPv4 address inside.
/// </summary>
/// <remarks>IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890).</remarks>
internal static class SpecialAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
            "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    public static bool Contains(IPAddress address)
    {
        if (Unwrap(address) is { } inner)
            return Contains(inner);

        return Array.Exists(Networks, network =>
            network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    // ::a.b.c.d (with :: and ::1), ::ffff:a.b.c.d, 64:ff9b::a.b.c.d, 64:ff9b:1::/48 and 2002:abcd::
    private static IPAddress? Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return null;

        var bytes = address.GetAddressBytes();
        var inFront = bytes.AsSpan(0, 12);
        if (address.IsIPv4MappedToIPv6 || inFront.IndexOfAnyExcept((byte)0) < 0 || bytes is [0, 0x64, 0xFF, 0x9B, ..])
            return new IPAddress(bytes.AsSpan(12));

        return bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4)) : null;
    }
}
