// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Scanning.Reading;

/// <summary>One member that a format reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">What belongs there.</param>
internal sealed record Member(string Name, Shape Shape)
{
    /// <summary>Its name as bytes.</summary>
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>The format that the member is a mark of, at the top level.</summary>
    public string? Marks { get; init; }
}

/// <summary>The members of an object that a format reads, found by name without taking memory.</summary>
internal sealed class MemberTable
{
    private readonly Member[][] _byLength;

    /// <summary>
    /// A table of these members. Of two with one name the first says what belongs there, and whichever is a mark makes it one.
    /// </summary>
    public MemberTable(IEnumerable<Member> members)
    {
        All =
        [
            .. members.GroupBy(member => member.Name, StringComparer.Ordinal)
                .Select(same => same.First() with { Marks = same.Select(member => member.Marks).FirstOrDefault(mark => mark is not null) }),
        ];
        var byLength = All.ToLookup(member => member.Utf8.Length);
        var longest = All.Count == 0 ? 0 : byLength.Max(group => group.Key);
        _byLength = [.. Enumerable.Range(0, longest + 1).Select(length => byLength[length].ToArray())];
    }

    /// <summary>The members.</summary>
    public IReadOnlyList<Member> All { get; }

    /// <summary>A table of these members, none of which is a mark.</summary>
    public static MemberTable Of((string Name, Shape Shape)[] members) =>
        new(members.Select(member => new Member(member.Name, member.Shape)));

    /// <summary>The member of exactly this name, or null.</summary>
    /// <param name="name">The name, unescaped.</param>
    /// <param name="variant">
    /// When there is none, the member that readers which ignore letter case would take it for: Go's JSON package, with
    /// which scanners and many of their consumers are written, does.
    /// </param>
    public Member? Find(ReadOnlySpan<byte> name, out Member? variant)
    {
        variant = null;
        var candidates = OfLength(name.Length);
        foreach (var member in candidates)
        {
            if (name.SequenceEqual(member.Utf8))
                return member;
        }

        variant = Ascii.IsValid(name) ? FindIgnoringCase(name, candidates) : FindFolded(name);
        return null;
    }

    private Member[] OfLength(int length) => length < _byLength.Length ? _byLength[length] : [];

    private static Member? FindIgnoringCase(ReadOnlySpan<byte> name, Member[] candidates)
    {
        foreach (var member in candidates)
        {
            if (Ascii.EqualsIgnoreCase(name, member.Utf8))
                return member;
        }

        return null;
    }

    // Two characters outside ASCII fold to an ASCII letter: the Kelvin sign and the long s.
    private Member? FindFolded(ReadOnlySpan<byte> name)
    {
        if (name.Length > 3 * _byLength.Length)
            return null;

        Span<byte> folded = stackalloc byte[name.Length];
        var length = 0;
        for (var rest = name; !rest.IsEmpty;)
        {
            (folded[length++], var taken) = rest switch
            {
                [0xE2, 0x84, 0xAA, ..] => ((byte)'k', 3),
                [0xC5, 0xBF, ..] => ((byte)'s', 2),
                _ => (rest[0], 1),
            };
            rest = rest[taken..];
        }

        return FindIgnoringCase(folded[..length], OfLength(length));
    }
}
