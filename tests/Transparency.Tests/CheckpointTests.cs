// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Transparency.Tests;

public sealed class CheckpointTests
{
    private const string Root = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Text = "example.com/log\n18446744073709551615\n" + Root + "\nTimestamp: 1\n";

    private static readonly NoteKey Log = new("log.example", 1, (_, signature) => Encoding.ASCII.GetString(signature.Span) == "log");

    [Fact]
    public void Reads_what_a_log_says()
    {
        Assert.True(Checkpoint.TryParse(Encoding.UTF8.GetBytes(Text), out var checkpoint, out var problem), problem);

        Assert.Equal("example.com/log", checkpoint.Origin);
        Assert.Equal(ulong.MaxValue, checkpoint.Size);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), checkpoint.Root.ToArray());
        Assert.Equal(["Timestamp: 1"], checkpoint.Extensions);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "18446744073709551615", "18446744073709551616", "without leading zeros, found '18446744073709551616'" },
        { "18446744073709551615", "01", "without leading zeros, found '01'" },
        { "18446744073709551615", "-1", "found '-1'" },
        { "18446744073709551615", "+1", "found '+1'" },
        { "18446744073709551615", " 1", "found ' 1'" },
        { "18446744073709551615", "0x1", "found '0x1'" },
        { "18446744073709551615", "", "found ''" },
        { Root, "AAEC", "the root of a log is 32 bytes in base64, found 'AAEC'" },
        { Root, Root + "A===", "the root of a log is 32 bytes" },
        { Root, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "the root of a log is 32 bytes" },
        { "example.com/log", "", "a checkpoint has no empty line" },
        { "Timestamp: 1", "", "a checkpoint has no empty line" },
        { "\nTimestamp: 1\n", "", "each with its line feed" },
        { "\n" + Root + "\nTimestamp: 1\n", "\n", "each with its line feed" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong_with_a_checkpoint(string old, string @new, string expected)
    {
        Assert.False(Checkpoint.TryParse(Encoding.UTF8.GetBytes(Text.Replace(old, @new, StringComparison.Ordinal)), out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_is_by_the_log_and_of_the_log()
    {
        Assert.True(Checkpoint.TryVerify(Sign("log"), "example.com/log", [Log], out var checkpoint, out var problem), problem);
        Assert.Equal("example.com/log", checkpoint.Origin);

        Assert.False(Checkpoint.TryVerify(Sign("log"), "example.com/other", [Log], out _, out problem));
        Assert.Equal("the checkpoint is of log 'example.com/log'; expected 'example.com/other'", problem);

        Assert.False(Checkpoint.TryVerify(Sign("lie"), "example.com/log", [Log], out _, out problem));
        Assert.Equal("the signature of log.example+00000001 is not by that key, or not of this text", problem);

        Assert.False(Checkpoint.TryVerify(Sign("log"), "example.com/log", [], out _, out problem));
        Assert.StartsWith("none of the 1 signatures is by a known key", problem, StringComparison.Ordinal);
    }

    private static SignedNote Sign(string signature)
    {
        var line = Convert.ToBase64String([0, 0, 0, 1, .. Encoding.ASCII.GetBytes(signature)]);
        Assert.True(SignedNote.TryRead(Encoding.UTF8.GetBytes($"{Text}\n— log.example {line}\n"), out var note, out var problem), problem);
        return note;
    }
}
