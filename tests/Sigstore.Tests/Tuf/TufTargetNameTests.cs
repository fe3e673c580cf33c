// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests.Tuf;

/// <summary>Names of targets, which become paths and addresses.</summary>
public sealed class TufTargetNameTests
{
    [Theory]
    [InlineData("trusted_root.json")]
    [InlineData("signing_config.v0.2.json")]
    [InlineData("registry.example.com/keys.json")]
    [InlineData("a/b/c+d=e@f")]
    [InlineData("...")]
    public void Are_segments_between_slashes(string text)
    {
        Assert.True(TufTargetName.TryParse(text, out var name, out var problem), problem);
        Assert.Equal(text, name.Text);
    }

    [Theory]
    [InlineData("../x", "has an empty segment, or one of dots")]
    [InlineData("a/../x", "has an empty segment, or one of dots")]
    [InlineData("a/..", "has an empty segment, or one of dots")]
    [InlineData("./x", "has an empty segment, or one of dots")]
    [InlineData("/etc/passwd", "has an empty segment, or one of dots")]
    [InlineData("a//b", "has an empty segment, or one of dots")]
    [InlineData("a/", "has an empty segment, or one of dots")]
    [InlineData("..\\x", "has the character '\\'; expected letters")]
    [InlineData("C:\\x", "has the character ':'; expected letters")]
    [InlineData("c:x", "has the character ':'; expected letters")]
    [InlineData("a\0b", "has the character '\\u{0}'; expected letters")]
    [InlineData("a\nb", "has the character '\\u{a}'; expected letters")]
    [InlineData("%2e%2e/x", "has the character '%'; expected letters")]
    [InlineData("a b", "has the character ' '; expected letters")]
    [InlineData("a?b", "has the character '?'; expected letters")]
    [InlineData("a#b", "has the character '#'; expected letters")]
    [InlineData("~/x", "has the character '~'; expected letters")]
    [InlineData("\u2024\u2024/x", "expected letters")]
    [InlineData("", "a target's name has 1 to 255 characters, found 0")]
    [InlineData(null, "a target's name has 1 to 255 characters, found 0")]
    public void Lead_nowhere_else(string? text, string expected)
    {
        Assert.False(TufTargetName.TryParse(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Have_a_length()
    {
        Assert.True(TufTargetName.TryParse(new string('a', Limits.TufNameLength), out _, out _));
        Assert.False(TufTargetName.TryParse(new string('a', Limits.TufNameLength + 1), out _, out var problem));
        Assert.Equal("a target's name has 1 to 255 characters, found 256", problem);
    }
}
