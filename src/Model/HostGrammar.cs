// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SupplyChain.Model;

/// <summary>
/// What counts as a registry host, decided before <see cref="Uri"/> sees it: <see cref="Uri"/> takes numeric oddities
/// such as <c>0x7f.1</c> for names, which resolvers then take for addresses.
/// </summary>
public static class HostGrammar
{
    /// <summary>Whether <paramref name="text"/> is a DNS name, a dotted IPv4 address or a bracketed IPv6 address, with an optional port.</summary>
    public static bool IsHost(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 255)
            return false;

        if (text[0] == '[')
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            return close > 0 && IsIPv6(text[1..close]) && IsOptionalPort(text[(close + 1)..]);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? IsName(text) : IsName(text[..colon]) && IsOptionalPort(text[colon..]);
    }

    private static bool IsName(string name)
    {
        var labels = name.Split('.');
        // The last label decides whether a resolver reads the whole as an IPv4 number (WHATWG URL, "ends in a number").
        if (EndsInNumber(labels[^1]))
            return IsCanonicalIPv4(labels);

        return labels.All(IsLabel);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool EndsInNumber(string label) =>
        (label.Length > 0 && label.All(char.IsAsciiDigit))
        || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label[2..].All(char.IsAsciiHexDigit));

    private static bool IsCanonicalIPv4(string[] parts) =>
        parts.Length == 4 && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0')
            && int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture) <= 255);

    // Without a zone, and without an IPv4 address inside: one spelling of it is enough.
    private static bool IsIPv6(string text) =>
        text.All(c => char.IsAsciiHexDigit(c) || c == ':')
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsOptionalPort(string text) =>
        text.Length == 0
        || (text[0] == ':' && text.Length is > 1 and <= 6 && text[1..].All(char.IsAsciiDigit)
            && int.Parse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and <= 65535);
}
