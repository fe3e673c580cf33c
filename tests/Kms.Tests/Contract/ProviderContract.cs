// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>What holds for every key service, misbehaviour included; one derived class for each.</summary>
public abstract partial class ProviderContract : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    // One try, so that requests can be counted; patient enough for a slow answer, on a busy machine too.
    private static readonly KeyLimits Patient = new() { Tries = 1, TryTimeout = TimeSpan.FromSeconds(20), Deadline = TimeSpan.FromSeconds(20) };

    private static readonly KeyLimits Impatient =
        Patient with { Tries = 2, TryTimeout = TimeSpan.FromMilliseconds(400), Deadline = TimeSpan.FromSeconds(5) };

    private static readonly ToBeSigned Message = Envelope.ToBeSigned("application/vnd.in-toto+json", "{\"contract\":true}"u8.ToArray());

    private readonly List<IDisposable> _opened = [];
    private IKmsSimulator? _service;
    private ISigningKeySource? _source;

    /// <summary>The simulated service of this test.</summary>
    protected IKmsSimulator Service => _service!;

    /// <summary>The code under test.</summary>
    protected ISigningKeySource Source => _source!;

    public static TheoryData<string, SigningAlgorithm> Kinds => new()
    {
        { "p256", SigningAlgorithm.EcdsaP256Sha256 },
        { "p384", SigningAlgorithm.EcdsaP384Sha384 },
        { "p521", SigningAlgorithm.EcdsaP521Sha512 },
        { "rsa2048", SigningAlgorithm.RsaPkcs1Sha256 },
        { "rsa3072", SigningAlgorithm.RsaPkcs1Sha256 },
        { "rsa4096", SigningAlgorithm.RsaPkcs1Sha256 },
        { "ed25519", SigningAlgorithm.Ed25519 },
    };

    public static TheoryData<KmsFault, string> FaultsOfSigning => new()
    {
        { KmsFault.Throttle, "KMS_UNAVAILABLE" },
        { KmsFault.ServerError, "KMS_UNAVAILABLE" },
        { KmsFault.Hang, "KMS_UNAVAILABLE" },
        { KmsFault.Slow, "KMS_UNAVAILABLE" },
        { KmsFault.SucceedAfterTimeout, "KMS_UNAVAILABLE" },
        { KmsFault.MalformedAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.EndlessAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.Redirect, "KMS_UNAVAILABLE" },
        { KmsFault.WrongKey, "KMS_BAD_SIGNATURE" },
        { KmsFault.FlippedBit, "KMS_BAD_SIGNATURE" },
        { KmsFault.P1363InsteadOfDer, "KMS_BAD_SIGNATURE" },
        { KmsFault.Disabled, "KEY_UNUSABLE" },
        { KmsFault.PermissionDenied, "KEY_UNUSABLE" },
    };

    public static TheoryData<KmsFault, string> FaultsOfOpening => new()
    {
        { KmsFault.Throttle, "KMS_UNAVAILABLE" },
        { KmsFault.ServerError, "KMS_UNAVAILABLE" },
        { KmsFault.MalformedAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.EndlessAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.Redirect, "KMS_UNAVAILABLE" },
        { KmsFault.Disabled, "KEY_UNUSABLE" },
        { KmsFault.PermissionDenied, "KEY_UNUSABLE" },
    };

    public async ValueTask InitializeAsync()
    {
        _service = await StartAsync();
        _source = _service.Connect(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _opened.ForEach(opened => opened.Dispose());
        (_source as IDisposable)?.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_key_of_each_kind_signs_what_its_public_key_verifies(string kind, SigningAlgorithm algorithm)
    {
        Assert.SkipUnless(Service.Keys.Contains(kind), $"the service has no {kind} keys");
        var key = await OpenAsync(Patient, kind);

        var signature = await key.SignAsync(Message, default);

        Assert.Equal(algorithm, key.PublicKey.Algorithm);
        Assert.True(key.PublicKey.Verify(Message, signature));
        Assert.Equal(key.PublicKey, await Source.ReadPublicKeyAsync(Uri(kind), default));
        Assert.Equal(1, Service.SignCalls);
    }

    [Fact]
    public async Task A_signature_takes_one_request()
    {
        var key = await OpenAsync(Patient);
        var before = Service.Calls;

        for (var i = 0; i < 5; i++)
            await key.SignAsync(Message, default);

        Assert.Equal(5, Service.SignCalls);
        Assert.Equal(5, Service.Calls - before);
    }

    [Fact]
    public async Task Many_signatures_at_once_take_one_request_each()
    {
        var key = await OpenAsync(Patient);
        var before = Service.Calls;

        var signatures = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => key.SignAsync(Message, default).AsTask()));

        Assert.All(signatures, signature => Assert.True(key.PublicKey.Verify(Message, signature)));
        Assert.Equal(40, Service.Calls - before);
    }

    [Fact]
    public async Task A_slow_answer_is_waited_for_within_the_time_of_a_try()
    {
        var key = await OpenAsync(Patient);
        Service.Break(KmsFault.Slow);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
    }

    [Fact]
    public async Task The_id_is_a_uri_that_opens_the_same_version()
    {
        var key = await OpenAsync(Patient);

        var again = await OpenAsync(Patient, uri: KeyUri.Parse(key.Id));

        Assert.Equal((key.Id, key.PublicKey), (again.Id, again.PublicKey));
        Assert.NotEqual(Service.UriOf("p256"), key.Id);
        Assert.Equal(key.PublicKey, await Source.ReadPublicKeyAsync(KeyUri.Parse(key.Id), default));
    }

    [Fact]
    public async Task An_opened_key_stays_on_its_version_when_the_service_moves_on()
    {
        var before = await OpenAsync(Patient);
        Service.Rotate("p256");
        var after = await OpenAsync(Patient);

        Assert.NotEqual(before.PublicKey, after.PublicKey);
        Assert.NotEqual(before.Id, after.Id);
        Assert.True(before.PublicKey.Verify(Message, await before.SignAsync(Message, default)));
        Assert.True(after.PublicKey.Verify(Message, await after.SignAsync(Message, default)));
        Assert.Equal(before.PublicKey, (await OpenAsync(Patient, uri: KeyUri.Parse(before.Id))).PublicKey);
    }

    [Theory, MemberData(nameof(FaultsOfSigning))]
    public async Task A_fault_while_signing_ends_in_its_reason_and_is_over_when_the_service_is_mended(KmsFault fault, string reason)
    {
        var key = await OpenAsync(Impatient);
        Service.Break(fault);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.True(reason == problem.Reason.Name, problem.ToString());
        Assert.Equal(fault is KmsFault.Throttle, problem.IsThrottled);
        Assert.InRange(Service.SignCalls, 1, Impatient.Tries);
        Service.Mend();
        var patient = await OpenAsync(Patient);
        Assert.True(key.PublicKey.Verify(Message, await patient.SignAsync(Message, default)));
    }

    [Theory, MemberData(nameof(FaultsOfOpening))]
    public async Task A_fault_while_opening_ends_in_its_reason(KmsFault fault, string reason)
    {
        Service.Break(fault);

        var opening = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Patient));
        var reading = await Record.ExceptionAsync(() => Source.ReadPublicKeyAsync(Uri("p256"), default).AsTask());

        Assert.True(reason == opening.Reason.Name, opening.ToString());
        // Some services still show the public half of what no longer signs.
        if (fault is not KmsFault.Disabled || reading is not null)
            Assert.True(reason == Assert.IsType<KmsException>(reading).Reason.Name, $"{reading}");
        Service.Mend();
        Assert.NotNull(await OpenAsync(Patient));
    }

    [Fact]
    public async Task A_fault_that_passes_is_tried_again_by_the_guard_alone()
    {
        var key = await OpenAsync(Impatient with { TryTimeout = TimeSpan.FromSeconds(5) });
        Service.Break(KmsFault.ServerError, times: 1);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, default)));
        Assert.Equal(2, Service.SignCalls);
    }

    [Theory]
    [InlineData(KmsFault.ServerError)]
    [InlineData(KmsFault.Throttle)]
    [InlineData(KmsFault.Redirect)]
    public async Task A_provider_asks_once_and_follows_nothing(KmsFault fault)
    {
        var key = await OpenAsync(Patient);
        var before = Service.Calls;
        Service.Break(fault);

        await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal(1, Service.Calls - before);
    }

    [Fact]
    public async Task A_key_that_nobody_has_is_unusable()
    {
        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Patient, "absent"));

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("absent", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_unavailable()
    {
        var key = await OpenAsync(Patient);
        await Service.DisposeAsync();

        var signing = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());
        var opening = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Patient));

        Assert.Equal((ReasonCode.KmsUnavailable, ReasonCode.KmsUnavailable), (signing.Reason, opening.Reason));
    }

    [Fact]
    public async Task Whoever_gives_up_before_costs_no_request()
    {
        var key = await Source.OpenAsync(Uri("p256"), default);
        var before = Service.Calls;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => key.SignAsync(Message, new CancellationToken(canceled: true)).AsTask());

        Assert.Equal(before, Service.Calls);
    }

    [Theory]
    [InlineData(KmsFault.Hang)]
    [InlineData(KmsFault.EndlessAnswer)]
    public async Task Whoever_gives_up_meanwhile_does_not_wait(KmsFault fault)
    {
        var key = await Source.OpenAsync(Uri("p256"), default);
        Service.Break(fault);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var signing = await Record.ExceptionAsync(() => key.SignAsync(Message, impatience.Token).AsTask().WaitAsync(Soon));
        var opening = await Record.ExceptionAsync(() => Source.OpenAsync(Uri("p256"), impatience.Token).AsTask().WaitAsync(Soon));

        // An endless answer may be found to be one before the patience is over.
        Assert.All(
            [signing, opening],
            end => Assert.True(end is OperationCanceledException || (fault is KmsFault.EndlessAnswer && end is KmsException), $"{end}"));
    }

    [Fact]
    public async Task No_secret_is_in_any_text_whatever_goes_wrong()
    {
        var texts = new ConcurrentQueue<string>();
        using var listener = Listen(texts);
        foreach (var fault in Enum.GetValues<KmsFault>())
        {
            var key = await OpenAsync(Impatient);
            Service.Break(fault, times: 3);
            texts.Enqueue($"{await Record.ExceptionAsync(() => key.SignAsync(Message, default).AsTask())}");
            using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            texts.Enqueue($"{await Record.ExceptionAsync(() => Source.OpenAsync(Uri("p256"), impatience.Token).AsTask())}");
            texts.Enqueue($"{Source} {key} {key.Id} {key.PublicKey}");
            Service.Mend();
        }

        Assert.NotEmpty(Service.Secrets);
        Assert.Contains(texts, text => text.Contains("KmsException", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains("kms sign", StringComparison.Ordinal));
        Assert.All(texts, text => Assert.All(Service.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
    }

    /// <summary>Starts the simulated service.</summary>
    protected abstract Task<IKmsSimulator> StartAsync();

    /// <summary>The URI of one of the service's keys.</summary>
    protected KeyUri Uri(string key) => KeyUri.Parse(Service.UriOf(key));

    private async Task<ISigningKey> OpenAsync(
        KeyLimits limits, string name = "p256", KeyUri? uri = null, SigningAlgorithm? algorithm = null)
    {
        var key = await new SigningKeys([Source], _ => limits, TimeProvider.System).OpenAsync(uri ?? Uri(name), algorithm, default);
        if (key is IDisposable disposable)
            _opened.Add(disposable);
        return key;
    }

    private static ActivityListener Listen(ConcurrentQueue<string> texts)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => texts.Enqueue(
                $"{activity.DisplayName} {activity.StatusDescription} "
                + string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))
                + string.Join(' ', activity.Events.SelectMany(seen => seen.Tags).Select(tag => $"{tag.Key}={tag.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
