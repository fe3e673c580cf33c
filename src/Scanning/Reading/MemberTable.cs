// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Scanning.Reading;

/// <summary>One member that a format reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Utf8">Its name as bytes.</param>
/// <param name="Shape">What belongs there.</param>
internal sealed record Member(string Name, byte[] Utf8, Shape Shape);

/// <summary>The members of an object that a format reads, found by name without taking memory.</summary>
internal sealed class MemberTable
{
    /// <summary>No members.</summary>
    public static readonly MemberTable Empty = new([]);

    private readonly Member[] _members;
    private readonly Member[][] _byLength;

    /// <summary>A table of these members.</summary>
    public MemberTable((string Name, Shape Shape)[] members)
    {
        _members = [.. members.Select(member => new Member(member.Name, Encoding.UTF8.GetBytes(member.Name), member.Shape))];
        var longest = _members.Length == 0 ? 0 : _members.Max(member => member.Utf8.Length);
        _byLength = [.. Enumerable.Range(0, longest + 1)
            .Select(length => _members.Where(member => member.Utf8.Length == length).ToArray())];
    }

    /// <summary>The member of exactly this name, or null.</summary>
    /// <param name="name">The name, unescaped.</param>
    /// <param name="variant">
    /// When there is none, the member that readers which ignore letter case would take it for: Go's JSON package, with
    /// which scanners and many of their consumers are written, does.
    /// </param>
    public Member? Find(ReadOnlySpan<byte> name, out Member? variant)
    {
        variant = null;
        if (name.Length < _byLength.Length)
        {
            var candidates = _byLength[name.Length];
            foreach (var member in candidates)
            {
                if (name.SequenceEqual(member.Utf8))
                    return member;
            }

            foreach (var member in candidates)
            {
                if (Ascii.EqualsIgnoreCase(name, member.Utf8))
                    variant = member;
            }
        }

        if (!Ascii.IsValid(name))
            variant = FindFolded(Encoding.UTF8.GetString(name));
        return null;
    }

    // The two characters outside ASCII that fold to an ASCII letter: the Kelvin sign and the long s.
    private Member? FindFolded(string name)
    {
        var folded = name.Replace('\u212A', 'k').Replace('\u017F', 's');
        return Array.Find(_members, member => string.Equals(member.Name, folded, StringComparison.OrdinalIgnoreCase));
    }
}
