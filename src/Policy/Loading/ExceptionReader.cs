// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads exceptions.</summary>
internal static class ExceptionReader
{
    internal static FindingException? Read(Field field, IReadOnlyList<string> blocked)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("notBefore", "aliases");
        var id = CheckReader.ReadId(reader.Required("id"));
        var package = ReadPackage(reader.Optional("package"));
        var versionsField = reader.Optional("versions");
        var versions = ReadVersions(versionsField);
        var subjects = Patterns.ReadList(reader.Optional("subjects"));
        var until = Times.End(reader.Required("until"));
        var owner = Values.Line(reader.Required("owner"));
        var reason = Values.Line(reader.Required("reason"));
        var ticket = Values.Line(reader.Optional("ticket"));
        reader.Close();

        if (versionsField is not null && package is null)
            versionsField.Error("versions of what? say package: as well");
        if (id is not null && blocked.Contains(id, StringComparer.OrdinalIgnoreCase))
            reader.Error($"{id} is listed in blockedCves, which no exception outranks");

        return id is null || until is null || owner is null || reason is null
            ? null
            : new FindingException
            {
                Id = id,
                Package = package,
                Versions = versions,
                Subjects = subjects,
                Until = until.Value,
                Owner = owner,
                Reason = reason,
                Ticket = ticket,
                Location = field.Location,
            };
    }

    private static PackagePattern? ReadPackage(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return PackagePattern.TryParse(text, out var package, out var problem)
            ? package
            : field!.Error<PackagePattern>(problem);
    }

    private static VersionRange? ReadVersions(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return VersionRange.TryParse(text, out var range, out var problem)
            ? range
            : field!.Error<VersionRange>(problem);
    }
}
