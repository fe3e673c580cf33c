// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

/// <summary>Threat 61: one image in each field of each kind, per operation, is found at its place.</summary>
public sealed class ImageCoverageTests
{
    private const string Bad = "registry.example.com/team/bad:1";

    public static TheoryData<string, string, string, string> Matrix()
    {
        var rows = new TheoryData<string, string, string, string>();
        foreach (var kind in WorkloadKind.Supported)
        {
            foreach (var list in Reviews.Lists)
            {
                rows.Add(kind.ApiVersion, kind.Kind, list, "CREATE");
                rows.Add(kind.ApiVersion, kind.Kind, list, "UPDATE");
            }
        }

        return rows;
    }

    [Theory, MemberData(nameof(Matrix))]
    public void An_image_is_found_in_every_field_of_every_kind(string apiVersion, string kind, string list, string operation)
    {
        var bare = Reviews.Object(apiVersion, kind, Reviews.PodSpec(Reviews.Good));
        var podSpec = Reviews.PodSpec(Reviews.Good);
        Add(podSpec, list);
        var changed = Reviews.Object(apiVersion, kind, podSpec);

        var review = Reviews.Read(Reviews.Of(changed, operation, operation == "UPDATE" ? bare : null));

        Assert.Null(review.Problem);
        Assert.Null(review.Settled);
        var found = Assert.Single(review.Workload!.Images, image => image.Reference == Bad);
        var index = list == "containers" ? 1 : 0;
        Assert.Equal($"{PathOf(kind)}.{list}[{index}] \"bad\"", found.ToString());
        Assert.Equal(2, review.Workload.Images.Count);
        Assert.Equal("builder", review.Workload.ServiceAccount);
        Assert.Equal("team", review.Workload.Namespace);
    }

    [Theory, MemberData(nameof(Matrix))]
    public void The_order_of_members_hides_nothing(string apiVersion, string kind, string list, string operation)
    {
        var podSpec = Reviews.PodSpec(Reviews.Good);
        Add(podSpec, list);
        var review = Reversed(Reviews.Of(Reviews.Object(apiVersion, kind, podSpec), operation));

        Assert.Contains(Reviews.Read(review).Workload!.Images, image => image.Reference == Bad);
    }

    [Theory, MemberData(nameof(Matrix))]
    public void An_update_that_removes_the_image_again_is_judged_and_an_equal_one_is_not(
        string apiVersion, string kind, string list, string operation)
    {
        var podSpec = Reviews.PodSpec(Reviews.Good);
        Add(podSpec, list);
        var with = Reviews.Object(apiVersion, kind, podSpec);
        var without = Reviews.Object(apiVersion, kind, Reviews.PodSpec(Reviews.Good));

        Assert.Equal("IMAGES_UNCHANGED", Settled(Reviews.Of(Copy(with), "UPDATE", Copy(with))));
        Assert.Null(Settled(Reviews.Of(Copy(without), "UPDATE", Copy(with))));
        Assert.Null(Settled(Reviews.Of(Copy(with), "UPDATE", Copy(without))));
        if (operation == "CREATE")
            Assert.Null(Settled(Reviews.Of(Copy(with), "CREATE", Copy(with))));
    }

    [Fact]
    public void An_image_that_moves_to_another_list_is_judged()
    {
        var before = Reviews.PodSpec(Reviews.Good);
        before["initContainers"] = new JsonArray(Reviews.Container("init", Bad));
        var after = Reviews.PodSpec(Reviews.Good, Bad);
        Assert.Null(Settled(Reviews.Of(
            Reviews.Object("v1", "Pod", after), "UPDATE", Reviews.Object("v1", "Pod", before))));
    }

    [Fact]
    public void A_scale_down_that_carries_a_new_image_is_judged()
    {
        var before = Reviews.Object("apps/v1", "Deployment", Reviews.PodSpec(Reviews.Good));
        var after = Reviews.Object("apps/v1", "Deployment", Reviews.PodSpec(Bad));
        after["spec"]!["replicas"] = 2;
        Assert.Null(Settled(Reviews.Of(after, "UPDATE", before)));
    }

    [Theory]
    [InlineData("deletionTimestamp")]
    [InlineData("finalizers")]
    public void An_object_on_its_way_out_that_carries_a_new_image_is_judged(string member)
    {
        var before = Reviews.Pod(Reviews.Good);
        var after = Reviews.Pod(Bad);
        foreach (var pod in new[] { before, after })
            pod["metadata"]![member] = member == "finalizers" ? new JsonArray("example.com/hold") : "2026-11-22T10:00:00Z";
        Assert.Null(Settled(Reviews.Of(after, "UPDATE", before)));
    }

    [Fact]
    public void A_template_that_changes_its_service_account_is_judged_although_its_images_are_the_same()
    {
        var before = Reviews.PodSpec(Reviews.Good);
        var after = Reviews.PodSpec(Reviews.Good);
        after["serviceAccountName"] = "other";
        after["serviceAccount"] = "other";
        Assert.Null(Settled(Reviews.Of(
            Reviews.Object("apps/v1", "Deployment", after), "UPDATE", Reviews.Object("apps/v1", "Deployment", before))));
    }

    [Fact]
    public void An_update_without_a_readable_old_object_is_judged()
    {
        Assert.Null(Settled(Reviews.Of(Reviews.Pod(Bad), "UPDATE")));
        var old = Reviews.Pod(Bad);
        old["kind"] = "Scale";
        Assert.Null(Settled(Reviews.Of(Reviews.Pod(Bad), "UPDATE", old)));
    }

    [Fact]
    public void An_old_object_that_named_no_image_never_equals_one_that_names_none()
    {
        var review = Reviews.Of(Reviews.Pod(""), "UPDATE", Reviews.Pod(""));
        Assert.Null(Settled(review));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("CONNECT")]
    public void What_runs_nothing_is_allowed(string operation)
    {
        var review = Reviews.Read(Reviews.Of(null, operation, Reviews.Pod(Bad)));
        Assert.Equal("NO_IMAGES", review.Settled?.Name);
        Assert.Null(review.Problem);
    }

    [Fact]
    public void A_deletion_that_brings_an_object_is_judged_like_any_other() =>
        Assert.Null(Settled(Reviews.Of(Reviews.Pod(Bad), "DELETE")));

    [Theory]
    [InlineData("autoscaling/v1", "Scale")]
    [InlineData("policy/v1", "Eviction")]
    [InlineData("v1", "Binding")]
    public void A_kind_that_cannot_carry_images_is_allowed(string apiVersion, string kind)
    {
        var @object = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
        Assert.Equal("NO_IMAGES", Settled(Reviews.Of(@object, "UPDATE")));
    }

    private static void Add(JsonObject podSpec, string list)
    {
        if (list == "volumes")
            podSpec["volumes"] = new JsonArray(new JsonObject
            {
                ["name"] = "bad",
                ["image"] = new JsonObject { ["reference"] = Bad, ["pullPolicy"] = "Always" },
            });
        else if (podSpec[list] is JsonArray present)
            present.Add(Reviews.Container("bad", Bad));
        else
            podSpec[list] = new JsonArray(Reviews.Container("bad", Bad));
    }

    private static string? Settled(JsonObject review)
    {
        var read = Reviews.Read(review);
        Assert.Null(read.Problem);
        return read.Settled?.Name;
    }

    private static JsonObject Copy(JsonObject original) => original.DeepClone().AsObject();

    private static JsonNode Reversed(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(
            member => KeyValuePair.Create(member.Key, member.Value is null ? null : Reversed(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(element => element is null ? null : Reversed(element))]),
        _ => node.DeepClone(),
    };

    private static string PathOf(string kind) => kind switch
    {
        "Pod" => "spec",
        "CronJob" => "spec.jobTemplate.spec.template.spec",
        "PodTemplate" => "template.spec",
        _ => "spec.template.spec",
    };
}
