// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads what evidence counts.</summary>
internal static class EvidenceRulesReader
{
    internal static EvidenceRules? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("vex");
        var scanners = ReadScanners(reader.Required("scanners"));
        var combine = Values.Word(reader.Optional("combine"), ("union", CombineRule.Union), ("any", CombineRule.Any));
        var scanAge = ReadAge(reader.Required("maximumScanAge"));
        var databaseAge = ReadAge(reader.Required("maximumDatabaseAge"));
        var platforms = ReadPlatforms(reader.Optional("platforms"));
        reader.Close();

        return scanners is null || scanAge is null || databaseAge is null
            ? null
            : new EvidenceRules
            {
                Scanners = scanners,
                Combine = combine ?? CombineRule.Union,
                MaximumScanAge = scanAge,
                MaximumDatabaseAge = databaseAge,
                Platforms = platforms,
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
                Source = source.Value,
                SignedBy = signedBy ?? [],
                Binding = binding ?? EvidenceBinding.Proven,
                Location = field.Location,
            };
    }

    // The scanners whose formats are read: any other name could never match a report.
    private static string? ReadScannerName(Field? field) => Values.OneOf(field, "trivy", "grype");

    private static string? ReadVersion(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return SemanticVersion.Compare(text, text) is not null
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' is not a version; expected numbers joined by dots, such as \"0.58\"");
    }

    private static AgeLimit? ReadAge(Field? field)
    {
        if (field?.Node is not YamlMapping)
            return Times.Duration(field) is { } alone ? new AgeLimit(alone, MissingRule.Refuse) : null;
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var limit = Times.Duration(reader.Required("limit"));
        var missing = Values.Word(
            reader.Optional("whenMissing"), ("refuse", MissingRule.Refuse), ("accept", MissingRule.Accept));
        reader.Close();
        return limit is null ? null : new AgeLimit(limit.Value, missing ?? MissingRule.Refuse);
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
