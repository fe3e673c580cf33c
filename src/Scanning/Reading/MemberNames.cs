// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// The names of the objects that are open while a document is read, to find a name that comes twice. A name is its
/// <see cref="Fingerprint"/>: no text is kept, and two names that collide are refused as one.
/// </summary>
internal sealed class MemberNames : IDisposable
{
    // Not shared with other readers: a report arrives in pieces, so that a name's bytes are gone when the next one comes.
    private const int SearchedInLine = 64;

    private readonly HashSet<ulong>?[] _large = new HashSet<ulong>?[Limits.Depth + 1];
    private readonly Level[] _levels = new Level[Limits.Depth + 1];
    private ulong[] _names = ArrayPool<ulong>.Shared.Rent(256);
    private int _depth = -1;
    private int _count;

    /// <summary>How adding a name went.</summary>
    public enum Added
    {
        /// <summary>It is new in its object.</summary>
        New,

        /// <summary>The object has it already.</summary>
        Twice,

        /// <summary>The object has more members than are accepted.</summary>
        TooMany,
    }

    /// <summary>An object begins.</summary>
    public void Open() => _levels[++_depth] = new Level { First = _count };

    /// <summary>The innermost object ends; its names are forgotten.</summary>
    public void Close()
    {
        Debug.Assert(_depth >= 0, "every end has its beginning");
        if (_count - _levels[_depth].First > SearchedInLine)
            _large[_depth]!.Clear();
        _count = _levels[_depth--].First;
    }

    /// <summary>Adds a name of the innermost object.</summary>
    public Added Add(ulong name)
    {
        ref var level = ref _levels[_depth];
        var bit = 1UL << (int)(name >> 58);
        if ((level.Bloom & bit) != 0 && IsKnown(name, level.First))
            return Added.Twice;

        var members = _count - level.First;
        if (members >= SearchedInLine)
        {
            if (members == Limits.ReportObjectMembers)
                return Added.TooMany;
            AddToSet(name, level.First);
        }

        level.Bloom |= bit;
        if (_count == _names.Length)
            Grow();
        _names[_count++] = name;
        return Added.New;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_names);
        _names = [];
    }

    private bool IsKnown(ulong name, int first) => _count - first > SearchedInLine
        ? _large[_depth]!.Contains(name)
        : _names.AsSpan(first, _count - first).Contains(name);

    // Past a few dozen names a search in line would cost the square of their number.
    private void AddToSet(ulong name, int first)
    {
        var set = _large[_depth] ??= new HashSet<ulong>(Scattered.Instance);
        if (set.Count == 0)
        {
            foreach (var earlier in _names.AsSpan(first, _count - first))
                set.Add(earlier);
        }

        set.Add(name);
    }

    private void Grow()
    {
        var larger = ArrayPool<ulong>.Shared.Rent(_names.Length * 2);
        _names.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(_names);
        _names = larger;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Level
    {
        public int First;
        public ulong Bloom;
    }

    // Fingerprints can be chosen by whoever wrote the report; a secret factor keeps them from all falling into one bucket.
    private sealed class Scattered : IEqualityComparer<ulong>
    {
        public static readonly Scattered Instance = new();
        private readonly ulong _factor = MakeFactor();

        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong obj) => unchecked((int)((obj * _factor) >> 32));

        private static ulong MakeFactor()
        {
            var factor = 0UL;
            System.Security.Cryptography.RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref factor)));
            return factor | 1;
        }
    }
}
