// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests;

public sealed class Rfc3339Tests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string?> Refused => new()
    {
        { "nothing", null },
        { "empty", "" },
        { "a date alone", "2026-11-22" },
        { "no offset", "2026-11-22T12:00:00" },
        { "no seconds", "2026-11-22T12:00Z" },
        { "a space for the T", "2026-11-22 12:00:00Z" },
        { "small letters", "2026-11-22t12:00:00z" },
        { "an offset without colon", "2026-11-22T12:00:00+0100" },
        { "a fraction without digits", "2026-11-22T12:00:00.Z" },
        { "a comma", "2026-11-22T12:00:00,5Z" },
        { "a thirteenth month", "2026-13-22T12:00:00Z" },
        { "the 61st second", "2026-11-22T12:00:60Z" },
        { "space around", " 2026-11-22T12:00:00Z" },
        { "space after", "2026-11-22T12:00:00Z " },
        { "digits of another script", "٢026-11-22T12:00:00Z" },
        { "an endless fraction", $"2026-11-22T12:00:00.{new string('1', 60)}Z" },
        { "a month's name", "22 Nov 2026 12:00:00 Z" },
    };

    [Fact]
    public void Reads_times_with_and_without_fraction_and_offset()
    {
        Assert.Equal(Noon, Parse("2026-11-22T12:00:00Z"));
        Assert.Equal(Noon, Parse("2026-11-22T13:30:00+01:30"));
        Assert.Equal(Noon, Parse("2026-11-22T12:00:00-00:00"));
        Assert.Equal(Noon.AddMilliseconds(500), Parse("2026-11-22T12:00:00.5Z"));
        Assert.Equal(Noon.AddTicks(1234567), Parse("2026-11-22T12:00:00.123456789Z"));
        Assert.Equal(DateTimeOffset.MinValue, Parse("0001-01-01T00:00:00Z"));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Refuses_everything_looser(string because, string? text) =>
        Assert.False(Rfc3339.TryParse(text, out _), because);

    [Fact]
    public void Writes_utc_with_a_fraction_only_where_there_is_one()
    {
        Assert.Equal("2026-11-22T12:00:00Z", Rfc3339.Write(Noon.ToOffset(TimeSpan.FromHours(2))));
        Assert.Equal("2026-11-22T12:00:00.25Z", Rfc3339.Write(Noon.AddMilliseconds(250)));
    }

    private static DateTimeOffset Parse(string text)
    {
        Assert.True(Rfc3339.TryParse(text, out var time), text);
        return time;
    }
}
