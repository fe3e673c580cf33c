// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;

namespace SupplyChain.Hosting;

internal static partial class ServiceLog
{
    [LoggerMessage(1401, LogLevel.Information, "Now serving the certificate {Thumbprint}, valid until {NotAfter:u}")]
    internal static partial void CertificateReplaced(ILogger logger, string thumbprint, DateTime notAfter);

    [LoggerMessage(1402, LogLevel.Error, "The new certificate {File} cannot be used; the earlier one is still served")]
    internal static partial void CertificateUnusable(ILogger logger, Exception fault, string file);

    [LoggerMessage(1403, LogLevel.Warning, "Not ready: {Check}")]
    internal static partial void NotReady(ILogger logger, Exception? fault, string check);

    [LoggerMessage(1404, LogLevel.Information, "Stopping; still serving for {Delay} so that callers can look elsewhere")]
    internal static partial void Draining(ILogger logger, TimeSpan delay);
}
