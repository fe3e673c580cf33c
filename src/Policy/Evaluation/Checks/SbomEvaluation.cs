// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Judges what is in an image, by its SBOM.</summary>
internal static class SbomEvaluation
{
    private const string Type = "sbom";

    internal static CheckResult Evaluate(SbomCheck check, CheckContext context)
    {
        var claims = Claims.Of(check, context, claim => Judge(check, claim));
        // An SBOM of an index lists what is in one of its platforms, whichever its tool took.
        var words = new StatementWords("SBOM", Type, ReasonCode.SbomMissing, "every platform has an SBOM with nothing in it that is denied")
        {
            IsPerPlatform = true,
        };
        return StatementCoverage.ToResult(check, Type, context, claims, words);
    }

    private static Rejection? Judge(SbomCheck check, Claim claim)
    {
        if (!SbomReader.TryRead(claim.Predicate, out var sbom, out var problem))
            return new Rejection(ReasonCode.SbomMalformed, $"the SBOM cannot be read: {problem}");
        if (sbom.Format != SbomCheck.FormatOf(claim.PredicateType))
            return new Rejection(ReasonCode.SbomMalformed, $"the SBOM is {Word(sbom.Format)}, but attested as another format");
        if (!check.Formats.Contains(sbom.Format))
        {
            return new Rejection(ReasonCode.SbomFormat, $"the SBOM is {Word(sbom.Format)}")
            {
                Expected = string.Join(" or ", check.Formats.Select(Word)),
                Actual = Word(sbom.Format),
            };
        }

        return JudgeContent(check, sbom);
    }

    private static Rejection? JudgeContent(SbomCheck check, Sbom sbom)
    {
        if (sbom.Components.Count == 0)
        {
            return new Rejection(ReasonCode.SbomIncomplete, "the SBOM lists nothing, which no image is")
            {
                Expected = "at least one component",
                Actual = "none",
            };
        }

        return Find(sbom, ReasonCode.PackageDenied, "packages that the policy denies", check.DeniedPackages.Select(pattern => pattern.Text),
                component => check.DeniedPackages.Any(pattern => IsMatch(pattern, component)) ? Name(component) : null)
            ?? Find(sbom, ReasonCode.LicenseDenied, "packages under licences that the policy denies", check.DeniedLicenses,
                component => component.Licenses.FirstOrDefault(text => check.DeniedLicenses.Any(license => LicenseText.Names(text, license))) is { } text
                    ? $"{Name(component)} ({Printable.Escape(text)})"
                    : null)
            ?? check.RequiredFields.Select(field => JudgeField(sbom, field)).FirstOrDefault(missing => missing is not null);
    }

    private static Rejection? JudgeField(Sbom sbom, SbomField field)
    {
        var word = field.ToString().ToLowerInvariant();
        var without = sbom.Components.Where(component => !Has(component, field)).ToList();
        return without.Count == 0
            ? null
            : new Rejection(ReasonCode.SbomIncomplete, $"{without.Count} of {sbom.Components.Count} components tell no {word}")
            {
                Expected = $"a {word} of every component",
                Actual = $"none of {First(without.Select(Name))}",
            };
    }

    private static bool Has(SbomComponent component, SbomField field) => field switch
    {
        SbomField.Version => component.Version is not null,
        SbomField.Purl => component.Purl is not null,
        _ => component.Licenses.Count > 0,
    };

    private static Rejection? Find(Sbom sbom, ReasonCode reason, string what, IEnumerable<string> denied, Func<SbomComponent, string?> find)
    {
        var found = sbom.Components.Select(find).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return found.Count == 0
            ? null
            : new Rejection(reason, $"the image has {what}: {First(found)}")
            {
                Expected = $"none of {First(denied.Select(Printable.Escape))}",
                Actual = First(found),
            };
    }

    // Without a package URL nothing tells two packages of one name apart, so that the name is enough to deny.
    private static bool IsMatch(PackagePattern pattern, SbomComponent component)
    {
        if (pattern.IsMatch(new Package(component.Name, component.Version ?? "", component.Purl, "")))
            return true;

        return PackageUrl.TryParse(component.Purl, out _)
            ? false
            : PackageUrl.TryParse(pattern.Text, out var url) && string.Equals(url.Name, component.Name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Name(SbomComponent component) => Printable.Escape($"{component.Name} {component.Version}".TrimEnd());

    private static string First(IEnumerable<string> all)
    {
        var listed = all.ToList();
        return string.Join(", ", listed.Take(Limits.FindingsInDecision))
            + (listed.Count > Limits.FindingsInDecision ? $" and {listed.Count - Limits.FindingsInDecision} more" : "");
    }

    private static string Word(SbomFormat format) => format == SbomFormat.Spdx ? "spdx" : "cyclonedx";
}
