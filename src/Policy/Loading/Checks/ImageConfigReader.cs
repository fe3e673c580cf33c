// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads <c>imageConfig</c>.</summary>
internal static class ImageConfigReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var user = Values.OneOf(reader.Optional("user"), "nonRoot");
        var ports = Values.Distinct(reader.Optional("deniedPorts"), ReadPort) ?? [];
        var labels = ReadLabels(reader.Optional("requiredLabels"));
        reader.Close();
        if (reader.IsEmpty)
            reader.Error("asks for nothing; say user, deniedPorts or requiredLabels");

        return new ImageConfigCheck(name)
        {
            RequiresNonRoot = user is not null,
            DeniedPorts = [.. ports.Select(port => int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture))],
            RequiredLabels = labels,
        };
    }

    private static string? ReadPort(Field field) => Values.Count(field) switch
    {
        null => null,
        >= 1 and <= ushort.MaxValue and var port => port.ToString(CultureInfo.InvariantCulture),
        _ => field.Error<string>($"is not a port; expected 1 to {ushort.MaxValue}"),
    };

    private static Dictionary<string, string?> ReadLabels(Field? field)
    {
        var labels = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (field?.Node is not YamlMapping mapping)
        {
            foreach (var name in Values.Distinct(field, Values.Line) ?? [])
                labels.TryAdd(name, null);
            return labels;
        }

        if (mapping.Members.Count == 0)
            field.Error("names no label; name at least one or leave the field out");
        foreach (var member in mapping.Members)
        {
            var value = Values.Text(field with { Node = member.Value, Path = $"{field.Path}.{Printable.Escape(member.Name)}" });
            if (value is not null)
                labels.Add(member.Name, value);
        }

        return labels;
    }
}
