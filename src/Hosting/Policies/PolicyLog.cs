// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

internal static partial class PolicyLog
{
    [LoggerMessage(1201, LogLevel.Information, "Policy revision {Revision} is in force")]
    internal static partial void InForce(ILogger logger, Digest revision);

    [LoggerMessage(1202, LogLevel.Error, "The policies on disk cannot be used; in force stays revision {Revision}")]
    internal static partial void Unusable(ILogger logger, Digest? revision);

    [LoggerMessage(1203, LogLevel.Error, "{Problem}")]
    internal static partial void Problem(ILogger logger, PolicyProblem problem);

    [LoggerMessage(1204, LogLevel.Error, "{Problem}")]
    internal static partial void KeyProblem(ILogger logger, string problem);

    [LoggerMessage(1205, LogLevel.Error, "The policies cannot be read; in force stays revision {Revision}")]
    internal static partial void Unreadable(ILogger logger, Digest? revision, Exception fault);

    [LoggerMessage(1206, LogLevel.Information, "The policies on disk are in force again: revision {Revision}")]
    internal static partial void Recovered(ILogger logger, Digest revision);

    [LoggerMessage(1207, LogLevel.Warning, "{Problem}")]
    internal static partial void Warning(ILogger logger, PolicyProblem problem);

    [LoggerMessage(
        1208, LogLevel.Warning,
        "The key {Key} of {Attestor} has no publicKey in the policy: what its service shows is believed anew at each start")]
    internal static partial void Unnamed(ILogger logger, string key, string attestor);
}
