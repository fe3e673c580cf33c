// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Hosting;

/// <summary>
/// Who has to approve a policy set before the service puts it in force. It stands in the service's own configuration, because the folder
/// of policies is what it is about.
/// </summary>
public sealed record PolicyApprovalConfiguration
{
    /// <summary>The file with the Attestor document of purpose policy, outside the folder of policies; read again when it changes.</summary>
    public required string Attestor { get; init; }

    /// <summary>The set that is put in force here, such as <c>production</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How many distinct keys of the attestor have to approve; default 1.</summary>
    public int? Approvals { get; init; }

    /// <summary>The file that keeps the highest version that was put in force; one for each service.</summary>
    public string? State { get; init; }

    /// <summary>
    /// No version below this is put in force, and what holds while there is no <see cref="State"/> yet, or none at all.
    /// </summary>
    public long? MinimumVersion { get; init; }

    /// <summary>What is wrong with it, by member.</summary>
    internal IEnumerable<(string Member, string Problem)> Problems()
    {
        if (!PolicyApproval.IsName(Name))
            yield return ("name", $"'{Printable.Escape(Name)}' is no name of a policy set; expected up to 63 of a-z, 0-9 and -");
        if (Approvals is < 1 or > Limits.JointSignatures)
            yield return ("approvals", $"expected a number from 1 to {Limits.JointSignatures}");
        if (MinimumVersion is < 1 or > PolicyApproval.LastVersion)
            yield return ("minimumVersion", $"expected a whole number from 1 to {PolicyApproval.LastVersion}");
        if (State is null && MinimumVersion is null)
            yield return ("state", "without state or minimumVersion any version would do after a restart; expected one of them");
    }
}
