// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier;

/// <summary>What was decided about one image for one workload.</summary>
/// <param name="Decision">The decision. One that is reused keeps its id and the time it was taken.</param>
/// <param name="Fault">What went wrong behind an error: for the log, never for an answer.</param>
public sealed record ImageVerdict(Decision Decision, Exception? Fault = null)
{
    /// <summary>Whether the image keeps its workload from running: a no that is enforced.</summary>
    public bool IsBlocking => !Decision.IsPositive && Decision.Mode == EnforcementMode.Enforce;
}

/// <summary>A verdict with the fields of the workload that name the image.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Fields">The fields; none for an image that was asked about by name.</param>
public sealed record JudgedImage(ImageVerdict Verdict, IReadOnlyList<ImageField> Fields);

/// <summary>What was decided about all images of a workload.</summary>
/// <param name="Images">Every image, judged once, in the order of its first field.</param>
public sealed record WorkloadVerdict(IReadOnlyList<JudgedImage> Images)
{
    /// <summary>Whether the workload may run: there is an image, and none blocks.</summary>
    public bool IsAllowed
    {
        get
        {
            foreach (var image in Images)
            {
                if (image.Verdict.IsBlocking)
                    return false;
            }

            return Images.Count > 0;
        }
    }
}
