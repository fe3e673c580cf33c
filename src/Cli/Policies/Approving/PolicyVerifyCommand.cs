// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Cli.Policies.Approving;

/// <summary>
/// <c>policy verify</c>: whether a service that requires an approval would take the policies of a folder. What it had in force before, and
/// so the lowest version it takes, only the service knows.
/// </summary>
internal sealed class PolicyVerifyCommand
{
    private readonly Surroundings _surroundings;

    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of policies with what approves it" };

    private readonly Option<string> _attestor = new("--attestor")
    {
        Description = "The file with the Attestor document of purpose policy: who may approve",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int?> _approvals = new("--approvals")
    {
        Description = "How many distinct keys have to approve (default: 1)",
        HelpName = "N",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The set that has to be approved (default: any; it is shown)",
        HelpName = "SET",
    };

    private readonly Option<OutputFormat> _output = CommonOptions.Output();

    private PolicyVerifyCommand(Surroundings surroundings) => _surroundings = surroundings;

    public static Command Create(Surroundings surroundings) => new PolicyVerifyCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command(
            "verify", "Say whether the policies of a folder are approved: 0 they are, 1 they are not, 2 they or the attestor cannot be used")
        {
            _folder, _attestor, _approvals, _name, _output,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (folder, attestor) = (parsed.GetRequiredValue(_folder), parsed.GetRequiredValue(_attestor));
        if (parsed.GetValue(_approvals) is < 1 or > Limits.JointSignatures)
            throw CommandFailure.BadInput($"--approvals is a number from 1 to {Limits.JointSignatures}");

        var gate = new ApprovalGate(
            attestor, parsed.GetValue(_approvals) ?? 1, parsed.GetValue(_name), Directory.GetCurrentDirectory(),
            KeyAccess.OfEnvironment(_surroundings), _surroundings.Clock);
        var loaded = await gate.ReadAsync(folder, cancellationToken);
        foreach (var problem in loaded.KeyProblems)
            _surroundings.ErrorScreen().Line(problem);
        if (parsed.GetValue(_output) == OutputFormat.Json)
            _surroundings.Out.Write(Json(loaded) + "\n");
        else
            Write(_surroundings.OutScreen(), folder, loaded);

        return loaded.Approval is not null ? ExitCodes.Done : IsNo(loaded, attestor) ? ExitCodes.Refused : ExitCodes.BadInput;
    }

    private static bool IsNo(LoadedPolicies loaded, string attestor) => loaded.Result.Problems.Any(problem =>
        problem.Reason == ReasonCode.PolicyUnapproved && !string.Equals(problem.Location.File, attestor, StringComparison.Ordinal));

    private static void Write(Screen screen, string folder, LoadedPolicies loaded)
    {
        if (loaded.Approval is not { } approved)
        {
            screen.Write("UNAPPROVED", Tone.Bad).Write("  ").Line(folder, Tone.Strong);
            PolicyProblems.Write(screen, loaded.Result.Problems);
            return;
        }

        screen.Write("APPROVED", Tone.Good).Write("  ").Line(folder, Tone.Strong);
        ApprovalOutput.Write(screen, approved.Approval);
        foreach (var key in approved.Approvers)
            screen.Line($"  by {key.Id}");
    }

    private static string Json(LoadedPolicies loaded) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("approved", loaded.Approval is not null);
        if (loaded.Approval is { } approved)
        {
            json.WriteString("name", approved.Approval.Name);
            json.WriteNumber("version", approved.Approval.Version);
            json.WriteString("issued", PolicyTime.Show(approved.Approval.Issued));
            if (approved.Approval.Expires is { } expires)
                json.WriteString("expires", PolicyTime.Show(expires));
            json.WriteString("content", approved.Content.ToString());
            json.WriteStartArray("approvers");
            foreach (var key in approved.Approvers)
                json.WriteStringValue(key.Id.ToString());
            json.WriteEndArray();
        }

        json.WriteStartArray("problems");
        foreach (var problem in loaded.Result.Problems)
            json.WriteStringValue(problem.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
