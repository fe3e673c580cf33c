// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Kms.Aws;
using SupplyChain.Kms.Azure;
using SupplyChain.Kms.Google;
using SupplyChain.Kms.Pkcs11;
using SupplyChain.Kms.Vault;

namespace SupplyChain.Kms;

/// <summary>Whether a URI names a key in the form that its provider reads; no service is asked.</summary>
public static class KeyUriForm
{
    /// <summary>What is wrong with it, in one printable sentence; null when its provider can read it.</summary>
    public static string? FindProblem(string? text)
    {
        if (!KeyUri.TryParse(text, out var uri, out var problem))
            return problem;

        var isRead = uri.Scheme switch
        {
            KeyUri.FileScheme => true,
            AwsKeyUri.Scheme => AwsKeyUri.TryRead(uri, out _, out problem),
            AzureKeyUri.Scheme => AzureKeyUri.TryRead(uri, out _, out problem),
            GoogleKeyUri.Scheme => GoogleKeyUri.TryRead(uri, out _, out problem),
            VaultKeyUri.Scheme => VaultKeyUri.TryRead(uri, out _, out problem),
            Pkcs11KeyUri.Scheme => Pkcs11KeyUri.TryRead(uri, out _, out problem),
            _ => throw new UnreachableException($"no provider reads the scheme {uri.Scheme}"),
        };
        return isRead ? null : problem;
    }
}
