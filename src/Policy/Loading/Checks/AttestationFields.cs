// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads values that several checks of attestations have.</summary>
internal static class AttestationFields
{
    /// <summary>A URI that is compared character by character.</summary>
    internal static string? Uri(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out _))
            return field!.Error<string>($"'{Printable.Escape(text)}' is not a URI; expected it in full, as the attestation has it");

        return text.Contains('*', StringComparison.Ordinal)
            ? field!.Error<string>($"'{Printable.Escape(text)}' can never match: it is compared character by character")
            : text;
    }
}
