// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Reads what evidence counts.</summary>
internal static class EvidenceRulesReader
{
    private const int LongestScannerName = 64;

    internal static readonly (string Word, ReportKind Kind)[] FormatWords =
    [
        ("native", ReportKind.Native), ("sarif", ReportKind.Sarif), ("cyclonedx", ReportKind.CycloneDx), ("harbor", ReportKind.Harbor),
        ("gitlab", ReportKind.GitLab), ("in-toto-vulns", ReportKind.InTotoVulns), ("trivy-operator", ReportKind.TrivyOperator),
    ];

    internal static EvidenceRules? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var scanners = ReadScanners(reader.Required("scanners"));
        var (combine, atLeast) = ReadCombine(reader.Optional("combine"), scanners?.Count);
        var scanAge = AgeReader.Read(reader.Required("maximumScanAge"));
        var databaseAge = AgeReader.Read(reader.Required("maximumDatabaseAge"));
        var platforms = ReadPlatforms(reader.Optional("platforms"));
        var vex = Values.List(reader.Optional("vex"), VexRuleReader.Read) ?? [];
        var posters = Values.List(reader.Optional("posters"), SigningPolicyReader.ReadRequester) ?? [];
        reader.Close();

        return scanners is null || scanAge is null || databaseAge is null
            ? null
            : new EvidenceRules
            {
                Scanners = scanners,
                Combine = combine,
                AtLeast = atLeast,
                MaximumScanAge = scanAge,
                MaximumDatabaseAge = databaseAge,
                Platforms = platforms,
                Vex = vex,
                Posters = posters,
            };
    }

    private static IReadOnlyList<ScannerRule>? ReadScanners(Field? field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Values.List(field, item =>
        {
            var scanner = ReadScanner(item);
            if (scanner is not null && !seen.Add(scanner.Name))
                item.Error($"{scanner.Name} is listed twice");

            return scanner;
        });
    }

    private static ScannerRule? ReadScanner(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var name = ReadScannerName(reader.Required("name"));
        var version = ReadVersion(reader.Optional("minimumVersion"));
        var versions = ReadVersions(reader.Optional("versions"));
        var formats = ReadFormats(reader.Optional("formats"));
        var source = Values.Word(
            reader.Required("source"), ("attested", EvidenceSource.Attested), ("submitted", EvidenceSource.Submitted));
        var signedByField = reader.Optional("signedBy");
        var signedBy = Values.Distinct(signedByField, Values.Name);
        var binding = Values.Word(
            reader.Optional("binding"), ("proven", EvidenceBinding.Proven), ("asserted", EvidenceBinding.Asserted));
        reader.Close();

        if (source == EvidenceSource.Attested && signedByField is null)
            reader.Error("attested reports need signedBy: whose signature vouches for them");
        if (source == EvidenceSource.Submitted)
            signedByField?.Error("the requester alone vouches for submitted reports; say source: attested, or remove signedBy");

        return name is null || source is null
            ? null
            : new ScannerRule
            {
                Name = name,
                MinimumVersion = version,
                Versions = versions,
                Formats = formats ?? [ReportKind.Native],
                Source = source.Value,
                SignedBy = signedBy ?? [],
                SignedByPlaces = FieldPlace.OfEntries(signedByField),
                Binding = binding ?? EvidenceBinding.Proven,
                Location = field.Location,
            };
    }

    private static (CombineRule Rule, int AtLeast) ReadCombine(Field? field, int? scanners)
    {
        if (field?.Node is not YamlMapping)
            return (Values.Word(field, ("union", CombineRule.Union), ("any", CombineRule.Any)) ?? CombineRule.Union, 1);

        var reader = FieldReader.Open(field)!;
        var countField = reader.Required("atLeast");
        var count = Values.Count(countField);
        reader.Close();
        if (count < 1 || count > scanners)
            countField!.Error($"expected a number from 1 to that of the scanners listed, {scanners}");

        return (CombineRule.AtLeast, count ?? 1);
    }

    // Any name: what reports call their scanner is up to the formats that are read.
    private static string? ReadScannerName(Field? field) => Values.Line(field) is { } name
        ? name.Length <= LongestScannerName
            ? name
            : field!.Error<string>($"has {name.Length} characters; at most {LongestScannerName} are accepted")
        : null;

    private static string? ReadVersion(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return SemanticVersion.Compare(text, text) is not null
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' is not a version; expected numbers joined by dots, such as \"0.58\"");
    }

    private static IReadOnlyList<ReportKind>? ReadFormats(Field? field) =>
        Values.Distinct(field, item => Values.Word(item, FormatWords) is null ? null : Values.Line(item)) is { } words
            ? [.. FormatWords.Where(known => words.Contains(known.Word, StringComparer.Ordinal)).Select(known => known.Kind)]
            : null;

    private static VersionRange? ReadVersions(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;
        if (!VersionRange.TryParse(text, out var range, out var problem))
            return field!.Error<VersionRange>(problem);

        return range.IsSemantic
            ? range
            : field!.Error<VersionRange>($"'{Printable.Escape(text)}' has a version of no known order; expected numbers joined by dots, such as \">=0.58, <0.70\"");
    }

    private static IReadOnlyList<Platform>? ReadPlatforms(Field? field)
    {
        if (field?.Node is YamlScalar { Text: "all" })
            return null;

        var seen = new HashSet<Platform>();
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!Platform.TryParse(text, out var platform, out var problem))
                return item.Error<Platform>(problem);
            if (!platform.IsRunnable)
                item.Error($"nothing runs on {platform}");
            if (!seen.Add(platform))
                item.Error($"{platform} is listed twice");

            return platform;
        });
    }
}
