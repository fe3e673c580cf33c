// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Sigstore;

/// <summary>The four roles of a TUF repository; delegated ones are not read.</summary>
public enum TufRole
{
    /// <summary>Names the keys of all roles.</summary>
    Root,

    /// <summary>Says how current the repository is.</summary>
    Timestamp,

    /// <summary>Names the versions of all metadata that belong together.</summary>
    Snapshot,

    /// <summary>Names the files with their lengths and digests.</summary>
    Targets,
}

/// <summary>Names and bounds of roles.</summary>
public static class TufRoles
{
    /// <summary>The name in metadata, such as <c>timestamp</c>.</summary>
    public static string Name(this TufRole role) => role switch
    {
        TufRole.Root => "root",
        TufRole.Timestamp => "timestamp",
        TufRole.Snapshot => "snapshot",
        TufRole.Targets => "targets",
        _ => throw new UnreachableException(),
    };

    /// <summary>Bytes that a document of the role may have, whatever is promised of it.</summary>
    public static int LongestDocument(this TufRole role) => role switch
    {
        TufRole.Root => Model.Limits.TufRootBytes,
        TufRole.Timestamp => Model.Limits.TufTimestampBytes,
        TufRole.Snapshot => Model.Limits.TufSnapshotBytes,
        TufRole.Targets => Model.Limits.TufTargetsBytes,
        _ => throw new UnreachableException(),
    };
}
