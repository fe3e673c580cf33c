// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Core;
using SupplyChain.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>
/// A vault of Azure Key Vault or a Managed HSM: whoever comes without a token is told what for and where to get one, and a token has
/// to be of the vault's tenant and for the vault's resource. Keys of the name <c>x-hsm</c> are those of <c>x</c> in hardware.
/// </summary>
public sealed partial class AzureKeyVaultSimulator : IKmsSimulator
{
    /// <summary>The tenant of the vault.</summary>
    public const string Tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    private static readonly Dictionary<string, string> Curves = new(StringComparer.Ordinal)
    {
        ["p256"] = "P-256", ["p384"] = "P-384", ["p521"] = "P-521", ["secp256k1"] = "P-256K",
    };

    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, int> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Scope, string? Tenant, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);
    private KmsServer? _server;
    private int _tokenCalls;
    private int _challenges;

    private AzureKeyVaultSimulator(TimeProvider clock, string host) => (_clock, Host) = (clock, host);

    /// <summary>The vault's host.</summary>
    public string Host { get; }

    /// <summary>The resource that tokens are for.</summary>
    public string Resource => $"https://{Host[(Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}";

    /// <summary>What it tells whoever comes without a token; the usual thing if <see langword="null"/>.</summary>
    public string? Challenge { get; set; }

    /// <summary>How often somebody came without a token.</summary>
    public int Challenges => _challenges;

    /// <summary>Requests without a token that had content nevertheless.</summary>
    public int ContentsWithoutToken { get; private set; }

    /// <summary>How often a token was given.</summary>
    public int TokenCalls => _tokenCalls;

    /// <summary>How long tokens are good for.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What happens when somebody wants a token.</summary>
    public Func<TokenRequestContext, Exception?>? TokenFault { get; set; }

    /// <summary>Answers to requests of an operation (<c>get</c> or <c>sign</c>) with this instead.</summary>
    public (string Operation, int Status, string Code, string? Inner)? Error { get; set; }

    /// <summary>Headers of such answers.</summary>
    public (string Name, string Value)[] ErrorHeaders { get; set; } = [];

    /// <summary>Changes what it answers to an operation.</summary>
    public Action<string, JsonObject>? Change { get; set; }

    /// <summary>The last content that was to be signed.</summary>
    public JsonNode? LastRequest { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [.. _tokens.Keys];

    /// <inheritdoc/>
    public int SignCalls => _server!.SignCalls;

    /// <inheritdoc/>
    public int Calls => _server!.Calls;

    /// <summary>Where it is.</summary>
    public Uri Endpoint => _server!.Origin;

    /// <summary>Who may use the keys.</summary>
    public TokenCredential Credential => new Identity(this);

    /// <summary>Starts one.</summary>
    /// <param name="clock">Its time, by which tokens expire.</param>
    /// <param name="host">The vault's host.</param>
    public static async Task<AzureKeyVaultSimulator> StartAsync(TimeProvider? clock = null, string host = "release-keys.vault.azure.net")
    {
        var simulator = new AzureKeyVaultSimulator(clock ?? TimeProvider.System, host);
        simulator._server = await KmsServer.StartAsync(Classify, simulator.Answer);
        return simulator;
    }

    /// <inheritdoc/>
    public void Break(KmsFault fault, int times = int.MaxValue) => _server!.Break(fault, times);

    /// <inheritdoc/>
    public void Mend() => _server!.Break(KmsFault.None, 0);

    /// <inheritdoc/>
    public string UriOf(string key) => $"azurekms://{Host}/{key}";

    /// <summary>The newest version of a key.</summary>
    public string VersionOf(string key) => VersionOf(key, Newest(key));

    /// <inheritdoc/>
    public void Rotate(string key) => _newest.AddOrUpdate(key, 1, (_, number) => number + 1);

    /// <summary>Refuses the tokens that it gave so far.</summary>
    public void Revoke()
    {
        foreach (var token in _tokens.Keys)
            _tokens[token] = _tokens[token] with { Until = DateTimeOffset.MinValue };
    }

    /// <summary>The options that a client needs.</summary>
    public AzureKeyVaultOptions Options() => new()
    {
        Endpoints = new Dictionary<string, Uri>(StringComparer.Ordinal) { [Host] = Endpoint },
    };

    /// <inheritdoc/>
    public ISigningKeySource Connect(TimeProvider clock) => Connect(clock, Options());

    /// <summary>The code under test with options of the test's own.</summary>
    public ISigningKeySource Connect(TimeProvider clock, AzureKeyVaultOptions options) => new AzureKeyVault(options, clock, Credential);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private int Newest(string key) => _newest.GetValueOrDefault(key);

    private static string VersionOf(string key, int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}#{number}"))[..16]);

    private static string KindOf(string key) => key.EndsWith("-hsm", StringComparison.Ordinal) ? key[..^4] : key;

    private static KmsRequest Classify(SeenRequest request, byte[] body) => new(
        request, body, IsAboutKeys: true,
        IsSign: request.Path.EndsWith("/sign", StringComparison.Ordinal) && request.Header("Authorization") is not null);

    private Reply Answer(KmsRequest asked, KmsFault fault)
    {
        var request = asked.Request;
        if (RefuseCaller(asked) is { } refused)
            return refused;
        if (request.Query is not "?api-version=7.4")
            return Refuse(400, "BadParameter", inner: null, "The request URI contains an invalid api-version.");

        var match = Path().Match(request.Path);
        var key = match.Groups["key"].Value.ToLowerInvariant();
        var isSign = match.Groups["sign"].Success;
        if (!match.Success || request.Method != (isSign ? "POST" : "GET"))
            return Refuse(400, "BadParameter", inner: null, "Method not allowed.");

        var operation = isSign ? "sign" : "get";
        var given = match.Groups["version"].Value;
        var number = Enumerable.Range(0, Newest(key) + 1).FirstOrDefault(one => given.Length > 0 ? VersionOf(key, one) == given : one == Newest(key), -1);
        if (number < 0 || !(Curves.ContainsKey(KindOf(key)) || RsaName().IsMatch(KindOf(key))))
        {
            return Refuse(
                404, "KeyNotFound", inner: null,
                $"A key with (name/id) {key}/{given} was not found in this key vault. If you recently deleted this key you may be able to recover it.");
        }

        if (Error is { } error && error.Operation == operation)
            return Refuse(error.Status, error.Code, error.Inner, "the simulator was told to say so", ErrorHeaders);
        return fault switch
        {
            KmsFault.Throttle => Refuse(429, "Throttled", inner: null, "Request was not processed because too many requests were received.", ("Retry-After", "1")),
            KmsFault.ServerError => Refuse(500, "InternalServerError", inner: null, "An unexpected error occurred."),
            KmsFault.PermissionDenied => Refuse(
                403, "Forbidden", "ForbiddenByRbac",
                $"Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/keys/{(isSign ? "sign/action" : "read")}'"),
            KmsFault.Disabled when isSign => Refuse(403, "Forbidden", "KeyDisabled", "Operation sign is not allowed on a disabled key."),
            _ when isSign => Sign(asked, key, number, fault),
            _ => Show(key, number, isEnabled: fault is not KmsFault.Disabled),
        };
    }

    private Reply? RefuseCaller(KmsRequest asked)
    {
        if (asked.Request.Header("Authorization") is not { } authorization)
        {
            Interlocked.Increment(ref _challenges);
            ContentsWithoutToken += asked.Body.Length > 0 ? 1 : 0;
            return Unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
        }

        if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !_tokens.TryGetValue(authorization["Bearer ".Length..], out var token))
            return Unauthorized("AKV10001: The token is none of ours.");
        if (token.Scope != $"{Resource}/.default")
            return Unauthorized($"AKV10022: Invalid audience. Expected {Resource}, found: {token.Scope}.");
        if (token.Tenant is not Tenant)
            return Unauthorized($"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{Tenant}/.");
        return token.Until > _clock.GetUtcNow() ? null : Unauthorized("AKV10001: The token is expired.");
    }

    private Reply Unauthorized(string message)
    {
        var challenge = Challenge ?? $"Bearer authorization=\"https://login.microsoftonline.com/{Tenant}\", resource=\"{Resource}\"";
        return Refuse(401, "Unauthorized", inner: null, message, ("WWW-Authenticate", challenge));
    }

    private Reply Show(string key, int number, bool isEnabled)
    {
        var hardware = key.EndsWith("-hsm", StringComparison.Ordinal) ? "-HSM" : "";
        var spki = SimulatedKey.Get(KindOf(key), number).Spki;
        var shown = new JsonObject
        {
            ["kid"] = $"https://{Host}/keys/{key}/{VersionOf(key, number)}",
            ["key_ops"] = new JsonArray("sign", "verify"),
        };
        if (Curves.TryGetValue(KindOf(key), out var curve))
        {
            // The point is at the end, x and y behind a 4.
            var width = curve switch { "P-384" => 48, "P-521" => 66, _ => 32 };
            shown["kty"] = "EC" + hardware;
            shown["crv"] = curve;
            shown["x"] = Base64Url.EncodeToString(spki.AsSpan()[^(2 * width)..^width]);
            shown["y"] = Base64Url.EncodeToString(spki.AsSpan()[^width..]);
        }
        else
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(spki, out _);
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            shown["kty"] = "RSA" + hardware;
            shown["n"] = Base64Url.EncodeToString(parameters.Modulus);
            shown["e"] = Base64Url.EncodeToString(parameters.Exponent);
        }

        return Done("get", new JsonObject
        {
            ["key"] = shown,
            ["attributes"] = new JsonObject { ["enabled"] = isEnabled, ["created"] = 1_760_000_000, ["recoveryLevel"] = "Recoverable+Purgeable" },
            ["tags"] = new JsonObject(),
        });
    }

    private Reply Sign(KmsRequest asked, string key, int number, KmsFault fault)
    {
        var content = JsonNode.Parse(asked.Body)!;
        LastRequest = content;
        var algorithm = (string?)content["alg"] ?? "";
        var digest = Base64Url.DecodeFromChars((string?)content["value"] ?? "");
        var fits = KindOf(key) switch
        {
            "p256" => algorithm is "ES256",
            "p384" => algorithm is "ES384",
            "p521" => algorithm is "ES512",
            "secp256k1" => algorithm is "ES256K",
            _ => algorithm is "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512",
        };
        var bits = fits ? int.Parse(algorithm.TrimEnd('K')[^3..], CultureInfo.InvariantCulture) : 0;
        if (!fits || digest.Length != bits / 8)
            return Refuse(400, "BadParameter", inner: null, $"Key and signing algorithm are incompatible, or the digest is of the wrong length: {algorithm}.");

        var signature = SimulatedKey.Get(KindOf(key), fault is KmsFault.WrongKey ? number + 1000 : number).Sign(
            digest, new HashAlgorithmName($"SHA{bits}"), algorithm.StartsWith('P') != fault is KmsFault.OtherPadding,
            isFixedWidth: fault is not KmsFault.P1363InsteadOfDer);
        if (fault is KmsFault.FlippedBit)
            signature[^1] ^= 1;
        return Done("sign", new JsonObject
        {
            ["kid"] = $"https://{Host}/keys/{key}/{VersionOf(key, number)}",
            ["value"] = Base64Url.EncodeToString(signature),
        });
    }

    private Reply Done(string operation, JsonObject answer)
    {
        Change?.Invoke(operation, answer);
        return Reply.Of(200, Encoding.UTF8.GetBytes(answer.ToJsonString()), ("Content-Type", "application/json; charset=utf-8"));
    }

    private static Reply Refuse(int status, string code, string? inner, string message, params (string Name, string Value)[] headers)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (inner is not null)
            error["innererror"] = new JsonObject { ["code"] = inner };
        return Reply.Of(
            status, Encoding.UTF8.GetBytes(new JsonObject { ["error"] = error }.ToJsonString()),
            [("Content-Type", "application/json; charset=utf-8"), .. headers]);
    }

    [GeneratedRegex(
        @"\A/keys/(?<key>[A-Za-z0-9-]+)(/(?<version>[0-9a-f]{32})(?<sign>/sign)?)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Path();

    [GeneratedRegex(@"\Arsa(2048|3072|4096|1024)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RsaName();

    private sealed class Identity(AzureKeyVaultSimulator vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref vault._tokenCalls);
            await Task.Delay(10, cancellationToken);
            if (vault.TokenFault?.Invoke(requestContext) is { } fault)
                throw fault;

            var token = $"eyJ.canary-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";
            var until = vault._clock.GetUtcNow() + vault.TokenLife;
            vault._tokens[token] = (requestContext.Scopes.Single(), requestContext.TenantId, until);
            return new AccessToken(token, until);
        }
    }
}
