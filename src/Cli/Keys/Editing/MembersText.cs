// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using SupplyChain.Policy.Yaml;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>
/// An Attestor document as the lines somebody wrote, of which single ones are changed, so that comments and layout stay.
/// Only block style is changed; whoever uses this reads the result again, and compares it with what it was meant to
/// become.
/// </summary>
internal sealed class MembersText
{
    private const string NotBlockStyle = "is not written one field a line";

    private readonly List<string> _lines;
    private readonly string _lineEnd;
    private readonly YamlSequence _members;
    private readonly List<LineEdit> _edits = [];

    private MembersText(List<string> lines, string lineEnd, YamlSequence members) =>
        (_lines, _lineEnd, _members) = (lines, lineEnd, members);

    /// <summary>The document's lines before any change.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What has been changed, in the order of lines.</summary>
    public IReadOnlyList<LineEdit> Edits => [.. _edits.OrderBy(edit => edit.Line)];

    /// <summary>Takes a document apart that can be read as a policy.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out MembersText? text, [NotNullWhen(false)] out string? problem)
    {
        text = null;
        var lines = Encoding.UTF8.GetString(utf8.Span).Split('\n').ToList();
        var lineEnd = lines[0].EndsWith('\r') ? "\r\n" : "\n";
        if (lineEnd.Length > 1)
        {
            for (var i = 0; i < lines.Count; i++)
                lines[i] = lines[i].TrimEnd('\r');
        }

        if (!StrictYaml.TryRead(utf8, out var root, out var unreadable))
        {
            problem = unreadable.ToString();
            return false;
        }

        problem = NotBlockStyle;
        if (root is not YamlMapping document || !document.TryGet("spec", out var spec) || spec is not YamlMapping fields
            || !fields.TryGet("members", out var list) || list is not YamlSequence members
            || ((YamlNode[])[document, fields, members, .. members.Items]).Any(node => IsFlow(lines, node)))
        {
            return false;
        }

        text = new MembersText(lines, lineEnd, members);
        problem = null;
        return true;
    }

    /// <summary>A public key as the lines of a field.</summary>
    public static IEnumerable<string> OfPublicKey(PublicKey key) =>
        ["publicKey: |", .. key.ToPem().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "  " + line)];

    /// <summary>Whether a public key, written down, is read with the same algorithm again.</summary>
    public static bool IsUsual(PublicKey key) =>
        PublicKey.TryReadSpki(key.Spki.Span, out var usual, out _) && usual.Algorithm == key.Algorithm;

    /// <summary>Changes a member's lines.</summary>
    public bool TryChange(MemberChange change, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var member = (YamlMapping)_members.Items[change.Index];
        var indent = new string(' ', member.Start.Column - 1);
        var added = new List<string>();
        (int Line, string Text)? anchor = null;
        foreach (var (name, value) in change.Fields)
        {
            if (!member.TryGet(name, out var node))
            {
                added.Add($"{name}: {value}");
                continue;
            }

            if (Replace(node, value) is not { } line)
            {
                problem = $"has a {name} that is not alone on its line";
                return false;
            }

            if (name is "state")
                anchor = (node.Start.Line - 1, line);
            else
                _edits.Add(new LineEdit(node.Start.Line - 1, 1, [line]));
        }

        if (change.PublicKey is { } key)
            added.AddRange(OfPublicKey(key));
        if (anchor is null && member.TryGet("key", out var uri) && Replace(uri, ((YamlScalar)uri).Text) is { } alone)
            anchor = (uri.Start.Line - 1, alone);
        if (anchor is var (at, text))
        {
            string[] lines = [text, .. added.Select(line => indent + line)];
            _edits.Add(string.Equals(text, _lines[at], StringComparison.Ordinal)
                ? new LineEdit(at + 1, 0, lines[1..])
                : new LineEdit(at, 1, lines));
        }
        else
        {
            PutFirst(member, added, indent);
        }

        return true;
    }

    /// <summary>Adds a member behind the last one.</summary>
    public void Append(MemberAddition addition)
    {
        var dash = _members.Start.Column - 1;
        var last = LastLineOf(_members);
        while (last + 1 < _lines.Count && (_lines[last + 1].Length == 0 || IndentOf(_lines[last + 1]) > dash))
            last++;
        while (string.IsNullOrWhiteSpace(_lines[last]))
            last--;
        var indent = new string(' ', dash);
        _edits.Add(new LineEdit(
            last + 1, 0, [.. addition.Lines.Select((line, i) => indent + (i == 0 ? "- " : "  ") + line)]));
    }

    /// <summary>The document with all changes.</summary>
    public byte[] Write()
    {
        var lines = new List<string>(_lines);
        foreach (var edit in Edits.Reverse())
        {
            // A document whose last line has no end gets one before lines are added.
            if (edit.Line == lines.Count)
                lines.Add("");
            lines.RemoveRange(edit.Line, edit.Removed);
            lines.InsertRange(edit.Line, edit.Added);
        }

        return Encoding.UTF8.GetBytes(string.Join(_lineEnd, lines));
    }

    // The first field stands behind the dash; there is no other place that every member has.
    private void PutFirst(YamlMapping member, List<string> added, string indent)
    {
        var at = member.Start.Line - 1;
        var (before, rest) = (_lines[at][..indent.Length], _lines[at][indent.Length..]);
        _edits.Add(new LineEdit(
            at, 1, [before + added[0], .. added.Skip(1).Select(line => indent + line), indent + rest]));
    }

    /// <summary>The line with another value; null if the value is not alone there.</summary>
    private string? Replace(YamlNode node, string value)
    {
        if (node is not YamlScalar scalar)
            return null;

        var line = _lines[node.Start.Line - 1];
        var start = node.Start.Column - 1;
        foreach (var written in (string[])[scalar.Text, $"'{scalar.Text}'", $"\"{scalar.Text}\""])
        {
            if (!line.AsSpan(start).StartsWith(written, StringComparison.Ordinal))
                continue;
            var rest = line[(start + written.Length)..];
            var isAlone = string.IsNullOrWhiteSpace(rest) || (rest[0] == ' ' && rest.AsSpan().TrimStart().StartsWith("#"));
            if (isAlone && string.Equals(value, scalar.Text, StringComparison.Ordinal))
                return line;
            if (isAlone)
                return line[..start] + value + rest;
        }

        return null;
    }

    private static bool IsFlow(List<string> lines, YamlNode node) =>
        node is YamlScalar || lines[node.Start.Line - 1].AsSpan(node.Start.Column - 1) is ['{' or '[', ..];

    private static int IndentOf(string line) => line.Length - line.TrimStart(' ').Length;

    private static int LastLineOf(YamlNode node) => node switch
    {
        YamlMapping mapping =>
            mapping.Members.Select(member => LastLineOf(member.Value)).Append(node.Start.Line - 1).Max(),
        YamlSequence sequence => sequence.Items.Select(LastLineOf).Append(node.Start.Line - 1).Max(),
        _ => node.Start.Line - 1,
    };
}
