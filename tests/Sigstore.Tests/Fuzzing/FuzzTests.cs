// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>
/// Nothing that comes from outside makes the library throw, take memory without bound, or believe what nobody signed. The same seed gives
/// the same changes; <c>eng/soak.sh</c> makes as many as one likes.
/// </summary>
public sealed class FuzzTests
{
    private const int Few = 700;

    private static readonly Lazy<IReadOnlyList<FuzzTarget>> All = new(() =>
    [
        new BundleTarget().Bundles, new BundleTarget().TrustedRoots, DerTargets.Certificates(), DerTargets.Timestamps(),
        TextTargets.Envelopes(), TextTargets.Statements(), TextTargets.Payloads(), TextTargets.Checkpoints(), TextTargets.Records(),
        TufTarget.Metadata(),
    ]);

    public static TheoryData<string> Targets =>
        ["bundle", "trusted root", "certificate", "timestamp", "envelope", "statement", "simple signing", "checkpoint", "log entry", "TUF metadata"];

    [Theory, MemberData(nameof(Targets))]
    public void Changed_inputs_are_refused_or_say_what_was_signed(string target)
    {
        var known = All.Value.Single(found => found.Name == target);
        for (var place = 0; place < known.Seeds.Count; place++)
            Assert.Contains(known.Judge(known.Seeds[place], place), (string[])[BundleCase.Accepted, "read", "TLOG_MISMATCH", "CERT_INVALID", "TIME_UNTRUSTED"]);

        var count = Number("SUPPLYCHAIN_SOAK_COUNT") is { } wanted ? wanted / Targets.Count : Few;
        var run = FuzzRun.Execute(known, (int)count, (ulong)(Number("SUPPLYCHAIN_SOAK_SEED") ?? 1));
        if (Environment.GetEnvironmentVariable("SUPPLYCHAIN_SOAK_REPORT") is { Length: > 0 } report)
            File.AppendAllText(report, $"{run}\n");

        Assert.True(run.Failures.Count == 0, $"{run}\n{string.Join('\n', run.Failures)}");
    }

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
