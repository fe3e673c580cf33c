// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Cli.Trust;

/// <summary>A trust root, and the metadata that vouches for it.</summary>
/// <param name="IsBuiltIn">Whether it came with this program.</param>
/// <param name="Metadata">Root first; of what is built in, the root alone.</param>
/// <param name="Document">The trust root, byte for byte.</param>
/// <param name="Root">The trust root.</param>
internal sealed record TrustView(bool IsBuiltIn, IReadOnlyList<TufMetadata> Metadata, ReadOnlyMemory<byte> Document, TrustedRoot Root)
{
    private static readonly TimeSpan SoonForTimestamps = TimeSpan.FromDays(1);
    private static readonly TimeSpan SoonForOthers = TimeSpan.FromDays(14);

    /// <summary>What came with this program.</summary>
    public static TrustView OfPublicGood() => TufTrust.TryStart(PublicGoodRoot.RootMetadata, out var trust, out var problem)
        ? new TrustView(true, [trust.Root], PublicGoodRoot.Document, PublicGoodRoot.Root)
        : throw new InvalidOperationException(problem.ToString());

    /// <summary>What an update gave, or what one kept.</summary>
    /// <exception cref="CommandFailure">It ended early, or its target is no trust root.</exception>
    public static TrustView Of(TufUpdate update)
    {
        if (!update.IsDone)
            throw Failure(update.Problem);
        if (!TrustedRoot.TryRead(update.Target, out var root, out var problem))
            throw new CommandFailure(ExitCodes.Refused, $"{ReasonCode.TrustRootInvalid}: {TufTargetName.TrustedRoot}: {problem}");

        var trust = update.Trust;
        return new TrustView(false, [trust.Root, trust.Timestamp!, trust.Snapshot!, trust.Targets!], update.Target, root);
    }

    /// <summary>A no, or no answer where trying again may help.</summary>
    public static CommandFailure Failure(TufProblem problem) =>
        new(problem.Reason.IsRetryable ? ExitCodes.Unreachable : ExitCodes.Refused, problem.ToString());

    /// <summary>What whoever relies on it should know.</summary>
    public IReadOnlyList<string> Warnings(DateTimeOffset now) =>
    [
        .. Metadata.Select(metadata => Warning(metadata, now)).OfType<string>(),
        .. Root.Unusable.Select(unusable => $"{unusable}; it counts for nothing"),
    ];

    private static string? Warning(TufMetadata metadata, DateTimeOffset now)
    {
        var when = PolicyTime.Show(metadata.Expires);
        if (now >= metadata.Expires)
            return $"{ReasonCode.TrustRootExpired}: {metadata} expired at {when}: what was added or ended since is not known here; run supplychain trust update";

        return metadata.Expires - now <= (metadata.Role == TufRole.Timestamp ? SoonForTimestamps : SoonForOthers)
            ? $"{metadata} expires soon, at {when}"
            : null;
    }
}
