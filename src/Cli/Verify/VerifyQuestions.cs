// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Verifier;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Cli.Verify;

/// <summary>What is asked of the verifier.</summary>
internal abstract class VerifyQuestions
{
    private VerifyQuestions()
    {
    }

    /// <summary>Every image in question, as written.</summary>
    public abstract IEnumerable<string> Images { get; }

    /// <summary>What to say when none of <see cref="Images"/> is a name.</summary>
    public abstract string NoImage { get; }

    public abstract Task<IReadOnlyList<VerifyAnswer>> AskAsync(
        AdmissionVerifier verifier, string? cluster, CancellationToken cancellationToken);

    /// <summary>Images that somebody named.</summary>
    internal sealed class Named(IReadOnlyList<string> images, WorkloadContext context) : VerifyQuestions
    {
        public override IEnumerable<string> Images => images;

        public override string NoImage =>
            ImageReference.TryParse(images[0], out _, out var problem) ? "there is no image to judge" : problem;

        public override async Task<IReadOnlyList<VerifyAnswer>> AskAsync(
            AdmissionVerifier verifier, string? cluster, CancellationToken cancellationToken)
        {
            var verdict = await verifier.VerifyAsync(
                images, context with { Cluster = cluster }, explain: true, cancellationToken);
            return [new VerifyAnswer(verdict, image => image.ToString())];
        }
    }

    /// <summary>The workloads of Kubernetes manifests.</summary>
    internal sealed class OfManifests(IReadOnlyList<ManifestWorkload> workloads, ImageLines lines) : VerifyQuestions
    {
        public override IEnumerable<string> Images =>
            workloads.SelectMany(found => found.Workload.Images).Select(image => image.Reference).OfType<string>();

        public override string NoImage => "the manifests hold no workload that names an image";

        /// <summary>Reads the workloads; what is odd about the files goes to <paramref name="complaints"/>.</summary>
        /// <exception cref="CommandFailure">A file cannot be read as Kubernetes objects.</exception>
        public static OfManifests Read(IReadOnlyList<ManifestFile> files, string? space, Screen complaints)
        {
            var read = Manifests.Read(files, space);
            foreach (var warning in read.Warnings)
                complaints.Line($"{warning.Source}: warning: {warning.Message}", Tone.Doubt);
            foreach (var problem in read.Problems)
                complaints.Line($"{problem.Source}: error: {problem.Message}", Tone.Bad);
            return read.Problems.Count == 0
                ? new OfManifests(read.Workloads, new ImageLines(files))
                : throw CommandFailure.BadInput("the manifests cannot be judged");
        }

        public override async Task<IReadOnlyList<VerifyAnswer>> AskAsync(
            AdmissionVerifier verifier, string? cluster, CancellationToken cancellationToken)
        {
            var answers = new List<VerifyAnswer>(workloads.Count);
            foreach (var found in workloads)
            {
                var verdict = await verifier.VerifyAsync(found.Workload, cluster, cancellationToken);
                answers.Add(new VerifyAnswer(verdict, image => Describe(found, image)));
            }

            return answers;
        }

        private string Describe(ManifestWorkload found, ImageField image)
        {
            var space = found.Workload.Namespace is { } name ? $" in namespace {name}" : "";
            return $"{lines.PlaceOf(found, image)}: {found.Workload.Kind.Kind} '{found.Workload.Name}'{space}: {image}";
        }
    }
}

/// <summary>What the verifier answered, for one workload or for all images that were named.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="Place">Where a field that names an image stands, in words.</param>
internal sealed record VerifyAnswer(WorkloadVerdict Verdict, Func<ImageField, string> Place)
{
    public IEnumerable<Decision> Decisions => Verdict.Images.Select(image => image.Verdict.Decision);
}
