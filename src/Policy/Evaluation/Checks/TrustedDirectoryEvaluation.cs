// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Judges where an image lies.</summary>
internal static class TrustedDirectoryEvaluation
{
    private const string Type = "trustedDirectory";

    internal static CheckResult Evaluate(TrustedDirectoryCheck check, CheckContext context)
    {
        var repository = context.Subject.Repository;
        var trusted = string.Join(", ", check.Directories.Select(directory => $"{directory}/").Concat(check.Images.Select(pattern => pattern.ToString())));
        return check.Covers(repository)
            ? CheckResult.Pass(check.Name, Type, $"{repository} is in a trusted directory")
            : CheckResult.Fail(check.Name, Type, ReasonCode.DirectoryNotTrusted, $"{repository} is in no trusted directory") with
            {
                Expected = $"an image of {trusted}",
                Actual = repository.ToString(),
                Remedy = ReasonCode.DirectoryNotTrusted.Remedy,
            };
    }
}
