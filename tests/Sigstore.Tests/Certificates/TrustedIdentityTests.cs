// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests.Certificates;

public sealed class TrustedIdentityTests
{
    private const string Issuer = "https://token.actions.githubusercontent.com";
    private const string Workflow = "https://github.com/example/scanner/.github/workflows/scan.yml@refs/heads/main";

    private static readonly TrustedIdentity Trusted = new() { Issuer = Issuer, Subject = Workflow };

    private static readonly CertificateIdentity Found = new() { Issuer = Issuer, Subject = Workflow, Kind = CertificateSubjectKind.Uri };

    public static TheoryData<string> TypedMembers =>
        [.. typeof(TrustedIdentity).GetProperties().Where(member => member.PropertyType == typeof(string)).Select(member => member.Name)];

    [Fact]
    public void Issuer_and_subject_suffice()
    {
        Assert.Null(Trusted.Explain(Found));
        Assert.Null(Trusted.Explain(Found with { SourceRepositoryId = "1" }));
        Assert.True(Trusted.Matches(Found with { SourceRepositoryId = "1" }));
    }

    [Theory]
    [InlineData("https://token.actions.githubusercontent.com/")]
    [InlineData("https://Token.actions.githubusercontent.com")]
    [InlineData("https://token.actions.githubusercontent.com\n")]
    [InlineData("https://token.actions.githubusercontent.co\u00ADm")]
    public void Another_issuer_is_told_from_the_expected_one(string issuer)
    {
        Assert.Equal(
            $"expected the issuer {Issuer}, found {Printable.Escape(issuer)}", Trusted.Explain(Found with { Issuer = issuer }));
        Assert.False(Trusted.Matches(Found with { Issuer = issuer }));
    }

    [Fact]
    public void A_certificate_without_issuer_is_of_nobody()
    {
        Assert.Equal($"expected the issuer {Issuer}, found none", Trusted.Explain(Found with { Issuer = null }));
        Assert.False(Trusted.Matches(Found with { Issuer = null }));
        Assert.Equal("expected the issuer /.*/, found none", (Trusted with { Issuer = Pattern(".*") }).Explain(Found with { Issuer = null }));
    }

    [Theory]
    [InlineData("https://github.com/example/scanner/.github/workflows/scan.yml@refs/heads/main2")]
    [InlineData("https://github.com/Example/scanner/.github/workflows/scan.yml@refs/heads/main")]
    [InlineData("https://github.com/example/scanner/.github/workflows/scan.yml@refs/heads/")]
    public void Another_subject_is_told_from_the_expected_one(string subject)
    {
        Assert.Equal($"expected the subject {Workflow}, found {subject}", Trusted.Explain(Found with { Subject = subject }));
        Assert.False(Trusted.Matches(Found with { Subject = subject }));
    }

    [Theory, MemberData(nameof(TypedMembers))]
    public void Every_typed_member_has_to_be_equal(string name)
    {
        var (trusted, same, other) = (With(Trusted, name, "a.c"), With(Found, name, "a.c"), With(Found, name, "abc"));

        Assert.Null(trusted.Explain(same));
        Assert.True(trusted.Matches(same));
        Assert.All([other, Found, With(Found, name, "a.c ")], found => Assert.False(trusted.Matches(found)));
        Assert.EndsWith(" a.c, found abc", trusted.Explain(other), StringComparison.Ordinal);
        Assert.EndsWith(" a.c, found none", trusted.Explain(Found), StringComparison.Ordinal);
        Assert.EndsWith(" a.c, found a.c ", trusted.Explain(With(Found, name, "a.c ")), StringComparison.Ordinal);
        Assert.EndsWith(" a.c", trusted.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_member_of_a_certificate_but_the_single_run_may_be_expected()
    {
        var said = typeof(CertificateIdentity).GetProperties().Where(member => member.PropertyType == typeof(string)).Select(member => member.Name);

        Assert.Equal(
            said.Except([nameof(CertificateIdentity.Subject), nameof(CertificateIdentity.Issuer), nameof(CertificateIdentity.RunInvocation)]).Order(),
            TypedMembers.Select(row => row.Data).Order());
    }

    [Fact]
    public void The_first_difference_is_told()
    {
        var trusted = Trusted with { SourceRepository = "https://github.com/example/scanner", SourceRepositoryId = "1" };

        Assert.Equal(
            "expected the source repository id 1, found 2",
            trusted.Explain(Found with { SourceRepository = "https://github.com/example/scanner", SourceRepositoryId = "2" }));
        Assert.Equal(
            $"{Workflow} of {Issuer}, source repository https://github.com/example/scanner, source repository id 1", trusted.ToString());
    }

    [Fact]
    public void What_was_found_is_escaped()
    {
        Assert.Equal(
            $@"expected the subject {Workflow}, found a\u{{1b}}[2Jb", Trusted.Explain(Found with { Subject = "a\u001b[2Jb" }));
    }

    public static TheoryData<string, string, bool> Patterns => new()
    {
        { "https://github\\.com/example/.*", Workflow, true },
        { "^https://github\\.com/example/.*$", Workflow, true },
        { "https://github\\.com/example/", Workflow, false },
        { "example", Workflow, false },
        { "a|b", "a", true },
        { "a|b", "ab", false },
        { "^a|b$", "axb", false },
        { "^a$", "a\n", false },
        { "a", "a\n", false },
        { "(?m)^a$", "b\na", false },
        { ".*", "a\nb", false },
        { "a", "A", false },
        { "\\d", "\u0661", true },
        { "[0-9]", "\u0661", false },
    };

    [Theory, MemberData(nameof(Patterns))]
    public void A_pattern_matches_the_whole_name_or_not_at_all(string pattern, string name, bool expected)
    {
        Assert.Equal(expected, Pattern(pattern).Matches(name));
    }

    [Theory]
    [InlineData(null, "is empty; expected a pattern")]
    [InlineData("", "is empty; expected a pattern")]
    [InlineData("(", "is not a pattern: ")]
    [InlineData("a)|(?:b", "is not a pattern: ")]
    [InlineData("(?x)a#", "is not a pattern: ")]
    [InlineData(@"(a)\1", "is not a pattern: ")]
    [InlineData(@"(?<x>a)\k<x>", "is not a pattern: names are matched without backtracking")]
    [InlineData("(?=a)a", "is not a pattern: names are matched without backtracking")]
    [InlineData("(?>a*)b", "is not a pattern: names are matched without backtracking")]
    [InlineData("((a{1000}){1000}){1000}", "is not a pattern: names are matched without backtracking")]
    public void Says_why_a_text_is_no_pattern(string? text, string expected)
    {
        Assert.False(NameMatch.TryParsePattern(text, out _, out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_has_a_limit()
    {
        Assert.True(NameMatch.TryParsePattern(new string('a', Limits.PatternLength), out _, out _));
        Assert.False(NameMatch.TryParsePattern(new string('a', Limits.PatternLength + 1), out _, out var problem));
        Assert.Equal($"has {Limits.PatternLength + 1} characters; at most {Limits.PatternLength} are accepted", problem);
    }

    [Fact]
    public void A_pattern_takes_linear_time()
    {
        // Doubles with every character where a matcher backtracks.
        Assert.False(Pattern("(a|aa|a?)*b").Matches(new string('a', 50_000)));
    }

    [Fact]
    public void Text_is_meant_exactly_and_is_not_empty()
    {
        Assert.False(NameMatch.Exact("a.c").Matches("abc"));
        Assert.False(NameMatch.Exact("a").IsPattern);
        Assert.True(Pattern("a").IsPattern);
        Assert.Throws<ArgumentException>(() => NameMatch.Exact(""));
    }

    private static NameMatch Pattern(string text)
    {
        Assert.True(NameMatch.TryParsePattern(text, out var match, out var problem), problem);
        return match;
    }

    // A copy with one member set.
    private static T With<T>(T record, string name, string value)
    {
        var copy = (T)typeof(T).GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public)!.Invoke(record, null)!;
        typeof(T).GetProperty(name)!.SetValue(copy, value);
        return copy;
    }
}
