// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Hosting;

/// <summary>
/// Reads a folder of policies only as far as it is approved: bytes, then the signatures over their digests, then the documents. What was
/// compared is what is loaded; the folder is read once.
/// </summary>
/// <param name="attestor">The file that says who may approve.</param>
/// <param name="approvals">How many of them have to.</param>
/// <param name="name">The set; null for any.</param>
/// <param name="keyFolder">Where relative <c>file:</c> keys are taken from.</param>
/// <param name="keys">Opens the public halves of keys.</param>
/// <param name="clock">The time.</param>
public sealed class ApprovalGate(
    string attestor, int approvals, string? name, string keyFolder, PublicKeys keys, TimeProvider clock)
{
    private readonly VersionFloor? _floor;
    private readonly string? _state;

    internal ApprovalGate(PolicyApprovalConfiguration configuration, string keyFolder, PublicKeys keys, TimeProvider clock)
        : this(configuration.Attestor, configuration.Approvals ?? 1, configuration.Name, keyFolder, keys, clock)
    {
        _state = configuration.State;
        _floor = new VersionFloor(configuration.Name, _state, configuration.MinimumVersion);
    }

    /// <summary>Whether the highest version so far is not known, although it should be.</summary>
    internal bool IsVersionUnknown => _floor?.IsUnknown == true;

    /// <summary>Reads a folder; there is a set only if it is approved, and <see cref="LoadedPolicies.Approval"/> then says as what.</summary>
    /// <exception cref="ConfigurationException">The folder, or the file that says who may approve, cannot be read.</exception>
    public ValueTask<LoadedPolicies> ReadAsync(string folder, CancellationToken cancellationToken) =>
        ReadAsync(folder, onFile: null, cancellationToken);

    internal async ValueTask<LoadedPolicies> ReadAsync(string path, Action<string>? onFile, CancellationToken cancellationToken)
    {
        var approvers = await LoadedPolicies.ReadAsync([attestor], keyFolder, keys, onFile, cancellationToken);
        var folder = await PolicyFolders.ReadFolderAsync(path, onFile, cancellationToken);
        var loaded = await LoadAsync(folder, approvers, cancellationToken);
        return loaded with
        {
            KeyProblems = [.. approvers.KeyProblems, .. loaded.KeyProblems],
            Fingerprint = $"{approvers.Fingerprint} {Digest(folder)} {loaded.Fingerprint}",
        };
    }

    /// <summary>Keeps the version of a set that is about to be put in force.</summary>
    /// <returns>Why it must not be; null when it may.</returns>
    internal async ValueTask<PolicyProblem?> AcceptAsync(LoadedPolicies loaded, CancellationToken cancellationToken) =>
        _floor is not null && await _floor.RaiseAsync(loaded.Approval!, cancellationToken) is { } problem
            ? ApprovalTerms.Unapproved(PolicyApproval.FileName, problem)
            : null;

    private async ValueTask<LoadedPolicies> LoadAsync(
        PolicyFolder folder, LoadedPolicies approvers, CancellationToken cancellationToken)
    {
        if (!approvers.IsUsable)
            return Refuse(folder, [.. approvers.Result.Problems.Select(problem => problem with { Reason = ReasonCode.PolicyUnapproved })]);
        if (FindMisplaced(folder, approvers.Set) is { } misplaced)
            return Refuse(folder, [misplaced]);

        var terms = new ApprovalTerms(approvers.Set.Attestors[0], approvals, name);
        if (!terms.TryVerify(folder, clock.GetUtcNow(), out var approved, out var problems))
            return Refuse(folder, problems);
        if (_floor is not null && await _floor.FindProblemAsync(approved, cancellationToken) is { } problem)
            return Refuse(folder, [ApprovalTerms.Unapproved(folder.EnvelopePath, problem)]);

        var loaded = await LoadedPolicies.LoadAsync(folder.Files, keyFolder, keys, cancellationToken);
        if (!loaded.IsUsable)
            return loaded;

        problems = [.. ApprovalTerms.FindUncovered(loaded.Set), .. FindSharedKeys(terms.Approvers, loaded.Set)];
        return problems.Count > 0 ? Refuse(folder, problems) : loaded with { Approval = approved };
    }

    // Whoever writes policies would say who approves them.
    private PolicyProblem? FindMisplaced(PolicyFolder folder, PolicySet approvers)
    {
        foreach (var path in (IEnumerable<string>)[attestor, .. KeyFilesOf(approvers), .. (_state is null ? [] : (string[])[_state])])
        {
            if (RealPath.IsBelow(path, folder.Path))
                return ApprovalTerms.Unapproved(path, $"lies in the folder that is to be approved, {folder.Path}; expected a place outside");
        }

        return approvers.Attestors is [_] && approvers.SigningPolicies.Count + approvers.AdmissionPolicies.Count == 0 && File.Exists(attestor)
            ? null
            : ApprovalTerms.Unapproved(attestor, "is not the file of one Attestor document; expected that alone");
    }

    private IEnumerable<string> KeyFilesOf(PolicySet approvers) =>
        from uri in approvers.KeyUris
        where !approvers.NamesPublicKeyOf(uri) && KeyUri.TryParse(uri, out var key, out _) && key.Scheme is KeyUri.FileScheme
        select FileKey.PublicPath(KeyUri.Parse(uri).From(keyFolder).Rest);

    private static IEnumerable<PolicyProblem> FindSharedKeys(AttestorDefinition approvers, PolicySet set) =>
        from other in set.Attestors
        where other.Purpose != AttestorPurpose.Policy
        from member in other.Members
        where member.PublicKey is { } key && approvers.MemberOf(key) is not null
        select ApprovalTerms.Unapproved(
            member.Location.File,
            $"the key {member.PublicKey!.Id} of {other.Name} also approves policies, as a member of {approvers.Name}; a key has one purpose");

    private static LoadedPolicies Refuse(PolicyFolder folder, IReadOnlyList<PolicyProblem> problems) =>
        new(PolicyLoadResult.Refuse(problems), [], LoadedPolicies.FingerprintOf(folder.Files));

    private static string Digest(PolicyFolder folder) =>
        folder.Envelope is { } envelope ? Model.Digest.Compute(envelope.Span).Hex : "none";
}
