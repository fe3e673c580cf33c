// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Comparing;

/// <summary>Walks two documents side by side.</summary>
internal sealed class ComparisonWalk(string kind, string policy)
{
    // What members are told apart by, where an entry of a list has a name of its own.
    private static readonly string[][] Keys = [["name"], ["id", "package"], ["key"], ["publicKey"]];

    private readonly List<PolicyChange> _changes = [];

    internal IReadOnlyList<PolicyChange> Changes => _changes;

    /// <summary>Compares two values.</summary>
    /// <param name="path">The path as shown, with names of entries.</param>
    /// <param name="field">The path as <see cref="FieldMeaning"/> knows it.</param>
    /// <param name="old">What was there.</param>
    /// <param name="now">What is there.</param>
    internal void Compare(string path, string field, YamlNode old, YamlNode now)
    {
        (old, now) = (Normal(field, old), Normal(field, now));
        switch (old, now)
        {
            case (YamlMapping before, YamlMapping after):
                Members(path, field, before, after);
                break;
            case (YamlSequence before, YamlSequence after):
                Entries(path, field, before, after);
                break;
            case (YamlScalar before, YamlScalar after):
                if (Directions.Compare(FieldMeaning.Of(field), before.Text, after.Text) is { } direction)
                    Add(path, before, after, Scalar(field, before.Text, after.Text) ?? direction);
                break;
            default:
                Add(path, old, now, ChangeDirection.Changed);
                break;
        }
    }

    private void Members(string path, string field, YamlMapping old, YamlMapping now)
    {
        var names = old.Members.Concat(now.Members).Select(member => member.Name).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var below = Join(field, name);
            Member(Join(path, Printable.Escape(name)), below, Given(old, below, name), Given(now, below, name));
        }
    }

    private void Member(string path, string field, YamlNode? old, YamlNode? now)
    {
        var presence = FieldMeaning.Of(field).Presence;
        if (old is not null && now is not null)
            Compare(path, field, old, now);
        else if (old is null)
            Add(path, old, now, presence);
        else
            Add(path, old, now, Directions.Opposite(presence));
    }

    private void Entries(string path, string field, YamlSequence old, YamlSequence now)
    {
        var items = field + "[]";
        // Those without a name of their own are paired by their place, as long as there are as many of them.
        var (placed, placedNow) = (Nameless(old), Nameless(now));
        var isByPlace = placed.Count == placedNow.Count;
        foreach (var (was, (place, item)) in isByPlace ? placed.Zip(placedNow) : [])
            Compare(string.Create(CultureInfo.InvariantCulture, $"{path}[{place}]"), items, was.Item, item);

        var (before, after) = (ByKey(old, exceptNameless: isByPlace), ByKey(now, exceptNameless: isByPlace));
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var (was, now1) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            var place = $"{path}[{Printable.Escape(key)}]";
            if (was is not null && now1 is not null)
                Compare(place, items, was, now1);
            else if (was is null)
                Add(place, was, now1, Entry(field, now1!));
            else
                Add(place, was, now1, Directions.Opposite(Entry(field, was)));
        }
    }

    // What one more entry leads to.
    private static ChangeDirection Entry(string field, YamlNode entry) => field switch
    {
        "spec.members" when entry is YamlMapping member
            && Find(member, "state") is YamlScalar { Text: "retired" or "revoked" } => ChangeDirection.Changed,
        _ => FieldMeaning.Of(field).More,
    };

    // Directions that more than one order of values is behind.
    private static ChangeDirection? Scalar(string field, string old, string now) => (field, old, now) switch
    {
        ("spec.members[].state", "announced" or "signing" or "verifying", "retired" or "revoked") =>
            ChangeDirection.Stricter,
        ("spec.members[].state", "retired" or "revoked", "announced" or "signing" or "verifying") =>
            ChangeDirection.Laxer,
        _ when field.EndsWith(".enforcement", StringComparison.Ordinal) && old is "enforce" => ChangeDirection.Laxer,
        _ when field.EndsWith(".enforcement", StringComparison.Ordinal) && now is "enforce" => ChangeDirection.Stricter,
        _ => null,
    };

    // One form for what may be written in two.
    private static YamlNode Normal(string field, YamlNode node) => (field[(field.LastIndexOf('.') + 1)..], node) switch
    {
        ("maximumScanAge" or "maximumDatabaseAge" or "fixableGracePeriod", YamlScalar age) => Mapping("limit", age),
        ("combine", YamlScalar word) => Mapping("word", word),
        ("knownExploited", YamlScalar { Text: "deny" or "allow" } action) => Mapping("action", action),
        _ => node,
    };

    private static YamlMapping Mapping(string name, YamlNode value) =>
        new(value.Start, [new YamlMember(name, value.Start, value)]);

    private static List<(int Place, YamlNode Item)> Nameless(YamlSequence list) =>
        [.. list.Items.Index().Where(entry => IsNameless(entry.Item))];

    private static bool IsNameless(YamlNode item) => item is YamlMapping && KeyOf(item) is null;

    private static Dictionary<string, YamlNode> ByKey(YamlSequence list, bool exceptNameless)
    {
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var item in list.Items.Where(item => !exceptNameless || !IsNameless(item)))
        {
            var key = KeyOf(item) ?? Show(item)!;
            for (var copy = 2; !entries.TryAdd(key, item); copy++)
                key = string.Create(CultureInfo.InvariantCulture, $"{KeyOf(item) ?? Show(item)} {copy}");
        }

        return entries;
    }

    private static string? KeyOf(YamlNode item)
    {
        if (item is not YamlMapping mapping)
            return null;

        var texts = Keys.Select(key =>
            key.Select(name => Find(mapping, name)).OfType<YamlScalar>().Select(scalar => scalar.Text).ToList());
        return texts.FirstOrDefault(found => found.Count > 0) is { } parts ? string.Join(' ', parts) : null;
    }

    private void Add(string path, YamlNode? old, YamlNode? now, ChangeDirection direction) =>
        _changes.Add(new PolicyChange(kind, policy, path, Show(old), Show(now), direction));

    private static string? Show(YamlNode? node) => node switch
    {
        null => null,
        YamlScalar scalar => scalar.Text,
        _ => Encoding.UTF8.GetString(YamlJson.Write(node)),
    };

    private YamlNode? Given(YamlMapping mapping, string field, string name) =>
        Find(mapping, name) ?? Defaults.Of(policy, field, mapping);

    private static YamlNode? Find(YamlMapping mapping, string name) =>
        mapping.TryGet(name, out var value) ? value : null;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
