// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

public sealed class GoogleKmsTests : IAsyncLifetime
{
    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{}"u8.ToArray());

    private GoogleKmsSimulator? _service;
    private ISigningKeySource? _source;

    private GoogleKmsSimulator Service => _service!;

    public async ValueTask InitializeAsync()
    {
        _service = await GoogleKmsSimulator.StartAsync();
        _source = _service.Connect(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        (_source as IDisposable)?.Dispose();
        await Service.DisposeAsync();
    }

    [Theory]
    [InlineData("p256", "sha256", 32)]
    [InlineData("p384", "sha384", 48)]
    [InlineData("rsa2048", "sha256", 32)]
    [InlineData("rsa4096-pss", "sha256", 32)]
    public async Task Sends_a_digest_and_its_checksum(string name, string digest, int bytes)
    {
        await (await OpenAsync(name)).SignAsync(Message, default);

        var sent = Service.LastRequest!;
        Assert.Equal(bytes, Convert.FromBase64String((string)sent["digest"]![digest]!).Length);
        Assert.Single(sent["digest"]!.AsObject());
        Assert.NotNull((string?)sent["digestCrc32c"]);
        Assert.Null(sent["data"]);
    }

    [Fact]
    public async Task An_ed25519_key_gets_the_message_itself_as_long_as_the_service_takes_it()
    {
        var key = await OpenAsync("ed25519");
        await key.SignAsync(Message, default);
        Assert.Equal(Message.Message.ToArray(), Convert.FromBase64String((string)Service.LastRequest!["data"]!));
        Assert.NotNull((string?)Service.LastRequest["dataCrc32c"]);
        var longest = OfLength(64 * 1024);
        Assert.True(key.PublicKey.Verify(longest, await key.SignAsync(longest, default)));
        var before = Service.Calls;

        var problem = await UnusableAsync(key.SignAsync(OfLength((64 * 1024) + 1), default).AsTask());

        Assert.Contains("at most 65536 bytes; this one has 65537", problem, StringComparison.Ordinal);
        Assert.Equal(before, Service.Calls);
    }

    [Theory]
    [InlineData("rsa2048-pss")]
    [InlineData("rsa3072-pss")]
    [InlineData("rsa4096-pss")]
    public async Task A_key_for_pss_signs_with_pss(string name)
    {
        var key = await OpenAsync(name);

        Assert.Equal(SigningAlgorithm.RsaPssSha256, key.PublicKey.Algorithm);
        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal(SigningAlgorithm.RsaPssSha256, (await _source!.ReadPublicKeyAsync(KeyUri.Parse(key.Id), default)).Algorithm);
    }

    [Theory]
    [InlineData("rsa2048", SigningAlgorithm.RsaPssSha256, "expected rsa-pss-sha256, found a key for rsa-pkcs1-sha256")]
    [InlineData("rsa2048-pss", SigningAlgorithm.RsaPkcs1Sha256, "expected rsa-pkcs1-sha256, found a key for rsa-pss-sha256")]
    public async Task A_version_signs_with_its_one_algorithm_alone(string name, SigningAlgorithm asked, string expected)
    {
        var uri = KeyUri.Parse(Service.UriOf(name));

        Assert.Contains(expected, await UnusableAsync(_source!.OpenAsync(uri, asked, default).AsTask()), StringComparison.Ordinal);
        Assert.DoesNotContain(asked, (await _source!.ReadPublicKeyAsync(uri, default)).Algorithms);
        Assert.Equal(0, Service.SignCalls);
    }

    [Theory]
    [InlineData("secp256k1", "found EC_SIGN_SECP256K1_SHA256")]
    [InlineData("rsa4096-sha512", "found RSA_SIGN_PKCS1_4096_SHA512")]
    public async Task An_algorithm_that_does_not_sign_here_is_refused(string name, string expected)
    {
        var problem = await UnusableAsync(OpenAsync(name));

        Assert.Contains("expected an algorithm of EC_SIGN_P256_SHA256", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Keys => new()
    {
        { "a key to encrypt with", "p256", "RSA_DECRYPT_OAEP_2048_SHA256", "found RSA_DECRYPT_OAEP_2048_SHA256" },
        { "a key to authenticate with", "p256", "HMAC_SHA256", "found HMAC_SHA256" },
        { "no digest at all", "rsa2048", "RSA_SIGN_RAW_PKCS1_2048", "found RSA_SIGN_RAW_PKCS1_2048" },
        { "a lattice", "p256", "PQ_SIGN_ML_DSA_65", "found PQ_SIGN_ML_DSA_65" },
        { "another curve than the key's", "p256", "EC_SIGN_P384_SHA384", "expected EC_SIGN_P384_SHA384, found a public key for ecdsa-p256-sha256" },
        { "another kind than the key's", "p256", "RSA_SIGN_PSS_2048_SHA256", "expected RSA_SIGN_PSS_2048_SHA256, found a public key for ecdsa" },
        { "another size than the key's", "rsa2048", "RSA_SIGN_PKCS1_4096_SHA256", "expected RSA_SIGN_PKCS1_4096_SHA256" },
    };

    [Theory, MemberData(nameof(Keys))]
    public async Task A_key_that_is_not_what_it_has_to_be_is_refused(string because, string name, string algorithm, string expected)
    {
        Service.Change = Set("/publicKey", "algorithm", algorithm);

        var problem = await UnusableAsync(OpenAsync(name));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    public static TheoryData<string, string, string?, string> Halves => new()
    {
        { "no key", "pem", null, "without a public key" },
        { "no algorithm", "algorithm", null, "without a public key" },
        { "a damaged key", "pem", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n", "the checksum of the public key" },
        { "no checksum", "pemCrc32c", null, "the checksum of the public key" },
        { "another key's name", "name", "projects/p/x", "with another key, projects/p/x" },
        { "no name", "name", null, "with another key, (none)" },
    };

    [Theory, MemberData(nameof(Halves))]
    public async Task An_answer_that_is_damaged_or_another_key_s_is_none(string because, string member, string? value, string expected)
    {
        Service.Change = Set("/publicKey", member, value);

        var problem = await UnavailableAsync(OpenAsync("p256"));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    public static TheoryData<string, string, string?, string, string> Signatures => new()
    {
        { "no signature", "signature", null, "KMS_UNAVAILABLE", "without a signature" },
        { "no base64", "signature", "%", "KMS_UNAVAILABLE", "without a signature" },
        { "a damaged signature", "signature", "AAAA", "KMS_UNAVAILABLE", "the checksum of the signature" },
        { "no checksum", "signatureCrc32c", null, "KMS_UNAVAILABLE", "the checksum of the signature" },
        { "a checksum that did not arrive", "verifiedDigestCrc32c", null, "KMS_UNAVAILABLE", "does not confirm the checksum" },
        { "a checksum of something else", "verifiedDigestCrc32c", "true", "KMS_UNAVAILABLE", "does not confirm the checksum" },
        { "no signer", "name", null, "KMS_UNAVAILABLE", "without the name of the key that signed" },
        { "another signer", "name", "projects/p/x", "KMS_BAD_SIGNATURE", "says that projects/p/x signed" },
    };

    [Theory, MemberData(nameof(Signatures))]
    public async Task A_signature_that_is_damaged_or_another_key_s_is_none(
        string because, string member, string? value, string reason, string expected)
    {
        var key = await OpenAsync("p256");
        Service.Change = Set(":asymmetricSign", member, value);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((because, reason), (because, problem.Reason.Name));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_none()
    {
        var key = await OpenAsync("p256");
        Service.Change = (_, answer) => answer["more"] = new JsonArray([.. Enumerable.Repeat(0, 40_000).Select(_ => (JsonNode)1)]);

        Assert.Contains("more than 65536 bytes", await UnavailableAsync(key.SignAsync(Message, default).AsTask()), StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string, bool, string> Errors => new()
    {
        { "PERMISSION_DENIED", 403, "KEY_UNUSABLE", false, "PERMISSION_DENIED: the caller may lack cloudkms.cryptoKeyVersions.useToSign on gcpkms://projects/" },
        { "PERMISSION_DENIED", 403, "KEY_UNUSABLE", false, "(roles/cloudkms.signer has it)" },
        { "NOT_FOUND", 404, "KEY_UNUSABLE", false, "cannot be used: NOT_FOUND: the simulator was told" },
        { "FAILED_PRECONDITION", 400, "KEY_UNUSABLE", false, "cannot be used: FAILED_PRECONDITION" },
        { "INVALID_ARGUMENT", 400, "KEY_UNUSABLE", false, "cannot be used: INVALID_ARGUMENT" },
        { "UNAUTHENTICATED", 401, "KEY_UNUSABLE", false, "does not accept our credentials" },
        { "RESOURCE_EXHAUSTED", 429, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { "UNAVAILABLE", 503, "KMS_UNAVAILABLE", false, "failed for gcpkms://projects/" },
        { "INTERNAL", 500, "KMS_UNAVAILABLE", false, "INTERNAL (HTTP 500)" },
        { "DEADLINE_EXCEEDED", 504, "KMS_UNAVAILABLE", false, "DEADLINE_EXCEEDED (HTTP 504)" },
        { "ABORTED", 409, "KMS_UNAVAILABLE", false, "ABORTED (HTTP 409)" },
        { "SOMETHING_NEW", 500, "KMS_UNAVAILABLE", false, "SOMETHING_NEW (HTTP 500)" },
        { "", 401, "KEY_UNUSABLE", false, "does not accept our credentials" },
        { "", 403, "KEY_UNUSABLE", false, "is the endpoint its own?" },
        { "", 429, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { "", 502, "KMS_UNAVAILABLE", false, "HTTP 502" },
    };

    [Theory, MemberData(nameof(Errors))]
    public async Task An_error_says_what_it_means(string code, int status, string reason, bool isThrottled, string expected)
    {
        var key = await OpenAsync("p256");
        Service.Error = (":asymmetricSign", status, code);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((reason, isThrottled), (problem.Reason.Name, problem.IsThrottled));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, Service.SignCalls);
    }

    [Fact]
    public async Task A_throttled_request_says_when_to_come_again()
    {
        var key = await OpenAsync("p256");
        Service.Break(KmsFault.Throttle);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal(TimeSpan.FromSeconds(1), problem.RetryAfter);
    }

    [Fact]
    public async Task A_path_that_the_service_does_not_know_is_said_to_be_so()
    {
        using var source = new GoogleKms(new GoogleKmsOptions { Endpoint = Service.Endpoint }, TimeProvider.System, _ => Task.FromResult(Service.Token));

        var problem = await UnusableAsync(source.OpenAsync(KeyUri.Parse("gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k"), default).AsTask());

        Assert.Contains("NOT_FOUND", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/publicKey", "cloudkms.cryptoKeyVersions.viewPublicKey", "roles/cloudkms.publicKeyViewer")]
    [InlineData("/cryptoKeyVersions", "cloudkms.cryptoKeyVersions.list", "roles/cloudkms.viewer")]
    public async Task A_missing_permission_to_open_a_key_is_named(string ending, string permission, string role)
    {
        Service.Error = (ending, 403, "PERMISSION_DENIED");

        var problem = await UnusableAsync(OpenAsync("p256"));

        Assert.Contains($"the caller may lack {permission}", problem, StringComparison.Ordinal);
        Assert.Contains(role, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_version_the_highest_enabled_one_signs()
    {
        for (var i = 0; i < 11; i++)
            Service.Rotate("p256");
        Service.Disabled[GoogleKmsSimulator.VersionOf("p256", 12)] = true;
        Service.VersionsOnPage = 4;

        var key = await OpenAsync("p256");

        Assert.Equal($"gcpkms://{GoogleKmsSimulator.VersionOf("p256", 11)}", key.Id);
        Assert.Equal(4, Service.Calls);
    }

    [Fact]
    public async Task A_version_that_is_listed_but_not_enabled_is_passed_over()
    {
        Service.Rotate("p256");
        Service.Change = (verb, answer) =>
        {
            if (verb is "/cryptoKeyVersions")
                answer["cryptoKeyVersions"]![1]!["state"] = "DESTROY_SCHEDULED";
        };

        Assert.Equal($"gcpkms://{GoogleKmsSimulator.VersionOf("p256", 1)}", (await OpenAsync("p256")).Id);
    }

    [Fact]
    public async Task A_key_without_an_enabled_version_is_unusable()
    {
        Service.Disabled[GoogleKmsSimulator.VersionOf("p256", 1)] = true;

        Assert.Contains("has no enabled version", await UnusableAsync(OpenAsync("p256")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_without_end_is_given_up()
    {
        for (var i = 0; i < 30; i++)
            Service.Rotate("p256");
        Service.VersionsOnPage = 1;

        Assert.Contains("name one, as in gcpkms://", await UnusableAsync(OpenAsync("p256")), StringComparison.Ordinal);
        Assert.Equal(20, Service.Calls);
    }

    [Fact]
    public async Task A_named_version_needs_no_listing()
    {
        Service.Rotate("p256");

        var key = await _source!.OpenAsync(KeyUri.Parse($"gcpkms://{GoogleKmsSimulator.NameOf("p256")}/versions/1"), default);

        Assert.Equal($"gcpkms://{GoogleKmsSimulator.VersionOf("p256", 1)}", key.Id);
        Assert.Equal(1, Service.Calls);
    }

    [Fact]
    public async Task A_disabled_version_says_so()
    {
        var key = await OpenAsync("p256");
        Service.Disabled[GoogleKmsSimulator.VersionOf("p256", 1)] = true;

        Assert.Contains("is not enabled, current state is: DISABLED", await UnusableAsync(key.SignAsync(Message, default).AsTask()), StringComparison.Ordinal);
        Assert.Contains("FAILED_PRECONDITION", await UnusableAsync(_source!.OpenAsync(KeyUri.Parse(key.Id), default).AsTask()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_uri_that_names_no_key_is_refused_before_anybody_is_asked()
    {
        Assert.Contains("names no key", await UnusableAsync(_source!.OpenAsync(KeyUri.Parse("gcpkms://release"), default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, Service.Calls);
    }

    private Task<ISigningKey> OpenAsync(string name) => _source!.OpenAsync(KeyUri.Parse(Service.UriOf(name)), default).AsTask();

    private static Action<string, JsonObject> Set(string verb, string member, string? value) => (answered, answer) =>
    {
        if (answered != verb)
            return;
        if (value is null)
            answer.Remove(member);
        else
            answer[member] = value;
    };

    private static ToBeSigned OfLength(int bytes)
    {
        var header = Envelope.ToBeSigned("t", new byte[bytes]).Message.Length - bytes;
        var message = Envelope.ToBeSigned("t", new byte[bytes - header]);
        Assert.Equal(bytes, message.Message.Length);
        return message;
    }

    private static async Task<string> UnusableAsync(Task task)
    {
        var problem = await Assert.ThrowsAsync<KmsException>(() => task);
        Assert.True("KEY_UNUSABLE" == problem.Reason.Name, problem.ToString());
        return problem.Message;
    }

    private static async Task<string> UnavailableAsync(Task task)
    {
        var problem = await Assert.ThrowsAsync<KmsException>(() => task);
        Assert.True("KMS_UNAVAILABLE" == problem.Reason.Name, problem.ToString());
        return problem.Message;
    }
}
