// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

/// <summary>Which images were approved on evidence that a key vouched for.</summary>
public sealed class VouchedTests : IAsyncLifetime
{
    private static readonly Digest Scanner = Digest.Compute("the scanner's key"u8);
    private static readonly Digest Other = Digest.Compute("another key"u8);

    private readonly TempFolder _folder = new();
    private DecisionLedger _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await Sample.OpenAsync(_folder, new ManualClock());

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Images_that_counted_its_evidence_are_found_and_no_others()
    {
        await ApproveAsync("its own", Line(Scanner));
        await ApproveAsync("one of two", Line(Other), Line(Scanner));
        await ApproveAsync("another's", Line(Other));
        await ApproveAsync("not counted", Line(Scanner) with { Used = false });
        await ApproveAsync("sent by the requester", Line(null) with { Source = "submitted" });
        await ApproveAsync("none at all");

        var found = await _ledger.Reader.FindVouchedAsync(Scanner, default);

        Assert.Equal([Image("its own"), Image("one of two")], found.Named.Select(image => image.Image));
        Assert.All(found.Named, image => Assert.True(image.IsPublished));
        Assert.Empty(found.Unnamed);
    }

    [Fact]
    public async Task Records_that_name_no_key_are_told_apart_and_not_left_out()
    {
        await ApproveAsync("old", Line(null));
        await ApproveAsync("new", Line(Scanner));

        var found = await _ledger.Reader.FindVouchedAsync(Scanner, default);
        var ofOther = await _ledger.Reader.FindVouchedAsync(Other, default);

        Assert.Equal([Image("new")], found.Named.Select(image => image.Image));
        Assert.Equal([Image("old")], found.Unnamed.Select(image => image.Image));
        Assert.Empty(ofOther.Named);
        Assert.Equal([Image("old")], ofOther.Unnamed.Select(image => image.Image));
    }

    [Fact]
    public async Task What_is_approved_and_not_published_yet_is_found_and_what_was_refused_in_the_end_is_not()
    {
        await IntendAsync("open", Line(Scanner));
        var (lease, decision) = await IntendAsync("refused", Line(Scanner));
        await _ledger.RefuseAsync(lease, decision with { Outcome = Outcome.Refused }, default);

        var found = await _ledger.Reader.FindVouchedAsync(Scanner, default);

        var image = Assert.Single(found.Named);
        Assert.Equal((Image("open"), false), (image.Image, image.IsPublished));
        Assert.Equal(Sample.Repository.ToString(), image.Repository);
    }

    private static Digest Image(string name) => Digest.Compute(Encoding.UTF8.GetBytes(name));

    private static DecisionEvidence Line(Digest? signedBy) => new()
    {
        Digest = Digest.Compute(Encoding.UTF8.GetBytes($"report by {signedBy}")),
        Kind = "scan",
        Source = "attested",
        SignedBy = signedBy,
        Used = true,
    };

    private async Task ApproveAsync(string image, params DecisionEvidence[] evidence)
    {
        var (lease, decision) = await IntendAsync(image, evidence);
        await _ledger.RecordSignatureAsync(lease, Sample.Signature(), default);
        await _ledger.CompleteAsync(lease, decision, default);
    }

    private async Task<(RequestLease Lease, Decision Decision)> IntendAsync(string image, params DecisionEvidence[] evidence)
    {
        var digest = Image(image);
        var lease = await _ledger.StartAsync(RequestIdentity.ForContent(
            Sample.Requester, new RequestContent(Sample.Repository, digest, Policy: null, []), Sample.Revision));
        var decision = Sample.Approval(lease.Request) with
        {
            Subject = new DecisionSubject(Sample.Repository.ToString(), digest, ["linux/amd64"]),
            Evidence = evidence,
        };
        await _ledger.RecordIntentAsync(lease, new SigningIntent(Sample.KeyId, decision, [Sample.Statement]), default);
        return (lease, decision);
    }
}
