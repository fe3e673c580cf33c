// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

public sealed class ManifestsTests
{
    private const string Deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: payments }
        spec:
          template:
            spec:
              serviceAccountName: runner
              initContainers:
                - { name: migrate, image: registry.example.com/payments/migrate:1 }
              containers:
                - name: api
                  image: "registry.example.com/payments/api:2"
              volumes:
                - { name: model, image: { reference: registry.example.com/payments/model:3 } }
                - { name: scratch, emptyDir: {} }
        """;

    [Fact]
    public void A_deployment_in_YAML_is_read_like_one_in_a_review()
    {
        var workload = Assert.Single(ReadYaml(Deployment).Workloads).Workload;
        Assert.Equal("apps/v1 Deployment", workload.Kind.ToString());
        Assert.Equal(("payments", "api", "runner"), (workload.Namespace, workload.Name, workload.ServiceAccount));
        Assert.Equal(
            [
                "spec.template.spec.initContainers[0] \"migrate\" registry.example.com/payments/migrate:1",
                "spec.template.spec.containers[0] \"api\" registry.example.com/payments/api:2",
                "spec.template.spec.volumes[0] \"model\" registry.example.com/payments/model:3",
            ],
            workload.Images.Select(image => $"{image} {image.Reference}"), StringComparer.Ordinal);
    }

    public static TheoryData<string, string> Kinds()
    {
        var rows = new TheoryData<string, string>();
        foreach (var kind in WorkloadKind.Supported)
            rows.Add(kind.ApiVersion, kind.Kind);
        return rows;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_is_read_from_JSON_and_from_YAML(string apiVersion, string kind)
    {
        var json = Reviews.Object(apiVersion, kind, Reviews.PodSpec(Reviews.Good)).ToJsonString();
        foreach (var path in new[] { "a.json", "a.yaml" })
        {
            var read = Manifests.Read([new ManifestFile(path, Encoding.UTF8.GetBytes(json))], null);
            Assert.Equal(Reviews.Good, Assert.Single(Assert.Single(read.Workloads).Workload.Images).Reference);
            Assert.Equal("elsewhere", read.Workloads[0].Workload.Namespace);
        }
    }

    [Fact]
    public void Several_documents_and_lists_are_read_one_by_one_and_what_runs_nothing_is_counted()
    {
        var read = ReadYaml(
            "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n" + Deployment + "\n---\n" +
            """
            apiVersion: v1
            kind: List
            items:
              - { apiVersion: v1, kind: ConfigMap, metadata: { name: c }, data: { items: "x" } }
              - { apiVersion: v1, kind: Pod, metadata: { name: p, namespace: n }, spec: { containers: [{ name: a, image: one }] } }
            ---
            apiVersion: v1
            kind: PodList
            items:
              - { metadata: { name: q, namespace: n }, spec: { containers: [{ name: a, image: two }] } }
            """);
        Assert.Empty(read.Problems);
        Assert.Empty(read.Warnings);
        Assert.Equal(2, read.Skipped);
        Assert.Equal(
            ["app.yaml, document 2", "app.yaml, document 3, item 2", "app.yaml, document 4, item 1"],
            read.Workloads.Select(workload => workload.Source), StringComparer.Ordinal);
        Assert.Equal("two", read.Workloads[2].Workload.Images[0].Reference);
    }

    [Theory]
    [InlineData("payments", "other", "payments", false)]
    [InlineData(null, "other", "other", false)]
    [InlineData(null, null, null, true)]
    public void The_namespace_is_the_objects_own_else_the_one_given(string? own, string? given, string? expected, bool warned)
    {
        var yaml = "apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: " + own
            + " }\nspec: { containers: [{ name: a, image: one }] }\n";
        var read = Manifests.Read([new ManifestFile("p.yaml", Encoding.UTF8.GetBytes(yaml))], given);
        Assert.Equal(expected, Assert.Single(read.Workloads).Workload.Namespace);
        Assert.Equal(warned, read.Warnings.Any(warning => warning.Message.Contains("names no namespace", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("argoproj.io/v1alpha1", "Rollout", "spec: { template: { spec: { containers: [{ image: a }] } } }", "spec.template.spec.containers")]
    [InlineData("extensions/v1beta1", "Deployment", "spec: { template: { spec: { containers: [{ image: a }] } } }", "spec.template.spec.containers")]
    [InlineData("jobset.x-k8s.io/v1alpha2", "JobSet", "spec: { replicatedJobs: [{}, { template: { spec: { initContainers: [{ image: a }] } } }] }", "spec.replicatedJobs[1].template.spec.initContainers")]
    public void A_kind_that_is_not_known_but_seems_to_run_images_is_named(string apiVersion, string kind, string rest, string place)
    {
        var read = ReadYaml($"apiVersion: {apiVersion}\nkind: {kind}\n{rest}\n");
        Assert.Empty(read.Workloads);
        Assert.Equal(1, read.Skipped);
        Assert.Equal(
            $"app.yaml: {apiVersion} {kind} seems to hold a pod template at {place}; its images are judged only when its pods are created",
            Assert.Single(read.Warnings).ToString());
    }

    [Theory]
    [InlineData("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: { containers: { type: array } }")]
    [InlineData("apiVersion: example.com/v1\nkind: Thing\nspec: { containers: [a, b], serviceAccount: { name: x } }")]
    [InlineData("apiVersion: example.com/v1\nkind: Thing\nspec: { initcontainers: [], Template: {} }")]
    [InlineData("replicas: 3\nimage: values-of-a-chart\n")]
    public void What_only_uses_the_same_words_is_passed_over(string yaml)
    {
        var read = ReadYaml(yaml);
        Assert.Equal((0, 1, 0, 0), (read.Workloads.Count, read.Skipped, read.Warnings.Count, read.Problems.Count));
    }

    [Theory]
    [InlineData("v1", "ConfigMap")]
    [InlineData("v1", "Service")]
    [InlineData("example.com/v1", "Anything")]
    public void Whatever_has_items_is_applied_as_a_list_so_that_its_elements_are_judged(string apiVersion, string kind)
    {
        var read = ReadYaml(
            $$"""
            apiVersion: {{apiVersion}}
            kind: {{kind}}
            metadata: { name: settings }
            items:
              - apiVersion: v1
                kind: Pod
                metadata: { name: hidden, namespace: payments }
                spec: { containers: [{ name: c, image: "registry.example.com/evil:1" }] }
            """);

        Assert.Equal("hidden", Assert.Single(read.Workloads).Workload.Name);
    }

    [Fact]
    public void A_workload_that_has_items_is_judged_itself_as_well()
    {
        var read = ReadYaml(
            Deployment + """

            items:
              - apiVersion: v1
                kind: Pod
                metadata: { name: hidden, namespace: payments }
                spec: { containers: [{ name: c, image: "registry.example.com/evil:1" }] }
            """);

        Assert.Equal(["api", "hidden"], read.Workloads.Select(found => found.Workload.Name).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string, string, string> Unreadable => new()
    {
        { "a template of a template", "a.yaml", "image: {{ .Values.image }}", "a.yaml: line 1" },
        { "a duplicate key", "a.yaml", "kind: Pod\nkind: Pod\n", "a.yaml: line 2" },
        { "an alias", "a.yaml", "a: &x 1\nb: *x\n", "a.yaml: line 1" },
        { "a list of objects", "a.json", "[]", "a Kubernetes object was expected" },
        { "a duplicate member", "a.json", "{\"kind\":\"Pod\",\"kind\":\"Pod\"}", "not JSON" },
        { "a member in other case", "a.yaml", "apiVersion: v1\nKind: Pod\n", "differs from 'kind' only in case" },
        { "a pod without containers", "a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: {}\n", "Pod 'x': v1 Pod has no pod spec at spec" },
        { "a list whose element is text", "a.yaml", "apiVersion: v1\nkind: List\nitems: [x]\n", "item 1: a Kubernetes object was expected" },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public void What_cannot_be_read_is_a_problem_and_never_passed_over(string because, string path, string content, string expected)
    {
        var read = Manifests.Read([new ManifestFile(path, Encoding.UTF8.GetBytes(content))], "n");
        Assert.Empty(read.Workloads);
        var problem = Assert.Single(read.Problems).ToString();
        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    [Fact]
    public void A_JSON_file_over_the_limit_is_a_problem()
    {
        var read = Manifests.Read([new ManifestFile("big.json", new byte[Limits.ManifestFileBytes + 1])], null);
        Assert.Contains("at most", Assert.Single(read.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_YAML_reads_as_a_number_is_a_problem_of_its_field()
    {
        var read = ReadYaml("apiVersion: v1\nkind: Pod\nmetadata: { name: x, namespace: n }\nspec: { containers: [{ name: a, image: 12345 }] }\n");
        Assert.Equal("names an image that is not a string", Assert.Single(Assert.Single(read.Workloads).Workload.Images).Problem);
    }

    private static Manifests ReadYaml(string yaml) =>
        Manifests.Read([new ManifestFile("app.yaml", Encoding.UTF8.GetBytes(yaml))], null);
}
