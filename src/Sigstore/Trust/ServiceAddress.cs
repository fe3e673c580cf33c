// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>Where services that signers use may be.</summary>
public static class ServiceAddress
{
    /// <summary>Whether a service may be reached at an address: https, or plain http on this machine, and nothing beside the path.</summary>
    public static bool IsAcceptable(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address is { IsAbsoluteUri: true, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
    }
}
