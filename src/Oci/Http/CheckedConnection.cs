// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>Looks a host's name up.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);

/// <summary>
/// Resolves a name once, drops the addresses that it may not have, and connects to one that is left: no second lookup
/// can slip another address in.
/// </summary>
internal sealed class CheckedConnection(HostLookup lookup, bool privateNetwork)
{
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var addresses = await ResolveAsync(target.Host, cancellationToken);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], target.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The last address's failure is the one that is reported.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>The addresses of a host that may be connected to; at least one.</summary>
    internal async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        // Only hosts from the configuration come here; one written as an address means that address.
        if (IPAddress.TryParse(host, out var literal))
            return [literal];

        var addresses = await lookup(host, cancellationToken);
        var allowed = privateNetwork ? addresses
            : host is "localhost" ? Array.FindAll(addresses, IPAddress.IsLoopback)
            : Array.FindAll(addresses, address => !SpecialAddresses.Contains(address));
        if (allowed.Length > 0)
            return allowed;

        throw addresses.Length == 0
            ? new SocketException((int)SocketError.HostNotFound)
            : new RegistryException(
                ReasonCode.RegistryNotAllowed,
                $"{host} resolves to a loopback, link-local, private or other special address, "
                + "which its configuration does not allow");
    }
}
