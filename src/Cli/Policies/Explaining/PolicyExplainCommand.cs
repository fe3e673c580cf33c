// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Explaining;

/// <summary><c>policy explain</c>: which policy and rule apply to an image, and why every other does not. Opens no key, asks nobody.</summary>
internal sealed class PolicyExplainCommand
{
    private readonly Surroundings _surroundings;
    private readonly PolicyArguments _policies;
    private readonly Option<OutputFormat> _output = CommonOptions.Output();

    private readonly Option<string> _image = new("--image")
    {
        Description = "The image, HOST/PATH@sha256:…",
        HelpName = "IMAGE",
        Required = true,
    };

    private readonly Option<string[]> _claims = new("--requester-claims")
    {
        Description = "Who would ask for a signature, as claims of an identity token: iss=ISSUER, sub=SUBJECT and others; repeatable",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<DateTimeOffset?> _at = new("--at")
    {
        Description = "The time to judge modes and windows at, such as 2026-11-22T10:00:00Z (default: now)",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (PolicyTime.TryParse(result.Tokens[0].Value, out var time))
                return time;

            result.AddError($"--at is a time with a zone such as 2026-11-22T10:00:00Z, not '{Printable.Escape(result.Tokens[0].Value)}'");
            return null;
        },
    };

    private readonly Option<string?> _cluster = Name("--cluster", "The cluster it would run in");
    private readonly Option<string?> _namespace = Name("--namespace", "The namespace it would run in");
    private readonly Option<string?> _serviceAccount = Name("--service-account", "The service account it would run as");
    private readonly Option<string?> _node = Name("--node", "The node it would run on");

    private PolicyExplainCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _policies = new PolicyArguments(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new PolicyExplainCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command("explain", "Say which policy and rule apply to an image, and why every other does not");
        _policies.AddTo(command);
        Option[] options = [_image, _claims, _at, _cluster, _namespace, _serviceAccount, _node, _output];
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var policies = await _policies.ReadAsync(parsed, cancellationToken)
            ?? throw CommandFailure.BadInput("name the policies with --policy");
        if (!ImageReference.TryParse(parsed.GetRequiredValue(_image), out var image, out var problem))
            throw CommandFailure.BadInput(problem);

        var explanation = Explanation.Of(
            policies, image, ReadRequester(parsed.GetValue(_claims)!),
            new WorkloadContext(
                parsed.GetValue(_cluster), parsed.GetValue(_namespace), parsed.GetValue(_serviceAccount), parsed.GetValue(_node)),
            parsed.GetValue(_at) ?? _surroundings.Clock.GetUtcNow());
        if (parsed.GetValue(_output) == OutputFormat.Json)
            _surroundings.Out.Write(ExplanationOutput.Json(explanation));
        else
            ExplanationOutput.Write(_surroundings.OutScreen(), explanation);
        return ExitCodes.Done;
    }

    private static Requester? ReadRequester(string[] texts)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var sign = text.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0 || sign == text.Length - 1)
                throw CommandFailure.BadInput($"--requester-claims: '{Printable.Escape(text)}' is not NAME=VALUE");
            if (!claims.TryAdd(text[..sign], text[(sign + 1)..]))
                throw CommandFailure.BadInput($"--requester-claims: {Printable.Escape(text[..sign])} is given twice");
        }

        if (claims.Count == 0)
            return null;

        // What is not given is not there, as in a token that lacks it.
        claims.Remove("iss", out var issuer);
        claims.Remove("sub", out var subject);
        return issuer is null
            ? throw CommandFailure.BadInput("--requester-claims: say who vouches for them, iss=ISSUER")
            : new Requester(issuer, subject ?? "", claims);
    }

    private static Option<string?> Name(string name, string what) => new(name)
    {
        Description = what + ", for rules of admission policies",
        HelpName = "NAME",
    };
}
