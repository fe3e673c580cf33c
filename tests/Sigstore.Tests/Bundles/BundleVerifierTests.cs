// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>Everything that has to speak for a signature by certificate, and what is said when one of it does not.</summary>
public sealed class BundleVerifierTests : IDisposable
{
    private static readonly Digest Image = Digest.Compute("image"u8);

    private readonly ManualClock _clock = new();
    private readonly TrustWorld _world;

    public BundleVerifierTests() => _world = new TrustWorld(_clock);

    public static TheoryData<bool> Versions => [false, true];

    [Theory, MemberData(nameof(Versions))]
    public void A_signature_is_believed_that_everything_speaks_for(bool isVersion2)
    {
        var verified = Verify(Sign(isVersion2), out var why);

        Assert.True(verified is not null, why);
        Assert.Equal(LeafDraft.Workflow, verified.Identity!.Subject);
        Assert.Equal(isVersion2 ? "log2026.rekor.example.com" : "rekor.example.com", Assert.Single(verified.LogEntries).Log.Host);
        Assert.Equal(isVersion2 ? null : _clock.GetUtcNow(), verified.LogEntries[0].Time);
        Assert.Equal(_clock.GetUtcNow(), Assert.Single(verified.Timestamps).Time);
        Assert.Single(verified.CertificateLogs);
    }

    public static TheoryData<string, bool, string> Broken => new()
    {
        { "mediaType=\"application/vnd.dev.sigstore.bundle+json;version=0.2\"", true, "SIGNATURE_MALFORMED: the bundle of this version holds not one certificate, but a chain" },
        { "verificationMaterial.tlogEntries=[]", true, "TLOG_MISMATCH: too few trusted logs recorded the signature; expected at least 1 trusted log, found 0; the bundle has 0 log entries" },
        { "verificationMaterial.tlogEntries=", false, "TLOG_MISMATCH: too few trusted logs recorded the signature" },
        { "verificationMaterial.tlogEntries.0.inclusionProof=", false, "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint" },
        { "verificationMaterial.tlogEntries.0.inclusionProof.checkpoint=", true, "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint" },
        { "verificationMaterial.tlogEntries.0.inclusionProof.treeSize=\"8\"", false, "TLOG_MISMATCH: the checkpoint is of 7 entries and the proof of 8, or of another root" },
        { "verificationMaterial.tlogEntries.0.inclusionProof.logIndex=\"4\"", false, "TLOG_MISMATCH: the proof leads to root " },
        { "verificationMaterial.tlogEntries.0.logIndex=\"4\"", true, "TLOG_MISMATCH: the entry has place 4 in log2026.rekor.example.com, and its proof is of place 5" },
        { "verificationMaterial.tlogEntries.0.inclusionProof.treeSize=\"8\"", true, "TLOG_MISMATCH: the checkpoint is of 7 entries and the proof of 8, or of another root" },
        { "verificationMaterial.tlogEntries.0.logIndex=\"4\"", false, "TLOG_MISMATCH: the promise of inclusion was not signed by rekor.example.com" },
        { "verificationMaterial.tlogEntries.0.integratedTime=\"1\"", false, "TLOG_MISMATCH: the promise of inclusion was not signed by rekor.example.com" },
        { "verificationMaterial.tlogEntries.0.integratedTime=\"99999999999\"", false, "TLOG_MISMATCH: the promise of rekor.example.com is for no time" },
        { "verificationMaterial.tlogEntries.0.kindVersion.version=\"0.0.9\"", true, "TLOG_MISMATCH: the body of the log entry is of kind hashedrekord 0.0.2; the bundle says hashedrekord 0.0.9" },
        { "verificationMaterial.tlogEntries.0.logId.keyId=\"AAAA\"", true, "TLOG_MISMATCH: too few trusted logs recorded the signature" },
        { "verificationMaterial.timestampVerificationData=", true, "TIME_UNTRUSTED: too few logs and timestamp authorities told the time; expected at least 1 log or timestamp authority, found 0; the bundle has 1 log entry and 0 timestamps" },
        { "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp=\"MAA=\"", true, "TIME_UNTRUSTED: the timestamp is not DER of RFC 3161" },
        { "verificationMaterial.certificate.rawBytes=\"MAA=\"", true, "SIGNATURE_MALFORMED: verificationMaterial.certificate: the certificate is not DER of RFC 5280" },
        { "dsseEnvelope.payload=\"e30=\"", true, "SIGNATURE_INVALID: " },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Says_what_does_not_speak_for_it(string change, bool isVersion2, string expected)
    {
        var bundle = Sign(isVersion2);
        Change(bundle, change);

        Assert.Null(Verify(bundle, out var why));
        Assert.StartsWith(expected, why, StringComparison.Ordinal);
    }

    public static TheoryData<string, bool, string> OtherRoots => new()
    {
        { "tlogs=[]", true, "TLOG_MISMATCH: too few trusted logs recorded the signature" },
        { "tlogs.0.publicKey.validFor=", false, "TLOG_MISMATCH: rekor.example.com is trusted from never to further notice, and took the entry at " },
        { "tlogs.1.publicKey.validFor=", true, "TLOG_MISMATCH: log2026.rekor.example.com is trusted from never to further notice, and not at the time of the signature" },
        { "tlogs.0.publicKey.validFor.end=\"2026-11-22T09:59:59Z\"", false, "TLOG_MISMATCH: rekor.example.com is trusted from 2026-11-21T10:00:00Z to 2026-11-22T09:59:59Z" },
        { "timestampAuthorities=[]", true, "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: no timestamp authority is trusted" },
        { "timestampAuthorities.0.validFor.start=\"2026-11-22T10:00:01Z\"", true, "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp authority is trusted from " },
        { "certificateAuthorities=[]", true, "CERT_INVALID: no certificate authority is trusted at that time" },
        { "certificateAuthorities.0.validFor.end=\"2026-11-22T09:59:59Z\"", true, "CERT_INVALID: no certificate authority is trusted at that time" },
        { "ctlogs=[]", true, "CERT_INVALID: too few trusted logs recorded certificate " },
        { "ctlogs.0.publicKey.validFor.end=\"2026-11-22T09:59:59Z\"", true, "CERT_INVALID: too few trusted logs recorded certificate " },
    };

    [Theory, MemberData(nameof(OtherRoots))]
    public void The_trust_root_says_whom_to_believe_and_when(string change, bool isVersion2, string expected)
    {
        var root = _world.Root();
        Change(root, change);

        Assert.Null(Verify(Sign(isVersion2), out var why, root));
        Assert.StartsWith(expected, why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ends_of_a_period_of_trust_are_inside_it()
    {
        var root = _world.Root();
        foreach (var period in new[] { "tlogs.0.publicKey", "ctlogs.0.publicKey", "certificateAuthorities.0", "timestampAuthorities.0" })
        {
            Change(root, period + ".validFor.start=\"2026-11-22T10:00:00Z\"");
            Change(root, period + ".validFor.end=\"2026-11-22T10:00:00Z\"");
        }

        Assert.True(Verify(Sign(isVersion2: false), out var why, root) is not null, why);
    }

    [Fact]
    public void Somebody_else_s_certificate_is_somebody_else_s()
    {
        var other = LeafDraft.Workflow.Replace("scan.yml", "other.yml", StringComparison.Ordinal);
        var draft = new LeafDraft { Subject = WorkloadAuthority.Names((6, other)) };

        Assert.Null(Verify(_world.Sign(Statement, _world.Rekor2, draft), out var why));
        Assert.Equal(
            $"KEY_NOT_TRUSTED: the certificate was given to somebody who is not trusted for this; expected {LeafDraft.Workflow} of "
            + $"https://token.actions.githubusercontent.com, found {other} of https://token.actions.githubusercontent.com", why);

        Assert.Null(Verify(_world.Sign(Statement, _world.Rekor2, new LeafDraft { Issuer = "https://issuer.example.com" }), out why));
        Assert.EndsWith(" of https://issuer.example.com", why, StringComparison.Ordinal);
        Assert.Null(Verify(_world.Sign(Statement, _world.Rekor2, new LeafDraft { Issuer = null }), out why));
        Assert.EndsWith(" of no issuer", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_had_ended_when_the_log_recorded_it_signs_nothing()
    {
        var draft = new LeafDraft { Age = TimeSpan.FromSeconds(601) };

        Assert.Null(Verify(_world.Sign(Statement, _world.Rekor1, draft), out var why));
        Assert.StartsWith("CERT_INVALID: certificate ", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_about_another_image_says_nothing_of_this_one()
    {
        var bundle = _world.Sign(StatementWriter.Write([StatementSubject.Of(Digest.Compute("other"u8), Repository)], "https://example.com/type", static writer => { writer.WriteStartObject(); writer.WriteEndObject(); }), _world.Rekor2);

        Assert.Null(Verify(bundle, out var why));
        Assert.StartsWith("SUBJECT_MISMATCH: ", why, StringComparison.Ordinal);
    }

    [Fact]
    public void One_log_counts_once_however_many_entries_it_has()
    {
        var bundle = Sign(isVersion2: true);
        var entries = bundle["verificationMaterial"]!["tlogEntries"]!.AsArray();
        entries.Add(entries[0]!.DeepClone());

        Assert.Null(Verify(bundle, out var why));
        Assert.Equal("TLOG_MISMATCH: an entry of log2026.rekor.example.com is there twice", why);

        Assert.Null(Verify(Sign(isVersion2: true), out why, trust => trust with { Logs = 2 }));
        Assert.Equal("TLOG_MISMATCH: too few trusted logs recorded the signature; expected at least 2 trusted logs, of distinct operators, found 1; the bundle has 1 log entry", why);
        Assert.Null(Verify(Sign(isVersion2: true), out why, trust => trust with { Times = 2 }));
        Assert.Equal("TIME_UNTRUSTED: too few logs and timestamp authorities told the time; expected at least 2 logs or timestamp authorities, of distinct operators, found 1; the bundle has 1 log entry and 1 timestamp", why);
        Assert.Null(Verify(Sign(isVersion2: true), out why, trust => trust with { CertificateLogs = 2 }));
        Assert.StartsWith("CERT_INVALID: too few trusted logs recorded certificate ", why, StringComparison.Ordinal);
        Assert.EndsWith("; expected at least 2 trusted logs, of distinct operators, found 1; the certificate has 1 promise of a log", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("one", "two", true)]
    [InlineData("one", "one", false)]
    public void Logs_of_one_operator_are_one_log(string? first, string? second, bool isEnough)
    {
        var root = _world.Root();
        root["tlogs"]![0]!["operator"] = first;
        root["tlogs"]![1]!["operator"] = second;
        var bundle = _world.Sign(Statement, _world.Rekor1, another: _world.Rekor2);

        Assert.Equal(isEnough, Verify(bundle, out var why, trust => trust with { Logs = 2 }, root) is not null);
        if (!isEnough)
            Assert.Equal("TLOG_MISMATCH: too few trusted logs recorded the signature; expected at least 2 trusted logs, of distinct operators, found 1; the bundle has 2 log entries", why);
    }

    [Theory]
    [InlineData(1, 1, null, "CERT_INVALID: a log has to have recorded the signer's certificate, and the bundle was signed with a key that has none")]
    [InlineData(0, null, null, "TIME_UNTRUSTED: the key is trusted from never to further notice, and not at the time of the signature")]
    [InlineData(0, 1, 9, "TIME_UNTRUSTED: the key is trusted from 2026-11-01T00:00:00Z to 2026-11-09T00:00:00Z, and not at the time of the signature")]
    [InlineData(0, 1, null, null)]
    public void A_key_is_trusted_for_its_time(int certificateLogs, int? start, int? end, string? expected)
    {
        var bundle = JsonNode.Parse(Sigstore.Bundle.Write(TestSigner.P256.Envelope(Statement), TestSigner.P256.Key))!.AsObject();
        static DateTimeOffset? Day(int? day) => day is { } number ? new DateTimeOffset(2026, 11, number, 0, 0, 0, TimeSpan.Zero) : null;

        var verified = Verify(bundle, out var why, trust => trust with
        {
            Keys = [new TrustedKey(TestSigner.P256.Key, new ValidityPeriod(Day(start), Day(end)))],
            Logs = 0,
            Times = 0,
            CertificateLogs = certificateLogs,
        });

        Assert.Equal(expected, why);
        Assert.Equal(expected is null ? TestSigner.P256.Key : null, verified?.Key);
    }

    [Fact]
    public void Without_anybody_s_time_a_certificate_is_never_believed()
    {
        var bundle = Sign(isVersion2: true);
        Change(bundle, "verificationMaterial.timestampVerificationData=");

        Assert.Null(Verify(bundle, out var why, trust => trust with { Times = 0, Logs = 0 }));
        Assert.StartsWith("TLOG_MISMATCH: log2026.rekor.example.com is trusted from ", why, StringComparison.Ordinal);
        Change(bundle, "verificationMaterial.tlogEntries=");
        Assert.Null(Verify(bundle, out why, trust => trust with { Times = 0, Logs = 0 }));
        Assert.StartsWith("TIME_UNTRUSTED: nobody told when it was signed", why, StringComparison.Ordinal);
    }

    public void Dispose() => _world.Dispose();

    private static Repository Repository { get; } = Repository.TryParse("registry.example.com/payments/api", out var repository, out var problem)
        ? repository : throw new InvalidOperationException(problem);

    private static byte[] Statement { get; } = StatementWriter.Write(
        [StatementSubject.Of(Image, Repository)], "https://example.com/type", static writer => { writer.WriteStartObject(); writer.WriteEndObject(); });

    private JsonObject Sign(bool isVersion2) => _world.Sign(Statement, isVersion2 ? _world.Rekor2 : _world.Rekor1);

    private VerifiedMaterial? Verify(JsonObject bundle, out string? why, JsonObject? root = null) => Verify(bundle, out why, trust => trust, root);

    private VerifiedMaterial? Verify(JsonObject bundle, out string? why, Func<BundleTrust, BundleTrust> change, JsonObject? root = null)
    {
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes((root ?? _world.Root()).ToJsonString()), out var read, out var unread), unread);
        var trust = change(new BundleTrust
        {
            Root = read,
            Logs = 1,
            CertificateLogs = 1,
            Times = 1,
            Identities = [new TrustedIdentity { Issuer = "https://token.actions.githubusercontent.com", Subject = LeafDraft.Workflow }],
        });
        why = null;
        if (Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(bundle.ToJsonString()), out var parsed, out var problem)
            && BundleVerifier.TryVerify(parsed, Image, trust, out var verified, out problem))
        {
            return verified;
        }

        why = $"{problem.Reason}: {problem.Message}" + (problem.Expected is null ? "" : $"; expected {problem.Expected}, found {problem.Actual}");
        return null;
    }

    // path=json, or path= to remove what is there.
    private static void Change(JsonObject document, string change)
    {
        var at = change.IndexOf('=', StringComparison.Ordinal);
        var steps = change[..at].Split('.');
        JsonNode node = document;
        foreach (var step in steps[..^1])
            node = (int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node[index] : node[step])!;
        if (at == change.Length - 1)
            Assert.True(node.AsObject().Remove(steps[^1]));
        else
            node[steps[^1]] = JsonNode.Parse(change[(at + 1)..]);
    }
}
