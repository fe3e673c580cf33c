// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Testing;

/// <summary>What has to come of a case. A check that is not named has to pass, or to have been skipped.</summary>
public sealed record TestExpectation
{
    /// <summary>The outcome.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The policy that has to apply, if that matters.</summary>
    public string? Policy { get; init; }

    /// <summary>The admission rule that has to apply, if that matters.</summary>
    public string? Rule { get; init; }

    /// <summary>What the outcome has to lead to, if that matters.</summary>
    public EnforcementMode? Mode { get; init; }

    /// <summary>What checks have to find.</summary>
    public IReadOnlyList<ExpectedCheck> Checks { get; init; } = [];

    /// <summary>What has to be written for an approved image, if that matters.</summary>
    public ExpectedSigning? Signs { get; init; }
}

/// <summary>What a check has to find.</summary>
/// <param name="Name">The check, as the policy calls it, or that of the judgement of evidence.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why; null for a pass alone.</param>
public sealed record ExpectedCheck(string Name, Verdict Verdict, ReasonCode? Reason)
{
    /// <summary>Verdict and reason, as a fixture writes them.</summary>
    public static string Show(Verdict verdict, ReasonCode? reason) =>
        verdict.ToString().ToUpperInvariant() + (reason is null ? "" : $" {reason}");

    /// <summary>Verdict and reason, as a fixture writes them.</summary>
    public override string ToString() => Show(Verdict, Reason);
}

/// <summary>What has to be written for an approved image; null is whatever the policy says.</summary>
public sealed record ExpectedSigning
{
    /// <summary>The attestor that signs.</summary>
    public string? Attestor { get; init; }

    /// <summary>Whether the image itself is signed.</summary>
    public bool? Signature { get; init; }

    /// <summary>Where the image's signature is stored.</summary>
    public IReadOnlyList<StorageLayout>? Layouts { get; init; }

    /// <summary>Whether the reports are attested.</summary>
    public bool? Reports { get; init; }

    /// <summary>Whether SBOMs of the request are attested.</summary>
    public bool? Sboms { get; init; }

    /// <summary>Whether an approval is written.</summary>
    public bool? Vsa { get; init; }

    /// <summary>When the approval ends.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}
