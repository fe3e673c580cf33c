// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads <c>provenance</c>.</summary>
internal static class ProvenanceReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var vouching = AttestationFields.ReadVouching(reader, "provenance");
        var builders = Values.Distinct(reader.Required("builders"), AttestationFields.Uri);
        var sources = ReadSources(reader.Optional("sources"));
        var referencesField = reader.Optional("refs");
        var references = Values.Distinct(referencesField, ReadReference);
        var types = Values.Distinct(reader.Optional("buildTypes"), AttestationFields.Uri);
        var parameters = Values.Distinct(reader.Optional("externalParameters"), Values.Line);
        reader.Close();
        if (referencesField is not null && sources is null)
            referencesField.Error("branches of what? say sources: as well");

        return vouching is null || builders is null
            ? null
            : new ProvenanceCheck(name)
            {
                Source = vouching.Source,
                SignedBy = vouching.SignedBy,
                SignedByPlaces = vouching.Places,
                Builders = builders,
                Sources = sources ?? [],
                References = references ?? [],
                BuildTypes = types ?? [],
                ExternalParameters = parameters,
                Location = field.Location,
            };
    }

    private static IReadOnlyList<SourceRepository>? ReadSources(Field? field)
    {
        var seen = new HashSet<SourceRepository>();
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!SourceRepository.TryParse(text, out var source, out var problem))
                return item.Error<SourceRepository>(problem);
            if (!seen.Add(source))
                item.Error($"{source} is listed twice");

            return source;
        });
    }

    private static string? ReadReference(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return text.StartsWith("refs/", StringComparison.Ordinal) && !text.Contains('*', StringComparison.Ordinal)
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' can never match; expected a reference in full such as refs/heads/main, without wildcards");
    }
}
