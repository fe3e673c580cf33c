// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace SupplyChain.Policy.Yaml;

/// <summary>A place in a document, for people: both counts start at 1.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column, in UTF-16 code units for YAML and in bytes for JSON.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(int Line, int Column);

/// <summary>
/// A node of a YAML or JSON document: a scalar, a sequence or a mapping. Nothing is resolved: a scalar is its text, and
/// whoever reads a field decides what that text has to be.
/// </summary>
public abstract class YamlNode
{
    private protected YamlNode(Position start) => Start = start;

    /// <summary>Where the node starts.</summary>
    public Position Start { get; }

    /// <summary>What the node is, in words: <c>a text</c>, <c>a list</c>, <c>a mapping</c> or <c>nothing</c>.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar as it was written.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(Position start, string text, bool isPlain)
        : base(start)
    {
        Text = text;
        IsPlain = isPlain;
    }

    /// <summary>The text, with quotes and escapes undone.</summary>
    public string Text { get; }

    /// <summary>
    /// Whether it was written without quotes, so that it may mean a number, a truth value or nothing.
    /// </summary>
    public bool IsPlain { get; }

    /// <summary>Whether it is a null of the core schema: empty, <c>~</c> or <c>null</c>, without quotes.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a text";
}

/// <summary>A list of nodes.</summary>
public sealed class YamlSequence : YamlNode
{
    internal YamlSequence(Position start, IReadOnlyList<YamlNode> items)
        : base(start) => Items = items;

    /// <summary>The nodes, in order.</summary>
    public IReadOnlyList<YamlNode> Items { get; }

    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>Named nodes; every name occurs once.</summary>
public sealed class YamlMapping : YamlNode
{
    private readonly Dictionary<string, YamlMember> _byName;

    internal YamlMapping(Position start, IReadOnlyList<YamlMember> members)
        : base(start)
    {
        Members = members;
        _byName = members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    /// <summary>The members, in the order they were written.</summary>
    public IReadOnlyList<YamlMember> Members { get; }

    /// <inheritdoc/>
    public override string Kind => "a mapping";

    /// <summary>Finds a member by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out YamlNode? value)
    {
        value = _byName.GetValueOrDefault(name)?.Value;
        return value is not null;
    }
}

/// <summary>One member of a mapping.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where the name stands.</param>
/// <param name="Value">What it names.</param>
public sealed record YamlMember(string Name, Position Start, YamlNode Value);

/// <summary>Why a document cannot be read, and where.</summary>
/// <param name="Start">Where it was noticed.</param>
/// <param name="Message">What is wrong, printable.</param>
public sealed record YamlProblem(Position Start, string Message)
{
    /// <summary>Place and message as one line.</summary>
    public override string ToString() => $"line {Start.Line}, column {Start.Column}: {Message}";
}
