// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Model;
using SupplyChain.Policy.Approving;
using SupplyChain.Policy.Comparing;

namespace SupplyChain.Hosting;

/// <summary>What the log says of an approved set that comes into force: which, by whom, and what it changes.</summary>
internal static partial class ApprovalLog
{
    internal static void Tell(ILogger logger, LoadedPolicies? before, LoadedPolicies now)
    {
        var approved = now.Approval!;
        InForce(
            logger, approved.Approval.Name, approved.Approval.Version, string.Join(", ", approved.Approvers.Select(key => key.Id)));
        if (before?.Approval is not { } earlier)
        {
            NothingBefore(logger, approved.Approval.Version);
            return;
        }

        var changes = PolicyComparison.Compare(before.Files, now.Files);
        Sum(logger, approved, earlier, changes);
        foreach (var change in changes.OrderByDescending(change => change.Direction == ChangeDirection.Laxer).Take(Limits.LoggedPolicyChanges))
        {
            var level = change.Direction == ChangeDirection.Laxer ? LogLevel.Warning : LogLevel.Information;
            var (direction, policy, path) = (Word(change.Direction), Printable.Escape(change.Policy), Printable.Escape(change.Path));
            var (old, next) = (Printable.Escape(change.Old), Printable.Escape(change.New));
            Change(logger, level, direction, change.Kind, policy, path, old, next);
        }
    }

    [LoggerMessage(1215, LogLevel.Warning, "There was no state file: that version {Version} is no earlier one is known from minimumVersion alone")]
    internal static partial void VersionUnknown(ILogger logger, long version);

    private static void Sum(ILogger logger, ApprovedPolicies now, ApprovedPolicies before, IReadOnlyList<PolicyChange> changes) => Differences(
        logger, now.Approval.Version, before.Approval.Version, changes.Count, changes.Count(change => change.Direction == ChangeDirection.Laxer),
        changes.Count(change => change.Direction == ChangeDirection.Stricter), Math.Max(0, changes.Count - Limits.LoggedPolicyChanges));

    private static string Word(ChangeDirection direction) => direction switch
    {
        ChangeDirection.Stricter => "stricter",
        ChangeDirection.Laxer => "laxer",
        _ => "changed",
    };

    [LoggerMessage(1209, LogLevel.Information, "Policy set {Name} version {Version} is in force, approved by {Approvers}")]
    private static partial void InForce(ILogger logger, string name, long version, string approvers);

    [LoggerMessage(EventId = 1210, Message = "{Direction}: {Kind} {Policy} {Path}: {Old} → {Next}")]
    private static partial void Change(
        ILogger logger, LogLevel level, string direction, string kind, string policy, string path, string old, string next);

    [LoggerMessage(1213, LogLevel.Information, "Version {Version} differs from version {Before} in {Count} places: {Laxer} laxer, {Stricter} stricter; {Left} of them are not shown")]
    private static partial void Differences(ILogger logger, long version, long before, int count, int laxer, int stricter, int left);

    [LoggerMessage(1214, LogLevel.Information, "Version {Version} is the first since the start, so that there is nothing to compare it with")]
    private static partial void NothingBefore(ILogger logger, long version);
}
