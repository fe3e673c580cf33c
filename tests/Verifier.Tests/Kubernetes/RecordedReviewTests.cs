// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

/// <summary>Reviews recorded from a real API server; their table says which images each object names.</summary>
public sealed class RecordedReviewTests
{
    private const string Folder = "admission-reviews";

    public static TheoryData<string, string> Recordings()
    {
        var rows = new TheoryData<string, string>();
        foreach (var (file, images) in ReadTable())
            rows.Add(file, images);
        if (rows.Count == 0)
            rows.Add("(absent)", "");
        return rows;
    }

    [Theory, MemberData(nameof(Recordings))]
    public void Every_image_that_the_table_names_is_found_and_no_other(string file, string images)
    {
        var review = Read(file);
        var expected = images == "-" ? [] : images.Split("; ");
        Assert.Null(review.Problem);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(review).Order(StringComparer.Ordinal));
        Assert.Equal("team", review.Namespace);
    }

    [Fact]
    public void The_table_is_complete()
    {
        var folder = SharedFiles.Require(Folder);
        var files = Directory.GetFiles(folder, "*.json").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(files, ReadTable().Select(row => row.File).Order(StringComparer.Ordinal));
        Assert.Equal(36, ReadTable().Count);
    }

    [Theory]
    [InlineData("18-pods-update-full.json", null)]
    [InlineData("19-deployments-update-dep.json", null)]
    [InlineData("22-deployments-scale-update-dep.json", "NO_IMAGES")]
    [InlineData("23-replicasets-update-dep-576667fc9.json", "IMAGES_UNCHANGED")]
    [InlineData("25-replicasets-update-dep-7bd445d98.json", "IMAGES_UNCHANGED")]
    [InlineData("24-pods-delete-dep-576667fc9-59gdz.json", "NO_IMAGES")]
    [InlineData("27-pods-ephemeralcontainers-update-full.json", null)]
    [InlineData("28-pods-update-full.json", "IMAGES_UNCHANGED")]
    [InlineData("29-pods-update-full.json", "IMAGES_UNCHANGED")]
    [InlineData("31-pods-update-full.json", null)]
    [InlineData("32-pods-update-full.json", "IMAGES_UNCHANGED")]
    public void Only_an_update_that_starts_nothing_new_is_settled(string file, string? settled) =>
        Assert.Equal(settled, Read(file).Settled?.Name);

    [Fact]
    public void A_debug_container_is_found_through_its_subresource()
    {
        var review = Read("27-pods-ephemeralcontainers-update-full.json");
        Assert.Equal("ephemeralcontainers", review.SubResource);
        var debug = Assert.Single(review.Workload!.Images, image => image.List == ImageList.EphemeralContainers);
        Assert.Equal("registry.example.com/tools/debug:latest", debug.Reference);
        Assert.StartsWith("spec.ephemeralContainers[0] \"", debug.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_side_dry_run_says_so()
    {
        Assert.True(Read("17-pods-create-dry-dryrun.json").DryRun);
        Assert.False(Read("01-pods-create-full.json").DryRun);
    }

    private static AdmissionReview Read(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), file));
        Assert.True(AdmissionReview.TryRead(bytes, out var review, out var problem), problem);
        return review;
    }

    private static IEnumerable<string> Names(AdmissionReview review) =>
        review.Workload?.Images.Select(image => image.Reference!) ?? [];

    private static List<(string File, string Images)> ReadTable() => SharedFiles.Find($"{Folder}/README.md") is { } readme
        ? [.. File.ReadLines(readme)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is [_, [>= '0' and <= '9', ..], _, _])
            .Select(cells => (cells[1], cells[2]))]
        : [];
}
