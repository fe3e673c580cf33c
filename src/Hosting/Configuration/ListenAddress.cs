// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>Where a service listens: a scheme, an address of this machine and a port.</summary>
public sealed record ListenAddress
{
    private ListenAddress(bool isTls, string host, IPAddress address, int port)
    {
        IsTls = isTls;
        Host = host;
        Address = address;
        Port = port;
    }

    /// <summary>Whether the scheme is https.</summary>
    public bool IsTls { get; }

    /// <summary>The host as written.</summary>
    public string Host { get; }

    /// <summary>The address to bind; the unspecified one for <c>*</c>.</summary>
    public IPAddress Address { get; }

    /// <summary>The port; 0 lets the system choose one.</summary>
    public int Port { get; }

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>
    /// Reads <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>; the host is an IP address, <c>localhost</c> or <c>*</c>.
    /// </summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        var expected = $"'{Printable.Escape(text)}' is not an address to listen at; expected http:// or https://, "
            + "an IP address, localhost or *, and a port";
        var isTls = text?.StartsWith("https://", StringComparison.Ordinal) == true;
        if (!isTls && text?.StartsWith("http://", StringComparison.Ordinal) != true)
        {
            problem = expected;
            return false;
        }

        var rest = text![(isTls ? 8 : 7)..];
        var colon = rest.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || FindAddress(rest[..colon]) is not { } found)
        {
            problem = expected;
            return false;
        }

        address = new ListenAddress(isTls, rest[..colon], found, port);
        problem = null;
        return true;
    }

    /// <summary>The address as a URL.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsTls ? "https" : "http")}://{Host}:{Port}");

    private static IPAddress? FindAddress(string host)
    {
        if (host is "localhost")
            return IPAddress.Loopback;
        if (host is "*")
            return IPAddress.IPv6Any;

        var text = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        return HostGrammar.IsHost(host) && IPAddress.TryParse(text, out var address) ? address : null;
    }
}
