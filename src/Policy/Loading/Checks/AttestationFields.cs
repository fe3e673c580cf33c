// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads values that several checks of attestations have.</summary>
internal static class AttestationFields
{
    /// <summary>
    /// Who vouches: attestors by default, the requester alone where the policy says so in a word of its own. Never both: a list of signers
    /// beside that word would look like a demand and be none.
    /// </summary>
    /// <returns>Null where the check says neither or both.</returns>
    internal static Vouching? ReadVouching(FieldReader reader, string what)
    {
        var source = Values.Word(reader.Optional("source"), ("attested", EvidenceSource.Attested), ("submitted", EvidenceSource.Submitted))
            ?? EvidenceSource.Attested;
        if (source == EvidenceSource.Attested)
        {
            var field = reader.Required("signedBy");
            return Values.Distinct(field, Values.Name) is { } signers ? new Vouching(source, signers, FieldPlace.OfEntries(field)) : null;
        }

        var signedBy = reader.Optional("signedBy");
        signedBy?.Error($"the requester alone vouches for submitted {what}; say source: attested, or remove signedBy");
        return signedBy is null ? new Vouching(source, [], []) : null;
    }

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

/// <summary>Who has to vouch for what a check judges.</summary>
internal sealed record Vouching(EvidenceSource Source, IReadOnlyList<string> SignedBy, IReadOnlyList<FieldPlace> Places);
