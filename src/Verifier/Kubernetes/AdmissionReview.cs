// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>What the API server is about to do with the object. admission.k8s.io/v1, Operation.</summary>
public enum AdmissionOperation
{
    /// <summary>Store a new object.</summary>
    Create,

    /// <summary>Replace a stored object, or a part of it.</summary>
    Update,

    /// <summary>Remove the object.</summary>
    Delete,

    /// <summary>Open a stream to the object, as <c>kubectl exec</c> does.</summary>
    Connect,
}

/// <summary>
/// What an AdmissionReview (admission.k8s.io/v1) asks: which images the object would run, where and as whom. The
/// namespace is the request's, never the object's own word for it.
/// </summary>
public sealed record AdmissionReview
{
    private const string ApiVersion = "admission.k8s.io/v1";
    private const int UidLength = 256;

    private static readonly string[] ReviewMembers = ["apiVersion", "kind", "request"];

    private static readonly string[] RequestMembers =
    [
        "uid", "kind", "subResource", "name", "namespace", "operation", "object", "oldObject", "dryRun",
    ];

    private static readonly string[] KindMembers = ["group", "version", "kind"];

    private AdmissionReview()
    {
    }

    /// <summary>The request's id, which the answer repeats.</summary>
    public required string Uid { get; init; }

    /// <summary>What is about to happen.</summary>
    public required AdmissionOperation Operation { get; init; }

    /// <summary>The kind of the object.</summary>
    public required WorkloadKind Kind { get; init; }

    /// <summary>The part of the object that is changed, such as <c>ephemeralcontainers</c>; empty for the whole.</summary>
    public required string SubResource { get; init; }

    /// <summary>The namespace of the request.</summary>
    public required string Namespace { get; init; }

    /// <summary>The object's name; empty while the server has not made one up.</summary>
    public required string Name { get; init; }

    /// <summary>Whether nothing will be stored: such a request is answered but not recorded.</summary>
    public required bool DryRun { get; init; }

    /// <summary>What the object would run; null when it names no image or cannot be read.</summary>
    public Workload? Workload { get; private init; }

    /// <summary>Why the object is denied without judging an image.</summary>
    public WorkloadProblem? Problem { get; private init; }

    /// <summary>
    /// Why the object is allowed without judging an image: <c>NO_IMAGES</c> or <c>IMAGES_UNCHANGED</c>; null when the
    /// images of <see cref="Workload"/> are to be judged.
    /// </summary>
    public ReasonCode? Settled { get; private init; }

    /// <summary>Reads a review.</summary>
    /// <param name="utf8">The request's body, at most <see cref="Limits.AdmissionReviewBytes"/>.</param>
    /// <param name="review">The review. What is wrong with its object alone is told by <see cref="Problem"/>.</param>
    /// <param name="problem">Why the body is no review, when the result is <see langword="false"/>.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out AdmissionReview? review,
        [NotNullWhen(false)] out string? problem)
    {
        if (utf8.Length > Limits.AdmissionReviewBytes)
        {
            review = null;
            problem = $"an admission review has at most {Limits.AdmissionReviewBytes} bytes, found {utf8.Length}";
            return false;
        }

        return StrictReader.TryRead(utf8, Read, out review, out problem);
    }

    private static AdmissionReview Read(ref StrictReader json)
    {
        if (json.Token != JsonTokenType.StartObject)
            throw new JsonException("an admission review is an object");

        string? apiVersion = null, kind = null;
        Request? request = null;
        while (json.NextMember())
        {
            if (json.Is("apiVersion"u8))
                apiVersion = json.ReadText();
            else if (json.Is("kind"u8))
                kind = json.ReadText();
            else if (json.Is("request"u8))
                request = ReadRequest(ref json);
            else
                json.SkipOther(ReviewMembers);
        }

        if (apiVersion is not ApiVersion || kind is not "AdmissionReview")
            throw new JsonException(
                $"expected an AdmissionReview of {ApiVersion}, found {Printable.Escape(kind)} of {Printable.Escape(apiVersion)}");

        return Judge(request ?? throw new JsonException("the review has no request"));
    }

    private static Request? ReadRequest(ref StrictReader json)
    {
        if (!json.EnterObject())
            return null;

        var read = new Request();
        while (json.NextMember())
        {
            if (json.Is("uid"u8))
                read.Uid = json.ReadText();
            else if (json.Is("kind"u8))
                read.Kind = ReadKind(ref json);
            else if (json.Is("subResource"u8))
                read.SubResource = json.ReadText();
            else if (json.Is("name"u8))
                read.Name = json.ReadText();
            else if (json.Is("namespace"u8))
                read.Namespace = json.ReadText();
            else if (json.Is("operation"u8))
                read.Operation = json.ReadText();
            else if (json.Is("dryRun"u8))
                read.DryRun = json.ReadBoolean();
            else if (json.Is("object"u8))
                read.Object = ReadObject(ref json);
            else if (json.Is("oldObject"u8))
                read.OldObject = ReadObject(ref json);
            else
                json.SkipOther(RequestMembers);
        }

        return read;
    }

    private static KubernetesObject? ReadObject(ref StrictReader json)
    {
        if (json.EnterObject())
            return ObjectReader.Read(ref json);
        return json.Token == JsonTokenType.Null ? null : throw new JsonException("the request's object is not an object");
    }

    private static WorkloadKind? ReadKind(ref StrictReader json)
    {
        if (!json.EnterObject())
            return null;

        string? group = null, version = null, kind = null;
        while (json.NextMember())
        {
            if (json.Is("group"u8))
                group = json.ReadText();
            else if (json.Is("version"u8))
                version = json.ReadText();
            else if (json.Is("kind"u8))
                kind = json.ReadText();
            else
                json.SkipOther(KindMembers);
        }

        return version is null || kind is null ? null : new WorkloadKind(group ?? "", version, kind);
    }

    private static AdmissionReview Judge(Request request)
    {
        if (request.Uid is not { Length: > 0 and <= UidLength } uid)
            throw new JsonException($"the request has no uid of 1 to {UidLength} characters");

        var review = new AdmissionReview
        {
            Uid = uid,
            Operation = request.Operation switch
            {
                "CREATE" => AdmissionOperation.Create,
                "UPDATE" => AdmissionOperation.Update,
                "DELETE" => AdmissionOperation.Delete,
                "CONNECT" => AdmissionOperation.Connect,
                _ => throw new JsonException($"'{Printable.Escape(request.Operation)}' is not an operation"),
            },
            Kind = request.Kind ?? throw new JsonException("the request has no kind"),
            SubResource = request.SubResource ?? "",
            Namespace = request.Namespace ?? "",
            Name = request.Name ?? "",
            DryRun = request.DryRun,
        };

        // A deletion runs nothing, and the object of CONNECT is the options of the stream.
        if (review.Operation == AdmissionOperation.Connect
            || (review.Operation == AdmissionOperation.Delete && request.Object is null))
            return review with { Settled = ReasonCode.NoImages };

        if (request.Object is not { } @object)
            return review.DeniedAs(ReasonCode.ReviewMalformed, "the request has no object");

        if (!review.Kind.IsWrittenAs(@object.ApiVersion, @object.Kind))
            return review.DeniedAs(
                ReasonCode.ReviewMalformed,
                $"the request speaks of {Show(review.Kind)}, its object calls itself "
                + $"{Printable.Escape(@object.ApiVersion)} {Printable.Escape(@object.Kind)}");

        if (review.Kind.HasNoImages)
            return review with { Settled = ReasonCode.NoImages };

        if (review.Kind.PodSpec is not { } path)
            return review.DeniedAs(
                ReasonCode.KindUnsupported, $"the images of {Show(review.Kind)} are not known; its pods are judged as Pods");

        if (review.Namespace.Length == 0)
            return review.DeniedAs(ReasonCode.ReviewMalformed, $"the request for a {review.Kind} names no namespace");

        if (!@object.TryGetWorkload(review.Kind, path, review.Namespace, review.Name, out var workload, out var problem))
            return review with { Problem = problem };

        var isUnchanged = review.Operation == AdmissionOperation.Update
            && request.OldObject is { } old && review.Kind.IsWrittenAs(old.ApiVersion, old.Kind)
            && old.TryGetWorkload(review.Kind, path, review.Namespace, review.Name, out var before, out _)
            && workload.RunsTheSameAs(before);
        return review with { Workload = workload, Settled = isUnchanged ? ReasonCode.ImagesUnchanged : null };
    }

    private AdmissionReview DeniedAs(ReasonCode reason, string message) =>
        this with { Problem = new WorkloadProblem(reason, message) };

    private static string Show(WorkloadKind kind) => Printable.Escape(kind.ToString());

    private sealed class Request
    {
        public string? Uid { get; set; }

        public WorkloadKind? Kind { get; set; }

        public string? SubResource { get; set; }

        public string? Name { get; set; }

        public string? Namespace { get; set; }

        public string? Operation { get; set; }

        public bool DryRun { get; set; }

        public KubernetesObject? Object { get; set; }

        public KubernetesObject? OldObject { get; set; }
    }
}
