// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Judges who built an image, and from what.</summary>
internal static class ProvenanceEvaluation
{
    private const string Type = "provenance";

    internal static CheckResult Evaluate(ProvenanceCheck check, CheckContext context)
    {
        var claims = Claims.Of(check, context, claim => Judge(check, claim));
        var sources = check.Sources.Count == 0 ? "any source" : string.Join(" or ", check.Sources);
        return StatementCoverage.ToResult(
            check, Type, context, claims,
            new StatementWords(
                Type, Type, ReasonCode.ProvenanceMissing,
                $"built by {Printable.Escape(string.Join(" or ", check.Builders))} from {sources}"));
    }

    private static Rejection? Judge(ProvenanceCheck check, Claim claim)
    {
        if (!BuildProvenance.TryRead(claim.PredicateType, claim.Predicate, out var provenance, out var problem))
            return new Rejection(ReasonCode.ProvenanceMalformed, $"the provenance cannot be read: {problem}");

        return Judge(ReasonCode.BuilderNotAllowed, "builder", check.Builders, provenance.BuilderId)
            ?? (check.BuildTypes.Count == 0
                ? null
                : Judge(ReasonCode.BuildTypeNotAllowed, "build type", check.BuildTypes, provenance.BuildType))
            ?? JudgeSources(check, provenance)
            ?? JudgeParameters(check, provenance);
    }

    private static Rejection? Judge(ReasonCode reason, string what, IReadOnlyList<string> accepted, string found) =>
        accepted.Contains(found, StringComparer.Ordinal)
            ? null
            : new Rejection(reason, $"the {what} {Printable.Escape(found)} is not among those of the policy")
            {
                Expected = string.Join(" or ", accepted.Select(Printable.Escape)),
                Actual = Printable.Escape(found),
            };

    // A build reads many things: only what its own parameters name is its source, and only what it then really read, by digest.
    private static Rejection? JudgeSources(ProvenanceCheck check, BuildProvenance provenance)
    {
        if (check.Sources.Count == 0)
            return null;
        if (provenance.Sources.Count == 0)
            return Refuse(check, "the parameters of the build name no source", "no source");

        foreach (var named in provenance.Sources)
        {
            var shown = Printable.Escape(named.Uri);
            if (!SourceRepository.TryParseUri(named.Uri, out var source, out var reference) || !check.Sources.Contains(source))
                return Refuse(check, $"it was built from {shown}", shown);
            if (!IsDependency(source, provenance))
                return Refuse(check, $"the build does not say by what digest it read {source}", $"{source}, without a digest");
            if (JudgeReference(check, named.Reference, reference) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static bool IsDependency(SourceRepository source, BuildProvenance provenance) =>
        provenance.Dependencies.Any(dependency => dependency.HasDigest
            && SourceRepository.TryParseUri(dependency.Uri, out var repository, out _) && repository == source);

    // Where both places tell a reference, both have to be accepted.
    private static Rejection? JudgeReference(ProvenanceCheck check, string? told, string? inUri)
    {
        if (check.References.Count == 0)
            return null;

        string[] found = [.. new[] { told, inUri }.OfType<string>()];
        return found.Length > 0 && found.All(reference => check.References.Contains(reference, StringComparer.Ordinal))
            ? null
            : new Rejection(ReasonCode.SourceNotAllowed, found.Length == 0
                ? "the provenance does not tell the branch or tag it was built from"
                : $"it was built from {Printable.Escape(string.Join(" and ", found))}")
            {
                Expected = string.Join(" or ", check.References.Select(Printable.Escape)),
                Actual = found.Length == 0 ? "none" : Printable.Escape(string.Join(" and ", found)),
            };
    }

    private static Rejection? JudgeParameters(ProvenanceCheck check, BuildProvenance provenance)
    {
        if (check.ExternalParameters is not { } accepted
            || provenance.ParameterNames.FirstOrDefault(name => !accepted.Contains(name, StringComparer.Ordinal)) is not { } other)
            return null;

        return new Rejection(
            ReasonCode.BuildParameterNotAllowed, $"the build was given the parameter {Printable.Escape(other)}, which the policy does not know")
        {
            Expected = $"no parameters but {string.Join(", ", accepted.Select(Printable.Escape))}",
            Actual = Printable.Escape(string.Join(", ", provenance.ParameterNames)),
        };
    }

    private static Rejection Refuse(ProvenanceCheck check, string message, string found) =>
        new(ReasonCode.SourceNotAllowed, message)
        {
            Expected = string.Join(" or ", check.Sources),
            Actual = found,
        };
}
