// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Testing;
using SupplyChain.Verifier.Kubernetes;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Tests;

/// <summary>A verifier with a policy, a key, a clock that stands still and a registry that does as told.</summary>
internal sealed class Gate : IDisposable
{
    public static readonly Repository Api = Repository.Parse("registry.example.com/team/api");
    public static readonly Digest Good = Digest.Compute("good"u8);
    public static readonly Digest Bad = Digest.Compute("bad"u8);

    public Gate(string? rules = null, string? fallback = TestPolicies.SignedByRelease, VerifierOptions? options = null)
    {
        Verifier = new AdmissionVerifier(Evidence, options ?? new VerifierOptions { Cluster = "prod-eu" }, Clock);
        Use(rules ?? "", fallback);
        Evidence.Signed(Good, Release);
        Evidence.Bare(Bad);
    }

    public ManualClock Clock { get; } = new();

    public TestSigner Release { get; } = new();

    public ScriptedEvidence Evidence { get; } = new();

    public AdmissionVerifier Verifier { get; }

    public static string GoodImage => $"{Api}@{Good}";

    public static string BadImage => $"{Api}@{Bad}";

    public void Use(string rules, string? fallback = TestPolicies.SignedByRelease, string attestorMore = "")
    {
        var set = TestPolicies.Load(TestPolicies.Attestor(Release, more: attestorMore), TestPolicies.Admission(rules, fallback));
        Assert.True(Verifier.TryUse(set, out var problem), problem);
    }

    public async Task<ImageVerdict> AskAsync(string image, string @namespace = "team", string account = "default")
    {
        var verdict = await Verifier.VerifyAsync(
            [image], new WorkloadContext(null, @namespace, account, null), explain: false, CancellationToken.None);
        return Assert.Single(verdict.Images).Verdict;
    }

    public Task<AdmissionAnswer> ReviewAsync(params string[] images) =>
        Verifier.ReviewAsync(Reviews.Read(Reviews.Of(Reviews.Pod(images))), patience: null, CancellationToken.None).AsTask();

    public void Dispose() => Release.Dispose();
}
