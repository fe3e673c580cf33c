// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Examples;

/// <summary>The example's files fit together: the demo shows nothing that was bent to its purpose.</summary>
public sealed class ExampleFilesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Tags => ["vulnerable", "clean"];

    [Theory, MemberData(nameof(Tags))]
    public void Every_blob_has_the_digest_and_size_that_names_it(string tag)
    {
        foreach (var descriptor in ExampleImage.Open(tag).Descriptors)
        {
            var digest = Digest.Parse(ExampleImage.Text(descriptor["digest"]));
            var bytes = ExampleImage.Blob(digest);
            Assert.Equal(digest, Digest.Compute(bytes));
            Assert.Equal(bytes.Length, descriptor["size"]!.GetValue<int>());
        }
    }

    [Fact]
    public void The_layout_holds_nothing_that_no_image_names()
    {
        var named = Tags.SelectMany(tag => ExampleImage.Open(tag.Data).Descriptors)
            .Select(descriptor => Digest.Parse(ExampleImage.Text(descriptor["digest"])).Hex);
        var stored = Directory.GetFiles(Path.Combine(ExampleImage.Folder, "image", "blobs", "sha256"))
            .Select(path => Path.GetFileName(path));

        Assert.Equal(
            named.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            stored.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_script_that_made_the_images_makes_the_same_bytes_again()
    {
        var script = Path.Combine(ExampleImage.Folder, "make-image.sh");

        (await Tool.Require("bash").RunAsync([script, "--check"], environment: null, Stop)).Succeeded();
    }

    [Theory, MemberData(nameof(Tags))]
    public void A_report_is_bound_to_its_image_by_the_config(string tag)
    {
        var image = ExampleImage.Open(tag);
        var metadata = Report(tag)["Metadata"]!;

        Assert.Equal(image.ConfigDigest.ToString(), ExampleImage.Text(metadata["ImageID"]));
        Assert.True(JsonNode.DeepEquals(image.Config, metadata["ImageConfig"]));
        Assert.True(JsonNode.DeepEquals(image.Config["rootfs"]!["diff_ids"], metadata["DiffIDs"]));
        Assert.Equal(
            image.Layers.Select(layer => ExampleImage.Text(layer["digest"])),
            metadata["Layers"]!.AsArray().Select(layer => ExampleImage.Text(layer!["Digest"])),
            StringComparer.Ordinal);
        Assert.Null(metadata["RepoDigests"]);
    }

    [Theory, MemberData(nameof(Tags))]
    public void A_report_lists_exactly_the_packages_of_the_image(string tag)
    {
        var listed = Results(tag)["Packages"]!.AsArray().ToDictionary(
            package => ExampleImage.Text(package!["Name"]), package => ExampleImage.Text(package!["Version"]), StringComparer.Ordinal);

        Assert.Equal(ExampleImage.Open(tag).InstalledPackages(), listed);
    }

    [Theory, MemberData(nameof(Tags))]
    public void A_report_says_that_it_was_made_for_the_example(string tag) =>
        Assert.Contains("made for the example", ExampleImage.Text(Report(tag)["ArtifactName"]), StringComparison.Ordinal);

    [Fact]
    public void What_is_wrong_with_the_vulnerable_image_is_fixed_in_the_clean_one()
    {
        var before = ExampleImage.Open("vulnerable").InstalledPackages();
        var after = ExampleImage.Open("clean").InstalledPackages();
        var findings = Results("vulnerable")["Vulnerabilities"]!.AsArray();

        Assert.NotEmpty(findings);
        Assert.All(findings, finding =>
        {
            var package = ExampleImage.Text(finding!["PkgName"]);
            Assert.Equal(before[package], ExampleImage.Text(finding["InstalledVersion"]));
            Assert.Equal(after[package], ExampleImage.Text(finding["FixedVersion"]));
        });
        Assert.Null(Results("clean")["Vulnerabilities"]);
    }

    [Theory, MemberData(nameof(Tags))]
    public void Whatever_names_an_image_names_it_as_it_is(string tag)
    {
        var digest = ExampleImage.Open(tag).Digest.ToString();

        foreach (var file in (string[])["examples/README.md", "eng/demo.sh", $"examples/admission/{tag}.json"])
        {
            Assert.Contains(
                digest, File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, file)), StringComparison.Ordinal);
        }
    }

    private static JsonNode Report(string tag) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(ExampleImage.Folder, "reports", $"{tag}.trivy.json")))!;

    private static JsonNode Results(string tag) => Assert.Single(Report(tag)["Results"]!.AsArray())!;
}
