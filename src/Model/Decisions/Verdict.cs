// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace SupplyChain.Model.Decisions;

/// <summary>What one check found. FAIL outranks ERROR outranks PASS; SKIPPED counts as nothing at all.</summary>
[JsonConverter(typeof(NamedEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The check did not apply; the reason says why.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,

    /// <summary>The evidence shows what the policy asks for.</summary>
    [JsonStringEnumMemberName("PASS")] Pass,

    /// <summary>The evidence could not be had or judged; closed like a failure, worth another try.</summary>
    [JsonStringEnumMemberName("ERROR")] Error,

    /// <summary>The evidence does not show it.</summary>
    [JsonStringEnumMemberName("FAIL")] Fail,
}

/// <summary>How a decision came out.</summary>
[JsonConverter(typeof(NamedEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>Something needed could not be reached or judged: closed like a no, worth another try.</summary>
    [JsonStringEnumMemberName("error")] Error,

    /// <summary>Signing: every required check passed.</summary>
    [JsonStringEnumMemberName("approved")] Approved,

    /// <summary>Signing: at least one check failed; nothing was signed.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>Admission: the image may run.</summary>
    [JsonStringEnumMemberName("allowed")] Allowed,

    /// <summary>Admission: the image may not run.</summary>
    [JsonStringEnumMemberName("denied")] Denied,
}

/// <summary>Which gate decided.</summary>
[JsonConverter(typeof(NamedEnumConverter<DecisionKind>))]
public enum DecisionKind
{
    /// <summary>The attestor, before signing.</summary>
    [JsonStringEnumMemberName("signing")] Signing,

    /// <summary>The verifier, before running.</summary>
    [JsonStringEnumMemberName("admission")] Admission,
}

/// <summary>What a decision's outcome leads to.</summary>
[JsonConverter(typeof(NamedEnumConverter<EnforcementMode>))]
public enum EnforcementMode
{
    /// <summary>A no is a no.</summary>
    [JsonStringEnumMemberName("enforce")] Enforce,

    /// <summary>Signing only: recorded; a failure is never signed either.</summary>
    [JsonStringEnumMemberName("observe")] Observe,

    /// <summary>Admission only: a no becomes a warning.</summary>
    [JsonStringEnumMemberName("warn")] Warn,

    /// <summary>Admission only: a no is recorded.</summary>
    [JsonStringEnumMemberName("dryRun")] DryRun,
}

/// <summary>Reads and writes an enumeration by its members' names alone; a number is refused.</summary>
public sealed class NamedEnumConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
