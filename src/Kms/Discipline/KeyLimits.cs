// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>What one key's service is asked for at most, and how long it is waited for.</summary>
public sealed record KeyLimits
{
    /// <summary>
    /// What suits the keys of a scheme: below the request quotas that the services publish for one key or project, and no limit to
    /// speak of for what is on this machine.
    /// </summary>
    public static KeyLimits For(string scheme) => scheme switch
    {
        "awskms" => new KeyLimits { CallsPerSecond = 250, Burst = 100 },
        "azurekms" => new KeyLimits { CallsPerSecond = 180, Burst = 100 },
        "gcpkms" => new KeyLimits { CallsPerSecond = 45, Burst = 50 },
        "hashivault" => new KeyLimits { CallsPerSecond = 500, Burst = 200 },
        "pkcs11" => new KeyLimits { CallsPerSecond = 1000, Burst = 200, InFlight = 16 },
        _ => new KeyLimits { CallsPerSecond = 100_000, Burst = 100_000, Waiting = 100_000 },
    };

    /// <summary>Calls a second on average; what the service allows this key. At most.</summary>
    public double CallsPerSecond { get; init; } = 100;

    /// <summary>Calls at once after a pause.</summary>
    public int Burst { get; init; } = 50;

    /// <summary>Calls on their way at the same time.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>How many may wait for their turn; whoever comes then is turned away at once.</summary>
    public int Waiting { get; init; } = 1000;

    /// <summary>Time for one signature, waiting and repetitions included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for one try.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a call that may yet succeed is made.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>After so many faults in a row the service is left alone for <see cref="Rest"/>.</summary>
    public int FaultsBeforeRest { get; init; } = 5;

    /// <summary>How long a failing service is left alone.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(5);
}
