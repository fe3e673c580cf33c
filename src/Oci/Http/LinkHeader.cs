// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci.Http;

/// <summary>Finds the next page that a registry names. RFC 8288; OCI distribution-spec, "Listing Referrers".</summary>
internal static class LinkHeader
{
    /// <summary>
    /// The target of the link with relation <c>next</c>, or <see langword="null"/> when there is none.
    /// </summary>
    public static string? FindNext(IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            for (var at = 0; at < value.Length;)
            {
                var open = value.IndexOf('<', at);
                var close = open < 0 ? -1 : value.IndexOf('>', open);
                if (close < 0)
                    break;

                var rest = value.IndexOf('<', close);
                var parameters = rest < 0 ? value[(close + 1)..] : value[(close + 1)..rest];
                if (parameters.Split(';').Any(IsNext))
                    return value[(open + 1)..close];

                at = close + 1;
            }
        }

        return null;
    }

    private static bool IsNext(string parameter) =>
        parameter.Trim(' ', ',', '\t') is "rel=\"next\"" or "rel=next";
}
