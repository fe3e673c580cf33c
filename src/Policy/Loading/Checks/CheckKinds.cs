// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>The kinds of checks, by the field that holds one; <c>vulnerabilities</c> is read by <see cref="CheckReader"/> itself.</summary>
internal static class CheckKinds
{
    private static readonly (string Kind, Func<Field, string, PolicyCheck?> Read)[] Readers =
    [
        ("provenance", ProvenanceReader.Read),
        ("predicate", PredicateReader.Read),
        ("imageConfig", ImageConfigReader.Read),
        ("freshness", BuildFreshnessReader.Read),
        ("trustedDirectory", TrustedDirectoryReader.Read),
        ("sbom", SbomCheckReader.Read),
        ("baseImage", BaseImageReader.Read),
        ("secrets", ReportClassReader.For(ReportClass.Secrets)),
        ("misconfigurations", ReportClassReader.For(ReportClass.Misconfigurations)),
        ("licenses", ReportClassReader.For(ReportClass.Licenses)),
    ];

    /// <summary>Reads every kind that a check holds, each under <paramref name="name"/>.</summary>
    internal static IReadOnlyList<(string Kind, PolicyCheck? Check)> Read(FieldReader reader, string name) =>
    [
        .. from known in Readers
           let field = reader.Optional(known.Kind)
           where field is not null
           select (known.Kind, known.Read(field, name)),
    ];

    /// <summary>Every kind, for messages.</summary>
    internal static string Names => string.Join(", ", Readers.Select(known => known.Kind).Prepend("vulnerabilities"));
}
