// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads one member of an <c>Attestor</c>: a key, or an identity that certificates are given to.</summary>
internal static class AttestorMemberReader
{
    internal static AttestorMember? Read(Field field, AttestorPurpose? purpose)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var identityField = reader.Optional("identity");
        var identity = IdentityReader.Read(identityField);
        var witnesses = WitnessReader.Read(reader, identityField is not null);
        var keyField = reader.Optional("key");
        var uri = ReadKeyUri(keyField);
        var pem = reader.Optional("publicKey");
        var algorithm = ReadAlgorithm(reader.Optional("algorithm"));
        var key = ReadKey(pem, algorithm);
        var stateField = reader.Optional("state");
        var state = ReadState(stateField) ?? (uri is null ? MemberState.Verifying : MemberState.Signing);
        var from = Times.Start(reader.Optional("validFrom"));
        var until = Times.End(reader.Optional("validUntil"));
        var revokedField = reader.Optional("revokedAt");
        var revokedAt = Times.Start(revokedField);
        reader.Close();

        if (uri is null && pem is null && identityField is null)
            reader.Error("a member needs key, publicKey or identity");
        if (identityField is not null && (keyField ?? pem) is { } both)
            both.Error("a member is a key or an identity; make two of them");
        if (identityField is not null && state is MemberState.Signing or MemberState.Announced)
            stateField?.Error("nothing is signed with an identity here; expected verifying, retired or revoked");
        if ((identityField is not null || witnesses is not null) && purpose == AttestorPurpose.Policy)
            reader.Error("policies are approved by keys alone");
        if (state == MemberState.Signing && uri is null && identityField is null)
            stateField?.Error("a member that signs needs key");
        if (state == MemberState.Revoked && revokedField is null)
        {
            stateField?.Error("a member that is revoked needs revokedAt: since when "
                + (identityField is null ? "its key may be in other hands" : "somebody else may sign as this identity"));
        }

        if (state != MemberState.Revoked)
            revokedField?.Error("revokedAt belongs to a member in state revoked");
        if (from >= until)
            reader.Error("validUntil has to be after validFrom");

        return new AttestorMember
        {
            Identity = identity,
            Witnesses = witnesses,
            TrustRootPlace = reader.Optional("trustRoot")?.Place,
            KeyUri = uri,
            KeyLocation = keyField?.Location,
            PublicKey = key,
            Algorithm = algorithm,
            State = state,
            ValidFrom = from,
            ValidUntil = until,
            RevokedAt = revokedAt,
            NamesPublicKey = pem is not null,
            Location = field.Location,
        };
    }

    // Whoever opens keys knows the schemes; here it only has to be a URI of one.
    private static string? ReadKeyUri(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var legal = colon > 0 && colon < text.Length - 1
            && char.IsAsciiLetterLower(text[0])
            && text[..colon].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
        return legal ? text : field!.Error<string>($"'{Printable.Escape(text)}' is not a key; expected a URI such as file:keys/approval");
    }

    private static SigningAlgorithm? ReadAlgorithm(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return SigningAlgorithms.TryParse(text, out var algorithm)
            ? algorithm
            : field!.Error<SigningAlgorithm?>($"'{Printable.Escape(text)}' is not an algorithm; "
                + Suggestion.For(text, Enum.GetValues<SigningAlgorithm>().Select(known => known.Name())));
    }

    private static PublicKey? ReadKey(Field? field, SigningAlgorithm? algorithm)
    {
        if (Values.Text(field) is not { } pem)
            return null;
        if (!PublicKey.TryParsePem(pem, out var key, out var problem))
            return field!.Error<PublicKey>(problem);

        return TryApply(key, algorithm, out var applied, out problem) ? applied : field!.Error<PublicKey>(problem);
    }

    /// <summary>The key with the algorithm that the policy names, if the two fit.</summary>
    internal static bool TryApply(PublicKey key, SigningAlgorithm? algorithm, out PublicKey applied, out string problem)
    {
        applied = key;
        problem = "";
        if (algorithm is not { } named)
            return true;
        if (!key.Algorithms.Contains(named))
        {
            problem = $"the key cannot be used with {named.Name()}, only with {string.Join(" or ", key.Algorithms.Select(known => known.Name()))}";
            return false;
        }

        applied = key.With(named);
        return true;
    }

    private static MemberState? ReadState(Field? field) => Values.Word(
        field,
        ("announced", MemberState.Announced), ("signing", MemberState.Signing), ("verifying", MemberState.Verifying),
        ("retired", MemberState.Retired), ("revoked", MemberState.Revoked));
}
