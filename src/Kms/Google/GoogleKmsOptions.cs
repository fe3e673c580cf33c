// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Http;

namespace SupplyChain.Kms;

/// <summary>How Google Cloud KMS is reached.</summary>
public sealed record GoogleKmsOptions
{
    /// <summary>
    /// The file of a service account, or of a workload identity federation; without it Application Default Credentials.
    /// </summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Another endpoint than <c>https://cloudkms.googleapis.com</c>, such as that of Private Service Connect.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>What is wrong with the options, by member as configuration files name it.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (CredentialsFile is not null && string.IsNullOrWhiteSpace(CredentialsFile))
            yield return ("credentialsFile", "is empty");
        if (Endpoint is not null && !(KmsHttp.IsAcceptable(Endpoint) && Endpoint.AbsolutePath is "/"))
            yield return ("endpoint", "expected an https URL of a host alone; plain http is for loopback addresses");
    }
}
