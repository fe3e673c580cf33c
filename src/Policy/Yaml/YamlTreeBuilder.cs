// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SupplyChain.Policy.Yaml;

/// <summary>Builds nodes from parser events. Every event is counted and judged before anything is kept of it.</summary>
internal sealed class YamlTreeBuilder
{
    private readonly Parser _parser;
    private readonly int _documentLimit;
    private int _events;
    private int _depth;

    internal YamlTreeBuilder(string text, int documentLimit)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _documentLimit = documentLimit;
    }

    internal static Position At(Mark mark) => new((int)mark.Line, (int)mark.Column);

    internal IReadOnlyList<YamlNode> ReadStream()
    {
        var documents = new List<YamlNode>();
        var started = 0;
        Next<StreamStart>();
        while (Next() is DocumentStart start)
        {
            // Empty ones count as well: a file of nothing but marks is no manifest.
            if (++started > _documentLimit)
            {
                throw new YamlRefusal(At(start.Start), _documentLimit == 1
                    ? "the file holds several documents; write one document a file"
                    : $"the file holds more than {_documentLimit} documents");
            }

            _events = 0;
            var root = ReadNode(Next());
            Next<DocumentEnd>();
            if (root is not YamlScalar { IsNull: true })
                documents.Add(root);
        }

        return documents;
    }

    private YamlNode ReadNode(ParsingEvent first)
    {
        if (first is AnchorAlias alias)
            throw new YamlRefusal(At(alias.Start),
                $"the alias *{Printable.Escape(alias.Value.Value)} is not accepted; write the value out");

        if (first is not NodeEvent node)
            throw new YamlRefusal(At(first.Start), "a value was expected here");

        if (!node.Anchor.IsEmpty)
            throw new YamlRefusal(At(node.Start), $"the anchor &{Printable.Escape(node.Anchor.Value)} is not accepted");

        if (!node.Tag.IsEmpty)
            throw new YamlRefusal(At(node.Start), $"the tag {Printable.Escape(node.Tag.ToString())} is not accepted");

        return node switch
        {
            Scalar scalar => new YamlScalar(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart sequence => ReadSequence(sequence),
            MappingStart mapping => ReadMapping(mapping),
            _ => throw new YamlRefusal(At(node.Start), "a value was expected here"),
        };
    }

    private YamlSequence ReadSequence(SequenceStart start)
    {
        Descend(start);
        var items = new List<YamlNode>();
        for (var item = Next(); item is not SequenceEnd; item = Next())
            items.Add(ReadNode(item));

        _depth--;
        return new YamlSequence(At(start.Start), items);
    }

    private YamlMapping ReadMapping(MappingStart start)
    {
        Descend(start);
        var members = new List<YamlMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var key = Next(); key is not MappingEnd; key = Next())
        {
            var name = ReadName(key);
            if (!names.Add(name.Text))
                throw new YamlRefusal(name.Start, $"'{Printable.Escape(name.Text)}' is given twice");

            members.Add(new YamlMember(name.Text, name.Start, ReadNode(Next())));
        }

        _depth--;
        return new YamlMapping(At(start.Start), members);
    }

    private YamlScalar ReadName(ParsingEvent key)
    {
        if (key is MappingStart or SequenceStart)
            throw new YamlRefusal(At(key.Start), "a name was expected, found a list or mapping");

        var name = (YamlScalar)ReadNode(key);
        if (name.IsNull)
            throw new YamlRefusal(name.Start, "a name was expected, found nothing");

        return name is { IsPlain: true, Text: "<<" }
            ? throw new YamlRefusal(name.Start, "merge keys are not accepted; write the members out")
            : name;
    }

    private void Descend(NodeEvent start)
    {
        if (++_depth > Limits.Depth)
            throw new YamlRefusal(At(start.Start), $"the document is nested deeper than {Limits.Depth} levels");
    }

    private void Next<TEvent>()
        where TEvent : ParsingEvent
    {
        if (Next() is var found and not TEvent)
            throw new YamlRefusal(At(found.Start), "the document continues where it should end");
    }

    private ParsingEvent Next()
    {
        if (!_parser.MoveNext() || _parser.Current is not { } current)
            throw new YamlRefusal(new Position(1, 1), "the document ends early");

        return ++_events <= Limits.YamlEvents
            ? current
            : throw new YamlRefusal(At(current.Start), string.Create(
                CultureInfo.InvariantCulture, $"the document has more than {Limits.YamlEvents} parts"));
    }
}

/// <summary>Ends the reading of one document from any depth; never leaves <see cref="StrictYaml"/>.</summary>
internal sealed class YamlRefusal(Position start, string message) : Exception(message)
{
    internal YamlProblem Problem => new(start, Message);
}
