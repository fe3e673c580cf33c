// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Cli.Keys;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>Live checks of keys, and that what is signed there is of no use to anybody.</summary>
public sealed class KeysCheckTests : IDisposable
{
    private readonly KeyFolder _keys = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.Rsa3072)]
    [InlineData(KeyType.Ed25519)]
    public async Task A_key_that_works_is_described(KeyType type)
    {
        var key = _keys.Make("release", type);

        var text = await _keys.RunAsync("check", _keys.Uri("release"));
        var json = await _keys.RunAsync("check", _keys.Uri("release"), "--output", "json");

        Assert.True(text.ExitCode == ExitCodes.Done, text.Out + text.Error);
        Assert.Contains($"USABLE  {_keys.Uri("release")}\n", text.Out, StringComparison.Ordinal);
        Assert.Contains(key.Id.ToString(), text.Out, StringComparison.Ordinal);
        Assert.EndsWith(key.ToPem(), text.Out, StringComparison.Ordinal);
        using var read = JsonDocument.Parse(json.Out);
        Assert.Equal("usable", read.RootElement.GetProperty("result").GetString());
        Assert.Equal(_keys.Uri("release"), read.RootElement.GetProperty("keyId").GetString());
        Assert.Equal(key.Algorithm.Name(), read.RootElement.GetProperty("algorithm").GetString());
        Assert.True(read.RootElement.GetProperty("signMilliseconds").GetDouble() >= 0);
    }

    [Fact]
    public async Task A_key_is_checked_for_the_algorithm_that_a_policy_will_ask_of_it()
    {
        _keys.Make("release", KeyType.Rsa3072);
        _keys.Make("other");

        var pss = await _keys.RunAsync("check", _keys.Uri("release"), "--algorithm", "rsa-pss-sha256", "--output", "json");
        var refused = await _keys.RunAsync("check", _keys.Uri("other"), "--algorithm", "rsa-pss-sha256");
        var unknown = await _keys.RunAsync("check", _keys.Uri("other"), "--algorithm", "rsa-pss");

        Assert.True(pss.ExitCode == ExitCodes.Done, pss.Out + pss.Error);
        using var read = JsonDocument.Parse(pss.Out);
        Assert.Equal("rsa-pss-sha256", read.RootElement.GetProperty("algorithm").GetString());
        Assert.Equal(ExitCodes.Refused, refused.ExitCode);
        Assert.Contains("expected rsa-pss-sha256, found a key for ecdsa-p256-sha256  KEY_UNUSABLE", refused.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, unknown.ExitCode);
        Assert.Contains("'rsa-pss' is not an algorithm; expected one of", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_service_is_reached_as_the_attestor_s_configuration_says()
    {
        await using var vault = await VaultSimulator.StartAsync();
        vault.Rotate("p256");
        var config = _keys.WriteConfiguration(vault);

        var run = await _keys.RunAsync("check", vault.UriOf("p256"), "--config", config, "--output", "json");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        using var read = JsonDocument.Parse(run.Out);
        Assert.Contains("version=2", read.RootElement.GetProperty("keyId").GetString()!, StringComparison.Ordinal);
        Assert.Equal(1, vault.SignCalls);
    }

    public static TheoryData<string, KmsFault, int, string> Faults => new()
    {
        { "a permission is missing", KmsFault.PermissionDenied, ExitCodes.Refused, "KEY_UNUSABLE" },
        { "the service is broken", KmsFault.ServerError, ExitCodes.Unreachable, "KMS_UNAVAILABLE" },
        { "it signs with another key", KmsFault.WrongKey, ExitCodes.Refused, "KMS_BAD_SIGNATURE" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_key_that_does_not_work_says_so_in_the_service_s_own_terms(
        string because, KmsFault fault, int expected, string reason)
    {
        await using var vault = await VaultSimulator.StartAsync();
        var config = _keys.WriteConfiguration(vault);
        vault.Break(fault);

        var text = await _keys.RunAsync("check", vault.UriOf("p256"), "--config", config);
        var json = await _keys.RunAsync("check", vault.UriOf("p256"), "--config", config, "--output", "json");

        Assert.True((text.ExitCode, json.ExitCode) == (expected, expected), because + text.Out + text.Error);
        Assert.Contains($"  {reason}\n", text.Out, StringComparison.Ordinal);
        using var read = JsonDocument.Parse(json.Out);
        Assert.Equal(reason, read.RootElement.GetProperty("reason").GetString());
        Assert.Equal(
            expected == ExitCodes.Refused ? "unusable" : "unavailable", read.RootElement.GetProperty("result").GetString());
        if (fault == KmsFault.PermissionDenied)
            Assert.Contains("permission denied", text.Out, StringComparison.Ordinal);
        Assert.All(
            vault.Secrets,
            secret => Assert.DoesNotContain(secret, text.Out + text.Error + json.Out + json.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_an_unusable_key_and_never_shown()
    {
        _keys.Make("release");

        var run = await Invoked.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { [KeyPassword.Variable] = "CANARY-wrong" },
            ["keys", "check", _keys.Uri("release")]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains("is the password right?  KEY_UNUSABLE", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp:key", "is not a key")]
    [InlineData("keys/release", "is not a key")]
    public async Task What_is_no_URI_ends_with_2(string uri, string expected)
    {
        var run = await _keys.RunAsync("check", uri);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_check_signs_is_no_evidence_whatever_it_says()
    {
        using var world = new ImageWorld();
        using var key = await world.MakeKeyAsync("release");
        var image = await world.PushImageAsync("an image");
        // The worst case: content that would be a statement, if its type said so.
        var statement = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray(new JsonObject
            {
                ["name"] = ImageWorld.Repository.ToString(),
                ["digest"] = new JsonObject { ["sha256"] = image.Digest.Hex },
            }),
            ["predicateType"] = "https://sigstore.dev/cosign/sign/v1",
            ["predicate"] = new JsonObject(),
        });

        foreach (var payload in (byte[][])[KeyCheck.WritePayload(DateTimeOffset.UnixEpoch), statement])
        {
            var message = Envelope.ToBeSigned(KeyCheck.PayloadType, payload);
            var signature = await key.SignAsync(message, Stop);
            var envelope = new Envelope(KeyCheck.PayloadType, payload, signature, KeyId: "");

            Assert.False(EnvelopeVerifier.TryVerify(
                envelope, image.Digest, [key.PublicKey], Digest.Compute(envelope.Write()), out _, out var problem));
            Assert.Equal(ReasonCode.PayloadType, problem.Reason);

            // Nor does it become evidence under another type, or as a plain cosign signature: the signature covers the type.
            Assert.False(EnvelopeVerifier.TryVerify(
                envelope with { PayloadType = Envelope.InTotoPayloadType }, image.Digest, [key.PublicKey],
                Digest.Compute(envelope.Write()), out _, out problem));
            Assert.Equal(ReasonCode.SignatureInvalid, problem.Reason);
            Assert.False(SimpleSigning.TryVerify(
                message.Message.ToArray(), Convert.ToBase64String(signature), image.Digest, [key.PublicKey], out _, out problem));
            Assert.Equal(ReasonCode.SignatureMalformed, problem.Reason);
        }
    }

    [Fact]
    public void What_a_check_signs_is_different_each_time()
    {
        var time = DateTimeOffset.UnixEpoch;

        Assert.NotEqual(KeyCheck.WritePayload(time), KeyCheck.WritePayload(time));
    }
}
