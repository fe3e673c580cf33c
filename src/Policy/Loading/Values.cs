// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>
/// Reads single values. The field decides the type: where a text is expected, the text as written counts, quoted or not
/// (<c>minimumVersion: 0.50</c> is "0.50" and never a number); nothing and the empty text are refused everywhere.
/// </summary>
internal static class Values
{
    private const int LongestText = 4_096;

    internal static string? Text(Field? field) => Text(field, LongestText);

    internal static string? Text(Field? field, int longest)
    {
        if (field is null)
            return null;
        if (field.Node is not YamlScalar scalar || scalar.IsNull)
            return field.Error<string>($"expected a text, found {field.Node.Kind}");
        if (string.IsNullOrWhiteSpace(scalar.Text))
            return field.Error<string>("expected a text, found an empty one");
        if (scalar.Text.Length > longest)
            return field.Error<string>($"has {scalar.Text.Length} characters; at most {longest} are accepted");

        return scalar.Text;
    }

    /// <summary>
    /// One line without control characters or white space around it: what names, ids and reasons are.
    /// </summary>
    internal static string? Line(Field? field)
    {
        if (Text(field) is not { } text)
            return null;

        return string.Equals(text, text.Trim(), StringComparison.Ordinal) && !text.Any(char.IsControl)
            ? text
            : field!.Error<string>("has to be one line without white space around it");
    }

    /// <summary>
    /// A name that can stand in URIs, paths and messages: up to 63 of a–z 0–9 and -, as Kubernetes has it.
    /// </summary>
    internal static string? Name(Field? field) => Line(field) is { } text
        ? IsLabel(text)
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' is not a name; expected up to 63 of a-z, 0-9 and -, starting and ending with a letter or digit")
        : null;

    /// <summary>
    /// Printable ASCII without spaces and wildcards, up to 253 characters: what a service's configuration calls its
    /// cluster.
    /// </summary>
    internal static string? PlainName(Field? field) => Line(field) is { } text
        ? text.Length <= 253 && text.All(c => c is > ' ' and < '\u007F' and not '*')
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' can never match; expected the cluster's name, without spaces and wildcards")
        : null;

    /// <summary>
    /// One or more labels joined by dots, up to 253 characters: the names of nodes and service accounts.
    /// </summary>
    internal static string? DottedName(Field? field) => Line(field) is { } text
        ? text.Length <= 253 && text.Split('.').All(IsLabel)
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' can never match; expected a-z, 0-9, - and . as Kubernetes names have them")
        : null;

    internal static bool? Truth(Field? field) => field?.Node switch
    {
        null => null,
        YamlScalar { IsPlain: true, Text: "true" } => true,
        YamlScalar { IsPlain: true, Text: "false" } => false,
        _ => field.Error<bool?>("expected true or false"),
    };

    internal static int? Count(Field? field) => field?.Node switch
    {
        null => null,
        YamlScalar { IsPlain: true, Text: [>= '0' and <= '9', ..] } scalar
            when int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => count,
        _ => field.Error<int?>("expected a whole number"),
    };

    internal static T? Word<T>(Field? field, params ReadOnlySpan<(string Word, T Meaning)> words)
        where T : struct
    {
        if (Line(field) is not { } text)
            return null;

        var known = new List<string>();
        foreach (var (word, meaning) in words)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
                return meaning;
            known.Add(word);
        }

        return field!.Error<T?>($"'{Printable.Escape(text)}' is not accepted; {Suggestion.For(text, known)}");
    }

    /// <summary>One of the texts, exactly.</summary>
    internal static string? OneOf(Field? field, params ReadOnlySpan<string> words)
    {
        if (Line(field) is not { } text)
            return null;

        return words.Contains(text, StringComparer.Ordinal)
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' is not accepted; {Suggestion.For(text, words.ToArray())}");
    }

    /// <summary>A list of at least one entry. Entries that cannot be read are reported and left out.</summary>
    internal static IReadOnlyList<T>? List<T>(Field? field, Func<Field, T?> read)
        where T : class
    {
        if (field is null)
            return null;
        if (field.Node is not YamlSequence sequence)
            return field.Error<IReadOnlyList<T>>($"expected a list, found {field.Node.Kind}");
        if (sequence.Items.Count == 0)
            return field.Error<IReadOnlyList<T>>("is an empty list; name at least one entry or leave the field out");

        return Read(field, sequence, read);
    }

    /// <summary>A list of texts that are all different.</summary>
    internal static IReadOnlyList<string>? Distinct(Field? field, Func<Field, string?> read)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return List(field, item =>
        {
            var text = read(item);
            if (text is not null && !seen.Add(text))
                item.Error($"'{Printable.Escape(text)}' is listed twice");

            return text;
        });
    }

    private static List<T> Read<T>(Field field, YamlSequence sequence, Func<Field, T?> read)
        where T : class
    {
        var items = new List<T>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (read(field.Entry(sequence, i)) is { } item)
                items.Add(item);
        }

        return items;
    }

    internal static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
