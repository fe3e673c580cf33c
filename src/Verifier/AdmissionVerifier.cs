// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier;

/// <summary>
/// Decides whether images may run, by the admission policy in force. Thread-safe. What could be decided before is
/// answered without network, cryptography or waiting.
/// </summary>
/// <remarks>
/// The steps of docs/verification-order.md stand in <see cref="ImageScreening"/> and <see cref="ImageJudge"/>.
/// </remarks>
public sealed class AdmissionVerifier
{
    private readonly VerifierOptions _options;
    private readonly TimeProvider _time;
    private readonly ImageJudge _judge;
    private PolicyInForce? _policy;

    /// <summary>A verifier without a policy: until it has one, it denies everything.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public AdmissionVerifier(IEvidenceSource evidence, VerifierOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _options = options;
        _time = time;
        _judge = new ImageJudge(evidence, options, time);
    }

    /// <summary>Whether there is a policy.</summary>
    public bool IsReady => Volatile.Read(ref _policy) is not null;

    /// <summary>The revision of the admission policy in force; null before the first.</summary>
    public Digest? Revision => Volatile.Read(ref _policy)?.Policy.Revision;

    /// <summary>
    /// Puts policies into force for every question from now on; questions being answered finish under the old ones. When
    /// the result is <see langword="false"/> the last good ones stay.
    /// </summary>
    /// <param name="policies">The policies, with their keys resolved.</param>
    /// <param name="problem">Why they hold no admission policy that can be used.</param>
    public bool TryUse(PolicySet policies, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(policies);
        if (ReferenceEquals(Volatile.Read(ref _policy)?.Policies, policies))
        {
            problem = null;
            return true;
        }

        var candidates = policies.AdmissionPolicies
            .Where(policy => _options.Policy is null || string.Equals(policy.Name, _options.Policy, StringComparison.Ordinal))
            .ToList();
        if (candidates is not [var only])
        {
            problem = (candidates.Count, _options.Policy) switch
            {
                (0, null) => "there is no AdmissionPolicy",
                (0, var name) => $"there is no AdmissionPolicy named '{Printable.Escape(name)}'",
                (var count, _) => $"there are {count} AdmissionPolicies; name the one to use",
            };
            return false;
        }

        Volatile.Write(ref _policy, new PolicyInForce(policies, only, _options));
        problem = null;
        return true;
    }

    /// <summary>Decides about images by name.</summary>
    /// <param name="images">The images' names as written; each is judged once.</param>
    /// <param name="workload">Where and as whom they would run; without a cluster, in the one this verifier guards.</param>
    /// <param name="explain">Whether the decisions tell which rules were considered and lost.</param>
    /// <param name="cancellationToken">Ends the question; cancelling never allows anything.</param>
    public async ValueTask<WorkloadVerdict> VerifyAsync(
        IReadOnlyList<string> images, WorkloadContext workload, bool explain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(workload);
        var groups = images.Distinct(StringComparer.Ordinal).Select(image => new ImageGroup(image, null, [])).ToList();
        var context = workload with { Cluster = workload.Cluster ?? _options.Cluster };
        var policy = Volatile.Read(ref _policy);
        var verdict = await VerifyAllAsync(policy, groups, context, _options.Deadline, cancellationToken);
        return explain && policy is not null ? Explain(verdict, policy.Policy.Select(context).Considered) : verdict;
    }

    /// <summary>Decides about every image of a workload; each is judged once, and one no is a no.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="cluster">The cluster it would run in; null for the one this verifier guards.</param>
    /// <param name="cancellationToken">Ends the question; cancelling never allows anything.</param>
    public ValueTask<WorkloadVerdict> VerifyAsync(
        Workload workload, string? cluster, CancellationToken cancellationToken) =>
        VerifyAsync(workload, cluster, _options.Deadline, cancellationToken);

    /// <summary>Answers an admission review.</summary>
    /// <param name="review">The review.</param>
    /// <param name="patience">How long the API server waits for the answer; null when it did not say.</param>
    /// <param name="cancellationToken">Ends the question; cancelling never allows anything.</param>
    public ValueTask<AdmissionAnswer> ReviewAsync(
        AdmissionReview review, TimeSpan? patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(review);
        if (review.Problem is { } problem)
            return ValueTask.FromResult(AdmissionAnswer.Refuse(review, problem));
        if (review.Settled is { } settled)
            return ValueTask.FromResult(AdmissionAnswer.Settle(review, settled));

        try
        {
            var verdict = VerifyAsync(review.Workload!, cluster: null, DeadlineWithin(patience), cancellationToken);
            return verdict.IsCompletedSuccessfully
                ? ValueTask.FromResult(AdmissionAnswer.From(review, verdict.GetAwaiter().GetResult()))
                : AnswerAsync(review, verdict, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromResult(AdmissionAnswer.Fail(review, fault));
        }
    }

    private static async ValueTask<AdmissionAnswer> AnswerAsync(
        AdmissionReview review, ValueTask<WorkloadVerdict> verdict, CancellationToken cancellationToken)
    {
        try
        {
            return AdmissionAnswer.From(review, await verdict);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return AdmissionAnswer.Fail(review, fault);
        }
    }

    private ValueTask<WorkloadVerdict> VerifyAsync(
        Workload workload, string? cluster, TimeSpan deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var context = new WorkloadContext(cluster ?? _options.Cluster, workload.Namespace, workload.ServiceAccount, Node: null);
        return VerifyAllAsync(
            Volatile.Read(ref _policy), ImageGroup.From(workload.Images), context, deadline, cancellationToken);
    }

    private static WorkloadVerdict Explain(WorkloadVerdict verdict, IReadOnlyList<string> considered) => new(
        [.. verdict.Images.Select(image => image with
        {
            Verdict = image.Verdict with { Decision = image.Verdict.Decision with { Considered = considered } },
        })]);

    private ValueTask<WorkloadVerdict> VerifyAllAsync(
        PolicyInForce? policy, List<ImageGroup> images, WorkloadContext context, TimeSpan deadline,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = _time.GetUtcNow();
        var judged = new JudgedImage[images.Count];
        List<(int Index, OpenQuestion Question)>? open = null;
        for (var i = 0; i < images.Count; i++)
        {
            var verdict = ImageScreening.Screen(policy, images[i], context, now, out var question);
            if (verdict is not null)
                judged[i] = new JudgedImage(verdict, images[i].Fields);
            else
                (open ??= []).Add((i, question!));
        }

        return open is null
            ? ValueTask.FromResult(new WorkloadVerdict(judged))
            : FinishAsync(policy!, images, judged, open, deadline, cancellationToken);
    }

    private async ValueTask<WorkloadVerdict> FinishAsync(
        PolicyInForce policy, List<ImageGroup> images, JudgedImage[] judged, List<(int Index, OpenQuestion Question)> open,
        TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        using var turns = new SemaphoreSlim(_options.ConcurrentImages);
        await Task.WhenAll(open.Select(async entry =>
        {
            var verdict = await _judge.FinishAsync(policy, entry.Question, turns, either.Token);
            judged[entry.Index] = new JudgedImage(verdict, images[entry.Index].Fields);
        }));

        // Who asked is gone: there is nobody to answer, and an unfinished question must not look like an answer.
        cancellationToken.ThrowIfCancellationRequested();
        return new WorkloadVerdict(judged);
    }

    // A fifth of the API server's patience, at most a second, is left for the way back.
    private TimeSpan DeadlineWithin(TimeSpan? patience)
    {
        if (patience is not { } whole)
            return _options.Deadline;

        var margin = TimeSpan.FromTicks(Math.Min(whole.Ticks / 5, TimeSpan.TicksPerSecond));
        return whole - margin < _options.Deadline ? whole - margin : _options.Deadline;
    }
}
