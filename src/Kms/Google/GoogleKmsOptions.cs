// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How Google Cloud KMS is reached.</summary>
public sealed record GoogleKmsOptions
{
    /// <summary>A service account's or a workload identity federation's file; without it Application Default Credentials.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Another endpoint than <c>https://cloudkms.googleapis.com</c>.</summary>
    public Uri? Endpoint { get; init; }
}
