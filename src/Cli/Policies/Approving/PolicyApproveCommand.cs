// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys;
using SupplyChain.Cli.Policies.Comparing;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;
using SupplyChain.Policy.Comparing;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Policies.Approving;

/// <summary><c>policy approve</c>: signs that exactly the policies of a folder may be put in force.</summary>
internal sealed class PolicyApproveCommand
{
    private readonly Surroundings _surroundings;
    private readonly KeyAccess _access;

    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder whose policies are approved, all of them" };

    private readonly Option<string> _key = new("--key")
    {
        Description = "The key to approve with, such as awskms:///alias/release-manager or file:keys/release-manager; for nothing else",
        HelpName = "KEY_URI",
        Required = true,
    };

    private readonly Option<SigningAlgorithm?> _algorithm = AlgorithmOption.Create(
        "What the key signs with, as its member of the attestor has it (default: what the key means by itself)");

    private readonly Option<string> _name = new("--name")
    {
        Description = "The set, such as production; a service takes only the set that its configuration names",
        HelpName = "SET",
        Required = true,
    };

    private readonly Option<long?> _version = new("--version")
    {
        Description = "The version, higher than every one before (default: add a signature to the version that is there, or begin with 1)",
        HelpName = "N",
    };

    private readonly Option<TimeSpan?> _validFor = new("--valid-for")
    {
        Description = "How long a new version is approved, such as 90d (default: for ever)",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (!Durations.TryParse(result.Tokens[0].Value, out var span))
                result.AddError("--valid-for is a number and s, m, h or d, such as 90d");
            return span;
        },
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description = "The policies that are in force now, a file or folder: shows what changes, field by field",
        HelpName = "PATH",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show what would be approved; no key is opened" };

    private PolicyApproveCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _access = new KeyAccess(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new PolicyApproveCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command("approve", $"Sign that exactly the policies of a folder may be put in force: writes {PolicyApproval.FileName} into it")
        {
            _folder, _key, _algorithm, _name, _version, _validFor, _against, _dryRun,
        };
        _access.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!KeyUri.TryParse(parsed.GetRequiredValue(_key), out var uri, out var problem))
            throw CommandFailure.BadInput(problem);
        if (parsed.GetValue(_version) is < 1 or > PolicyApproval.LastVersion)
            throw CommandFailure.BadInput($"--version is a whole number from 1 to {PolicyApproval.LastVersion}");

        var folder = await PolicyFolders.ReadFolderAsync(parsed.GetRequiredValue(_folder), cancellationToken);
        var set = Load(folder);
        var draft = ApprovalDraft.Create(
            folder, parsed.GetRequiredValue(_name), parsed.GetValue(_version), parsed.GetValue(_validFor), _surroundings.Clock.GetUtcNow());
        var screen = _surroundings.OutScreen();
        screen.Line(folder.Path, Tone.Strong);
        ApprovalOutput.Write(screen, draft.Approval);
        ApprovalOutput.WriteDocuments(screen, draft);
        await ShowChangesAsync(screen, folder, parsed.GetValue(_against), cancellationToken);
        if (parsed.GetValue(_dryRun))
        {
            screen.Line("Nothing was signed.");
            return ExitCodes.Done;
        }

        var key = await (await _access.ReadAsync(parsed, cancellationToken)).OpenAsync(uri, parsed.GetValue(_algorithm), cancellationToken);
        using var disposable = key as IDisposable;
        var envelope = await SignAsync(key, uri, set, draft, cancellationToken);
        await WholeFile.ReplaceAsync(folder.EnvelopePath, envelope, cancellationToken);
        screen.Write("APPROVED", Tone.Good).Line($"  by {key.PublicKey.Id}, in {folder.EnvelopePath}");
        return ExitCodes.Done;
    }

    // As lint: what no service would load is not worth anybody's signature.
    private PolicySet Load(PolicyFolder folder)
    {
        var loaded = PolicyLoader.Load(folder.Files);
        IReadOnlyList<PolicyProblem> problems = loaded.IsUsable
            ? [.. loaded.Problems, .. loaded.Set.Lint(_surroundings.Clock.GetUtcNow()), .. KeyLint.Check(loaded.Set), .. ApprovalTerms.FindUncovered(loaded.Set)]
            : loaded.Problems;
        PolicyProblems.Write(_surroundings.ErrorScreen(), problems);
        return loaded.IsUsable && problems.All(problem => problem.Severity != ProblemSeverity.Error)
            ? loaded.Set
            : throw CommandFailure.BadInput($"the policies of {folder.Path} cannot be used; nothing was signed");
    }

    private async Task ShowChangesAsync(Screen screen, PolicyFolder folder, string? against, CancellationToken cancellationToken)
    {
        if (against is null)
            return;

        var before = await PolicyFolders.ReadAsync([against], cancellationToken);
        var loaded = PolicyLoader.Load(before);
        if (!loaded.IsUsable)
        {
            PolicyProblems.Write(_surroundings.ErrorScreen(), loaded.Problems);
            throw CommandFailure.BadInput($"the policies of {against} cannot be used");
        }

        DiffOutput.Write(screen, PolicyComparison.Compare(before, folder.Files));
    }

    private static async Task<byte[]> SignAsync(
        ISigningKey key, KeyUri uri, PolicySet set, ApprovalDraft draft, CancellationToken cancellationToken)
    {
        if (FindOther(set, uri, key) is { } other)
            throw CommandFailure.BadInput($"the key {key.PublicKey.Id} is of {other.Name}, an attestor of these policies; a key has one purpose");

        var message = draft.Envelope.ToBeSigned();
        if (draft.Envelope.Signatures.Any(signature => key.PublicKey.Verify(message, signature.Span)))
            throw CommandFailure.BadInput($"the key {key.PublicKey.Id} has approved version {draft.Approval.Version} already; it counts once");
        if (draft.Envelope.Signatures.Count == Limits.JointSignatures)
            throw CommandFailure.BadInput($"version {draft.Approval.Version} has {Limits.JointSignatures} signatures; no service reads more");

        ReadOnlyMemory<byte> signature = await key.SignAsync(message, cancellationToken);
        return key.PublicKey.Verify(message, signature.Span)
            ? (draft.Envelope with { Signatures = [.. draft.Envelope.Signatures, signature] }).Write()
            : throw new KmsException(
                ReasonCode.KmsBadSignature, $"what the key {key.Id} signed does not verify with its own public key");
    }

    private static AttestorDefinition? FindOther(PolicySet set, KeyUri uri, ISigningKey key) => set.Attestors.FirstOrDefault(attestor =>
        attestor.Purpose != AttestorPurpose.Policy && attestor.Members.Any(member =>
            key.PublicKey.Equals(member.PublicKey) || string.Equals(member.KeyUri, uri.ToString(), StringComparison.Ordinal)));
}
