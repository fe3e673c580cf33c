// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads <c>trustedDirectory</c>.</summary>
internal static class TrustedDirectoryReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var directories = ReadDirectories(reader.Optional("directories"));
        var images = Patterns.ReadList(reader.Optional("images"));
        reader.Close();
        if (reader.IsEmpty)
            reader.Error("trusts nothing; say directories or images");

        return new TrustedDirectoryCheck(name) { Directories = directories ?? [], Images = images ?? [] };
    }

    private static IReadOnlyList<RepositoryPrefix>? ReadDirectories(Field? field)
    {
        var seen = new HashSet<RepositoryPrefix>();
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!RepositoryPrefix.TryParse(text, out var prefix, out var problem))
                return item.Error<RepositoryPrefix>($"{problem}; a directory has no wildcards, images: takes patterns");
            if (!seen.Add(prefix))
                item.Error($"{prefix} is listed twice");

            return prefix;
        });
    }
}
