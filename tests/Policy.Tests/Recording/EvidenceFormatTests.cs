// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Tests.Checks;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Recording;

/// <summary>What a decision was made on, written down and read back.</summary>
public sealed class EvidenceFormatTests
{
    /// <summary>The members of version 2. Where they change, <see cref="EvidenceFormat.Version"/> changes too, and only then this.</summary>
    private const string Shape = "sha256:394c2eb1914b33d0d4f853a501549016e1bb35b9d04f33cdfe33c46c84a1f6c5";

    private static readonly PolicySet Policies = PolicyText.LoadSigning();

    private static readonly EvidenceSet Full = Set(
        TwoPlatforms with
        {
            Platforms =
            [
                TwoPlatforms.Platforms[0] with
                {
                    Configuration = new ImageConfiguration
                    {
                        Created = "2026-11-20T10:00:00Z",
                        User = "1000",
                        ExposedPorts = ["80/tcp"],
                        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "payments" },
                        DiffIds = [DigestOf("layer")],
                    },
                },
                TwoPlatforms.Platforms[1] with { ConfigurationProblem = new ConfigurationProblem(ReasonCode.ManifestAmbiguous, "two users") },
            ],
        },
        Scan("trivy", "0.58.1", Finding("CVE-2021-44228", Severity.High) with { Cvss = new CvssScore(9.8, "CVSS:3.1/AV:N"), Epss = 0.5, FixedSince = Now.AddDays(-3), IsKnownExploited = true })
            .With(report => report with
            {
                DatabaseTime = Now.AddHours(-5),
                Subjects = [new ReportSubject(SubjectRole.Config, DigestOf("config"), "payments/api")],
                MalformedSubjects = ["a tag"],
                Platform = Arm64,
                Suppressed = [new SuppressedFinding(Finding("CVE-2026-1", Severity.Low, null), "ignored", ".trivyignore", "no „reason“")],
                OtherFindings = [new OtherFinding(OtherFindingKind.Secret, "aws-key", Severity.Critical, "a key", "etc/key") { IsSetAside = true }],
                Rows = 3,
                Notes = ["an odd word"],
                Coverage = report.Coverage with
                {
                    SourceType = "container_image", Classes = ["os-pkgs"], IsOsRecognised = true, OsEndOfLife = true, Packages = 7,
                    Errors = ["one"], Secrets = 1, Misconfigurations = 2, Licenses = 3,
                    Filters = new ScanFilters(true, false, true, 1, 2, 3, "squashed"),
                },
            }) with { EnvelopeTime = new DateTimeOffset(2026, 11, 22, 9, 0, 0, 123, TimeSpan.FromHours(2)) },
        Scan("grype", null).SignedBy(TestKey.Scanner)) with
    {
        Vex = [Vex(TestKey.Scanner, Says("CVE-2026-1", new VexProduct { Purl = "pkg:oci/api", Subcomponents = [new VexComponent { Purl = "pkg:deb/debian/openssl" }] }))],
        ThreatData = Threats,
        Statements = [CheckTest.Attest(TestKey.Scanner, "https://example.com/t", """{ "result": "PASSED" }"""), Attestation(TestKey.Scanner, PredicateTypes.VulnerabilityScan)],
        Documents = SubmittedDocumentText.Read(TwoPlatforms, (DocumentKind.Sbom, SubmittedDocumentText.SbomOf(DigestOf("manifest-amd64")))),
        BaseImages = [new BaseImage(ImageReference.Parse("registry.example.com/base/debian@" + DigestOf("debian")), Image), new BaseImage(ImageReference.Parse("registry.example.com/base/alpine@" + DigestOf("alpine")), null) { Reason = ReasonCode.ImageNotFound }],
        Problems = [new EvidenceProblem(ReasonCode.ReportUnbound, "names no image", IsError: true) { Evidence = DigestOf("x"), Expected = "a", Actual = "b" }],
    };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IReadOnlyList<RecordedPiece> Written => EvidenceFormat.Write(Policies, Policies.SigningPolicies[0], Full)!;

    [Fact]
    public void What_is_read_back_is_written_as_the_same_bytes_and_is_never_live()
    {
        var read = Replay.Read(Written);

        Assert.Equal(EvidenceOrigin.Recorded, read.Evidence.Origin);
        Assert.Equal(PredicateTypes.VulnerabilityScan, Assert.Single(read.LeftOut));
        var again = EvidenceFormat.Write(read.Policies, read.Policy, read.Evidence with { Statements = Full.Statements })!;
        Assert.Equal(Written[0].Digest, again[0].Digest);
        // The others stand in the order in which they were gathered, which is not kept.
        Assert.Equal(Written.Select(piece => piece.Digest).ToHashSet(), again.Select(piece => piece.Digest).ToHashSet());
    }

    [Fact]
    public void The_order_of_gathering_makes_no_difference()
    {
        var turned = Full with { Scans = [.. Full.Scans.Reverse()], Statements = [.. Full.Statements.Reverse()], Problems = [.. Full.Problems.Reverse()] };

        var again = EvidenceFormat.Write(Policies, Policies.SigningPolicies[0], turned)!;

        Assert.Equal(Written[0].Digest, again[0].Digest);
    }

    [Fact]
    public void Another_shape_asks_for_another_version()
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Describe(typeof(BasisForm), lines);
        Describe(typeof(ScanReport), lines);

        Assert.Equal(2, EvidenceFormat.Version);
        Assert.True(
            Shape == Digest.Compute(Encoding.UTF8.GetBytes(string.Join('\n', lines))).ToString(),
            "the form has other members now: give it another version, and " + Digest.Compute(Encoding.UTF8.GetBytes(string.Join('\n', lines))) + "\n" + string.Join('\n', lines));
    }

    [Fact]
    public void Another_version_is_told_and_not_guessed_at()
    {
        var pieces = Change(root => root["version"] = 1);

        Assert.Equal("what it was made on is in form 1; this version replays form 2", Replay.Problem(pieces, out _));
    }

    public static TheoryData<string, string> Spellings => new()
    {
        { "white space", "{ \"version\":2," },
        { "a member too many", "{\"more\":1,\"version\":2," },
        { "a member twice", "{\"version\":2,\"version\":2," },
        { "a number as text", "{\"version\":\"2\"," },
    };

    [Theory, MemberData(nameof(Spellings))]
    public void Another_spelling_is_refused(string because, string start)
    {
        var text = Encoding.UTF8.GetString(Written[0].Content.Span).Replace("{\"version\":2,", start, StringComparison.Ordinal);
        IReadOnlyList<RecordedPiece> pieces = [new RecordedPiece("basis", Encoding.UTF8.GetBytes(text)), .. Written.Skip(1)];

        Assert.True(Replay.Problem(pieces, out _) == "what it was made on is not in the form that this product writes", because);
    }

    [Theory]
    [InlineData("a member left out", "\"aliases\":[],", "")]
    [InlineData("members in another order", "\"isFixUnknown\":false,\"cvss\":null,", "\"cvss\":null,\"isFixUnknown\":false,")]
    [InlineData("a member too many", "\"aliases\":[],", "\"aliases\":[],\"more\":1,")]
    [InlineData("a member twice", "\"aliases\":[],", "\"aliases\":[],\"aliases\":[],")]
    [InlineData("a null id", "\"id\":\"CVE-2026-1\"", "\"id\":null")]
    [InlineData("a severity that is none", "\"severity\":\"Low\"", "\"severity\":\"low\"")]
    [InlineData("a severity by number", "\"severity\":\"Low\"", "\"severity\":2")]
    [InlineData("white space", "\"aliases\":[],", "\"aliases\": [],")]
    [InlineData("another escape", "\"id\":\"CVE-2026-1\"", "\"id\":\"\\u0043VE-2026-1\"")]
    public void A_finding_in_another_spelling_is_refused(string because, string from, string to)
    {
        var scan = Written.Single(piece => piece.Form == "scan" && Encoding.UTF8.GetString(piece.Content.Span).Contains("CVE-2026-1\"", StringComparison.Ordinal));
        var text = Encoding.UTF8.GetString(scan.Content.Span);
        var finding = text.IndexOf("\"id\":\"CVE-2026-1\"", StringComparison.Ordinal);
        var place = text.IndexOf(from, finding, StringComparison.Ordinal);
        Assert.True(place >= 0, text);
        var other = new RecordedPiece("scan", Encoding.UTF8.GetBytes(text[..place] + to + text[(place + from.Length)..]));
        var root = Encoding.UTF8.GetString(Written[0].Content.Span).Replace(scan.Digest.ToString(), other.Digest.ToString(), StringComparison.Ordinal);

        var problem = Replay.Problem(
            [new RecordedPiece("basis", Encoding.UTF8.GetBytes(root)), other, .. Written.Skip(1).Where(piece => piece.Digest != scan.Digest)], out _);

        Assert.True(problem == $"the scan {other.Digest} is not in the form that this product writes", $"{because}: {problem}");
    }

    [Fact]
    public void A_list_that_is_left_out_is_refused()
    {
        var pieces = Change(root => root["evidence"]!["subject"]!["platforms"]![0]!["configuration"]!.AsObject().Remove("labels"));

        Assert.Equal("what it was made on is not in the form that this product writes", Replay.Problem(pieces, out _));
    }

    [Theory, InlineData("scan"), InlineData("statement"), InlineData("policy")]
    public void A_piece_that_is_missing_is_told_in_the_words_of_who_looked_for_it(string form)
    {
        var problem = Replay.Problem([.. Written.Where(piece => piece.Form != form)], out _);

        Assert.Contains(Written.Where(piece => piece.Form == form), piece => problem!.EndsWith($"{piece.Digest} is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_statement_is_verified_again()
    {
        var pieces = Change(root => root["evidence"]!["statements"]![0]!["signature"] = Convert.ToBase64String(new byte[70]));

        Assert.Contains("does not verify any more", Replay.Problem(pieces, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_another_revision_is_refused()
    {
        var pieces = Change(root => root["policies"]!["documents"]![0]!["revision"] = DigestOf("another").ToString());

        Assert.Contains("another revision", Replay.Problem(pieces, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_above_the_limit_is_not_kept()
    {
        var large = Set(Scan().With(report => report with { Notes = [new string('x', Limits.LedgerDocumentBytes)] }));

        Assert.Null(EvidenceFormat.Write(Policies, Policies.SigningPolicies[0], large));
    }

    [Fact]
    public void Of_threat_data_there_is_what_it_says_about_the_findings()
    {
        var root = JsonNode.Parse(Written[0].Content.Span)!["evidence"]!;

        Assert.Equal("""["CVE-2021-44228"]""", root["knownExploited"]!["listed"]!.ToJsonString());
        Assert.Equal("CVE-2021-44228", root["epss"]!["scores"]![0]!["id"]!.GetValue<string>());
        Assert.Equal(Threats.Epss!.Count, root["epss"]!["count"]!.GetValue<int>());
    }

    private static IReadOnlyList<RecordedPiece> Change(Action<JsonNode> change)
    {
        var root = JsonNode.Parse(Written[0].Content.Span)!;
        change(root);
        return [new RecordedPiece("basis", JsonSerializer.SerializeToUtf8Bytes(root, Plain)), .. Written.Skip(1)];
    }

    private static void Describe(Type type, SortedSet<string> lines)
    {
        var info = EvidenceJson.Form.GetTypeInfo(type)!;
        if (info.ElementType is { } element)
            Describe(element, lines);
        if (type.IsEnum)
            lines.Add($"{type.Name} = {string.Join(' ', Enum.GetNames(type))}");
        // Those that have a form of their own write every member by hand, which the round trip of all of them proves.
        if (type == typeof(Finding) || type == typeof(Package) || type == typeof(CvssScore))
        {
            foreach (var member in type.GetProperties().Where(member => member.CanWrite))
            {
                if (lines.Add($"{type.Name}.{member.Name}: {member.PropertyType}"))
                    Describe(member.PropertyType, lines);
            }

            return;
        }

        foreach (var member in info.Kind == JsonTypeInfoKind.Object ? info.Properties : [])
        {
            if (member.Get is not null && lines.Add($"{type.Name}.{member.Name}: {member.PropertyType}"))
                Describe(member.PropertyType, lines);
        }
    }
}
