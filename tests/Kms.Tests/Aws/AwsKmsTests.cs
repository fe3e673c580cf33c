// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using SupplyChain.Kms.Aws;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;
using SigningAlgorithm = SupplyChain.Sigstore.SigningAlgorithm;

namespace SupplyChain.Kms.Tests;

public sealed class AwsKmsTests : IAsyncDisposable
{
    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{}"u8.ToArray());

    private readonly List<IDisposable> _sources = [];
    private AwsKmsSimulator? _service;

    public async ValueTask DisposeAsync()
    {
        _sources.ForEach(source => source.Dispose());
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("p256", "ECDSA_SHA_256", "DIGEST", 32)]
    [InlineData("p384", "ECDSA_SHA_384", "DIGEST", 48)]
    [InlineData("p521", "ECDSA_SHA_512", "DIGEST", 64)]
    [InlineData("rsa2048", "RSASSA_PKCS1_V1_5_SHA_256", "DIGEST", 32)]
    public async Task Sends_a_digest_and_the_key_s_own_algorithm(string name, string algorithm, string type, int bytes)
    {
        var source = await StartAsync();

        await (await OpenAsync(source, name)).SignAsync(Message, default);

        var sent = _service!.LastRequest!;
        Assert.Equal((algorithm, type), ((string?)sent["SigningAlgorithm"], (string?)sent["MessageType"]));
        Assert.Equal(bytes, Convert.FromBase64String((string)sent["Message"]!).Length);
        Assert.Equal(_service.ArnOf(name), (string?)sent["KeyId"]);
    }

    [Fact]
    public async Task An_ed25519_key_gets_the_message_itself_as_long_as_the_service_takes_it()
    {
        var key = await OpenAsync(await StartAsync(), "ed25519");
        await key.SignAsync(Message, default);
        Assert.Equal(Message.Message.ToArray(), Convert.FromBase64String((string)_service!.LastRequest!["Message"]!));
        Assert.Equal("RAW", (string?)_service.LastRequest["MessageType"]);
        var longest = OfLength(4096);
        Assert.True(key.PublicKey.Verify(longest, await key.SignAsync(longest, default)));
        var before = _service.Calls;

        var problem = await UnusableAsync(key.SignAsync(OfLength(4097), default).AsTask());

        Assert.Contains("at most 4096 bytes; this one has 4097", problem, StringComparison.Ordinal);
        Assert.Equal(before, _service.Calls);
    }

    [Fact]
    public async Task A_key_that_is_asked_for_pss_signs_with_pss()
    {
        var source = await StartAsync();
        var key = await source.OpenAsync(KeyUri.Parse(_service!.UriOf("rsa2048")), SigningAlgorithm.RsaPssSha256, default);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal("RSASSA_PSS_SHA_256", (string?)_service.LastRequest!["SigningAlgorithm"]);
    }

    [Theory]
    [InlineData("RSASSA_PKCS1_V1_5_SHA_256", SigningAlgorithm.RsaPssSha256, "expected rsa-pss-sha256, found a key for rsa-pkcs1-sha256")]
    [InlineData("RSASSA_PSS_SHA_256", SigningAlgorithm.RsaPkcs1Sha256, "expected rsa-pkcs1-sha256, found a key for rsa-pss-sha256")]
    public async Task What_the_service_does_not_list_for_a_key_is_refused_when_it_is_opened(
        string listed, SigningAlgorithm asked, string expected)
    {
        var source = await StartAsync();
        _service!.Change = (_, answer) => answer["SigningAlgorithms"] = new JsonArray(listed);
        var uri = KeyUri.Parse(_service.UriOf("rsa2048"));

        Assert.Contains(expected, await UnusableAsync(source.OpenAsync(uri, asked, default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, _service.SignCalls);
        Assert.Equal([(await source.OpenAsync(uri, default)).PublicKey.Algorithm], (await source.ReadPublicKeyAsync(uri, default)).Algorithms);
    }

    [Fact]
    public async Task The_id_is_the_arn_that_the_alias_had()
    {
        var source = await StartAsync();

        Assert.Equal("awskms:///" + _service!.ArnOf("p256"), (await OpenAsync(source, "p256")).Id);
    }

    public static TheoryData<string, int, string, bool, string> Errors => new()
    {
        { "AccessDeniedException", 400, "KEY_UNUSABLE", false, "AccessDeniedException: the caller may lack kms:Sign on awskms:///arn:" },
        { "DisabledException", 400, "KEY_UNUSABLE", false, "cannot be used: DisabledException" },
        { "KMSInvalidStateException", 400, "KEY_UNUSABLE", false, "cannot be used: KMSInvalidStateException" },
        { "NotFoundException", 400, "KEY_UNUSABLE", false, "cannot be used: NotFoundException" },
        { "InvalidKeyUsageException", 400, "KEY_UNUSABLE", false, "cannot be used: InvalidKeyUsageException" },
        { "InvalidGrantTokenException", 400, "KEY_UNUSABLE", false, "cannot be used: InvalidGrantTokenException" },
        { "ValidationException", 400, "KEY_UNUSABLE", false, "cannot be used: ValidationException" },
        { "ExpiredTokenException", 400, "KEY_UNUSABLE", false, "does not accept our credentials" },
        { "UnrecognizedClientException", 400, "KEY_UNUSABLE", false, "does not accept our credentials" },
        { "MissingAuthenticationTokenException", 400, "KEY_UNUSABLE", false, "does not accept our credentials" },
        { "ThrottlingException", 400, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { "LimitExceededException", 400, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { "RequestLimitExceeded", 503, "KMS_UNAVAILABLE", true, "asks for fewer requests" },
        { "KMSInternalException", 500, "KMS_UNAVAILABLE", false, "AWS failed for awskms:///arn:" },
        { "DependencyTimeoutException", 503, "KMS_UNAVAILABLE", false, "DependencyTimeoutException (HTTP 503)" },
        { "KeyUnavailableException", 400, "KMS_UNAVAILABLE", false, "KeyUnavailableException" },
        { "ServiceUnavailableException", 503, "KMS_UNAVAILABLE", false, "ServiceUnavailableException" },
        { "SomethingNew", 500, "KMS_UNAVAILABLE", false, "SomethingNew (HTTP 500)" },
    };

    [Theory, MemberData(nameof(Errors))]
    public async Task An_error_says_what_it_means(string code, int status, string reason, bool isThrottled, string expected)
    {
        var key = await OpenAsync(await StartAsync(), "p256");
        _service!.Error = ("Sign", code, status);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal((reason, isThrottled), (problem.Reason.Name, problem.IsThrottled));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, _service.SignCalls);
    }

    [Fact]
    public async Task A_missing_permission_to_read_the_public_key_is_named()
    {
        var source = await StartAsync();
        _service!.Break(KmsFault.PermissionDenied);

        var problem = await UnusableAsync(OpenAsync(source, "p256"));

        Assert.Contains("the caller may lack kms:GetPublicKey on awskms:///alias/p256", problem, StringComparison.Ordinal);
        Assert.Contains("is not authorized to perform: kms:GetPublicKey", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Keys => new()
    {
        { "a key to encrypt with", "KeyUsage", "\"ENCRYPT_DECRYPT\"", "expected usage SIGN_VERIFY, found ENCRYPT_DECRYPT" },
        { "no usage", "KeyUsage", "null", "expected usage SIGN_VERIFY, found (none)" },
        { "a curve of coins", "KeySpec", "\"ECC_SECG_P256K1\"", "expected a key spec of ECC_NIST_P256" },
        { "a key of another lattice", "KeySpec", "\"ML_DSA_65\"", "found ML_DSA_65" },
        { "another curve than the key's", "KeySpec", "\"ECC_NIST_P384\"", "expected ECC_NIST_P384, found a public key for ecdsa-p256-sha256" },
        { "another size than the key's", "KeySpec", "\"RSA_2048\"", "expected RSA_2048, found a public key for ecdsa" },
        { "another digest", "SigningAlgorithms", "[\"ECDSA_SHA_384\"]", "does not sign with ECDSA_SHA_256; it offers ECDSA_SHA_384" },
        { "no algorithms", "SigningAlgorithms", "null", "does not sign with ECDSA_SHA_256" },
        { "no point of the curve", "PublicKey", "\"AAAA\"", "the public key of awskms:///alias/p256 cannot be used" },
    };

    [Theory, MemberData(nameof(Keys))]
    public async Task A_key_that_is_not_what_it_has_to_be_is_refused(string because, string member, string value, string expected)
    {
        var source = await StartAsync();
        _service!.Change = (_, answer) => answer[member] = JsonNode.Parse(value);

        var problem = await UnusableAsync(OpenAsync(source, "p256"));

        Assert.True(problem.Contains(expected, StringComparison.Ordinal), $"{because}: {problem}");
    }

    [Fact]
    public async Task An_rsa_key_of_another_size_than_it_is_said_to_have_is_refused()
    {
        var source = await StartAsync();
        _service!.Change = (_, answer) => answer["KeySpec"] = "RSA_4096";

        Assert.Contains("expected RSA_4096", await UnusableAsync(OpenAsync(source, "rsa2048")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_curve_that_does_not_sign_here_is_refused()
    {
        Assert.Contains("found ECC_SECG_P256K1", await UnusableAsync(OpenAsync(await StartAsync(), "secp256k1")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?> Halves => new()
    {
        { "no key id", "KeyId", null },
        { "a key id that is no ARN", "KeyId", "\"release\"" },
        { "the ARN of an alias", "KeyId", "\"arn:aws:kms:eu-central-1:111122223333:alias/p256\"" },
        { "no public key", "PublicKey", null },
    };

    [Theory, MemberData(nameof(Halves))]
    public async Task An_answer_with_a_part_missing_is_none(string because, string member, string? value)
    {
        var source = await StartAsync();
        _service!.Change = (_, answer) => answer[member] = value is null ? null : JsonNode.Parse(value);

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source, "p256"));

        Assert.True("KMS_UNAVAILABLE" == problem.Reason.Name, because);
    }

    [Fact]
    public async Task Another_key_s_answer_to_an_arn_is_none()
    {
        var source = await StartAsync();
        var arn = _service!.ArnOf("p256");
        _service.Change = (_, answer) => answer["KeyId"] = _service.ArnOf("p384");

        var problem = await Assert.ThrowsAsync<KmsException>(() => source.OpenAsync(KeyUri.Parse("awskms:///" + arn), default).AsTask());

        Assert.Contains("with another key, " + _service.ArnOf("p384"), problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_that_another_key_claims_is_bad()
    {
        var key = await OpenAsync(await StartAsync(), "p256");
        _service!.Change = (_, answer) => answer["KeyId"] = _service.ArnOf("p384");

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal("KMS_BAD_SIGNATURE", problem.Reason.Name);
    }

    [Fact]
    public async Task No_signature_is_no_answer()
    {
        var key = await OpenAsync(await StartAsync(), "p256");
        _service!.Change = (_, answer) => answer.Remove("Signature");

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Contains("without a signature", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_key_is_unusable_and_what_the_service_repeats_of_the_request_is_not_shown()
    {
        await StartAsync(needsRole: true);
        _service!.WrongSecret = "canary-wrong-secret";
        var source = Connect(_service.Options());

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(source, "p256"));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.Contains("look at the secret access key and at this machine's clock", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Canonical", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_clock_that_is_off_is_said_to_be(int minutes)
    {
        var service = await AwsKmsSimulator.StartAsync(new ManualClock(TimeProvider.System.GetUtcNow().AddMinutes(minutes)));
        _service = service;

        Assert.Contains("this machine's clock", await UnusableAsync(OpenAsync(Connect(service.Options()), "p256")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_taken_on_once_however_many_need_it()
    {
        var source = await StartAsync(needsRole: true);

        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync(source, "p256")));
        await Task.WhenAll(keys.Select(key => key.SignAsync(Message, default).AsTask()));

        Assert.Equal(1, _service!.RoleCalls);
        Assert.Equal(41, _service.Calls);
    }

    [Fact]
    public async Task A_role_that_may_not_be_taken_on_is_named()
    {
        await StartAsync(needsRole: true);
        var source = Connect(_service!.Options() with { Role = "arn:aws:iam::111122223333:role/other" });

        var problem = await UnusableAsync(OpenAsync(source, "p256"));

        Assert.Contains("the caller may lack sts:AssumeRole on arn:aws:iam::111122223333:role/other", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_role_its_keys_do_not_open()
    {
        await StartAsync(needsRole: true);

        var problem = await UnusableAsync(OpenAsync(Connect(_service!.Options() with { Role = null, StsEndpoint = null }), "p256"));

        Assert.Contains("does not accept our credentials", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_arn_s_region_decides_which_region_a_request_is_signed_for()
    {
        var source = await StartAsync();
        var elsewhere = _service!.ArnOf("p256").Replace(AwsKmsSimulator.Region, "us-east-1", StringComparison.Ordinal);

        var problem = await UnusableAsync(source.OpenAsync(KeyUri.Parse("awskms:///" + elsewhere), default).AsTask());

        // The simulator takes its own region's scope only.
        Assert.Contains("does not accept our signature", problem, StringComparison.Ordinal);
        var opened = await Connect(_service.Options() with { Region = "us-east-1" })
            .OpenAsync(KeyUri.Parse("awskms:///" + _service.ArnOf("p256")), default);
        Assert.True(opened.PublicKey.Verify(Message, await opened.SignAsync(Message, default)));
    }

    [Fact]
    public async Task A_host_in_a_uri_has_to_be_the_configured_one()
    {
        var source = await StartAsync();
        var endpoint = _service!.Endpoint;

        Assert.NotNull(await source.OpenAsync(KeyUri.Parse($"awskms://{endpoint.Authority}/alias/p256"), default));
        var other = await UnusableAsync(source.OpenAsync(KeyUri.Parse("awskms://kms.evil.example/alias/p256"), default).AsTask());
        var none = await UnusableAsync(
            Connect(new AwsKmsOptions { Region = "eu-central-1" }).OpenAsync(KeyUri.Parse($"awskms://{endpoint.Authority}/alias/p256"), default).AsTask());

        Assert.Contains($"the configured endpoint is {endpoint.Authority}", other, StringComparison.Ordinal);
        Assert.Contains("leave the host out", none, StringComparison.Ordinal);
        Assert.Equal(1, _service.Calls);
    }

    [Fact]
    public async Task A_uri_that_names_no_key_is_refused_before_anybody_is_asked()
    {
        var source = await StartAsync();

        Assert.Contains("names no key of AWS KMS", await UnusableAsync(source.OpenAsync(KeyUri.Parse("awskms:///release"), default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(0, _service!.Calls);
    }

    [Fact]
    public async Task The_environment_says_who_we_are_and_not_where_the_service_is()
    {
        await StartAsync();
        using var environment = new EnvironmentOf(_service!);
        environment.Set("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1");
        environment.Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        using var source = new AwsKms(_service!.Options(), TimeProvider.System);

        Assert.NotNull(await OpenAsync(source, "p256"));
    }

    [Fact]
    public async Task What_the_token_service_says_to_a_provider_of_credentials_is_not_lost()
    {
        await StartAsync();
        using var source = new AwsKms(_service!.Options(), TimeProvider.System, new RefusedCredentials("AccessDenied", HttpStatusCode.Forbidden));
        using var failing = new AwsKms(_service.Options(), TimeProvider.System, new RefusedCredentials("InternalFailure", HttpStatusCode.InternalServerError));
        using var absent = new AwsKms(_service.Options(), TimeProvider.System, new RefusedCredentials(null, default));

        Assert.Contains("may lack sts:AssumeRoleWithWebIdentity", await UnusableAsync(OpenAsync(source, "p256")), StringComparison.Ordinal);
        Assert.Contains("there are no AWS credentials", await UnusableAsync(OpenAsync(absent, "p256")), StringComparison.Ordinal);
        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(failing, "p256"));
        Assert.Equal("KMS_UNAVAILABLE", problem.Reason.Name);
        Assert.Equal(0, _service.Calls);
    }

    [Fact]
    public async Task Credentials_that_never_come_are_not_waited_for()
    {
        await StartAsync();
        using var source = new AwsKms(_service!.Options(), TimeProvider.System, new EndlessCredentials());
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => source.OpenAsync(KeyUri.Parse("awskms:///alias/p256"), impatience.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private async Task<ISigningKeySource> StartAsync(bool needsRole = false)
    {
        _service = await AwsKmsSimulator.StartAsync(needsRole: needsRole);
        return Connect(_service.Options());
    }

    private ISigningKeySource Connect(AwsKmsOptions options)
    {
        var source = _service!.Connect(TimeProvider.System, options);
        _sources.Add((IDisposable)source);
        return source;
    }

    private async Task<ISigningKey> OpenAsync(ISigningKeySource source, string name) =>
        await source.OpenAsync(KeyUri.Parse(_service!.UriOf(name)), default);

    private static ToBeSigned OfLength(int bytes)
    {
        var header = Envelope.ToBeSigned("t", new byte[4000]).Message.Length - 4000;
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

    // The simulator's user is always the same, so nothing else in this process can be misled meanwhile.
    private sealed class EnvironmentOf : IDisposable
    {
        private readonly List<string> _set = [];

        public EnvironmentOf(AwsKmsSimulator service)
        {
            var user = service.Credentials.GetCredentials();
            Set("AWS_ACCESS_KEY_ID", user.AccessKey);
            Set("AWS_SECRET_ACCESS_KEY", user.SecretKey);
        }

        public void Set(string name, string value)
        {
            Environment.SetEnvironmentVariable(name, value);
            _set.Add(name);
        }

        public void Dispose() => _set.ForEach(name => Environment.SetEnvironmentVariable(name, null));
    }

    private sealed class RefusedCredentials(string? code, HttpStatusCode status) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw (code is null
            ? new AmazonClientException("nobody knows who we are")
            : new AmazonClientException("Error calling AssumeRole", new AmazonServiceException("no", ErrorType.Sender, code, "0", status)));

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.Run(GetCredentials);
    }

    private sealed class EndlessCredentials : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw new NotSupportedException();

        public override Task<ImmutableCredentials> GetCredentialsAsync() => new TaskCompletionSource<ImmutableCredentials>().Task;
    }
}
