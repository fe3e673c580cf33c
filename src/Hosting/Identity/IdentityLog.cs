// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;

namespace SupplyChain.Hosting.Identity;

internal static partial class IdentityLog
{
    [LoggerMessage(1101, LogLevel.Warning, "A bearer token was refused: {Why}")]
    internal static partial void TokenRefused(ILogger logger, string why);

    [LoggerMessage(1102, LogLevel.Information, "Fetched {Count} keys of the identity issuer {Issuer}")]
    internal static partial void KeysFetched(ILogger logger, string issuer, int count);

    [LoggerMessage(1103, LogLevel.Error, "The keys of the identity issuer {Issuer} cannot be had")]
    internal static partial void KeysUnavailable(ILogger logger, Exception fault, string issuer);
}
