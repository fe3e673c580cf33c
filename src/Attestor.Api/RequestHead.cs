// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary>Why something sent is not a request.</summary>
internal sealed record Malformed(ReasonCode Reason, string Message);

/// <summary>What a request says beside its body.</summary>
internal sealed record RequestHead(bool CheckOnly, string? IdempotencyKey)
{
    public static (RequestHead? Head, Malformed? Malformed) Read(HttpRequest request)
    {
        // A mistyped ?mode=check must not sign.
        if (request.Query.Keys.FirstOrDefault(name => name is not "mode") is { } unknown)
            return (null, Bad(
                $"the query parameter '{Printable.Escape(unknown)}' is unknown; expected mode=check, or none at all"));

        var mode = request.Query["mode"];
        if (mode.Count > 0 && mode is not ["check"])
            return (null, Bad($"mode is '{Printable.Escape(mode.ToString())}'; expected check, or no mode at all"));

        var key = request.Headers["Idempotency-Key"];
        if (key.Count > 0 && !(key is [{ Length: > 0 and <= Limits.IdempotencyKeyLength } one] && one.All(IsPrintable)))
        {
            const int most = Limits.IdempotencyKeyLength;
            return (null, Bad($"Idempotency-Key has to be one text of 1 to {most} printable ASCII characters"));
        }

        return (new RequestHead(mode.Count > 0, key.Count > 0 ? key[0] : null), null);
    }

    private static Malformed Bad(string message) => new(ReasonCode.BadRequest, message);

    private static bool IsPrintable(char c) => c is >= ' ' and <= '~';
}
