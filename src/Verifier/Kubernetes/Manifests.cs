// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>A file of Kubernetes objects.</summary>
/// <param name="Path">The file's name, for messages; one that ends in <c>.json</c> is read as JSON, any other as YAML.</param>
/// <param name="Content">Its bytes, at most <see cref="Limits.ManifestFileBytes"/>.</param>
public sealed record ManifestFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>A workload that a file describes.</summary>
/// <param name="Source">The file, and which of its documents.</param>
/// <param name="Workload">What it would run.</param>
public sealed record ManifestWorkload(string Source, Workload Workload);

/// <summary>Something to say about a file.</summary>
/// <param name="Source">The file, and which of its documents.</param>
/// <param name="Message">One sentence, printable.</param>
public sealed record ManifestNote(string Source, string Message)
{
    /// <summary>Place and message as one line.</summary>
    public override string ToString() => $"{Source}: {Message}";
}

/// <summary>What files of Kubernetes objects would run; found exactly as in an admission review.</summary>
/// <param name="Workloads">Every object that runs images.</param>
/// <param name="Skipped">How many objects run none, such as a Service.</param>
/// <param name="Warnings">Objects that seem to run images in a way that is not known here: they are judged as Pods only.</param>
/// <param name="Problems">What cannot be read; while there is one, nothing about the files is proven.</param>
public sealed record Manifests(
    IReadOnlyList<ManifestWorkload> Workloads, int Skipped, IReadOnlyList<ManifestNote> Warnings,
    IReadOnlyList<ManifestNote> Problems)
{
    /// <summary>Reads files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="namespace">The namespace of objects that name none.</param>
    public static Manifests Read(IReadOnlyList<ManifestFile> files, string? @namespace)
    {
        ArgumentNullException.ThrowIfNull(files);
        var reading = new Reading(@namespace);
        foreach (var file in files)
            reading.ReadFile(file);
        return new Manifests(reading.Workloads, reading.Skipped, reading.Warnings, reading.Problems);
    }

    private sealed class Reading(string? defaultNamespace)
    {
        public List<ManifestWorkload> Workloads { get; } = [];

        public int Skipped { get; private set; }

        public List<ManifestNote> Warnings { get; } = [];

        public List<ManifestNote> Problems { get; } = [];

        public void ReadFile(ManifestFile file)
        {
            var name = Printable.Escape(file.Path);
            if (file.Path.EndsWith(".json", StringComparison.Ordinal))
            {
                if (file.Content.Length > Limits.ManifestFileBytes)
                    Problems.Add(new ManifestNote(
                        name, $"the file has {file.Content.Length} bytes; at most {Limits.ManifestFileBytes} are read"));
                else
                    ReadDocument(file.Content, name);
                return;
            }

            if (!StrictYaml.TryReadAll(file.Content, out var documents, out var problem))
            {
                Problems.Add(new ManifestNote(name, problem.ToString()));
                return;
            }

            for (var i = 0; i < documents.Count; i++)
                ReadDocument(YamlJson.Write(documents[i]), documents.Count == 1 ? name : $"{name}, document {i + 1}");
        }

        private void ReadDocument(ReadOnlyMemory<byte> json, string source)
        {
            if (!StrictJson.TryParse(json, out var document, out var problem))
            {
                Problems.Add(new ManifestNote(source, problem));
                return;
            }

            using (document)
                ReadObject(document.RootElement, source, listed: null);
        }

        private void ReadObject(JsonElement element, string source, WorkloadKind? listed)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                Problems.Add(new ManifestNote(source, "a Kubernetes object was expected"));
                return;
            }

            if (!StrictReader.TryRead(JsonMarshal.GetRawUtf8Value(element), ObjectReader.Read, out var read, out var problem))
            {
                Problems.Add(new ManifestNote(source, problem));
                return;
            }

            var kind = read is { ApiVersion: { } apiVersion, Kind: { } written }
                ? WorkloadKind.FromObject(apiVersion, written)
                : read.ApiVersion is null && read.Kind is null ? listed : null;
            var items = ItemsOf(element);
            if (items is { } list)
                ReadList(kind, list, source);

            if (items is not null && kind?.PodSpec is null)
                return;
            if (kind?.PodSpec is { } path)
                ReadWorkload(read, kind, path, source);
            else if (kind is null && read.Problem is { } shape)
                Problems.Add(new ManifestNote(source, shape));
            else
                Skip(element, kind, source);
        }

        private void ReadWorkload(KubernetesObject read, WorkloadKind kind, PodSpecPath path, string source)
        {
            var name = read.Name ?? "";
            var place = $"{source}, {kind.Kind} '{Printable.Escape(name)}'";
            var space = Named(read.Namespace) ?? defaultNamespace;
            if (!read.TryGetWorkload(kind, path, space, name, out var workload, out var problem))
            {
                Problems.Add(new ManifestNote(place, problem.Message));
                return;
            }

            Workloads.Add(new ManifestWorkload(source, workload));
            if (workload.Namespace is null)
                Warnings.Add(new ManifestNote(place, "names no namespace; no rule for a namespace applies to it"));
        }

        // v1 List holds anything; PodList and its like hold one kind, whose elements need not repeat it.
        private void ReadList(WorkloadKind? list, JsonElement items, string source)
        {
            var single = list is { Kind: { Length: > 4 } kind } && kind.EndsWith("List", StringComparison.Ordinal)
                ? list with { Kind = kind[..^"List".Length] }
                : null;
            var index = 0;
            foreach (var item in items.EnumerateArray())
                ReadObject(item, $"{source}, item {++index}", single);
        }

        private void Skip(JsonElement element, WorkloadKind? kind, string source)
        {
            Skipped++;
            if (PodTemplateSearch.Find(element) is { } place)
                Warnings.Add(new ManifestNote(
                    source,
                    (kind is null ? "a document of no kind" : Printable.Escape(kind.ToString()))
                    + $" seems to hold a pod template at {place}; its images are judged only when its pods are created"));
        }

        // kubectl and Argo CD apply the elements of whatever has a list of this name, a ConfigMap too.
        private static JsonElement? ItemsOf(JsonElement element) =>
            element.TryGetProperty("items"u8, out var items) && items.ValueKind == JsonValueKind.Array ? items : null;

        private static string? Named(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
