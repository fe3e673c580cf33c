// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;

namespace SupplyChain.Hosting;

internal static partial class ThreatDataLog
{
    [LoggerMessage(1211, LogLevel.Information, "In force are {Exploited} known exploited vulnerabilities of {Released:yyyy-MM-dd} and {Scores} EPSS scores of {Date:yyyy-MM-dd}")]
    internal static partial void InForce(ILogger logger, DateTimeOffset? released, int exploited, DateTimeOffset? date, int scores);

    [LoggerMessage(1212, LogLevel.Error, "The files of threatData cannot be used; the last good data stays in force")]
    internal static partial void Unusable(ILogger logger, Exception fault);
}
