// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace SupplyChain.Cli.Attest;

/// <summary>
/// Asks an attestor until it decides, fails for good, or time is up. The token goes to the attestor's own address and
/// nowhere else: redirects are not followed.
/// </summary>
internal sealed class AttestorClient(HttpClient http, AttestorAddress attestor, string token, TimeProvider clock)
{
    private const int ConnectionTries = 3;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Sends the request, again where the attestor asks for it, for at most <paramref name="timeout"/> in all.
    /// </summary>
    /// <returns>A decision or a failure; never <see cref="AttestAnswer.Later"/>.</returns>
    public async Task<AttestAnswer> AttestAsync(
        AttestRequest request, TimeSpan timeout, IAttestProgress progress, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var connections = 0;
        for (var tries = 1; ; tries++)
        {
            AttestAnswer answer;
            try
            {
                answer = await SendAsync(request, progress, either.Token);
            }
            catch (OperationCanceledException) when (
                deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return OutOfTime($"the attestor at {attestor} did not answer", timeout);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                if (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    return OutOfTime($"the attestor at {attestor} did not answer", timeout);
                var message = $"the attestor at {attestor} cannot be reached: {Innermost(fault).Message}";
                connections++;
                answer = connections < ConnectionTries
                    ? new AttestAnswer.Later(message, after: null)
                    : new AttestAnswer.Failed(ExitCodes.Unreachable, message);
            }

            if (answer is not AttestAnswer.Later later)
                return answer;

            var wait = later.After is { } asked ? Max(asked, ShortestWait) : Backoff(tries);
            if (clock.GetElapsedTime(start) + wait >= timeout)
                return OutOfTime(later.Message, timeout);

            progress.Waiting(later.Message, wait);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private async Task<AttestAnswer> SendAsync(
        AttestRequest request, IAttestProgress progress, CancellationToken cancellationToken)
    {
        progress.Sending(request.Files.Sum(file => file.Length));
        using var message = new HttpRequestMessage(HttpMethod.Post, attestor.Resolve(request.RelativeAddress))
        {
            Content = request.Body(progress.Sent),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        message.Headers.Accept.ParseAdd("application/json");
        message.Headers.Accept.ParseAdd("application/problem+json");
        if (request.IdempotencyKey is { } key)
            message.Headers.Add("Idempotency-Key", key);
        // A refusal that needs no report comes before the reports are sent.
        message.Headers.ExpectContinue = true;

        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await AnswerReader.ReadAsync(response, request, clock, cancellationToken);
    }

    private static AttestAnswer.Failed OutOfTime(string message, TimeSpan timeout) => new(
        ExitCodes.Unreachable,
        string.Create(
            CultureInfo.InvariantCulture, $"{message}; gave up, --timeout is {timeout.TotalSeconds:0.###} s"));

    // Doubling with jitter, so that a fleet of pipelines does not come back in step.
    private static TimeSpan Backoff(int tries)
    {
        var ceiling = Math.Min(
            LongestBackoff.TotalMilliseconds, ShortestWait.TotalMilliseconds * Math.Pow(2, tries - 1));
        var jitter = RandomNumberGenerator.GetInt32(0, 1000) / 1000.0;
        return TimeSpan.FromMilliseconds(ceiling * (0.75 + (jitter / 4)));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static Exception Innermost(Exception fault)
    {
        while (fault.InnerException is { } inner)
            fault = inner;
        return fault;
    }
}
