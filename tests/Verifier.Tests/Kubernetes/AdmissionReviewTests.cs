// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

public sealed class AdmissionReviewTests
{
    private static readonly string Valid = Reviews.Of(Reviews.Pod(Reviews.Good)).ToJsonString();

    public static TheoryData<string, string, string> NoReviews => new()
    {
        { "nothing", "", "not JSON at line 1, byte 1" },
        { "an empty list", "[]", "an admission review is an object" },
        { "half a document", Valid[..^20], "not JSON at line 1" },
        { "a second document", Valid + "{}", "not JSON at line 1" },
        { "a comment", "/* hello */" + Valid, "not JSON at line 1" },
        { "a byte order mark", "\uFEFF" + Valid, "not JSON at line 1" },
        { "the beta version", Valid.Replace("io/v1", "io/v1beta1", StringComparison.Ordinal), "admission.k8s.io/v1beta1" },
        { "no version", Valid.Replace("apiVersion\":\"admission", "version\":\"admission", StringComparison.Ordinal), "of (none)" },
        { "another kind", Valid.Replace("AdmissionReview", "SubjectAccessReview", StringComparison.Ordinal), "SubjectAccessReview" },
        { "a response only", "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{}}", "no request" },
        { "a null request", "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":null}", "no request" },
        { "an unknown operation", Valid.Replace("CREATE", "PATCH", StringComparison.Ordinal), "'PATCH' is not an operation" },
        { "an operation in small letters", Valid.Replace("CREATE", "create", StringComparison.Ordinal), "'create' is not an operation" },
        { "a text for a truth value", Valid.Replace("\"dryRun\":false", "\"dryRun\":\"false\"", StringComparison.Ordinal), "'dryRun' is neither true nor false" },
        { "a number for a namespace", Valid.Replace("\"namespace\":\"team\"", "\"namespace\":7", StringComparison.Ordinal), "'namespace' is not a string" },
        { "a name in other case", Valid.Replace("\"operation\"", "\"Operation\"", StringComparison.Ordinal), "differs from 'operation' only in case" },
        { "a request twice", Valid.Replace("{\"uid\"", "{\"dryRun\":true,\"uid\"", StringComparison.Ordinal), "'dryRun' comes twice" },
        { "an image twice", Valid.Replace("\"image\":", "\"image\":\"x\",\"image\":", StringComparison.Ordinal), "'image' comes twice" },
        { "an image twice, once escaped", Valid.Replace("\"image\":", "\"im\\u0061ge\":\"x\",\"image\":", StringComparison.Ordinal), "'image' comes twice" },
        { "a label twice", Valid.Replace("\"metadata\":{", "\"metadata\":{\"labels\":{\"a\":\"1\",\"a\":\"2\"},", StringComparison.Ordinal), "'a' comes twice" },
        { "half a pair in a name", Valid.Replace("\"metadata\":{", "\"metadata\":{\"\\ud800\":1,", StringComparison.Ordinal), "not JSON text" },
        { "half a pair in a skipped value", Valid.Replace("\"metadata\":{", "\"metadata\":{\"x\":\"\\udc00\",", StringComparison.Ordinal), "not JSON text" },
        { "half a pair in the image", Valid.Replace("registry.example.com/team/good", "\\ud800", StringComparison.Ordinal), "not JSON text" },
        { "depth", Valid.Replace("\"metadata\":{", "\"metadata\":{\"x\":" + new string('[', 61) + new string(']', 61) + ",", StringComparison.Ordinal), "not JSON at line 1" },
        { "an object that is a list", Valid.Replace("\"oldObject\":null", "\"oldObject\":[]", StringComparison.Ordinal), "not an object" },
        { "no kind", Valid.Replace("\"kind\":{", "\"kinds\":{", StringComparison.Ordinal), "no kind" },
    };

    [Theory, MemberData(nameof(NoReviews))]
    public void A_body_that_is_no_review_is_refused(string because, string body, string expected)
    {
        Assert.NotEqual(Valid, body, StringComparer.Ordinal);
        var problem = Reviews.Refusal(body);
        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    [Fact]
    public void The_same_member_in_two_objects_is_no_duplicate() => Assert.Null(Reviews.Read(Encoding.UTF8.GetBytes(Valid)).Problem);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(257)]
    public void A_request_needs_a_uid(object? uid)
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        review["request"]!["uid"] = uid is int length ? new string('u', length) : (string?)uid;
        Assert.Contains("uid", Reviews.Refusal(Reviews.Bytes(review)), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_is_refused_wherever_it_stands()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid);
        bytes[Array.IndexOf(bytes, (byte)'e', Valid.IndexOf("elsewhere", StringComparison.Ordinal))] = 0xFF;
        Assert.Equal("the document is not valid UTF-8", Reviews.Refusal(bytes));
    }

    [Fact]
    public void A_body_over_the_limit_is_refused_and_one_at_the_limit_is_read()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid + new string(' ', Limits.AdmissionReviewBytes - Valid.Length));
        Assert.NotNull(Reviews.Read(bytes).Workload);
        Assert.Contains("at most 3145728 bytes", Reviews.Refusal([.. bytes, (byte)' ']), StringComparison.Ordinal);
    }

    [Fact]
    public void Sixty_four_levels_are_read()
    {
        // The metadata are the fourth level, so 60 lists fit into them.
        var deep = Valid.Replace(
            "\"metadata\":{", "\"metadata\":{\"x\":" + new string('[', 60) + new string(']', 60) + ",", StringComparison.Ordinal);
        Assert.Null(Reviews.Read(Encoding.UTF8.GetBytes(deep)).Problem);
    }

    [Fact]
    public void An_object_with_a_hundred_thousand_members_is_read_and_its_one_duplicate_found()
    {
        var members = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"\"k{i}\":1,"));
        var large = Valid.Replace("\"metadata\":{", "\"metadata\":{" + members, StringComparison.Ordinal);
        Assert.NotNull(Reviews.Read(Encoding.UTF8.GetBytes(large)).Workload);
        var twice = Valid.Replace("\"metadata\":{", "\"metadata\":{" + members + "\"k77777\":2,", StringComparison.Ordinal);
        Assert.Contains("'k77777' comes twice", Reviews.Refusal(twice), StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<JsonObject>, string, string> Denials => new()
    {
        { "no object", r => r["request"]!["object"] = null, "REVIEW_MALFORMED", "no object" },
        { "another kind inside", r => r["request"]!["object"]!["kind"] = "Scale", "REVIEW_MALFORMED", "its object calls itself v1 Scale" },
        { "another version inside", r => r["request"]!["object"]!["apiVersion"] = "v2", "REVIEW_MALFORMED", "its object calls itself v2 Pod" },
        { "a kind claimed to be a Scale", r => r["request"]!["kind"] = Kind("autoscaling", "v1", "Scale"), "REVIEW_MALFORMED", "autoscaling/v1 Scale" },
        { "an unknown kind", r => Rename(r, "argoproj.io/v1alpha1", "Rollout"), "KIND_UNSUPPORTED", "argoproj.io/v1alpha1 Rollout" },
        { "a known kind of an old group", r => Rename(r, "extensions/v1beta1", "Deployment"), "KIND_UNSUPPORTED", "extensions/v1beta1 Deployment" },
        { "a known kind of another version", r => Rename(r, "batch/v1beta1", "CronJob"), "KIND_UNSUPPORTED", "batch/v1beta1 CronJob" },
        { "a kind in other case", r => Rename(r, "v1", "pod"), "KIND_UNSUPPORTED", "v1 pod" },
        { "no namespace", r => r["request"]!.AsObject().Remove("namespace"), "REVIEW_MALFORMED", "names no namespace" },
        { "an image in other case", r => Spec(r)["containers"]![0]!["Image"] = "x", "REVIEW_MALFORMED", "'Image' differs from 'image' only in case" },
        { "containers in other case", r => Spec(r)["Containers"] = new JsonArray(), "REVIEW_MALFORMED", "'Containers' differs from 'containers' only in case" },
        { "a spec in other case", r => r["request"]!["object"]!["SPEC"] = new JsonObject(), "REVIEW_MALFORMED", "'SPEC' differs from 'spec' only in case" },
        { "a reference in other case", r => Spec(r)["volumes"] = new JsonArray(new JsonObject { ["image"] = new JsonObject { ["Reference"] = "x" } }), "REVIEW_MALFORMED", "'Reference' differs from 'reference' only in case" },
        { "no spec", r => r["request"]!["object"]!.AsObject().Remove("spec"), "REVIEW_MALFORMED", "no pod spec at spec" },
        { "a spec that is text", r => r["request"]!["object"]!["spec"] = "x", "REVIEW_MALFORMED", "no pod spec at spec" },
        { "no containers", r => Spec(r)["containers"] = new JsonArray(), "REVIEW_MALFORMED", "names no container" },
        { "null containers", r => Spec(r)["containers"] = null, "REVIEW_MALFORMED", "names no container" },
        { "containers that are an object", r => Spec(r)["containers"] = new JsonObject(), "REVIEW_MALFORMED", "containers that are not a list" },
        { "init containers that are text", r => Spec(r)["initContainers"] = "x", "REVIEW_MALFORMED", "initContainers that are not a list" },
        { "volumes that are an object", r => Spec(r)["volumes"] = new JsonObject(), "REVIEW_MALFORMED", "volumes that are not a list" },
        { "a container that is text", r => Spec(r)["containers"]!.AsArray().Add("x"), "REVIEW_MALFORMED", "containers[1] that is not an object" },
        { "a container that is a list", r => Spec(r)["containers"]!.AsArray().Add(new JsonArray("x")), "REVIEW_MALFORMED", "containers[1] that is not an object" },
        { "a volume that is null", r => Spec(r)["volumes"] = new JsonArray((JsonNode?)null), "REVIEW_MALFORMED", "volumes[0] that is not an object" },
        { "two service accounts", r => Spec(r)["serviceAccount"] = "admin", "REVIEW_MALFORMED", "two service accounts, 'builder' and 'admin'" },
        { "a service account that is a number", r => Spec(r)["serviceAccountName"] = 1, "REVIEW_MALFORMED", "not a string" },
        { "too many images", r => AddContainers(r, Limits.ImagesPerRequest), "REVIEW_LIMIT", "more than 512 images" },
    };

    [Theory, MemberData(nameof(Denials))]
    public void An_object_whose_images_cannot_be_listed_is_denied(
        string because, Action<JsonObject> change, string reason, string expected)
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        change(review);
        var read = Reviews.Read(review);
        Assert.Null(read.Workload);
        Assert.Null(read.Settled);
        Assert.Equal((because, reason), (because, read.Problem?.Reason.Name));
        Assert.Contains(expected, read.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_images_as_the_limit_are_listed()
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        AddContainers(review, Limits.ImagesPerRequest - 1);
        Assert.Equal(Limits.ImagesPerRequest, Reviews.Read(review).Workload!.Images.Count);
    }

    public static TheoryData<string, string, JsonNode?, string> BadFields => new()
    {
        { "absent", "containers", null, "names no image" },
        { "empty", "containers", JsonValue.Create(""), "names an empty image" },
        { "a number", "containers", JsonValue.Create(5), "names an image that is not a string" },
        { "an object", "containers", new JsonObject { ["image"] = "x" }, "names an image that is not a string" },
        { "a list", "initContainers", new JsonArray("x"), "names an image that is not a string" },
        { "true", "ephemeralContainers", JsonValue.Create(true), "names an image that is not a string" },
    };

    [Theory, MemberData(nameof(BadFields))]
    public void A_container_whose_image_is_no_name_is_kept_as_a_problem(string because, string list, JsonNode? image, string problem)
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        var container = new JsonObject { ["name"] = "odd" };
        if (image is not null)
            container["image"] = image;
        Spec(review)[list] = new JsonArray(container);
        var field = Reviews.Read(review).Workload!.Images.Single(field => field.ToString().Contains("odd", StringComparison.Ordinal));
        Assert.Null(field.Reference);
        Assert.Equal((because, problem), (because, field.Problem));
    }

    public static TheoryData<string, JsonNode?, string?> VolumeImages => new()
    {
        { "without a reference", new JsonObject(), "names no image" },
        { "with an empty reference", new JsonObject { ["reference"] = "" }, "names an empty image" },
        { "with a reference that is a number", new JsonObject { ["reference"] = 1 }, "names an image that is not a string" },
        { "that is text", JsonValue.Create("nginx"), "names an image that is not a string" },
        { "that is a list", new JsonArray("nginx"), "names an image that is not a string" },
        { "that is null, as for other volumes", null, null },
    };

    [Theory, MemberData(nameof(VolumeImages))]
    public void A_volume_with_an_image_is_never_passed_over(string because, JsonNode? image, string? problem)
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        Spec(review)["volumes"] = new JsonArray(new JsonObject { ["name"] = "v", ["image"] = image });
        var field = Reviews.Read(review).Workload!.Images.SingleOrDefault(field => field.List == ImageList.Volumes);
        Assert.Equal((because, problem), (because, field?.Problem));
    }

    [Theory]
    [InlineData(null, null, "default")]
    [InlineData("", "", "default")]
    [InlineData("a", null, "a")]
    [InlineData(null, "a", "a")]
    [InlineData("a", "", "a")]
    public void The_service_account_is_the_one_the_pod_would_run_as(string? name, string? deprecated, string expected)
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        Spec(review)["serviceAccountName"] = name;
        Spec(review)["serviceAccount"] = deprecated;
        Assert.Equal(expected, Reviews.Read(review).Workload!.ServiceAccount);
    }

    [Fact]
    public void A_name_with_control_characters_cannot_forge_a_line()
    {
        var review = Reviews.Of(Reviews.Pod(Reviews.Good));
        Spec(review)["containers"]![0]!["name"] = "a\nok \"b\"";
        Assert.DoesNotContain('\n', Reviews.Read(review).Workload!.Images[0].ToString());
    }

    [Fact]
    public void A_reader_that_failed_leaves_nothing_behind_for_the_next_document()
    {
        for (var i = 0; i < 3; i++)
        {
            Reviews.Refusal(Valid[..(Valid.Length / 2)]);
            Assert.NotNull(Reviews.Read(Encoding.UTF8.GetBytes(Valid)).Workload);
        }
    }

    private static JsonObject Spec(JsonObject review) => review["request"]!["object"]!["spec"]!.AsObject();

    private static JsonObject Kind(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static void Rename(JsonObject review, string apiVersion, string kind)
    {
        var parts = apiVersion.Split('/');
        review["request"]!["kind"] = Kind(parts.Length == 2 ? parts[0] : "", parts[^1], kind);
        review["request"]!["object"]!["apiVersion"] = apiVersion;
        review["request"]!["object"]!["kind"] = kind;
    }

    private static void AddContainers(JsonObject review, int count)
    {
        for (var i = 0; i < count; i++)
            Spec(review)["containers"]!.AsArray().Add(Reviews.Container($"more{i}", Reviews.Good));
    }
}
