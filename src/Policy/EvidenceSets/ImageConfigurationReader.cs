// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// Reads configurations of images. Runtimes are written in Go, which takes <c>user</c> for <c>User</c>: where a member has such a
/// double, nobody knows what will run.
/// </summary>
internal sealed class ImageConfigurationReader
{
    private static readonly string[] RootMembers = ["created", "config", "rootfs"];
    private static readonly string[] ConfigMembers = ["User", "ExposedPorts", "Labels"];
    private static readonly string[] RootfsMembers = ["diff_ids"];

    private ConfigurationProblem? _problem;

    internal static bool TryRead(
        JsonElement root, [NotNullWhen(true)] out ImageConfiguration? configuration,
        out ConfigurationProblem? problem)
    {
        var reader = new ImageConfigurationReader();
        var read = reader.Read(root);
        problem = reader._problem;
        configuration = problem is null ? read : null;
        return configuration is not null;
    }

    private ImageConfiguration? Read(JsonElement root)
    {
        if (Object(root, "the configuration", RootMembers) is not { } document)
            return null;

        var config = Object(document, "config", ConfigMembers, "config");
        var rootfs = Object(document, "rootfs", RootfsMembers, "rootfs");
        return new ImageConfiguration
        {
            Created = Text(document, "created"),
            User = Text(config, "User") ?? "",
            ExposedPorts = ReadPorts(Object(config, "ExposedPorts", [], "ExposedPorts")),
            Labels = ReadLabels(Object(config, "Labels", [], "Labels")),
            DiffIds = ReadDiffIds(rootfs),
        };
    }

    private JsonElement? Object(JsonElement? owner, string member, string[] known, string shown)
    {
        if (owner is not { } found || !found.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;

        return Object(value, shown, known);
    }

    private JsonElement? Object(JsonElement value, string shown, string[] known)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Malformed<JsonElement?>($"{shown} is not an object");
        if (StrictJson.FindCaseVariant(value, known) is not { } lookalike)
            return value;

        _problem ??= new ConfigurationProblem(
            ReasonCode.ManifestAmbiguous, $"{shown} has the member '{Printable.Escape(lookalike)}', which some readers take for another");
        return null;
    }

    private string? Text(JsonElement? owner, string name)
    {
        if (owner is not { } found || !found.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;

        return value.ValueKind == JsonValueKind.String ? value.GetString() : Malformed<string>($"{name} is not a text");
    }

    private List<string> ReadPorts(JsonElement? ports) =>
        ports is { } found && IsWithin(found, "ExposedPorts") ? [.. found.EnumerateObject().Select(port => port.Name)] : [];

    private Dictionary<string, string> ReadLabels(JsonElement? labels)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        if (labels is not { } found || !IsWithin(found, "Labels"))
            return read;

        foreach (var label in found.EnumerateObject())
        {
            if (label.Value.ValueKind == JsonValueKind.String)
                read.Add(label.Name, label.Value.GetString()!);
            else
                Malformed<object>($"the label {Printable.Escape(label.Name)} is not a text");
        }

        return read;
    }

    private List<Digest> ReadDiffIds(JsonElement? rootfs)
    {
        var read = new List<Digest>();
        if (rootfs is not { } found || !found.TryGetProperty("diff_ids", out var list) || list.ValueKind == JsonValueKind.Null)
            return read;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Limits.ManifestLayers)
        {
            Malformed<object>($"rootfs.diff_ids is not a list of at most {Limits.ManifestLayers} digests");
            return read;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && Digest.TryParse(item.GetString(), out var digest, out _))
                read.Add(digest);
            else
                Malformed<object>("rootfs.diff_ids holds something that is no digest");
        }

        return read;
    }

    private bool IsWithin(JsonElement members, string name)
    {
        if (members.GetPropertyCount() <= Limits.ImageConfigEntries)
            return true;

        Malformed<object>($"{name} has more than {Limits.ImageConfigEntries} members");
        return false;
    }

    private T? Malformed<T>(string message)
    {
        _problem ??= new ConfigurationProblem(ReasonCode.ManifestMalformed, message);
        return default;
    }
}
