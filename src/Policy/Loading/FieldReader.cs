// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>A value of a policy document together with its path, such as <c>spec.checks[0].name</c>.</summary>
internal sealed record Field(YamlNode Node, string Path, ProblemList Problems)
{
    internal SourceLocation Location => Problems.Locate(Node.Start);

    internal FieldPlace Place => new(Location, Path);

    /// <summary>An entry of this field, which is that list.</summary>
    internal Field Entry(YamlSequence list, int index) => this with { Node = list.Items[index], Path = $"{Path}[{index}]" };

    internal void Error(string message) => Problems.Error(Node.Start, Path, message);

    /// <summary>Reports <paramref name="message"/> and gives nothing, for the end of a value reader.</summary>
    internal T? Error<T>(string message)
    {
        Error(message);
        return default;
    }
}

/// <summary>
/// Reads one mapping of a policy document. Every member is asked for by name; closing the reader reports those that
/// nobody asked for, so that no field is ever silently ignored.
/// </summary>
internal sealed class FieldReader
{
    private readonly Field _owner;
    private readonly YamlMapping _mapping;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _planned = new(StringComparer.Ordinal);

    private FieldReader(Field owner, YamlMapping mapping)
    {
        _owner = owner;
        _mapping = mapping;
    }

    internal SourceLocation Location => _owner.Location;

    internal bool IsEmpty => _mapping.Members.Count == 0;

    /// <summary>Opens a mapping; reports and gives nothing if it is none.</summary>
    internal static FieldReader? Open(Field? field)
    {
        switch (field?.Node)
        {
            case null:
                return null;
            case YamlMapping mapping:
                return new FieldReader(field, mapping);
            default:
                field.Error($"expected a mapping, found {field.Node.Kind}");
                return null;
        }
    }

    /// <summary>A member that may be absent.</summary>
    internal Field? Optional(string name)
    {
        _known.Add(name);
        return _mapping.TryGet(name, out var value) ? new Field(value, PathOf(name), _owner.Problems) : null;
    }

    /// <summary>A member whose absence is reported.</summary>
    internal Field? Required(string name)
    {
        var field = Optional(name);
        if (field is null)
            Error($"{name} is required");

        return field;
    }

    /// <summary>
    /// Members of the design that this release does not have: refused by name, so that nobody relies on them.
    /// </summary>
    internal void NotBuiltYet(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _planned.Add(name);
    }

    internal void Error(string message) => _owner.Error(message);

    /// <summary>Reports every member that was never asked for.</summary>
    internal void Close()
    {
        foreach (var member in _mapping.Members.Where(member => !_known.Contains(member.Name)))
        {
            var name = Printable.Escape(member.Name);
            _owner.Problems.Error(member.Start, PathOf(name), _planned.Contains(member.Name)
                ? $"{name} is known but not built yet; remove it"
                : $"unknown field; {Suggestion.For(member.Name, _known)}");
        }
    }

    private string PathOf(string name) => _owner.Path.Length == 0 ? name : $"{_owner.Path}.{name}";
}
