// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads exceptions.</summary>
internal static class ExceptionReader
{
    internal static FindingException? Read(Field field, IReadOnlyList<string> blocked, bool deniesExploited)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var id = CheckReader.ReadId(reader.Required("id"));
        var package = ReadPackage(reader.Optional("package"));
        var versionsField = reader.Optional("versions");
        var versions = ReadVersions(versionsField);
        var subjects = Patterns.ReadList(reader.Optional("subjects"));
        var notBefore = Times.Start(reader.Optional("notBefore"));
        var until = Times.End(reader.Required("until"));
        var owner = Values.Line(reader.Required("owner"));
        var reason = Values.Line(reader.Required("reason"));
        var ticket = Values.Line(reader.Optional("ticket"));
        var exploitedField = reader.Optional("knownExploited");
        var exploited = Values.Truth(exploitedField);
        reader.Close();

        if (versionsField is not null && package is null)
            versionsField.Error("versions of what? say package: as well");
        if (notBefore >= until)
            reader.Error("until has to be after notBefore");
        if (exploited == true && !deniesExploited)
            exploitedField!.Error("means something only where the check says knownExploited: deny");
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
                NotBefore = notBefore,
                Until = until.Value,
                Owner = owner,
                Reason = reason,
                KnownExploited = exploited ?? false,
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
