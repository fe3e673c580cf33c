// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Cli.Tests.Bundles;

/// <summary><c>bundle verify</c>: what it says of a bundle, and of what is no bundle.</summary>
public sealed class BundleVerifyTests : IDisposable
{
    private const string Issuer = "https://token.actions.githubusercontent.com";

    private static readonly byte[] Content = "a package"u8.ToArray();
    private static readonly string[] Signer = ["--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer];

    private readonly ManualClock _clock = new();
    private readonly TrustWorld _world;
    private readonly TempFolder _folder = new();

    public BundleVerifyTests()
    {
        _world = new TrustWorld(_clock);
        File.WriteAllBytes(_folder["package"], Content);
        File.WriteAllText(_folder["root.json"], _world.Root().ToJsonString());
        Write(_world.Sign(Statement(), _world.Rekor1));
    }

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Says_who_signed_and_who_saw_it()
    {
        var run = await VerifyAsync(_folder["package"], Signer);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error + run.Out);
        Assert.StartsWith($"VERIFIED  {Digest.Compute(Content)}\n", run.Out, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^  Signed by +{System.Text.RegularExpressions.Regex.Escape(LeafDraft.Workflow)}$", run.Out);
        Assert.Matches($"(?m)^  Issuer +{Issuer}$", run.Out);
        Assert.Matches("(?m)^  Certificate +sha256:[0-9a-f]{64} +2026-11-22T10:00:00Z to 2026-11-22T10:10:00Z$", run.Out);
        Assert.Matches("(?m)^  Certificate log +https://ctfe.example.com$", run.Out);
        Assert.Matches("(?m)^  Says +https://example.com/type$", run.Out);
        Assert.Matches("(?m)^  Log +rekor.example.com +index [0-9]+ +2026-11-22T10:00:00Z$", run.Out);
        Assert.Matches("(?m)^  Timestamp +sha256:[0-9a-f]{64} +2026-11-22T10:00:00Z$", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Programs_read_the_same()
    {
        var run = await VerifyAsync(Digest.Compute(Content).ToString(), [.. Signer, "--output", "json"]);
        using var document = JsonDocument.Parse(run.Out);
        var (root, log) = (document.RootElement, document.RootElement.GetProperty("logs")[0]);

        Assert.True(root.GetProperty("verified").GetBoolean());
        Assert.Equal(Digest.Compute(Content).ToString(), root.GetProperty("artifact").GetString());
        Assert.Equal(LeafDraft.Workflow, root.GetProperty("signer").GetProperty("subject").GetString());
        Assert.Equal(Issuer, root.GetProperty("signer").GetProperty("issuer").GetString());
        Assert.Equal("https://example.com/type", root.GetProperty("predicateType").GetString());
        Assert.Equal("https://ctfe.example.com", root.GetProperty("certificate").GetProperty("logs")[0].GetString());
        Assert.Equal(("rekor.example.com", true), (log.GetProperty("log").GetString(), log.GetProperty("included").GetBoolean()));
        Assert.Equal(_clock.GetUtcNow(), log.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(_clock.GetUtcNow(), root.GetProperty("timestamps")[0].GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_log_that_tells_no_time_is_said_to_tell_none()
    {
        Write(_world.Sign(Statement(), _world.Rekor2));

        Assert.Matches("(?m)^  Log +log2026.rekor.example.com +index [0-9]+ +time not told$", (await VerifyAsync(_folder["package"], Signer)).Out);
        using var document = JsonDocument.Parse((await VerifyAsync(_folder["package"], [.. Signer, "--output", "json"])).Out);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("logs")[0].GetProperty("time").ValueKind);
    }

    [Fact]
    public async Task A_no_says_reason_expected_and_found()
    {
        var other = Digest.Compute("another"u8).ToString();
        var run = await VerifyAsync(other, Signer);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Equal(
            $"NOT VERIFIED  {other}\n  the statement speaks of another artifact  SUBJECT_MISMATCH\n  expected {other}\n  found    {Digest.Compute(Content)}\n",
            run.Out);
        using var document = JsonDocument.Parse((await VerifyAsync(other, [.. Signer, "--output", "json"])).Out);
        var root = document.RootElement;
        Assert.False(root.GetProperty("verified").GetBoolean());
        Assert.Equal("SUBJECT_MISMATCH", root.GetProperty("reason").GetString());
        Assert.Equal((other, Digest.Compute(Content).ToString()), (root.GetProperty("expected").GetString(), root.GetProperty("actual").GetString()));
    }

    public static TheoryData<string, string[], string> Refused => new()
    {
        { "another subject", ["--certificate-identity", "x", "--certificate-oidc-issuer", Issuer], "KEY_NOT_TRUSTED" },
        { "another issuer", ["--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer + "/"], "KEY_NOT_TRUSTED" },
        { "a pattern that matches a part", ["--certificate-identity-pattern", "https://github.com/example", "--certificate-oidc-issuer", Issuer], "KEY_NOT_TRUSTED" },
        { "a claim that the certificate does not make", [.. Signer, "--source-repository-id", "1"], "expected the source repository id 1, found none" },
        { "two logs", [.. Signer, "--logs", "2"], "  TLOG_MISMATCH\n  expected at least 2 trusted logs, of distinct operators\n  found    1; the bundle has 1 log entry\n" },
        { "three times", [.. Signer, "--times", "3"], "told the time  TIME_UNTRUSTED\n  expected at least 3 logs or timestamp authorities, of distinct operators\n  found    1; the bundle has 1 log entry and 1 timestamp\n" },
        { "two logs of certificates", [.. Signer, "--certificate-logs", "2"], "  CERT_INVALID\n  expected at least 2 trusted logs, of distinct operators\n  found    1; the certificate has 1 promise of a log\n" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Whatever_is_asked_for_decides(string because, string[] options, string expected)
    {
        var run = await VerifyAsync(_folder["package"], options);

        Assert.True(run.ExitCode == ExitCodes.Refused, because);
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("build-signer", 9)]
    [InlineData("build-signer-digest", 10)]
    [InlineData("runner-environment", 11)]
    [InlineData("source-repository", 12)]
    [InlineData("source-repository-digest", 13)]
    [InlineData("source-repository-ref", 14)]
    [InlineData("source-repository-id", 15)]
    [InlineData("source-repository-owner", 16)]
    [InlineData("source-repository-owner-id", 17)]
    [InlineData("build-config", 18)]
    [InlineData("build-config-digest", 19)]
    [InlineData("build-trigger", 20)]
    [InlineData("source-repository-visibility", 22)]
    [InlineData("deployment-environment", 23)]
    [InlineData("token-subject", 24)]
    public async Task Each_claim_is_compared_with_its_extension(string option, int number)
    {
        Write(_world.Sign(Statement(), _world.Rekor1, new LeafDraft
        {
            Extensions = [new($"1.3.6.1.4.1.57264.1.{number}", WorkloadAuthority.Utf8String("value"), critical: false)],
        }));

        Assert.Equal(ExitCodes.Done, (await VerifyAsync(_folder["package"], [.. Signer, $"--{option}", "value"])).ExitCode);
        var other = await VerifyAsync(_folder["package"], [.. Signer, $"--{option}", "Value"]);
        Assert.Equal(ExitCodes.Refused, other.ExitCode);
        Assert.Contains($"expected the {option.Replace('-', ' ')} Value, found value", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_may_name_subject_and_issuer()
    {
        Assert.Equal(ExitCodes.Done, (await VerifyAsync(_folder["package"],
        [
            "--certificate-identity-pattern", @"https://github\.com/example/.*", "--certificate-oidc-issuer-pattern", @"https://token\.actions\.githubusercontent\.com",
        ])).ExitCode);
    }

    [Fact]
    public async Task A_key_is_trusted_by_itself_and_never_for_a_bundle_with_a_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_folder["key.pub"], key.ExportSubjectPublicKeyInfoPem());
        var signed = key.SignData(Content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        string[] options = ["--key", _folder["key.pub"], "--logs", "0", "--times", "0"];

        // The certificate's own key decides there, whoever's it is.
        var keyless = await VerifyAsync(_folder["package"], options);
        Assert.Equal(ExitCodes.Refused, keyless.ExitCode);
        Assert.Contains("  KEY_NOT_TRUSTED\n  expected nobody\n", keyless.Out, StringComparison.Ordinal);

        Write(new JsonObject
        {
            ["mediaType"] = Bundle.MediaTypeV03,
            ["verificationMaterial"] = new JsonObject { ["publicKey"] = new JsonObject() },
            ["messageSignature"] = new JsonObject { ["signature"] = Convert.ToBase64String(signed) },
        });
        var run = await VerifyAsync(_folder["package"], options);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Out);
        Assert.Matches("(?m)^  Signed by +ecdsa-p256-sha256 sha256:[0-9a-f]{64}$", run.Out);
        var byIdentity = await VerifyAsync(_folder["package"], Signer);
        Assert.Equal(ExitCodes.Refused, byIdentity.ExitCode);
        Assert.EndsWith(
            "\n  it is signed by a key, and only certificates are trusted for this  KEY_NOT_TRUSTED\n"
                + $"  expected a certificate of {LeafDraft.Workflow} of {Issuer}\n  found    a public key without a certificate\n",
            byIdentity.Out, StringComparison.Ordinal);
        Assert.Contains("TLOG_MISMATCH", (await VerifyAsync(_folder["package"], ["--key", _folder["key.pub"]])).Out, StringComparison.Ordinal);
        Assert.Contains("CERT_INVALID", (await VerifyAsync(_folder["package"], [.. options, "--certificate-logs", "1"])).Out, StringComparison.Ordinal);
        Assert.StartsWith(
            $"supplychain: the key '{_folder["key.pub"]}' signs with ecdsa-p256-sha256, not with ed25519",
            (await VerifyAsync(_folder["package"], [.. options, "--algorithm", "ed25519"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_instance_is_believed_where_no_trust_root_is_named()
    {
        var run = await Invoked.RunAsync(["bundle", "verify", "--bundle", _folder["bundle"], .. Signer, _folder["package"]]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.EndsWith(
            "\n  too few trusted logs recorded the signature  TLOG_MISMATCH\n  expected at least 1 trusted log\n  found    0; the bundle has 1 log entry\n",
            run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_called_like_a_digest_is_the_digest_and_a_file_of_that_name_has_a_path()
    {
        var name = $"sha256:{new string('0', 64)}";
        File.WriteAllBytes(Path.Combine(_folder[""], name), Content);
        Assert.Equal(ExitCodes.Refused, (await VerifyAsync(name, Signer)).ExitCode);

        Assert.Equal(ExitCodes.Done, (await VerifyAsync(Path.Combine(_folder[""], name), Signer)).ExitCode);
    }

    [Fact]
    public async Task A_large_artifact_is_digested_piece_by_piece()
    {
        await using (var file = File.Create(_folder["large"]))
            file.SetLength(Limits.HeldArtifactBytes + 1);
        await using (var file = File.OpenRead(_folder["large"]))
            Write(_world.Sign(Statement(Digest.FromSha256(await SHA256.HashDataAsync(file, TestContext.Current.CancellationToken))), _world.Rekor1));

        Assert.Equal(ExitCodes.Done, (await VerifyAsync(_folder["large"], Signer)).ExitCode);
    }

    public static TheoryData<string, string[], string> Unusable => new()
    {
        { "package", [], "--certificate-identity or --certificate-identity-pattern is missing: a certificate is trusted by name and issuer; or give --key" },
        { "package", ["--certificate-identity", "x"], "--certificate-oidc-issuer or --certificate-oidc-issuer-pattern is missing" },
        { "package", ["--certificate-identity", "", "--certificate-oidc-issuer", "y"], "--certificate-identity is empty" },
        { "package", ["--certificate-identity", "x", "--certificate-identity-pattern", "x", "--certificate-oidc-issuer", "y"], "--certificate-identity and --certificate-identity-pattern exclude each other" },
        { "package", ["--certificate-identity-pattern", "(", "--certificate-oidc-issuer", "y"], "--certificate-identity-pattern is not a pattern: " },
        { "package", ["--key", "k", "--certificate-identity", "x"], "--key and --certificate-identity exclude each other" },
        { "package", ["--key", "k", "--source-repository-id", "1"], "--key and --source-repository-id exclude each other" },
        { "package", ["--key", "nowhere"], "key file 'nowhere' cannot be read: there is no such file" },
        { "package", ["--key", "PACKAGE"], "the key 'PACKAGE' cannot be used: the key is not a PEM block" },
        { "package", [.. Signer, "--algorithm", "ed25519"], "--algorithm says what a key signs with, and there is no --key" },
        { "package", [.. Signer, "--logs", "-1"], "--logs is a number from 0 to 8" },
        { "package", [.. Signer, "--times", "33"], "--times is a number from 0 to 8" },
        { "package", [.. Signer, "--certificate-logs", "99"], "--certificate-logs is a number from 0 to 8" },
        { "nowhere", Signer, "cannot be read: there is no such file, and it is no digest, which starts with sha256: or sha512:" },
        { "", Signer, "cannot be read: it is a folder" },
        { "sha256:abc", Signer, "the artifact 'sha256:abc' is no digest: a sha256 digest has 64 hexadecimal digits" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task What_cannot_be_used_is_told_in_one_line(string artifact, string[] options, string expected)
    {
        var run = await VerifyAsync(
            artifact.StartsWith("sha256:", StringComparison.Ordinal) ? artifact : _folder[artifact],
            [.. options.Select(option => option.Replace("PACKAGE", _folder["package"], StringComparison.Ordinal))]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(expected.Replace("PACKAGE", _folder["package"], StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task What_has_no_end_is_not_read_to_it()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no device without an end");

        var run = await VerifyAsync("/dev/zero", Signer);
        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("the artifact '/dev/zero' has more than 0 bytes, which is what its length is", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"bundle '/dev/zero' is longer than {Limits.AttestationBytes} bytes",
            (await Invoked.RunAsync(["bundle", "verify", "--bundle", "/dev/zero", .. Signer, _folder["package"]])).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage", "the bundle is malformed: ")]
    [InlineData("empty", "the bundle is malformed: ")]
    [InlineData("deep", "the bundle is malformed: ")]
    [InlineData("[]", "the bundle is not an object")]
    [InlineData("{}", "the bundle has no mediaType")]
    public async Task What_is_no_bundle_shows_nothing(string kind, string expected)
    {
        File.WriteAllBytes(_folder["bundle"], kind switch
        {
            "garbage" => [0x80, 0x00, 0xff, 0x1b, 0x5b, 0x32, 0x4a],
            "empty" => [],
            "deep" => Encoding.ASCII.GetBytes(new string('[', 100_000)),
            _ => Encoding.ASCII.GetBytes(kind),
        });

        var run = await VerifyAsync(_folder["package"], Signer);
        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
        Assert.Contains("  SIGNATURE_MALFORMED\n", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_TUF_root_is_no_trust_root_and_said_to_be_one()
    {
        var repository = new TufRepository(_clock, target: "{}");
        File.WriteAllBytes(_folder["root.json"], repository.FirstRoot);
        var words = $"supplychain: --trusted-root expects logs and authorities (trusted_root.json), and '{_folder["root.json"]}' seems to be TUF root "
            + "metadata (root.json): supplychain trust takes that with --tuf-root, and writes a trusted_root.json with --out\n";

        var bundle = await VerifyAsync(_folder["package"], Signer);
        var image = await Invoked.RunAsync(
            ["verify", $"registry.local/shop@{Digest.Compute(Content)}", .. Signer, "--trusted-root", _folder["root.json"]]);

        Assert.Equal((ExitCodes.BadInput, words), (bundle.ExitCode, bundle.Error));
        Assert.Equal((ExitCodes.BadInput, words), (image.ExitCode, image.Error));
    }

    [Theory]
    [InlineData("root.json", "the trust root 'ROOT' cannot be used: ")]
    [InlineData("nowhere", "trust root 'ROOT' cannot be read: there is no such file")]
    [InlineData("", "trust root 'ROOT' cannot be read: access is denied, or it is a folder")]
    public async Task A_trust_root_that_cannot_be_used_decides_nothing(string file, string expected)
    {
        File.WriteAllText(_folder["root.json"], "{}");
        var run = await Invoked.RunAsync(
            ["bundle", "verify", "--bundle", _folder["bundle"], .. Signer, "--trusted-root", _folder[file], _folder["package"]]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(expected.Replace("ROOT", _folder[file], StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
    }

    private Task<Invoked> VerifyAsync(string artifact, string[] options) =>
        Invoked.RunAsync(["bundle", "verify", "--bundle", _folder["bundle"], "--trusted-root", _folder["root.json"], .. options, "--", artifact]);

    private void Write(JsonObject bundle) => File.WriteAllText(_folder["bundle"], bundle.ToJsonString());

    private static byte[] Statement(Digest? of = null) => StatementWriter.Write(
        [StatementSubject.Of(of ?? Digest.Compute(Content))], "https://example.com/type", writer => writer.WriteNullValue());
}
