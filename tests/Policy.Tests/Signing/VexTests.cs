// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>Whose word sets findings aside, about what, and until when.</summary>
public sealed class VexTests
{
    private const string Name = "no-serious-vulnerabilities";
    private const string Id = "CVE-2026-1";

    private static readonly PolicySet Trusting = Policy();

    private static readonly VexProduct ByRepository = new() { Purl = "pkg:oci/api?repository_url=registry.example.com/payments/api" };

    [Fact]
    public void A_trusted_statement_about_this_image_sets_the_finding_aside_and_is_recorded() // threat 8
    {
        var vex = Vex(TestKey.Scanner, Says("CVE-2026-9"), Says(Id));

        var evaluation = Evaluate(Trusting, With(vex));

        Assert.Equal(Outcome.Approved, evaluation.Outcome());
        var check = evaluation.Check(Name);
        Assert.EndsWith("; 1 set aside by VEX: CVE-2026-1 not_affected (statement 1 of 2026-11-12T10:00:00Z) by scanner-service", check.Message, StringComparison.Ordinal);
        Assert.Contains(vex.Digest, check.Evidence);
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "vex");
        Assert.Equal(
            (vex.Digest, "scanner-service", "attested", TestKey.Scanner.Public.Id, true),
            (line.Digest, line.Producer, line.Source, line.SignedBy, line.Used));
        Assert.Equal(vex.Document!.Time, line.Time);
        Assert.Equal(
            $"document {vex.Document!.Digest} by Vendor Security; CVE-2026-1 not_affected (statement 1 of 2026-11-12T10:00:00Z)", line.Note);
    }

    /// <summary>Why a document is of nobody who may speak.</summary>
    public static TheoryData<string, string> Untrusted => new()
    {
        { "a stranger", "VEX_UNTRUSTED: the policy does not name the key" },
        { "nobody", "VEX_UNTRUSTED: nobody signed it" },
        { "the requester", "VEX_UNTRUSTED: nobody signed it" },
        { "a key that ended", "VEX_UNTRUSTED: the key that signed it is not valid now: valid until 2026-11-02T00:00:00Z" },
    };

    [Theory, MemberData(nameof(Untrusted))]
    public void What_others_say_changes_nothing(string by, string note)
    {
        var trusted = Vex(TestKey.Scanner, Says(Id));
        var vex = by switch
        {
            "a stranger" => Vex(TestKey.Stranger, Says(Id)),
            "nobody" => trusted with { SignedBy = null },
            "the requester" => trusted with { Source = EvidenceSource.Submitted },
            _ => trusted,
        };
        var set = by is "a key that ended"
            ? PolicyText.Load(
                PolicyText.Edit(PolicyText.Signing, ("spec.evidence.vex", Rules())), PolicyText.ApprovalAttestor,
                PolicyText.Edit(PolicyText.ScannerAttestor, ("spec.members[0].validUntil", "2026-11-01")))
            : Trusting;

        var evaluation = Evaluate(set, With(vex));

        Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], evaluation.Refusals(), StringComparer.Ordinal);
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "vex");
        Assert.False(line.Used);
        Assert.Equal(by is "nobody" or "the requester" ? null : vex.SignedBy!.Id, line.SignedBy);
        Assert.StartsWith(note, line.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VexStatus.Affected)]
    [InlineData(VexStatus.UnderInvestigation)]
    [InlineData(VexStatus.NotAffected)]
    public void What_a_stranger_says_takes_nothing_back_either(VexStatus status)
    {
        var stranger = Vex(TestKey.Stranger, Says(Id) with { Status = status, Time = Now });

        Assert.Equal(Outcome.Approved, Evaluate(Trusting, With(Vex(TestKey.Scanner, Says(Id)), stranger)).Outcome());
    }

    [Fact]
    public void Without_rules_nobody_is_trusted()
    {
        var set = PolicyText.LoadSigning();

        Assert.Equal(Outcome.Refused, Evaluate(set, With(Vex(TestKey.Scanner, Says(Id)))).Outcome());
    }

    /// <summary>One change each to a statement that sets CVE-2026-1 in openssl aside, and whether it still does.</summary>
    public static TheoryData<string, bool> Changes => new()
    {
        { "as it is", true },
        { "fixed", true },
        { "affected", false },
        { "under investigation", false },
        { "unknown word", false },
        { "no reason", false },
        { "a reason in words", true },
        { "another vulnerability", false },
        { "by alias", true },
        { "89 days old", true },
        { "91 days old", false },
        { "no time at all", false },
        { "from the future", false },
        { "no products", false },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_statement_counts_only_as_the_policy_lets_it(string change, bool setsAside)
    {
        var good = Says(Id);
        var statement = change switch
        {
            "fixed" => good with { Status = VexStatus.Fixed, Justification = null },
            "affected" => good with { Status = VexStatus.Affected },
            "under investigation" => good with { Status = VexStatus.UnderInvestigation },
            "unknown word" => good with { Status = VexStatus.Unknown },
            "no reason" => good with { Justification = " " },
            "a reason in words" => good with { Justification = null, ImpactStatement = "Not compiled in." },
            "another vulnerability" => good with { Vulnerability = "CVE-2026-2" },
            "by alias" => good with { Vulnerability = "VENDOR-1", Aliases = ["GHSA-aaaa-bbbb-cccc"] },
            "89 days old" => good with { Time = Now.AddDays(-89) },
            "91 days old" => good with { Time = Now.AddDays(-91) },
            "from the future" => good with { Time = Now.AddHours(1) },
            _ => good,
        };
        var vex = Vex(TestKey.Scanner, statement);
        if (change is "no time at all")
            vex = vex with { Document = vex.Document! with { Time = null } };
        if (change is "no products")
            vex = vex with { Document = vex.Document! with { Statements = [statement with { Products = [] }] } };

        Assert.Equal(setsAside ? Outcome.Approved : Outcome.Refused, Evaluate(Trusting, With(vex)).Outcome());
    }

    [Fact]
    public void A_status_that_is_not_listed_sets_nothing_aside()
    {
        var set = Policy(("statuses", new JsonArray("fixed")));

        Assert.Equal(Outcome.Refused, Evaluate(set, With(Vex(TestKey.Scanner, Says(Id)))).Outcome());
        Assert.Equal(Outcome.Approved, Evaluate(set, With(Vex(TestKey.Scanner, Says(Id) with { Status = VexStatus.Fixed }))).Outcome());
    }

    /// <summary>Days ago of "not affected" and of "affected" (null: never told a time), and whether the finding is set aside.</summary>
    public static TheoryData<int, int?, bool> Replays => new() { { 5, 6, true }, { 6, 5, false }, { 5, 5, false }, { 5, null, false }, { 5, 400, true } };

    [Theory, MemberData(nameof(Replays))]
    public void The_latest_statement_wins_whoever_of_the_trusted_made_it(int notAffected, int? affected, bool setsAside)
    {
        var older = Vex(TestKey.Scanner, Says(Id) with { Time = Now.AddDays(-notAffected) });
        var newer = Vex(TestKey.Qa, Says(Id) with { Status = VexStatus.Affected, Time = affected is { } days ? Now.AddDays(-days) : null });
        newer = newer with { Document = newer.Document! with { Time = null } };
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Signing, ("spec.evidence.vex", Rules(("signedBy", new JsonArray("scanner-service", "vendor"))))),
            PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor, PolicyText.Attestor("vendor", "evidence", TestKey.Qa));

        Assert.Equal(setsAside ? Outcome.Approved : Outcome.Refused, Evaluate(set, With(older, newer)).Outcome());
        Assert.Equal(Evaluate(set, With(older, newer)).Text(), Evaluate(set, With(newer, older)).Text());
    }

    [Fact]
    public void Somebody_trusted_for_another_product_takes_nothing_back_here()
    {
        var rules = Rules();
        rules.Add(Rules(("signedBy", new JsonArray("vendor")), ("products", new JsonArray("pkg:oci/other")))[0]!.DeepClone());
        var set = PolicyText.Load(
            PolicyText.Edit(PolicyText.Signing, ("spec.evidence.vex", rules)), PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor,
            PolicyText.Attestor("vendor", "evidence", TestKey.Qa));
        var vendor = Vex(TestKey.Qa, Says(Id) with { Status = VexStatus.Affected, Time = Now });

        Assert.Equal(Outcome.Approved, Evaluate(set, With(Vex(TestKey.Scanner, Says(Id)), vendor)).Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(set, With(Vex(TestKey.Qa, Says(Id)))).Outcome());
    }

    /// <summary>A product's package URL (D stands for the image's digest), parts, and how it fits: exactly, as a blanket, or not.</summary>
    public static TheoryData<string, string?, string> Products => new()
    {
        { "pkg:oci/api@D", null, "exact" },
        { "pkg:oci/api@D?repository_url=registry.example.com/payments/api", null, "exact" },
        { "pkg:oci/api@D?repository_url=registry.example.com/payments", null, "exact" },
        { "pkg:oci/api@D?repository_url=registry.example.com%2Fpayments%2Fapi&arch=amd64", null, "exact" },
        { "pkg:oci/api?repository_url=registry.example.com/payments/api", null, "blanket" },
        { "pkg:oci/api?repository_url=registry.example.com/payments/api", "pkg:deb/debian/openssl", "exact" },
        { "pkg:oci/api@D", "pkg:deb/debian/openssl@3.0.11-1", "exact" },
        { "pkg:oci/api@D", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64", "exact" },
        { "pkg:oci/api@D", "pkg:deb/debian/openssl@3.0.11-2", "none" },
        { "pkg:oci/api@D", "pkg:deb/debian/openssl?arch=arm64", "none" },
        { "pkg:oci/api@D", "pkg:deb/debian/openssl?distro=debian-12", "none" },
        { "pkg:oci/api@D", "pkg:deb/ubuntu/openssl", "none" },
        { "pkg:oci/api@D", "pkg:deb/debian/libssl3", "none" },
        { "pkg:oci/api@D", "openssl", "none" },
        { "pkg:oci/api", null, "none" }, // any registry may have an image of that name
        { "pkg:oci/api", "pkg:deb/debian/openssl", "none" },
        { "pkg:oci/api?arch=amd64", null, "none" },
        { "pkg:oci/api@D?arch=arm64", null, "none" },
        { "pkg:oci/api@D?tag=1.0", null, "exact" }, // what a tag pointed to once
        { "pkg:oci/api?tag=1.0&repository_url=registry.example.com/payments/api", null, "none" },
        { "pkg:oci/API@D", null, "none" },
        { "pkg:oci/api@sha256:0000000000000000000000000000000000000000000000000000000000000000", null, "none" },
        { "pkg:oci/api@1.0?repository_url=registry.example.com/payments/api", null, "none" },
        { "pkg:oci/api@D?repository_url=registry.example.com/other/api", null, "none" },
        { "pkg:oci/api@D?repository_url=evil.example.com/registry.example.com/payments/api", null, "none" },
        { "pkg:oci/api@D?repository_url=registry.example.com%252Fpayments%252Fapi", null, "none" },
        { "pkg:oci/payments/api@D", null, "none" },
        { "pkg:oci/other@D", null, "none" },
        { "pkg:deb/debian/openssl@3.0.11-1", null, "exact" },
        { "pkg:deb/debian/openssl", null, "blanket" },
        { "pkg:deb/debian/openssl@3.0.11-1", "pkg:deb/debian/openssl", "none" },
        { "pkg:deb/debian/zlib1g@3.0.11-1", null, "none" },
        { "pkg:npm/openssl", null, "none" },
        { "api", null, "none" },
    };

    [Theory, MemberData(nameof(Products))]
    public void A_product_is_matched_by_package_url_and_never_by_a_bare_name(string purl, string? part, string fit)
    {
        var product = new VexProduct
        {
            Purl = purl.Replace("@D", "@" + Uri.EscapeDataString(Image.Manifest.Digest.ToString()), StringComparison.Ordinal),
            Subcomponents = part is null ? [] : [new VexComponent { Purl = part }],
        };
        var evidence = With(Vex(TestKey.Scanner, Says(Id, product)));
        var products = new JsonArray("pkg:oci/*", "pkg:deb/debian/openssl");

        Assert.Equal(fit is "exact", IsSetAside(Policy(("products", products)), evidence));
        Assert.Equal(fit is not "none", IsSetAside(Policy(("products", products), ("blanket", "accept")), evidence));
        Assert.False(IsSetAside(Policy(("products", new JsonArray("pkg:oci/o*", "pkg:deb/debian/z*", "pkg:npm/*")), ("blanket", "accept")), evidence));
    }

    [Fact]
    public void An_image_is_named_by_the_digest_of_its_index_or_platform()
    {
        var amd64 = Finding(Id, Severity.High);
        var set = Policy();
        EvidenceSet About(Digest digest) => Set(TwoPlatforms, Scan(amd64).For("manifest-amd64"), Scan().For("manifest-arm64")) with
        {
            Vex = [Vex(TestKey.Scanner, Says(Id, new VexProduct { Digests = [digest] })) with { Images = [TwoPlatforms.Digest] }],
        };

        Assert.True(IsSetAside(set, About(TwoPlatforms.Digest)));
        Assert.True(IsSetAside(set, About(DigestOf("manifest-amd64"))));
        Assert.False(IsSetAside(set, About(DigestOf("manifest-arm64"))));
        Assert.False(IsSetAside(set, About(DigestOf("config-amd64"))));
    }

    /// <summary>What a document was attested of, and whether it sets aside a finding in the amd64 platform of the index.</summary>
    public static TheoryData<string[], bool> Attested => new()
    {
        { ["index"], true },
        { ["manifest-amd64"], true },
        { ["manifest-arm64", "manifest-amd64"], true },
        { ["manifest-arm64"], false },
        { [], false },
    };

    [Theory, MemberData(nameof(Attested))]
    public void It_sets_something_aside_only_in_the_image_that_it_was_attested_of(string[] images, bool setsAside)
    {
        var set = Policy(("blanket", "accept"));
        var vex = Vex(TestKey.Scanner, Says(Id, ByRepository)) with
        {
            Images = [.. images.Select(image => image is "index" ? TwoPlatforms.Digest : DigestOf(image))],
        };
        var evidence = Set(TwoPlatforms, Scan(Finding(Id, Severity.High)).For("manifest-amd64"), Scan().For("manifest-arm64"));
        var affected = Vex(TestKey.Scanner, Says(Id, ByRepository) with { Status = VexStatus.Affected, Time = Now });

        Assert.Equal(setsAside, IsSetAside(set, evidence with { Vex = [vex] }));
        Assert.False(IsSetAside(set, evidence with { Vex = [vex, affected with { Images = [] }] }));
    }

    [Fact]
    public void What_was_attested_as_another_type_is_not_taken()
    {
        var vex = Vex(TestKey.Scanner, Says(Id)) with { PredicateType = "https://cyclonedx.org/bom" };

        Assert.True(IsSetAside(Policy(("predicateTypes", new JsonArray("https://cyclonedx.org/bom"))), With(vex)));
        var refused = Evaluate(Trusting, With(vex));
        Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], refused.Refusals(), StringComparer.Ordinal);
        Assert.Equal(
            "VEX_UNTRUSTED: the policy takes no VEX that is attested as https://cyclonedx.org/bom",
            Assert.Single(refused.Evidence, line => line.Kind == "vex").Note);
    }

    [Fact]
    public void A_document_that_cannot_be_read_is_named_and_changes_nothing()
    {
        var unread = Vex(TestKey.Scanner, Says(Id)) with { Digest = DigestOf("unread"), Document = null, Problem = "it is no JSON object" };

        var refused = Evaluate(Trusting, With(unread));
        Assert.Equal([$"{Name}: FINDING_OVER_LIMIT"], refused.Refusals(), StringComparer.Ordinal);
        var line = Assert.Single(refused.Evidence, line => line.Kind == "vex");
        Assert.Equal(("VEX_MALFORMED: it cannot be read: it is no JSON object", false), (line.Note, line.Used));
        Assert.True(IsSetAside(Trusting, With(unread, Vex(TestKey.Scanner, Says(Id)))));
        Assert.StartsWith(
            "VEX_UNTRUSTED: ", Evaluate(Trusting, With(unread with { SignedBy = TestKey.Stranger.Public })).Evidence.Single(kind => kind.Kind == "vex").Note,
            StringComparison.Ordinal);
    }

    /// <summary>One change to a statement, and why the decision says that it does not count.</summary>
    public static TheoryData<string, string> Obstacles => new()
    {
        { "affected", "CVE-2026-1 affected (statement 0 of 2026-11-12T10:00:00Z) by scanner-service: that status sets nothing aside" },
        { "no reason", "by scanner-service: it gives no reason" },
        { "too old", "(statement 0 of 2026-01-01T00:00:00Z) by scanner-service: it is too old" },
        { "future", "by scanner-service: it is from the future" },
        { "no time", "(statement 0 of no time) by scanner-service: it tells no time" },
        { "a blanket", "by scanner-service: it names neither a version of the product nor a part of it" },
        { "one of several", "by scanner-service: the finding is more than it names" },
    };

    [Theory, MemberData(nameof(Obstacles))]
    public void The_decision_says_why_the_latest_statement_does_not_count(string change, string expected)
    {
        var statement = change switch
        {
            "affected" => Says(Id) with { Status = VexStatus.Affected },
            "no reason" => Says(Id) with { Justification = null },
            "too old" => Says(Id) with { Time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            "future" => Says(Id) with { Time = Now.AddHours(1) },
            "a blanket" => Says(Id, ByRepository),
            _ => Says(Id),
        };
        var vex = Vex(TestKey.Scanner, statement);
        if (change is "no time")
            vex = vex with { Document = vex.Document! with { Time = null } };
        var evidence = change is "one of several"
            ? Set(Scan(Finding("RHSA-2026-1", Severity.High, aliases: [Id, "CVE-2026-2"]))) with { Vex = [vex] }
            : With(vex);

        var message = Evaluate(Trusting, evidence).Check(Name).Message;
        Assert.Contains("; not set aside by VEX: CVE-2026-1 ", message, StringComparison.Ordinal);
        Assert.EndsWith(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_product_has_both_kinds_of_name_both_have_to_fit()
    {
        Assert.True(IsSetAside(Trusting, With(Vex(TestKey.Scanner, Says(Id, ByRepository with { Digests = [Image.Manifest.Digest] })))));
        Assert.False(IsSetAside(Trusting, With(Vex(TestKey.Scanner, Says(Id, ByRepository with { Digests = [DigestOf("other")] })))));
    }

    [Fact]
    public void A_docker_hub_image_is_known_by_every_name_of_its_registry()
    {
        var hub = Plain(Repository.Parse("docker.io/payments/api"));
        foreach (var host in new[] { "docker.io", "index.docker.io", "registry-1.docker.io" })
        {
            var vex = Vex(TestKey.Scanner, Says(Id, new VexProduct { Purl = $"pkg:oci/api?repository_url={host}/payments/api", Subcomponents = [new VexComponent { Purl = "pkg:deb/debian/openssl" }] }));
            Assert.True(IsSetAside(Trusting, Set(hub, Scan(Finding(Id, Severity.High))) with { Vex = [vex] }), host);
        }
    }

    /// <summary>What no vendor's word outranks.</summary>
    public static TheoryData<string, string> Graver => new()
    {
        { "blockedCves", $"[\"{Id}\"]" },
        { "knownExploited", "\"deny\"" },
    };

    [Theory, MemberData(nameof(Graver))]
    public void What_is_blocked_or_exploited_is_not_set_aside(string field, string value)
    {
        var set = PolicyText.LoadSigning(("spec.evidence.vex", Rules()), ($"spec.checks[0].vulnerabilities.{field}", JsonNode.Parse(value)));
        var evidence = With(Vex(TestKey.Scanner, Says(Id))) with { ThreatData = new ThreatData { KnownExploited = Catalog(Now, Id) } };

        Assert.Equal(Verdict.Fail, Evaluate(set, evidence).Check(Name).Verdict);
    }

    [Fact]
    public void An_advisory_of_several_vulnerabilities_is_not_set_aside_by_one_of_them()
    {
        EvidenceSet About(params string[] aliases) =>
            Set(Scan(Finding("RHSA-2026-1", Severity.High, aliases: aliases))) with { Vex = [Vex(TestKey.Scanner, Says(Id))] };

        Assert.True(IsSetAside(Trusting, About(Id)));
        Assert.False(IsSetAside(Trusting, About(Id, "CVE-2026-2")));
    }

    [Fact]
    public void But_one_that_is_affected_keeps_the_whole_advisory_live()
    {
        var finding = Finding("RHSA-2026-1", Severity.High, aliases: [Id, "CVE-2026-2"]);
        var vex = Vex(TestKey.Scanner, Says("RHSA-2026-1"));
        var affected = Vex(TestKey.Scanner, Says("CVE-2026-2") with { Status = VexStatus.Affected, Time = Now });

        Assert.True(IsSetAside(Trusting, Set(Scan(finding)) with { Vex = [vex] }));
        Assert.False(IsSetAside(Trusting, Set(Scan(finding)) with { Vex = [vex, affected] }));
    }

    [Fact]
    public void A_vendor_s_words_are_escaped()
    {
        var vex = Vex(TestKey.Scanner, Says(Id) with { Aliases = ["x"] });
        vex = vex with { Document = vex.Document! with { Author = "Vendor\u001b[31m\n" } };

        Assert.DoesNotContain(Evaluate(Trusting, With(vex)).Evidence.Single(line => line.Kind == "vex").Note!, char.IsControl);
    }

    private static bool IsSetAside(PolicySet set, EvidenceSet evidence) => Evaluate(set, evidence).Check(Name).Verdict == Verdict.Pass;

    private static EvidenceSet With(params VexEvidence[] vex) =>
        Set(Scan(Finding(Id, Severity.High, aliases: "GHSA-aaaa-bbbb-cccc"))) with { Vex = vex };

    private static PolicySet Policy(params (string Field, JsonNode Value)[] changes) => PolicyText.LoadSigning(("spec.evidence.vex", Rules(changes)));

    private static JsonArray Rules(params (string Field, JsonNode Value)[] changes)
    {
        var rule = new JsonObject
        {
            ["signedBy"] = new JsonArray("scanner-service"),
            ["products"] = new JsonArray("pkg:oci/a*"),
            ["statuses"] = new JsonArray("not_affected", "fixed"),
            ["maximumAge"] = "90d",
        };
        foreach (var (field, value) in changes)
            rule[field] = value.DeepClone();
        return [rule];
    }
}
