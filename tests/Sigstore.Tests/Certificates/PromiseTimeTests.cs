// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Certificates;

/// <summary>The time at which a log of certificates says that it promised to record one.</summary>
public sealed class PromiseTimeTests
{
    private static readonly byte[] Artifact = [1, 2, 3];

    public static TheoryData<ulong?, bool> Times => new()
    {
        { null, true },
        { 0, false },
        // The first moment after the year 9999, the first that does not fit ticks, and the last there is.
        { 253_402_300_800_000, false },
        { 922_337_203_685_478, false },
        { ulong.MaxValue, false },
    };

    [Theory, MemberData(nameof(Times))]
    public void A_promise_counts_if_its_log_is_trusted_at_that_time(ulong? milliseconds, bool counts)
    {
        var clock = new ManualClock();
        using var world = new TrustWorld(clock) { CertificateLog = new CertificateLog(clock) { Milliseconds = milliseconds } };
        using var author = new BundleAuthor(world);
        var json = Encoding.UTF8.GetBytes(author.Sign(BundleDraft.All.Single(draft => draft.Name == "0.3 message"), Artifact).ToJsonString());
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(world.Root().ToJsonString()), out var root, out var unread), unread);
        Assert.True(Bundle.TryReadWithMaterial(json, out var bundle, out _));
        var trust = new BundleTrust
        {
            Root = root,
            Logs = 1,
            CertificateLogs = 1,
            Times = 1,
            Identities = [new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
        };

        Assert.Equal(counts, BundleVerifier.TryVerify(bundle, Digest.Compute(Artifact), trust, out _, out var problem));
        if (!counts)
        {
            Refused.With(SupplyChain.Model.Decisions.ReasonCode.CertInvalid, "too few trusted logs recorded certificate ", problem, $"{milliseconds}");
            Assert.Equal("0; the certificate has 1 promise of a log", problem!.Actual);
        }
    }
}
