// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Net;
using SupplyChain.Model;

namespace SupplyChain.Cli.Attest;

/// <summary>Where an attestor is: an https address, or http on this machine.</summary>
internal sealed class AttestorAddress
{
    private readonly Uri _base;

    private AttestorAddress(Uri baseAddress) => _base = baseAddress;

    /// <summary>Whether the way there is encrypted.</summary>
    public bool IsEncrypted => string.Equals(_base.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address, which may have a path.</param>
    /// <param name="unsafePlainHttp">Take http to other machines too, where anyone on the way reads the token.</param>
    /// <param name="address">The address.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(
        string text, bool unsafePlainHttp, [NotNullWhen(true)] out AttestorAddress? address,
        [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || !HostGrammar.IsHost(AuthorityOf(text))
            || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            problem = "the attestor's address must be https://HOST[:PORT][/PATH], without user, query or fragment";
            return false;
        }

        if (uri.Scheme == Uri.UriSchemeHttp && !IsThisMachine(uri) && !unsafePlainHttp)
        {
            problem = $"http to {Printable.Escape(uri.Authority)} would show the token to everyone on the way; "
                + "use https, or --unsafe-plain-http";
            return false;
        }

        var withSlash = uri.AbsolutePath.EndsWith('/') ? uri.AbsoluteUri : uri.AbsoluteUri + "/";
        address = new AttestorAddress(new Uri(withSlash));
        problem = null;
        return true;
    }

    /// <summary>The address of a call.</summary>
    public Uri Resolve(string relative) => new(_base, relative);

    /// <summary>The address as it was meant.</summary>
    public override string ToString() => _base.GetLeftPart(UriPartial.Path).TrimEnd('/');

    // As written: Uri turns 0x7f.1 into an address before anyone can object.
    private static string AuthorityOf(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        var length = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return length < 0 ? text[start..] : text.Substring(start, length);
    }

    private static bool IsThisMachine(Uri uri) =>
        string.Equals(uri.Host, "localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip));
}
