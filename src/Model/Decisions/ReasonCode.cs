// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Model.Decisions;

/// <summary>
/// Why something was refused, denied or skipped: one code of a closed list, with what it means and what to do.
/// Codes are stable; programs may match on them.
/// </summary>
public sealed partial class ReasonCode
{
    private static readonly Lazy<FrozenDictionary<string, ReasonCode>> ByName =
        new(() => All!.ToFrozenDictionary(code => code.Name, StringComparer.Ordinal));

    private ReasonCode(string name, string topic, string meaning, string remedy, bool isRetryable = false)
    {
        Name = name;
        Topic = topic;
        Meaning = meaning;
        Remedy = remedy;
        IsRetryable = isRetryable;
    }

    /// <summary>The code, such as <c>REPORT_STALE</c>.</summary>
    public string Name { get; }

    /// <summary>What the code is about: the heading it stands under in the reference.</summary>
    public string Topic { get; }

    /// <summary>What it means, in one sentence.</summary>
    public string Meaning { get; }

    /// <summary>What usually helps.</summary>
    public string Remedy { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsRetryable { get; }

    /// <summary>Finds a code by its exact name.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out ReasonCode? code)
    {
        code = null;
        return name is not null && ByName.Value.TryGetValue(name, out code);
    }

    /// <summary>The code's name.</summary>
    public override string ToString() => Name;
}
