// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>The service with a key of a key service, as its configuration file names it; there is no key file and no password.</summary>
public sealed class KeyServiceTests(VaultService service) : IClassFixture<VaultService>
{
    public static TheoryData<KmsFault, string> Faults => new()
    {
        { KmsFault.Throttle, "KMS_UNAVAILABLE" },
        { KmsFault.ServerError, "KMS_UNAVAILABLE" },
        { KmsFault.MalformedAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.FlippedBit, "KMS_BAD_SIGNATURE" },
        { KmsFault.Disabled, "KEY_UNUSABLE" },
        { KmsFault.PermissionDenied, "KEY_UNUSABLE" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_is_answered_by_its_reason_passes_when_it_has_passed_and_no_secret_shows_anywhere(KmsFault fault, string reason)
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("SupplyChain", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => spans.Enqueue(
                $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        var image = service.PushImage();
        var report = Service.ReportOf(image);

        service.Vault.Break(fault);
        var broken = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        service.Vault.Mend();
        var finished = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        while (finished.Status == 503)
        {
            // A service that failed several times in a row is left alone for some seconds.
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
            finished = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        }

        finished.AssertDecision(201, Outcome.Approved);
        broken.AssertProblem($"{fault}", 503, "unavailable", reason, "the signing key did not sign");
        var seen = string.Join('\n', spans) + service.Log.Text
            + string.Join('\n', (await service.EntriesAsync()).Select(entry => System.Text.Encoding.UTF8.GetString(entry.Body.Span)));
        Assert.Contains("kms sign", seen, StringComparison.Ordinal);
        Assert.All(service.Vault.Secrets, secret => Assert.DoesNotContain(secret, seen, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_is_signed_with_the_version_of_the_key_that_was_pinned_at_start()
    {
        var image = service.PushImage();

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)), idempotencyKey: "signed");

        answer.AssertDecision(201, Outcome.Approved);
        using var reader = new LedgerReader(service.Ledger);
        var key = Assert.Single(await reader.FindKeysAsync(CancellationToken.None));
        Assert.Equal(("hashivault://p256", "hashivault://p256?version=1"), (key.KeyUri, key.KeyId));
        Assert.Contains(
            await reader.FindSignedAsync(key.PublicKey, CancellationToken.None), signed => signed.Image == image.Digest && signed.IsPublished);
    }
}

/// <summary>The host with a key in Vault.</summary>
public sealed class VaultService : Service, IAsyncLifetime
{
    public VaultSimulator Vault { get; private set; } = null!;

    protected override bool HasKey => false;

    protected override string KeyMembers
    {
        get
        {
            var options = Vault.Options();
            return
                $$$"""
                "kms": {
                  "vault": {
                    "address": "{{{options.Address}}}", "namespace": "{{{options.Namespace}}}", "mount": "{{{options.Mount}}}",
                    "login": { "method": "approle", "roleId": "{{{options.Login!.RoleId}}}", "secretIdFile": "{{{options.Login.SecretIdFile}}}" }
                  },
                  "limits": { "hashivault": { "deadline": "3s", "tryTimeout": "1s" } }
                }
                """;
        }
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Vault = await VaultSimulator.StartAsync();
        Prepare = () => WritePolicy("attestor", AttestorText.Replace("file:approval.key", Vault.UriOf("p256"), StringComparison.Ordinal));
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Vault.DisposeAsync();
    }
}
