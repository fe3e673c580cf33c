// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Decides whether bytes are JSON as <see cref="StrictJson"/> takes it, without building a document: an attestation may
/// carry a report of a hundred megabytes. What passes here can be read by <see cref="JsonCursor"/> without surprises.
/// </summary>
internal sealed class StrictScan
{
    // The names are kept here rather than in a table shared with other readers: the open objects' alone, as places in the document,
    // compared once an object ends; that costs least in a document of a hundred megabytes.
    private const int ComparedOneByOne = 16;

    private readonly ReadOnlyMemory<byte> _utf8;
    private readonly int[] _firstMember = new int[Limits.Depth + 1];
    private Member[] _members = ArrayPool<Member>.Shared.Rent(64);
    private List<byte[]>? _unescapedNames;
    private int _count;
    private int _depth;

    private StrictScan(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>Whether <paramref name="utf8"/> is one strict JSON document.</summary>
    public static bool TryCheck(ReadOnlyMemory<byte> utf8, [NotNullWhen(false)] out string? problem)
    {
        problem = JsonRules.FindProblem(utf8.Span);
        if (problem is not null)
            return false;

        var scan = new StrictScan(utf8);
        try
        {
            problem = scan.Run();
            return problem is null;
        }
        catch (JsonException malformed)
        {
            problem = JsonRules.Describe(malformed);
            return false;
        }
        finally
        {
            ArrayPool<Member>.Shared.Return(scan._members);
        }
    }

    private string? Run()
    {
        // One level more than allowed, so that going over the limit is told from not being JSON.
        var reader = new Utf8JsonReader(_utf8.Span, new JsonReaderOptions { MaxDepth = Limits.Depth + 1 });
        while (reader.Read())
        {
            // A value's depth is that of what holds it.
            if (reader.CurrentDepth >= Limits.Depth && IsStart(reader.TokenType))
                return $"it is nested more than {Limits.Depth} levels deep";

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    _firstMember[_depth++] = _count;
                    break;
                case JsonTokenType.EndObject:
                    if (FindDuplicate() is { } name)
                        return $"the member '{Printable.Escape(name)}' is there twice";
                    break;
                case JsonTokenType.PropertyName:
                    if (_count == Limits.JsonMembers)
                        return $"objects hold more than {Limits.JsonMembers} members";
                    if (reader.ValueIsEscaped && !JsonRules.ArePaired(reader.ValueSpan))
                        return JsonRules.HalfPair;
                    Add(ref reader);
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped && !JsonRules.ArePaired(reader.ValueSpan):
                    return JsonRules.HalfPair;
            }
        }

        return null;
    }

    private static bool IsStart(JsonTokenType token) => token is JsonTokenType.StartObject or JsonTokenType.StartArray;

    private void Add(ref Utf8JsonReader reader)
    {
        Member member;
        if (reader.ValueIsEscaped)
        {
            var name = Unescape(ref reader);
            _unescapedNames ??= [];
            _unescapedNames.Add(name);
            member = new Member(Prefix(name), -_unescapedNames.Count, name.Length);
        }
        else
        {
            // The name begins after its quotation mark.
            member = new Member(Prefix(reader.ValueSpan), (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        if (_count == _members.Length)
            Grow();
        _members[_count++] = member;
    }

    private void Grow()
    {
        var larger = ArrayPool<Member>.Shared.Rent(_members.Length * 2);
        _members.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<Member>.Shared.Return(_members);
        _members = larger;
    }

    private string? FindDuplicate()
    {
        var first = _firstMember[--_depth];
        var members = _members.AsSpan(first, _count - first);
        _count = first;
        return members.Length <= ComparedOneByOne ? CompareOneByOne(members) : SortAndCompare(members);
    }

    private string? CompareOneByOne(ReadOnlySpan<Member> members)
    {
        for (var i = 1; i < members.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (members[i].Prefix == members[j].Prefix && members[i].Length == members[j].Length
                    && NameOf(members[i]).SequenceEqual(NameOf(members[j])))
                {
                    return Encoding.UTF8.GetString(NameOf(members[i]));
                }
            }
        }

        return null;
    }

    // Sorting by content costs n·log n whatever names a sender picks; a hash table would invite collisions.
    private string? SortAndCompare(Span<Member> members)
    {
        members.Sort((a, b) => a.Prefix != b.Prefix
            ? a.Prefix.CompareTo(b.Prefix)
            : NameOf(a).SequenceCompareTo(NameOf(b)));
        for (var i = 1; i < members.Length; i++)
        {
            if (NameOf(members[i]).SequenceEqual(NameOf(members[i - 1])))
                return Encoding.UTF8.GetString(NameOf(members[i]));
        }

        return null;
    }

    private ReadOnlySpan<byte> NameOf(Member member) => member.Start >= 0
        ? _utf8.Span.Slice(member.Start, member.Length)
        : _unescapedNames![-member.Start - 1];

    private static ulong Prefix(ReadOnlySpan<byte> name)
    {
        if (name.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(name);

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        name.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return buffer.AsSpan(0, reader.CopyString(buffer)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Member(ulong Prefix, int Start, int Length);
}
