// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>
/// Vault's transit engine in one namespace, with the login methods token, Kubernetes and AppRole. It knows nothing of the code under
/// test but how to connect it.
/// </summary>
public sealed class VaultSimulator : IKmsSimulator
{
    /// <summary>Where the engine is mounted.</summary>
    public const string Mount = "signing/transit";

    /// <summary>The namespace that every request has to name.</summary>
    public const string Namespace = "team-a";

    /// <summary>The role that logs in.</summary>
    public const string Role = "attestor";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["p256"] = "ecdsa-p256",
        ["p384"] = "ecdsa-p384",
        ["p521"] = "ecdsa-p521",
        ["ed25519"] = "ed25519",
        ["rsa2048"] = "rsa-2048",
        ["rsa3072"] = "rsa-3072",
        ["rsa4096"] = "rsa-4096",
    };

    private readonly TempFolder _folder = new();
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, int> _latest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private KmsServer? _server;
    private int _logins;

    private VaultSimulator(TimeProvider clock)
    {
        _clock = clock;
        _tokens[StaticToken] = DateTimeOffset.MaxValue;
        foreach (var (file, secret) in new[] { ("token", StaticToken), ("secret-id", SecretId), ("jwt", Jwt) })
            File.WriteAllText(_folder[file], secret + "\n");
    }

    /// <summary>A token that does not end by itself.</summary>
    public string StaticToken { get; } = "hvs.CANARY-static-token-0000";

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = [.. Types.Keys];

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [StaticToken, SecretId, Jwt, .. _tokens.Keys];

    /// <summary>How long a login lasts; zero for ever.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many logins came.</summary>
    public int Logins => _logins;

    /// <summary>Answers logins with this status instead.</summary>
    public int? LoginError { get; set; }

    /// <summary>Answers requests about keys with this status and error instead.</summary>
    public (int Status, string Error, string? RetryAfter)? KeyError { get; set; }

    /// <summary>Changes what it answers about keys: the data of <c>keys</c> or <c>sign</c>.</summary>
    public Action<string, JsonObject>? Change { get; set; }

    /// <summary>The path and content of the last request for a signature that was let in.</summary>
    public (string Path, JsonNode Content)? LastRequest { get; private set; }

    /// <summary>Versions below sign no longer.</summary>
    public int OldestToSign { get; set; }

    /// <inheritdoc/>
    public int SignCalls => _server!.SignCalls;

    /// <inheritdoc/>
    public int Calls => _server!.Calls;

    /// <summary>Where it is.</summary>
    public Uri Address => _server!.Origin;

    private static string SecretId => "CANARY-secret-id-1111";

    private static string Jwt => "eyJhbGciOiJub25lIn0.CANARY-jwt.2222";

    /// <summary>Starts one.</summary>
    /// <param name="clock">The time that leases end by.</param>
    /// <param name="certificate">What it shows over https; <see langword="null"/> for plain http.</param>
    public static async Task<VaultSimulator> StartAsync(TimeProvider? clock = null, X509Certificate2? certificate = null)
    {
        var simulator = new VaultSimulator(clock ?? TimeProvider.System);
        simulator._server = await KmsServer.StartAsync(Classify, simulator.Answer, certificate);
        return simulator;
    }

    /// <inheritdoc/>
    public void Break(KmsFault fault, int times = int.MaxValue) => _server!.Break(fault, times);

    /// <inheritdoc/>
    public void Mend() => _server!.Break(KmsFault.None, 0);

    /// <inheritdoc/>
    public string UriOf(string key) => $"hashivault://{key}";

    /// <inheritdoc/>
    public void Rotate(string key) => _latest.AddOrUpdate(key, 2, (_, version) => version + 1);

    /// <summary>Makes every token that was handed out invalid.</summary>
    public void RevokeTokens() => _tokens.Clear();

    /// <summary>Puts another token into the token's file, which is accepted from now on.</summary>
    public void ChangeToken(string token)
    {
        _tokens[token] = DateTimeOffset.MaxValue;
        File.WriteAllText(_folder["token"], token);
    }

    /// <summary>The options that a client needs to log in by a method.</summary>
    public VaultOptions Options(string method = "approle") => new()
    {
        Address = Address,
        Namespace = Namespace,
        Mount = Mount,
        Login = method switch
        {
            "token" => new VaultLogin { Method = method, TokenFile = _folder["token"] },
            "kubernetes" => new VaultLogin { Method = method, Role = Role, JwtFile = _folder["jwt"] },
            _ => new VaultLogin { Method = method, RoleId = Role, SecretIdFile = _folder["secret-id"] },
        },
    };

    /// <inheritdoc/>
    public ISigningKeySource Connect(TimeProvider clock) => new VaultTransit(Options(), clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder.Path))
            _folder.Dispose();
        await _server!.DisposeAsync();
    }

    private static KmsRequest Classify(SeenRequest request, byte[] body) => new(
        request, body, IsAboutKeys: !request.Path.StartsWith("/v1/auth/", StringComparison.Ordinal),
        IsSign: request.Path.StartsWith($"/v1/{Mount}/sign/", StringComparison.Ordinal));

    private Reply Answer(KmsRequest asked, KmsFault fault)
    {
        var request = asked.Request;
        if (request.Header("X-Vault-Request") is not "true")
            return Refuse(400, "missing 'X-Vault-Request' header");
        if (request.Header("X-Vault-Namespace") is not Namespace)
            return Refuse(403, "permission denied");
        if (!asked.IsAboutKeys)
            return LogIn(request, asked.Body);
        if (!_tokens.TryGetValue(request.Header("X-Vault-Token") ?? "", out var until) || until < _clock.GetUtcNow())
            return Refuse(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");
        if (KeyError is { } error)
            return Refuse(error.Status, error.Error, error.RetryAfter);

        return fault switch
        {
            KmsFault.Throttle => Refuse(429, "request path \"signing/transit\": rate limit quota exceeded", "1"),
            KmsFault.ServerError => Refuse(500, "internal error"),
            KmsFault.PermissionDenied => Refuse(403, "1 error occurred:\n\t* permission denied\n\n"),
            _ when !request.Path.StartsWith($"/v1/{Mount}/", StringComparison.Ordinal) => Refuse(404, "no handler for route"),
            _ => Work(request.Method, request.Path[$"/v1/{Mount}/".Length..].Split('/'), asked.Body, fault),
        };
    }

    private Reply LogIn(SeenRequest request, byte[] body)
    {
        Interlocked.Increment(ref _logins);
        var content = JsonNode.Parse(body)!;
        if (LoginError is { } status)
            return Refuse(status, "the simulator was told to refuse logins");
        var isRight = request switch
        {
            { Method: "POST", Path: "/v1/auth/approle/login" } =>
                (string?)content["role_id"] is Role && (string?)content["secret_id"] == SecretId,
            { Method: "POST", Path: "/v1/auth/kubernetes/login" } => (string?)content["role"] is Role && (string?)content["jwt"] == Jwt,
            _ => false,
        };
        if (!isRight)
            return Refuse(400, "invalid role or secret ID");

        var token = "hvs.CANARY-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _tokens[token] = Lease == TimeSpan.Zero ? DateTimeOffset.MaxValue : _clock.GetUtcNow() + Lease;
        return Answer(200, new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["client_token"] = token,
                ["policies"] = new JsonArray("default", Role),
                ["lease_duration"] = (int)Lease.TotalSeconds,
                ["renewable"] = true,
            },
        });
    }

    private Reply Work(string method, string[] path, byte[] body, KmsFault fault)
    {
        if (path is not [var operation, var name, ..] || !Types.ContainsKey(name))
            return path is ["sign", ..] ? Refuse(400, "signing key not found") : Answer(404, new JsonObject { ["errors"] = new JsonArray() });

        return (method, operation) switch
        {
            ("GET", "keys") when path.Length == 2 => Describe(name, fault),
            ("POST", "sign") => Sign(name, path.Length > 2 ? path[2] : "sha2-256", path, JsonNode.Parse(body)!, fault),
            _ => Refuse(405, "unsupported operation"),
        };
    }

    private Reply Describe(string name, KmsFault fault)
    {
        var latest = _latest.GetOrAdd(name, 1);
        var keys = new JsonObject();
        for (var version = 1; version <= latest; version++)
        {
            var key = SimulatedKey.Get(name, version);
            keys[version.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["name"] = Types[name],
                ["creation_time"] = "2026-11-22T08:00:00Z",
                ["public_key"] = name is "ed25519"
                    ? Convert.ToBase64String(key.RawPublicKey)
                    : PemEncoding.WriteString("PUBLIC KEY", key.Spki) + "\n",
            };
        }

        return Data("keys", new JsonObject
        {
            ["name"] = name,
            ["type"] = Types[name],
            ["latest_version"] = latest,
            ["min_available_version"] = 0,
            ["min_decryption_version"] = 1,
            ["min_encryption_version"] = fault is KmsFault.Disabled ? latest + 1 : OldestToSign,
            ["supports_signing"] = true,
            ["derived"] = false,
            ["exportable"] = false,
            ["keys"] = keys,
        });
    }

    private Reply Sign(string name, string hash, string[] path, JsonNode content, KmsFault fault)
    {
        LastRequest = (string.Join('/', path), content);
        var latest = _latest.GetOrAdd(name, 1);
        var version = content["key_version"]?.GetValue<int>() is { } asked and > 0 ? asked : latest;
        if (version > latest)
            return Refuse(400, "cannot sign with key version: version is too high");
        if (fault is KmsFault.Disabled || version < OldestToSign)
            return Refuse(400, "cannot sign: requested version for signing is less than the minimum encryption key version");

        var digest = hash switch { "sha2-256" => 32, "sha2-384" => 48, "sha2-512" => 64, _ => 0 };
        var input = Convert.FromBase64String(content["input"]!.GetValue<string>());
        if (digest == 0)
            return Refuse(400, $"unsupported hash algorithm \"{hash}\"");
        if (name is "ed25519" ? content["prehashed"] is not null : (bool?)content["prehashed"] is not true)
            return Refuse(400, "the simulator signs digests, and messages with Ed25519 only");
        if (name is not "ed25519" && input.Length != digest)
            return Refuse(400, "unable to sign: crypto/rsa: input must be hashed message");

        var scheme = (string?)content["signature_algorithm"] ?? "pss";
        if (scheme is not ("pss" or "pkcs1v15"))
            return Refuse(400, $"unsupported rsa signature algorithm {scheme}");
        var isPss = name.StartsWith("rsa", StringComparison.Ordinal) && scheme is "pss";
        if (isPss && (string?)content["salt_length"] is not "hash")
            return Refuse(400, "the simulator salts as long as the hash only");
        var isJws = (string?)content["marshaling_algorithm"] is "jws";
        var signature = SimulatedKey.Get(name, fault is KmsFault.WrongKey ? version + 1000 : version).Sign(
            input, new HashAlgorithmName("SHA" + hash[5..]), isPss != fault is KmsFault.OtherPadding, isJws || fault is KmsFault.P1363InsteadOfDer);
        if (fault is KmsFault.FlippedBit)
            signature[^1] ^= 1;
        return Data("sign", new JsonObject
        {
            ["signature"] = $"vault:v{version}:{Convert.ToBase64String(signature)}",
            ["key_version"] = version,
        });
    }

    private Reply Data(string operation, JsonObject data)
    {
        Change?.Invoke(operation, data);
        return Answer(200, new JsonObject { ["request_id"] = "0", ["lease_id"] = "", ["data"] = data });
    }

    private static Reply Answer(int status, JsonObject content) =>
        Reply.Of(status, Encoding.UTF8.GetBytes(content.ToJsonString()), ("Content-Type", "application/json"));

    private static Reply Refuse(int status, string error, string? retryAfter = null)
    {
        var answer = Answer(status, new JsonObject { ["errors"] = new JsonArray(error) });
        return retryAfter is null ? answer : answer.With("Retry-After", retryAfter);
    }
}
