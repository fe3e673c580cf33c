// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// Opens the signing keys at start, so that a wrong password or a missing file shows in the log, and not first to the
/// pipeline that asks for a signature. It keeps nothing from starting: records are served without a key, and a key that
/// is put right is used from then on.
/// </summary>
internal sealed partial class KeyCheck(
    PolicySource policies, AttestorKeys keys, TimeProvider clock, ILogger<KeyCheck> logger) : IHostedService
{
    // Services that are slow today delay a start by so much together.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (policies.Current is not { } current)
            return;

        var names = current.SigningPolicies.Select(policy => policy.Attestor).Distinct(StringComparer.Ordinal);
        await Task.WhenAll(names.Select(current.FindAttestor).OfType<AttestorDefinition>().Select(CheckAsync));

        async Task CheckAsync(AttestorDefinition attestor)
        {
            try
            {
                await keys.OpenAsync(attestor, clock.GetUtcNow(), cancellationToken).AsTask().WaitAsync(Patience, clock, cancellationToken);
            }
            catch (KmsException unusable)
            {
                CannotSign(logger, attestor.Name, unusable.Reason.ToString(), unusable.Message);
            }
            catch (LedgerException unwritable)
            {
                CannotSign(logger, attestor.Name, unwritable.Reason.ToString(), unwritable.Message);
            }
            catch (TimeoutException)
            {
                CannotSign(
                    logger, attestor.Name, ReasonCode.KmsUnavailable.ToString(),
                    $"the key service did not answer within {Patience.TotalSeconds:0} s");
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1501, LogLevel.Error, "Nothing can be signed as {Attestor} for now: {Reason}: {Problem}")]
    private static partial void CannotSign(ILogger logger, string attestor, string reason, string problem);
}
