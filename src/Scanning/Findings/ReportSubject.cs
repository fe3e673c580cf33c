// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>What kind of thing a report's digest names. All look alike and are never compared with one another.</summary>
public enum SubjectRole
{
    /// <summary>What a registry reference resolved to: an index or a manifest.</summary>
    Repository,

    /// <summary>A platform's manifest, or a local rebuild of it that no registry serves.</summary>
    Manifest,

    /// <summary>The image configuration, also called the image id.</summary>
    Config,

    /// <summary>What a statement around the report is about: an index or a manifest. It has to be the image, whatever else the report proves.</summary>
    Statement,
}

/// <summary>One digest by which a report names what it is about.</summary>
/// <param name="Role">What the digest is of.</param>
/// <param name="Digest">The digest.</param>
/// <param name="Name">The repository as the report writes it, if it writes one beside the digest.</param>
public sealed record ReportSubject(SubjectRole Role, Digest Digest, string? Name);
