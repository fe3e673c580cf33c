// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Oci.Http;

/// <summary>Scheme, host and port: what a credential belongs to.</summary>
internal sealed record Origin
{
    private Origin(string scheme, string host, int port)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
    }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>The host in lower case, an IPv6 address in brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool IsHttps => string.Equals(Scheme, "https", StringComparison.Ordinal);

    public static Origin Of(Uri uri) => new(uri.Scheme, uri.Host, uri.Port);

    /// <summary>The origin of a host as image names write it.</summary>
    public static Origin OfHost(string host, bool plainHttp) =>
        Of(new Uri($"{(plainHttp ? "http" : "https")}://{host}/"));

    /// <summary>
    /// Reads a URL that a server sent, absolute or relative to <paramref name="from"/>. The authority is judged by
    /// <see cref="HostGrammar"/> before <see cref="Uri"/> sees it; a user name in it, a fragment or a character outside
    /// printable ASCII makes it unacceptable.
    /// </summary>
    public static bool TryResolve(Uri? from, string? text, [NotNullWhen(true)] out Uri? target)
    {
        target = null;
        if (text is not { Length: > 0 and <= 8192 } || text.Any(c => c is <= ' ' or > '~' or '\\' or '#'))
            return false;

        if (text[0] == '/' && from is not null)
            return !text.StartsWith("//", StringComparison.Ordinal) && Uri.TryCreate(from, text, out target);

        var scheme = text.StartsWith("https://", StringComparison.Ordinal) ? "https://"
            : text.StartsWith("http://", StringComparison.Ordinal) ? "http://" : null;
        if (scheme is null)
            return false;

        var authority = text[scheme.Length..];
        var end = authority.AsSpan().IndexOfAny('/', '?');
        authority = end < 0 ? authority : authority[..end];
        return HostGrammar.IsHost(authority) && Uri.TryCreate(text, UriKind.Absolute, out target);
    }

    /// <summary>Reads <c>scheme://host[:port]</c> and nothing else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Origin? origin)
    {
        origin = TryResolve(from: null, text, out var uri) && uri.PathAndQuery is "/" ? Of(uri) : null;
        return origin is not null;
    }

    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
