// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Approving;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Policies.Approving;

/// <summary>What is about to be signed: a new version of a folder, or once more the version that somebody approved already.</summary>
/// <param name="Approval">What is approved.</param>
/// <param name="Envelope">It with the signatures that are there; none for a new version.</param>
/// <param name="Differences">How the documents differ from those of the approval before; null where there was none.</param>
internal sealed record ApprovalDraft(PolicyApproval Approval, JointEnvelope Envelope, IReadOnlyList<DocumentDifference>? Differences)
{
    /// <summary>Decides what is to be signed.</summary>
    /// <param name="folder">The folder as it was read.</param>
    /// <param name="name">The set.</param>
    /// <param name="version">The version; null for the one that is there already, and for 1 where none is.</param>
    /// <param name="validFor">How long a new version is approved; null for ever.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="CommandFailure">That would approve something else than the caller means.</exception>
    public static ApprovalDraft Create(PolicyFolder folder, string name, long? version, TimeSpan? validFor, DateTimeOffset time)
    {
        if (!PolicyApproval.IsName(name))
            throw CommandFailure.BadInput($"'{Printable.Escape(name)}' is no name of a policy set; expected up to 63 of a-z, 0-9 and -");
        if (folder.Envelope is not { } bytes)
            return Make(folder, name, version ?? 1, validFor, time, differences: null);

        var (envelope, before) = Read(folder, bytes);
        if (!string.Equals(before.Name, name, StringComparison.Ordinal))
            throw CommandFailure.BadInput($"the folder is approved as {before.Name}, not {name}; a set has a folder of its own");

        var differences = folder.Compare(before);
        if (version is { } next && next > before.Version)
            return Make(folder, name, next, validFor, time, differences);
        if (version < before.Version)
            throw CommandFailure.BadInput($"version {before.Version} is approved already; expected --version {before.Version + 1} or higher, found {version}");
        if (differences.Count > 0)
        {
            throw CommandFailure.BadInput(
                $"the folder is not what version {before.Version} approves: {Describe(differences)}; a change is a new version, --version {before.Version + 1}");
        }

        return validFor is null
            ? new ApprovalDraft(before, envelope, differences)
            : throw CommandFailure.BadInput($"when version {before.Version} ends is signed already; another end is a new version, --version {before.Version + 1}");
    }

    private static ApprovalDraft Make(
        PolicyFolder folder, string name, long version, TimeSpan? validFor, DateTimeOffset time, IReadOnlyList<DocumentDifference>? differences)
    {
        var approval = new PolicyApproval
        {
            Name = name,
            Version = version,
            Issued = time,
            Expires = time + validFor,
            Documents = folder.Documents,
        };
        return new ApprovalDraft(approval, new JointEnvelope(PolicyApproval.PayloadType, approval.Write(), []), differences);
    }

    private static (JointEnvelope Envelope, PolicyApproval Approval) Read(PolicyFolder folder, ReadOnlyMemory<byte> bytes)
    {
        string? problem;
        if (!JointEnvelope.TryRead(bytes, out var envelope, out var refused))
            problem = refused.Message;
        else if (envelope.PayloadType is not PolicyApproval.PayloadType)
            problem = $"it carries {Printable.Escape(envelope.PayloadType)}; expected {PolicyApproval.PayloadType}";
        else if (PolicyApproval.TryRead(envelope.Payload, out var approval, out problem))
            return (envelope, approval);

        throw CommandFailure.BadInput($"{folder.EnvelopePath} is no approval: {problem}; take it away to begin anew");
    }

    private static string Describe(IReadOnlyList<DocumentDifference> differences)
    {
        const int Shown = 5;
        var first = differences.Take(Shown).Select(difference => $"{Printable.Escape(difference.Path)} {difference.Word}");
        return string.Join(", ", first) + (differences.Count > Shown ? $" and {differences.Count - Shown} more" : "");
    }
}
