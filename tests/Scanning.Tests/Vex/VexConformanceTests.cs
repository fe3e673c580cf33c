// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>
/// Real VEX documents against a table that was computed from them without this product. Where we read something else on purpose it
/// stands in a list here, and the argument in docs/scan-formats.md.
/// </summary>
public sealed class VexConformanceTests
{
    private const string LargestDocument = "csaf/cve-2024-2961-23MB.json.gz";

    private static readonly string[] Formats = ["openvex", "csaf", "cyclonedx"];

    /// <summary>File, column, what the table says, what we read.</summary>
    private static readonly (string File, string Column, string Theirs, string Ours)[] Disagreements =
    [
        ("cyclonedx/valid-vulnerability-1.6.json", "vex_affected", "0", "1"),
        ("cyclonedx/valid-vulnerability-1.6.json", "vex_not_affected", "1", "0"),
    ];

    public static TheoryData<string> Documents => [.. SharedScans.Rows()
        .Where(row => Formats.Contains(row["format"], StringComparer.Ordinal))
        .Select(row => row["file"])
        .DefaultIfEmpty("(absent)")];

    public static TheoryData<string> Others => [.. SharedScans.Rows()
        .Where(row => !Formats.Contains(row["format"], StringComparer.Ordinal) && row["findings_state"] != "reject")
        .Select(row => row["file"])
        .Where(file => !file.EndsWith(".gz", StringComparison.Ordinal))
        .DefaultIfEmpty("(absent)")];

    [Theory, MemberData(nameof(Documents))]
    public void What_a_document_says_is_what_the_table_says(string file)
    {
        var content = SharedScans.Read(file);
        var expected = SharedScans.Rows().Single(row => row["file"] == file);
        Assert.True(VexReader.TryRead(content, out var document, out var problem, advisories: true), problem);

        var differences = Describe(document, expected)
            .Select(column => (column.Name, Theirs: expected[column.Name] is "" ? "0" : expected[column.Name], column.Ours))
            .Where(column => column.Theirs != column.Ours)
            .Select(column => $"{column.Name}: {column.Theirs} / {column.Ours}");

        Assert.Equal(
            Disagreements.Where(known => known.File == file).Select(known => $"{known.Column}: {known.Theirs} / {known.Ours}"),
            differences);
    }

    [Theory, MemberData(nameof(Others))]
    public void What_is_no_VEX_is_refused(string file)
    {
        var content = SharedScans.Read(file);
        if (VexReader.TryRead(content, out var document, out var problem))
        {
            // Without a relationship of VEX a document in SPDX 3 has nothing to apply.
            Assert.Equal(("spdx/syft-identify-3.0.json", 0), (file, document.Statements.Count));
            return;
        }

        Assert.Matches("^(this is |it is of no known format|it is no JSON object|it can be read as |the document |not JSON )", problem);
    }

    [Fact]
    public void A_security_advisory_is_read_only_where_the_caller_takes_it()
    {
        var content = SharedScans.Read("csaf/rhsa-2024_0041-8MB.json");

        Assert.False(VexReader.TryRead(content, out _, out var problem));
        Assert.Equal("its category 'csaf_security_advisory' is not csaf_vex", problem);
    }

    [Fact]
    public void A_vendors_images_are_found_by_digest_and_its_builds_by_exact_version()
    {
        Assert.True(VexReader.TryRead(SharedScans.Read(LargestDocument), out var document, out var problem), problem);

        var named = document.Statements.SelectMany(statement => statement.Products).Where(product => product.Purl is not null).ToList();
        Assert.All(named, product => Assert.Contains('@', product.Purl!));
        Assert.Contains(named, product => product.Purl!.StartsWith("pkg:oci/", StringComparison.Ordinal));
        Assert.Contains(named, product => product.Purl!.StartsWith("pkg:rpm/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_largest_document_takes_memory_in_proportion_to_its_size()
    {
        var content = SharedScans.Read(LargestDocument);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(VexReader.TryRead(content, out _, out var problem), problem);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / content.Length, 0, 5);
    }

    private static IEnumerable<(string Name, string Ours)> Describe(VexDocument document, Dictionary<string, string> expected)
    {
        // Of CSAF the table counts products, of the others statements.
        int Count(VexStatus status)
        {
            var statements = document.Statements.Where(statement => statement.Status == status).ToList();
            return document.Format == VexFormat.Csaf ? statements.Sum(statement => statement.Products.Count) : statements.Count;
        }

        yield return ("vex_affected", Show(Count(VexStatus.Affected)));
        yield return ("vex_not_affected", Show(Count(VexStatus.NotAffected)));
        yield return ("vex_fixed", Show(Count(VexStatus.Fixed)));
        yield return ("vex_under_investigation", Show(Count(VexStatus.UnderInvestigation)));
        if (document.Format == VexFormat.CycloneDx)
            yield break;

        yield return ("scanner", document.Author ?? "");
        yield return (
            "created_at",
            DateTimeOffset.TryParse(expected["created_at"], CultureInfo.InvariantCulture, out var theirs)
            && document.Time is { } ours && (theirs - ours).Ticks is 0 or 1 ? expected["created_at"] : $"{document.Time:O}");
    }

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
