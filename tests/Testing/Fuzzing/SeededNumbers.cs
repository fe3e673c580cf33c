// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing.Fuzzing;

/// <summary>Numbers that look random and are the same for the same seed on every machine; SplitMix64.</summary>
public sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9e3779b97f4a7c15;
            var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>A number from 0 to <paramref name="end"/>, which is excluded and at least 1.</summary>
    public int Below(int end) => (int)(Next() % (ulong)end);

    public bool OneIn(int chances) => Below(chances) == 0;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
