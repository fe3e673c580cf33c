// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using SupplyChain.Model;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>
/// The member names met so far in one document, to notice a name that comes twice in one object. One table serves all
/// objects: an entry is an object's number with a name, so that many small objects cost as little as one large one.
/// </summary>
internal sealed class MemberNames
{
    // Not shared with other readers: a review is small and read often, so its names stay in one table that the thread keeps, and a
    // name is refused where it comes, before its value is read.
    private const int SmallestTable = 1024;

    [ThreadStatic]
    private static MemberNames? _spare;

    private readonly int[] _objectAtDepth = new int[Limits.Depth + 1];
    private Entry[] _table = new Entry[SmallestTable];
    private byte[] _unescaped = new byte[1024];
    private int _objects;
    private int _names;
    private int _unescapedLength;

    private MemberNames()
    {
    }

    /// <summary>Takes this thread's spare table, or a new one; give it back with <see cref="Return"/>.</summary>
    public static MemberNames Rent()
    {
        var names = _spare ?? new MemberNames();
        _spare = null;
        return names;
    }

    /// <summary>Empties the table and keeps it for the thread's next document.</summary>
    public void Return()
    {
        // What one huge document needed is not kept for the small ones after it.
        if (_table.Length > SmallestTable)
            _table = new Entry[SmallestTable];
        else
            Array.Clear(_table);
        if (_unescaped.Length > 64 * 1024)
            _unescaped = new byte[1024];
        _objects = _names = _unescapedLength = 0;
        _spare = this;
    }

    /// <summary>An object begins at <paramref name="depth"/>; its names are its own.</summary>
    public void Open(int depth) => _objectAtDepth[depth] = ++_objects;

    /// <summary>Room for the unescaped form of a name or string of <paramref name="length"/> escaped bytes.</summary>
    public Span<byte> Room(int length)
    {
        var needed = _unescapedLength + length;
        if (needed > _unescaped.Length)
            Array.Resize(ref _unescaped, Math.Max(needed, _unescaped.Length * 2));
        return _unescaped.AsSpan(_unescapedLength, length);
    }

    /// <summary>Keeps the first <paramref name="length"/> bytes of the last <see cref="Room"/> and says where they are.</summary>
    public int Keep(int length)
    {
        var start = _unescapedLength;
        _unescapedLength += length;
        return start;
    }

    /// <summary>The bytes that <see cref="Keep"/> kept at <paramref name="start"/>.</summary>
    public ReadOnlySpan<byte> Kept(int start, int length) => _unescaped.AsSpan(start, length);

    /// <summary>Adds a name of the object at <paramref name="depth"/>; false when that object had it already.</summary>
    /// <param name="document">The document the name stands in.</param>
    /// <param name="depth">The object's depth.</param>
    /// <param name="name">The name, unescaped.</param>
    /// <param name="start">Where it stands: in the document, or as <c>~start</c> among the kept bytes.</param>
    public bool TryAdd(ReadOnlySpan<byte> document, int depth, ReadOnlySpan<byte> name, int start)
    {
        if (2 * (_names + 1) > _table.Length)
            Grow();

        var owner = _objectAtDepth[depth];
        var hasher = default(HashCode);
        hasher.Add(owner);
        hasher.AddBytes(name);
        var hash = hasher.ToHashCode();
        var mask = _table.Length - 1;
        for (var i = hash & mask; ; i = (i + 1) & mask)
        {
            ref var entry = ref _table[i];
            if (entry.Owner == 0)
            {
                entry = new Entry(owner, hash, start, name.Length);
                _names++;
                return true;
            }

            if (entry.Hash == hash && entry.Owner == owner && NameOf(document, entry).SequenceEqual(name))
                return false;
        }
    }

    private ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> document, Entry entry) => entry.Start >= 0
        ? document.Slice(entry.Start, entry.Length)
        : _unescaped.AsSpan(~entry.Start, entry.Length);

    private void Grow()
    {
        var old = _table;
        _table = new Entry[old.Length * 2];
        var mask = _table.Length - 1;
        foreach (var entry in old)
        {
            if (entry.Owner == 0)
                continue;
            var i = entry.Hash & mask;
            while (_table[i].Owner != 0)
                i = (i + 1) & mask;
            _table[i] = entry;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(int Owner, int Hash, int Start, int Length);
}
