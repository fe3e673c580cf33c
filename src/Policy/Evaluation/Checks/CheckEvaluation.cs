// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Finds the evaluation of a check by its kind.</summary>
internal static class CheckEvaluation
{
    internal static CheckResult Evaluate(PolicyCheck check, CheckContext context) => check switch
    {
        ProvenanceCheck provenance => ProvenanceEvaluation.Evaluate(provenance, context),
        PredicateCheck predicate => PredicateEvaluation.Evaluate(predicate, context),
        ImageConfigCheck image => ImageConfigEvaluation.Evaluate(image, context),
        BuildFreshnessCheck freshness => BuildFreshnessEvaluation.Evaluate(freshness, context),
        TrustedDirectoryCheck directory => TrustedDirectoryEvaluation.Evaluate(directory, context),
        SbomCheck sbom => SbomEvaluation.Evaluate(sbom, context),
        ReportClassCheck reports => ReportClassEvaluation.Evaluate(reports, context),
        BaseImageCheck bases => BaseImageEvaluation.Evaluate(bases, context),
        _ => throw new UnreachableException($"There is no evaluation of {check.GetType().Name}."),
    };
}
