// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Policy.Tests.Snapshots;

public sealed class EpssTests
{
    private const string Good = """
        #model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000
        cve,epss,percentile
        CVE-1999-0001,0.01423,0.79501
        CVE-2021-44228,0.94358,0.99951
        CVE-2026-12345,1.0e-05,0.0

        """;

    [Fact]
    public void A_file_tells_model_day_digest_and_scores()
    {
        var content = Encoding.UTF8.GetBytes(Good);

        Assert.True(EpssScores.TryRead("epss.csv", content, out var scores, out var problem), problem?.ToString());

        Assert.Equal(("v2025.03.14", 3), (scores.Model, scores.Count));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), scores.Date);
        Assert.Equal(Digest.Compute(content), scores.Digest);
        Assert.Equal(0.94358, scores.Find("CVE-2021-44228"));
        Assert.Equal(0.00001, scores.Find("cve-2026-12345"));
        Assert.Null(scores.Find("CVE-2021-4422"));
    }

    [Theory]
    [InlineData("2026-11-20T12:55:00Z")]
    [InlineData("2026-11-20T12:55:00+0000")]
    [InlineData("2026-11-20T13:55:00+01:00")]
    public void The_day_is_written_in_several_ways(string written)
    {
        var content = Good.Replace("2026-11-20T00:00:00+0000", written, StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

        Assert.True(EpssScores.TryRead("epss.csv", Encoding.UTF8.GetBytes(content), out var scores, out var problem), problem?.ToString());
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 12, 55, 0, TimeSpan.Zero), scores.Date);
    }

    /// <summary>Why, what of the good file is replaced by what, and the problem.</summary>
    public static TheoryData<string, string, string, string> Bad => new()
    {
        { "no date: its age would be unknown", ",score_date:2026-11-20T00:00:00+0000", "", "epss.csv:1:1: error: expected # and score_date:" },
        { "no first line", "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\n", "", "epss.csv:1:1: error: expected #" },
        { "a first line that is no remark", "#model", "model", "epss.csv:1:1: error: expected #" },
        { "other columns", "cve,epss,percentile", "cve,percentile,epss", "epss.csv:2:1: error: expected the columns cve,epss,percentile, found 'cve,percentile,epss'" },
        { "an id that is none", "CVE-2021-44228", "GHSA-jfh8", "epss.csv:4:1: error: expected a CVE id and two numbers from 0 to 1, found 'GHSA-jfh8,0.94358,0.99951'" },
        { "a score above 1", "0.94358", "94.358", "epss.csv:4:1: error: expected a CVE id" },
        { "a negative score", "0.94358", "-0.94358", "epss.csv:4:1: error: expected a CVE id" },
        { "a score that is no number", "0.94358", "NaN", "epss.csv:4:1: error: expected a CVE id" },
        { "a score of another culture", "0.94358,0.99951", "0,94358,0,99951", "epss.csv:4:1: error: expected a CVE id" },
        { "a column too few", "0.94358,", "", "epss.csv:4:1: error: expected a CVE id" },
        { "a vulnerability twice", "CVE-2021-44228", "CVE-1999-0001", "epss.csv:4:1: error: CVE-1999-0001 has a score already" },
        { "a line that is cut off", "1.0e-05,0.0\n", "1.0e-05,0", "epss.csv:5:1: error: the last line has no end" },
        { "an empty line", "CVE-2021-44228", "\nCVE-2021-44228", "epss.csv:4:1: error: expected a CVE id" },
        { "letters of another alphabet", "CVE-2021-44228", "СVE-2021-44228", "epss.csv:4:1: error: the line is no ASCII text" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Is_refused_with_its_place(string because, string what, string by, string expected)
    {
        Assert.Contains(what, Good, StringComparison.Ordinal);

        Assert.False(EpssScores.TryRead("epss.csv", Encoding.UTF8.GetBytes(Good.Replace(what, by, StringComparison.Ordinal)), out var scores, out var problem), because);

        Assert.Null(scores);
        Assert.StartsWith(expected, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_scores_is_refused()
    {
        var head = Good[..(Good.IndexOf("percentile\n", StringComparison.Ordinal) + 11)];

        Assert.False(EpssScores.TryRead("epss.csv", Encoding.UTF8.GetBytes(head), out _, out var problem));
        Assert.Equal("there is no score", problem.Message);
        Assert.False(EpssScores.TryRead("epss.csv", ReadOnlyMemory<byte>.Empty, out _, out _));
    }

    [Fact]
    public void A_packed_file_is_told_to_be_packed()
    {
        Assert.False(EpssScores.TryRead("epss.csv.gz", new byte[] { 0x1F, 0x8B, 8, 0 }, out _, out var problem));
        Assert.Equal("the file is packed with gzip; unpack it first", problem.Message);
    }

    [Fact]
    public void Files_and_lines_over_their_limits_are_not_read()
    {
        Assert.False(EpssScores.TryRead("epss.csv", new byte[Limits.EpssBytes + 1], out _, out var problem));
        Assert.Equal($"the file has more than {Limits.EpssBytes} bytes", problem.Message);

        string WithLine(int length) => Good.Replace("0.79501\n", "0." + new string('0', length - "CVE-1999-0001,0.01423,0.".Length) + "\n", StringComparison.Ordinal);
        Assert.True(EpssScores.TryRead("epss.csv", Encoding.UTF8.GetBytes(WithLine(Limits.EpssLineBytes)), out _, out problem), problem?.ToString());
        Assert.False(EpssScores.TryRead("epss.csv", Encoding.UTF8.GetBytes(WithLine(Limits.EpssLineBytes + 1)), out _, out problem));
        Assert.Contains($"at most {Limits.EpssLineBytes} characters", problem.Message, StringComparison.Ordinal);
    }
}
