// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace SupplyChain.Verifier.Webhook;

/// <summary>Where the webhook listens and whom it listens to.</summary>
public sealed record WebhookOptions
{
    /// <summary>The address and port; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 8443);

    /// <summary>
    /// The server's certificate, leaf first, in PEM; null serves plain http, which the API server refuses and only a local
    /// test wants.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// The authorities, in PEM, that callers' certificates have to come from; null lets everybody ask who reaches the
    /// port. The API server shows a certificate once its AdmissionConfiguration names one (threat 68).
    /// </summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>The certificate subjects' common names that may ask; empty for every certificate of the authorities.</summary>
    public IReadOnlyList<string> ClientNames { get; init; } = [];

    /// <summary>Parts that do not fit together, in words; null when all do.</summary>
    public string? FindProblem()
    {
        if (CertificateFile is null != KeyFile is null)
            return "a certificate file and its key file are given together";
        if (ClientAuthorityFile is not null && CertificateFile is null)
            return "callers show certificates over TLS only: give a certificate file and its key file";
        if (ClientNames.Count > 0 && ClientAuthorityFile is null)
            return "client names mean something only with a client authority file";
        return null;
    }
}
