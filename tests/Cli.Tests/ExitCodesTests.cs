// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;

namespace SupplyChain.Cli.Tests;

public sealed class ExitCodesTests
{
    private static readonly Decision Allowed = Decisions.Of(DecisionKind.Admission, Decisions.Passed);
    private static readonly Decision Denied = Decisions.Of(DecisionKind.Admission, Decisions.Vulnerable);
    private static readonly Decision Unknown = Decisions.Of(DecisionKind.Admission, Decisions.Unknown);

    public static TheoryData<string, Decision[], int> Table => new()
    {
        { "allowed", [Allowed], ExitCodes.Done },
        { "approved", [Decisions.Approved], ExitCodes.Done },
        { "denied", [Denied], ExitCodes.Refused },
        { "refused", [Decisions.Refused], ExitCodes.Refused },
        { "unknown", [Unknown], ExitCodes.Unreachable },
        { "all allowed", [Allowed, Allowed], ExitCodes.Done },
        { "one of them denied", [Allowed, Denied, Allowed], ExitCodes.Refused },
        { "one of them unknown", [Allowed, Unknown], ExitCodes.Unreachable },
        { "denied outranks unknown", [Unknown, Denied], ExitCodes.Refused },
        { "nothing judged at all", [], ExitCodes.BadInput },
        { "denied by a rule that only warns", [Denied with { Mode = EnforcementMode.Warn }], ExitCodes.Done },
        { "denied by a rule that only records", [Denied with { Mode = EnforcementMode.DryRun }], ExitCodes.Done },
        { "unknown to a rule that only warns", [Unknown with { Mode = EnforcementMode.Warn }], ExitCodes.Done },
        {
            "refused by a policy that only observes", [Decisions.Refused with { Mode = EnforcementMode.Observe }],
            ExitCodes.Refused
        },
        { "no check ran", [Decisions.Of(DecisionKind.Admission)], ExitCodes.Refused },
    };

    [Theory, MemberData(nameof(Table))]
    public void Follow_from_decisions(string because, Decision[] decisions, int expected) =>
        Assert.True(ExitCodes.Of(decisions) == expected, because);

    public static TheoryData<string, Exception, int> Raised => new()
    {
        { "a file that is not there", new FileNotFoundException("x"), ExitCodes.BadInput },
        { "a folder that is not there", new DirectoryNotFoundException("x"), ExitCodes.BadInput },
        { "a file that may not be read", new UnauthorizedAccessException("x"), ExitCodes.BadInput },
        { "text that is not what it should be", new FormatException("x"), ExitCodes.BadInput },
        { "a server that is not there", new HttpRequestException("x"), ExitCodes.Unreachable },
        { "time that is up", new OperationCanceledException("x"), ExitCodes.Unreachable },
        { "a fault of ours", new InvalidOperationException("x"), ExitCodes.Unreachable },
        { "a key that cannot be used", new KmsException(ReasonCode.KeyUnusable, "x"), ExitCodes.BadInput },
        { "a key service that is down", new KmsException(ReasonCode.KmsUnavailable, "x"), ExitCodes.Unreachable },
        {
            "a registry that is down", new RegistryException(ReasonCode.RegistryUnavailable, "x"), ExitCodes.Unreachable
        },
        { "a registry that says no", new RegistryException(ReasonCode.RegistryDenied, "x"), ExitCodes.BadInput },
        {
            "a ledger that is held by another", new LedgerException(ReasonCode.AuditUnavailable, "x"),
            ExitCodes.Unreachable
        },
        { "a configuration that is wrong", new ConfigurationException("x"), ExitCodes.BadInput },
        { "a failure that claims success", new CommandFailure(0, "x"), ExitCodes.Unreachable },
    };

    [Theory, MemberData(nameof(Raised))]
    public void Follow_from_faults(string because, Exception fault, int expected) =>
        Assert.True(Fault.Of(fault).ExitCode == expected, because);

    public static TheoryData<string, string[], string> Usage => new()
    {
        { "nothing", [], "Required command was not provided" },
        { "an unknown command", ["frobnicate"], "'frobnicate'" },
        { "an unknown option", ["--frobnicate"], "'--frobnicate'" },
        { "a command without its argument", ["attest", "--attestor", "https://a"], "attest" },
        { "what would be a response file", ["@/etc/passwd"], "'@/etc/passwd'" },
    };

    [Theory, MemberData(nameof(Usage))]
    public async Task Wrong_usage_ends_with_2_and_a_hint(string because, string[] arguments, string expected)
    {
        var run = await Invoked.RunAsync(arguments);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Matches("Try 'supplychain( [a-z]+)* --help'\\.\n\\z", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Help_and_version_end_with_0()
    {
        var help = await Invoked.RunAsync("--help");
        var version = await Invoked.RunAsync("--version");

        Assert.Equal((0, 0), (help.ExitCode, version.ExitCode));
        Assert.Contains("Exit codes: 0 allowed or done, 1 refused or denied", help.Out, StringComparison.Ordinal);
        Assert.Matches(@"\Asupplychain \d+\.\d+\.\d+.*\n\z", version.Out);
    }
}
