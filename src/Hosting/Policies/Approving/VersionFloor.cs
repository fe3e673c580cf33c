// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Hosting;

/// <summary>
/// Lets versions of a policy set only go up: not below what was in force before, in this process or as the state file has it, and not
/// below a configured minimum. Whoever looks at policies holds a lock around the calls.
/// </summary>
/// <param name="name">The set.</param>
/// <param name="path">The state file; null for none.</param>
/// <param name="minimum">The configured minimum; null for none.</param>
internal sealed class VersionFloor(string name, string? path, long? minimum)
{
    // What the file says now, and the highest that this process has seen: a file that is taken away or put back lowers nothing while it runs.
    private AcceptedVersion? _kept;
    private AcceptedVersion? _highest;

    /// <summary>Whether a start has nothing but the configured minimum to go by, although a state file is configured.</summary>
    internal bool IsUnknown => path is not null && _highest is null;

    /// <summary>Why the version may not be put in force; null when it may.</summary>
    internal async ValueTask<string?> FindProblemAsync(ApprovedPolicies approved, CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } unreadable)
            return unreadable;

        var version = approved.Approval.Version;
        if (IsUnknown && minimum is null)
            return $"there is no state file {Printable.Escape(path!)}, so that nobody knows which version was in force; say with policyApproval.minimumVersion from which one on is good";
        if (version < minimum)
            return $"version {version} is below policyApproval.minimumVersion; expected at least {minimum}";
        if (version < _highest?.Version)
            return $"version {version} was put in the place of a later one; expected at least {_highest.Version}";

        return version == _highest?.Version && approved.Content != _highest.Content
            ? $"version {version} was in force with other content; expected {_highest.Content}, found {approved.Content}; a change needs a higher version"
            : null;
    }

    /// <summary>
    /// Keeps the version, before it is put in force. A crash after this leaves a state that takes the same version again.
    /// </summary>
    /// <returns>Why it cannot be kept; null when it is.</returns>
    internal async ValueTask<string?> RaiseAsync(ApprovedPolicies approved, CancellationToken cancellationToken)
    {
        var accepted = new AcceptedVersion(name, approved.Approval.Version, approved.Content);
        if (path is not null && accepted != _kept)
        {
            try
            {
                await WholeFile.ReplaceAsync(path, accepted.Write(), cancellationToken);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                return $"the state file {Printable.Escape(path)} cannot be written: {Printable.Escape(refused.Message)}";
            }

            _kept = accepted;
        }

        _highest = accepted;
        return null;
    }

    private async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _kept = null;
        if (path is null || !IsThere(path))
            return null;

        byte[] content;
        try
        {
            content = await SmallFile.ReadAsync(path, Limits.PolicyStateBytes, cancellationToken);
        }
        catch (ConfigurationException unreadable)
        {
            return $"the state file is of no use: {unreadable.Message}";
        }

        if (!AcceptedVersion.TryRead(content, out _kept) || !string.Equals(_kept.Name, name, StringComparison.Ordinal))
        {
            return $"the state file {Printable.Escape(path)} "
                + (_kept is null ? "is malformed" : $"is of the set {Printable.Escape(_kept.Name)}; expected {name}")
                + "; put it right, or take it away and say with policyApproval.minimumVersion from which version on is good";
        }

        if (_highest is null || _kept.Version > _highest.Version)
            _highest = _kept;
        return null;
    }

    // Whatever else is at the path than a file, a folder or a link to nowhere, is no absence.
    private static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
