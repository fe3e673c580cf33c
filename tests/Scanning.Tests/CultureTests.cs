// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.Scanning.Tests;

/// <summary>A report says the same wherever it is read.</summary>
public sealed class CultureTests
{
    public static TheoryData<string, string> Reports =>
        [.. FormatCase.All.SelectMany(format => HostileCulture.Names.Select(culture => (format.File, culture)))];

    [Theory, MemberData(nameof(Reports))]
    public void A_report_says_the_same_in_every_culture(string file, string culture)
    {
        var content = Fixture.Bytes(file);
        var expected = Fixture.Describe(ScanReportReader.Read(content));

        ScanReportResult read;
        using (HostileCulture.Enter(culture))
            read = ScanReportReader.Read(content);

        Assert.Equal(expected, Fixture.Describe(read));
    }

    public static TheoryData<string> Cultures => [.. HostileCulture.Names];

    [Theory, MemberData(nameof(Cultures))]
    public void What_is_wrong_is_told_the_same_in_every_culture(string culture)
    {
        foreach (var edit in new[] { "\"V3Score\": 9.8", "\"V3Score\": 9,8" })
        {
            var content = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(Fixture.Bytes("trivy.json"))
                .Replace("\"V3Score\": 9.8", edit.Replace("9.8", "10.8", StringComparison.Ordinal), StringComparison.Ordinal));
            var expected = ScanReportReader.Read(content).Problem;
            using (HostileCulture.Enter(culture))
                Assert.Equal(expected, ScanReportReader.Read(content).Problem);
            Assert.NotNull(expected);
        }
    }
}
