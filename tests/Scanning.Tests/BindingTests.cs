// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class BindingTests
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly Platform Arm64 = new("linux", "arm64", "v8");

    // What trivy.json names, and another platform of the same index.
    private static readonly Digest Manifest = Of("made for tests: manifest");
    private static readonly Digest Config = Of("made for tests: config");
    private static readonly Digest Index = Of("made for tests: index");
    private static readonly Digest ArmManifest = Of("arm manifest");
    private static readonly Digest ArmConfig = Of("arm config");
    private static readonly Digest Another = Of("another image");

    private static readonly BindingImage Single = new(Manifest, IsIndex: false, [new BindingPlatform(Manifest, Config, Amd64)]);

    private static readonly BindingImage Multi = new(
        Index, IsIndex: true,
        [new BindingPlatform(Manifest, Config, Amd64), new BindingPlatform(ArmManifest, ArmConfig, Arm64)]);

    private static readonly BindingImage Arm = new(ArmManifest, IsIndex: false, [new BindingPlatform(ArmManifest, ArmConfig, Arm64)]);

    public static TheoryData<string, Action<JsonObject>, BindingImage, Digest> Proofs => new()
    {
        { "manifest and configuration", _ => { }, Single, Manifest },
        { "the configuration alone, as for an archive", root => Repositories(root), Single, Manifest },
        { "the manifest alone", root => Metadata(root).Remove("ImageID"), Single, Manifest },
        { "the configuration, beside the digest of an index that was not asked for", root => Repositories(root, Index), Single, Manifest },
        { "the configuration, beside digests of other registries", root => Repositories(root, Another, Of("mirror")), Single, Manifest },
        { "manifest and configuration within an index", _ => { }, Multi, Manifest },
        { "the configuration within an index", root => Repositories(root, Index), Multi, Manifest },
        { "the index and the platform", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); }, Multi, Manifest },
        { "the index and another platform, its variant unnamed", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); SetPlatform(root, "linux", "arm64"); }, Multi, ArmManifest },
        { "the index and another platform, its variant named", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); SetPlatform(root, "linux", "arm64", "v8"); }, Multi, ArmManifest },
        { "an index of one platform, no platform named", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); Metadata(root).Remove("ImageConfig"); }, Multi with { Platforms = [Multi.Platforms[0]] }, Manifest },
        { "the manifest, no platform known", root => Metadata(root).Remove("ImageConfig"), Single with { Platforms = [new BindingPlatform(Manifest, Config, null)] }, Manifest },
    };

    [Theory, MemberData(nameof(Proofs))]
    public void A_report_that_leads_to_one_platform_is_bound_to_it(string because, Action<JsonObject> edit, BindingImage image, Digest covers)
    {
        var result = ReportBinding.Bind(Fixture.Accept("trivy.json", edit), image);

        Assert.True(result.Kind == BindingKind.Proven, $"{because}: {result}");
        Assert.Equal(covers, result.Covers);
        Assert.Null(result.Reason);
    }

    public static TheoryData<string, Action<JsonObject>, BindingImage, string, string> Refusals => new()
    {
        { "a report of another image", Foreign, Single, "REPORT_SUBJECT_MISMATCH", "another image" },
        { "a report of another image, for an index", Foreign, Multi, "REPORT_SUBJECT_MISMATCH", "another image" },
        { "a report of one platform, for another", _ => { }, Arm, "REPORT_SUBJECT_MISMATCH", "another image" },
        { "the wanted digest added to a report of another image", root => { Foreign(root); Repositories(root, Another, Manifest); }, Single, "REPORT_SUBJECT_MISMATCH", "among others" },
        { "the wanted digest added, the configuration removed", root => { Repositories(root, Another, Manifest); Metadata(root).Remove("ImageID"); }, Single, "REPORT_SUBJECT_MISMATCH", "among others" },
        { "the wanted manifest beside another's configuration", root => Metadata(root)["ImageID"] = Another.ToString(), Single, "REPORT_SUBJECT_MISMATCH", "among others" },
        { "manifests of two platforms", root => { Repositories(root, Manifest, ArmManifest); Metadata(root).Remove("ImageID"); }, Multi, "REPORT_SUBJECT_MISMATCH", "among others" },
        { "the configuration of one platform and the manifest of another", root => Repositories(root, ArmManifest), Multi, "REPORT_SUBJECT_MISMATCH", "among others" },
        { "a configuration's digest asked for as a manifest", root => Repositories(root), new BindingImage(Config, false, [new BindingPlatform(Config, null, null)]), "REPORT_SUBJECT_MISMATCH", "as an image configuration" },
        { "an index's digest given as the configuration", root => { Repositories(root); Metadata(root)["ImageID"] = Index.ToString(); }, Multi, "REPORT_SUBJECT_MISMATCH", "as an image configuration" },
        { "a configuration's digest given as the manifest", root => { Repositories(root, Config); Metadata(root).Remove("ImageID"); }, Single, "REPORT_SUBJECT_MISMATCH", "as a manifest" },
        { "the artifact id for a digest", root => { Repositories(root); Metadata(root)["ImageID"] = (string)root["ArtifactID"]!; }, Single, "REPORT_SUBJECT_MISMATCH", "another image" },
        { "the index, for one of its manifests", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); }, Single, "REPORT_SUBJECT_MISMATCH", "another image" },
        { "the index, on a platform it does not have", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); SetPlatform(root, "windows", "amd64"); }, Multi, "REPORT_SUBJECT_MISMATCH", "windows/amd64" },
        { "the index, on a variant it does not have", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); SetPlatform(root, "linux", "arm64", "v9"); }, Multi, "REPORT_SUBJECT_MISMATCH", "linux/arm64/v9" },
        { "the manifest, scanned as another platform", root => { Metadata(root).Remove("ImageID"); SetPlatform(root, "linux", "s390x"); }, Single, "REPORT_SUBJECT_MISMATCH", "linux/s390x" },
        { "the index, no platform named", root => { Repositories(root, Index); Metadata(root).Remove("ImageID"); Metadata(root).Remove("ImageConfig"); }, Multi, "REPORT_UNBOUND", "which of its platforms" },
        { "no digest, several platforms, none named", root => { Repositories(root); Metadata(root).Remove("ImageID"); Metadata(root).Remove("ImageConfig"); }, Multi, "REPORT_UNBOUND", "not which of the platforms" },
        { "no digest, on a platform the image does not have", root => { Repositories(root); Metadata(root).Remove("ImageID"); SetPlatform(root, "plan9", "mips"); }, Multi, "REPORT_UNBOUND", "plan9/mips fits 0" },
        { "no digest, on another platform", root => { Repositories(root); Metadata(root).Remove("ImageID"); }, Arm, "REPORT_UNBOUND", "linux/amd64 fits 0" },
        { "a digest in capitals", root => Metadata(root)["ImageID"] = "sha256:" + Config.Hex.ToUpperInvariant(), Single, "REPORT_UNBOUND", "lower-case" },
        { "a redacted digest beside a good one", root => Metadata(root)["RepoDigests"] = new JsonArray("REDACTED"), Single, "REPORT_UNBOUND", "REDACTED" },
        { "an image of no platforms", _ => { }, Single with { Platforms = [] }, "REPORT_SUBJECT_MISMATCH", "do not lead to it" },
        { "two platforms of one configuration", root => Repositories(root), Multi with { Platforms = [Multi.Platforms[0], Multi.Platforms[1] with { Config = Config }] }, "REPORT_UNBOUND", "2 platforms" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void A_report_that_does_not_is_refused(string because, Action<JsonObject> edit, BindingImage image, string reason, string expected)
    {
        var result = ReportBinding.Bind(Fixture.Accept("trivy.json", edit), image);

        Assert.True(result.Kind == BindingKind.Refused, $"{because}: {result}");
        Assert.Null(result.Covers);
        Assert.True(reason == result.Reason?.Name, $"{because}: {result}");
        Assert.True(result.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {result.Message}");
    }

    [Fact]
    public void A_mismatch_tells_what_was_expected_and_what_was_found()
    {
        var result = ReportBinding.Bind(Fixture.Accept("trivy.json"), Arm);

        Assert.Equal($"manifest {ArmManifest} (linux/arm64/v8) with config {ArmConfig}", result.Expected);
        Assert.Equal($"repository {Manifest}, config {Config} on linux/amd64", result.Actual);
    }

    public static TheoryData<string, Action<JsonObject>, BindingImage, Digest> Assertions => new()
    {
        { "an image of one platform", _ => { }, Single, Manifest },
        { "an image of one platform, none named", root => Metadata(root).Remove("ImageConfig"), Single, Manifest },
        { "one of several platforms, named", _ => { }, Multi, Manifest },
        { "another of several platforms, named", root => SetPlatform(root, "linux", "arm64"), Multi, ArmManifest },
        { "a file system", root => root["ArtifactType"] = "filesystem", Single, Manifest },
    };

    [Theory, MemberData(nameof(Assertions))]
    public void A_report_that_names_no_digest_is_only_asserted(string because, Action<JsonObject> edit, BindingImage image, Digest covers)
    {
        var result = ReportBinding.Bind(
            Fixture.Accept("trivy.json", root =>
            {
                Repositories(root);
                Metadata(root).Remove("ImageID");
                edit(root);
            }),
            image);

        Assert.True(result.Kind == BindingKind.Asserted, $"{because}: {result}");
        Assert.Equal(covers, result.Covers);
        Assert.Equal(ReasonCode.ReportUnbound, result.Reason);
    }

    /// <summary>A fixture, and everything in it that names the image.</summary>
    public static TheoryData<string, Action<JsonObject>[]> Identifiers => new()
    {
        { "trivy.json", [root => Metadata(root).Remove("RepoDigests"), root => Metadata(root).Remove("ImageID")] },
        { "grype.json", [root => Target(root).Remove("repoDigests"), root => Target(root).Remove("manifestDigest"), root => Target(root).Remove("imageID")] },
        { "sarif.json", [root => Properties(root).Remove("repoDigests"), root => Properties(root).Remove("imageID")] },
        { "cyclonedx.json", [root => Component(root).Remove("purl"), root => Component(root)["properties"]!.AsArray().RemoveAt(0), root => Component(root)["properties"]!.AsArray().RemoveAt(0)] },
    };

    [Theory, MemberData(nameof(Identifiers))]
    public void Identifiers_stripped_one_by_one_never_lead_elsewhere_and_without_any_nothing_is_proven(string file, Action<JsonObject>[] strip)
    {
        var whole = Fixture.Accept(file);
        var manifest = whole.Subjects.First(subject => subject.Role != SubjectRole.Config).Digest;
        var config = whole.Subjects.First(subject => subject.Role == SubjectRole.Config).Digest;
        var image = new BindingImage(manifest, IsIndex: false, [new BindingPlatform(manifest, config, null)]);
        for (var kept = 0; kept < 1 << strip.Length; kept++)
        {
            var result = ReportBinding.Bind(
                Fixture.Accept(file, root =>
                {
                    foreach (var (edit, i) in strip.Select((edit, i) => (edit, i)))
                    {
                        if ((kept >> i & 1) == 0)
                            edit(root);
                    }
                }),
                image);

            Assert.True(kept == 0 ? result.Reason == ReasonCode.ReportUnbound : result.Reason != ReasonCode.ReportUnbound, $"{kept}: {result}");
            Assert.True(result.Kind != BindingKind.Proven || result.Covers == manifest, $"{kept}: {result}");
            Assert.NotEqual(BindingKind.Proven, kept == 0 ? result.Kind : BindingKind.Asserted);
        }
    }

    [Fact]
    public void Two_reports_that_change_places_are_both_refused()
    {
        var (trivy, grype) = (Fixture.Accept("trivy.json"), Fixture.Accept("grype.json"));
        static BindingImage ImageOf(ScanReport report)
        {
            var manifest = report.Subjects.First(subject => subject.Role == SubjectRole.Repository).Digest;
            var config = report.Subjects.First(subject => subject.Role == SubjectRole.Config).Digest;
            return new BindingImage(manifest, IsIndex: false, [new BindingPlatform(manifest, config, null)]);
        }

        Assert.Equal(BindingKind.Proven, ReportBinding.Bind(trivy, ImageOf(trivy)).Kind);
        Assert.Equal(BindingKind.Proven, ReportBinding.Bind(grype, ImageOf(grype)).Kind);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, ReportBinding.Bind(trivy, ImageOf(grype)).Reason);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, ReportBinding.Bind(grype, ImageOf(trivy)).Reason);
    }

    [Fact]
    public void A_grype_report_of_a_local_rebuild_is_bound_by_its_configuration()
    {
        var report = Fixture.Accept("grype.json");
        var config = report.Subjects.Single(subject => subject.Role == SubjectRole.Config).Digest;
        var image = new BindingImage(Index, true, [new BindingPlatform(ArmManifest, config, Arm64), new BindingPlatform(Manifest, Config, Amd64)]);

        Assert.Equal(ArmManifest, ReportBinding.Bind(report, image).Covers);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, ReportBinding.Bind(report, Multi).Reason);
    }

    [Fact]
    public void A_grype_report_whose_digest_was_edited_binds_to_nothing()
    {
        var report = Fixture.Accept("grype.json", root => root["source"]!["target"]!["imageID"] = Config.ToString());

        Assert.Equal(ReasonCode.ReportUnbound, ReportBinding.Bind(report, Multi).Reason);
    }

    [Fact]
    public void An_index_is_never_one_platforms_manifest()
    {
        var report = Fixture.Accept("grype.json", root =>
        {
            var target = root["source"]!["target"]!.AsObject();
            foreach (var name in new[] { "imageID", "repoDigests", "manifest", "config" })
                target.Remove(name);
            target["manifestDigest"] = Index.ToString();
        });

        Assert.Equal(ReasonCode.ReportSubjectMismatch, ReportBinding.Bind(report, Multi).Reason);
    }

    private static Digest Of(string text) => Digest.Compute(Encoding.UTF8.GetBytes(text));

    private static JsonObject Metadata(JsonObject root) => root["Metadata"]!.AsObject();

    private static JsonObject Target(JsonObject root) => root["source"]!["target"]!.AsObject();

    private static JsonObject Properties(JsonObject root) => root["runs"]![0]!["properties"]!.AsObject();

    private static JsonObject Component(JsonObject root) => root["metadata"]!["component"]!.AsObject();

    private static void Repositories(JsonObject root, params Digest[] digests) =>
        Metadata(root)["RepoDigests"] = new JsonArray([.. digests.Select((digest, i) => (JsonNode)$"registry.example.com/r{i}@{digest}")]);

    private static void SetPlatform(JsonObject root, string os, string architecture, string? variant = null) =>
        Metadata(root)["ImageConfig"] = new JsonObject { ["os"] = os, ["architecture"] = architecture, ["variant"] = variant };

    private static void Foreign(JsonObject root)
    {
        Repositories(root, Another);
        Metadata(root)["ImageID"] = Of("another config").ToString();
    }
}
