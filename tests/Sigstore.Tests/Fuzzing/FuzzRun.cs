// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Testing;
using SupplyChain.Testing.Fuzzing;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>Many changed inputs for one target, and what became of them.</summary>
internal sealed class FuzzRun
{
    /// <summary>
    /// Bytes that judging one input may allocate: half a megabyte for what it is measured against, such as the keys of a trust root, and
    /// fifty times its own length, for text becomes characters and those become messages.
    /// </summary>
    private const int FixedAllocation = 1 << 19;

    private const int AllocationPerByte = 50;

    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private readonly FuzzTarget _target;
    private readonly ulong _seed;

    private FuzzRun(FuzzTarget target, ulong seed)
    {
        _target = target;
        _seed = seed;
    }

    /// <summary>Every failure, with the file that its input was kept in.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>The most bytes that one input of the run took.</summary>
    public long MostAllocated { get; private set; }

    /// <summary>Judges <paramref name="count"/> inputs.</summary>
    public static FuzzRun Execute(FuzzTarget target, int count, ulong seed)
    {
        var run = new FuzzRun(target, seed);
        var numbers = new SeededNumbers(seed);
        var mutator = new Mutator(numbers);
        for (var i = 0; i < count && run._failures.Count < 10; i++)
        {
            var place = numbers.Below(target.Seeds.Count);
            run.Judge(mutator.Mutate(target.Seeds[place], numbers.Of(target.Seeds)), place);
        }

        return run;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{_target.Name,-14} seed={_seed} inputs={_outcomes.Values.Sum()} most-bytes={MostAllocated} failures={_failures.Count} {Outcomes}");

    private string Outcomes => string.Join(' ', _outcomes.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Key}={outcome.Value}")));

    private void Judge(byte[] input, int place)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        string outcome;
        try
        {
            outcome = _target.Judge(input, place);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            MostAllocated = Math.Max(MostAllocated, allocated);
            if (allocated > FixedAllocation + ((long)AllocationPerByte * input.Length))
                Fail(input, place, $"{allocated} bytes were allocated for an input of {input.Length}");
        }
        catch (Exception thrown)
        {
            outcome = thrown is FuzzException ? "WRONG" : "THROWN";
            Fail(input, place, thrown.ToString());
        }

        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
    }

    // What an input means depends on the keys of this process: the trust root is kept beside it.
    private void Fail(byte[] input, int place, string why)
    {
        var folder = Path.Combine(SharedFiles.RepositoryRoot, "artifacts", "soak");
        Directory.CreateDirectory(folder);
        var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{_target.Name}-{_seed}-{_failures.Count}"));
        File.WriteAllBytes(name + ".input", input);
        File.WriteAllBytes(name + ".seed", _target.Seeds[place]);
        File.WriteAllBytes(name + ".trusted_root.json", OwnBundles.Instance.Root);
        _failures.Add($"{name}.input: {why}");
    }
}
