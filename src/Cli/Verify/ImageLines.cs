// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Cli.Verify;

/// <summary>On which lines of which file an image's name is written, so that a reviewer is led to it.</summary>
internal sealed class ImageLines
{
    private readonly Dictionary<string, Dictionary<string, List<int>>> _byFile = new(StringComparer.Ordinal);

    public ImageLines(IReadOnlyList<ManifestFile> files)
    {
        foreach (var file in files)
        {
            var lines = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            // JSON is YAML enough for this; a file that is not has been refused before, or merely has no lines.
            if (StrictYaml.TryReadAll(file.Content, out var documents, out _))
            {
                foreach (var document in documents)
                    Collect(document, lines);
            }

            _byFile[Printable.Escape(file.Path)] = lines;
        }
    }

    /// <summary>
    /// <c>file:line</c>, with every line if there are several; the workload's source where no line is known.
    /// </summary>
    public string PlaceOf(ManifestWorkload workload, ImageField image)
    {
        var (file, lines) = _byFile
            .Where(entry => workload.Source.StartsWith(entry.Key, StringComparison.Ordinal)
                && (workload.Source.Length == entry.Key.Length || workload.Source[entry.Key.Length] == ','))
            .MaxBy(entry => entry.Key.Length);
        return image.Reference is { } reference && lines is not null && lines.TryGetValue(reference, out var found)
            ? $"{file}:{string.Join(',', found.Select(line => line.ToString(CultureInfo.InvariantCulture)))}"
            : workload.Source;
    }

    private static void Collect(YamlNode node, Dictionary<string, List<int>> lines)
    {
        switch (node)
        {
            case YamlSequence sequence:
                foreach (var item in sequence.Items)
                    Collect(item, lines);
                break;

            case YamlMapping mapping:
                foreach (var member in mapping.Members)
                {
                    if (member is { Name: "image" or "reference", Value: YamlScalar scalar })
                        Add(lines, scalar);
                    else
                        Collect(member.Value, lines);
                }

                break;
        }
    }

    private static void Add(Dictionary<string, List<int>> lines, YamlScalar scalar)
    {
        if (!lines.TryGetValue(scalar.Text, out var list))
            lines.Add(scalar.Text, list = []);
        if (!list.Contains(scalar.Start.Line))
            list.Add(scalar.Start.Line);
    }
}
