// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SupplyChain.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>
/// Google Cloud KMS with one key ring, and the token server beside it: requests have to carry a bearer token of the right scope, and
/// what is to be signed its checksum. Versions are numbered from 1.
/// </summary>
public sealed partial class GoogleKmsSimulator : IKmsSimulator
{
    /// <summary>The resource name of its key ring.</summary>
    public const string Ring = "projects/release-prod/locations/europe-west3/keyRings/attestor";

    /// <summary>The service account whose tokens are accepted.</summary>
    public const string Account = "attestor@release-prod.iam.gserviceaccount.com";

    // What assertions are made out to, wherever the token server is.
    private const string TokenServer = "https://oauth2.googleapis.com/token";

    private const string Scope = "https://www.googleapis.com/auth/cloudkms";

    private static readonly Dictionary<string, (string Kind, string Algorithm)> Known = new(StringComparer.Ordinal)
    {
        ["p256"] = ("p256", "EC_SIGN_P256_SHA256"),
        ["p384"] = ("p384", "EC_SIGN_P384_SHA384"),
        ["ed25519"] = ("ed25519", "EC_SIGN_ED25519"),
        ["secp256k1"] = ("secp256k1", "EC_SIGN_SECP256K1_SHA256"),
        ["rsa2048"] = ("rsa2048", "RSA_SIGN_PKCS1_2048_SHA256"),
        ["rsa3072"] = ("rsa3072", "RSA_SIGN_PKCS1_3072_SHA256"),
        ["rsa4096"] = ("rsa4096", "RSA_SIGN_PKCS1_4096_SHA256"),
        ["rsa4096-sha512"] = ("rsa4096", "RSA_SIGN_PKCS1_4096_SHA512"),
        ["rsa2048-pss"] = ("rsa2048", "RSA_SIGN_PSS_2048_SHA256"),
        ["rsa3072-pss"] = ("rsa3072", "RSA_SIGN_PSS_3072_SHA256"),
        ["rsa4096-pss"] = ("rsa4096", "RSA_SIGN_PSS_4096_SHA256"),
    };

    // One for the whole test run, since it takes its time to make.
    private static readonly Lazy<RSA> AccountKey = new(() => RSA.Create(2048));

    private readonly ConcurrentDictionary<string, int> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _good = new(StringComparer.Ordinal);
    private KmsServer? _server;
    private int _tokenCalls;

    private GoogleKmsSimulator() => Token = Issue();

    /// <summary>How often the token server was asked.</summary>
    public int TokenCalls => _tokenCalls;

    /// <summary>The token that was given last, or that clients without credentials of their own use.</summary>
    public string Token { get; set; }

    /// <summary>How long tokens are good for.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Answers of the token server instead, as status and body.</summary>
    public (int Status, string Body)? TokenError { get; set; }

    /// <summary>Answers to paths with this ending instead, such as <c>(":asymmetricSign", 400, "FAILED_PRECONDITION")</c>.</summary>
    public (string Ending, int Status, string Code)? Error { get; set; }

    /// <summary>Changes what it answers, by the end of the path.</summary>
    public Action<string, JsonObject>? Change { get; set; }

    /// <summary>The last content that was to be signed.</summary>
    public JsonNode? LastRequest { get; private set; }

    /// <summary>Versions that are disabled, by resource name.</summary>
    public ConcurrentDictionary<string, bool> Disabled { get; } = new(StringComparer.Ordinal);

    /// <summary>How many versions it puts on a page, whatever is asked for.</summary>
    public int VersionsOnPage { get; set; } = 50;

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["p256", "p384", "rsa2048", "rsa3072", "rsa4096", "ed25519"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [.. _good.Keys];

    /// <inheritdoc/>
    public int SignCalls => _server!.SignCalls;

    /// <inheritdoc/>
    public int Calls => _server!.Calls;

    /// <summary>Where it is, and its token server.</summary>
    public Uri Endpoint => _server!.Origin;

    /// <summary>Starts one.</summary>
    public static async Task<GoogleKmsSimulator> StartAsync()
    {
        var simulator = new GoogleKmsSimulator();
        simulator._server = await KmsServer.StartAsync(Classify, simulator.Answer);
        return simulator;
    }

    /// <inheritdoc/>
    public void Break(KmsFault fault, int times = int.MaxValue) => _server!.Break(fault, times);

    /// <inheritdoc/>
    public void Mend() => _server!.Break(KmsFault.None, 0);

    /// <inheritdoc/>
    public string UriOf(string key) => $"gcpkms://{NameOf(key)}";

    /// <summary>The resource name of a key.</summary>
    public static string NameOf(string key) => $"{Ring}/cryptoKeys/{key}";

    /// <summary>The resource name of a key's newest version.</summary>
    public string VersionOf(string key) => VersionOf(key, Newest(key));

    /// <summary>The resource name of a key's version.</summary>
    public static string VersionOf(string key, int number) => $"{NameOf(key)}/cryptoKeyVersions/{number}";

    /// <inheritdoc/>
    public void Rotate(string key) => _newest.AddOrUpdate(key, 2, (_, number) => number + 1);

    /// <inheritdoc/>
    public ISigningKeySource Connect(TimeProvider clock) =>
        new GoogleKms(new GoogleKmsOptions { Endpoint = Endpoint }, clock, _ => Task.FromResult(Token));

    /// <summary>The file of a service account whose tokens the simulator gives, for the code under test to log in by itself.</summary>
    public string WriteCredentials(string folder)
    {
        var path = System.IO.Path.Combine(folder, "account.json");
        File.WriteAllText(path, new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = "release-prod",
            ["private_key_id"] = "0123456789abcdef",
            ["private_key"] = AccountKey.Value.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = Account,
            ["client_id"] = "1",
            ["token_uri"] = new Uri(Endpoint, "/token").AbsoluteUri,
        }.ToJsonString());
        return path;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private int Newest(string key) => _newest.GetValueOrDefault(key, 1);

    private static KmsRequest Classify(SeenRequest request, byte[] body) => new(
        request, body, IsAboutKeys: request.Path is not "/token", IsSign: request.Path.EndsWith(":asymmetricSign", StringComparison.Ordinal));

    private string Issue()
    {
        var token = $"ya29.canary-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";
        _good[token] = true;
        return token;
    }

    private Reply Answer(KmsRequest asked, KmsFault fault)
    {
        var request = asked.Request;
        if (!asked.IsAboutKeys)
            return GiveToken(asked);
        if (request.Header("Authorization") is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.Ordinal)
            || !_good.ContainsKey(authorization["Bearer ".Length..]))
        {
            return Refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token.");
        }

        if (Path().Match(request.Path) is not { Success: true } path)
            return Reply.Of(404, "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"u8.ToArray(), ("Content-Type", "text/html"));

        var key = path.Groups["key"].Value;
        if (path.Groups["ring"].Value != Ring || !Known.ContainsKey(key)
            || (path.Groups["version"] is { Success: true } given && int.Parse(given.Value, CultureInfo.InvariantCulture) > Newest(key)))
        {
            return Refuse(404, "NOT_FOUND", $"{request.Path["/v1/".Length..]} not found.");
        }

        if (Error is { } error && request.Path.EndsWith(error.Ending, StringComparison.Ordinal))
            return Refuse(error.Status, error.Code, $"the simulator was told to say so about {key}");
        return fault switch
        {
            KmsFault.Throttle => Refuse(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Cryptographic requests'.", ("Retry-After", "1")),
            KmsFault.ServerError => Refuse(500, "INTERNAL", "Internal error encountered."),
            KmsFault.PermissionDenied => Refuse(403, "PERMISSION_DENIED", $"Permission denied on resource '{request.Path["/v1/".Length..]}' (or it may not exist)."),
            KmsFault.Disabled => NotEnabled(VersionOf(key)),
            _ => Work(asked, path, key, fault),
        };
    }

    private Reply Work(KmsRequest asked, Match path, string key, KmsFault fault)
    {
        var verb = path.Groups["verb"].Value;
        if (path.Groups["list"].Success)
            return asked.Request.Method is "GET" ? List(asked.Request.Query, key) : WrongMethod();

        var number = int.Parse(path.Groups["version"].Value, CultureInfo.InvariantCulture);
        if (Disabled.ContainsKey(VersionOf(key, number)))
            return NotEnabled(VersionOf(key, number));

        return (asked.Request.Method, verb) switch
        {
            ("GET", "/publicKey") => ShowKey(key, number),
            ("POST", ":asymmetricSign") => Sign(asked, key, number, fault),
            _ => WrongMethod(),
        };
    }

    private Reply List(string query, string key)
    {
        var parameters = query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        var isFiltered = parameters.GetValueOrDefault("filter") is "state=ENABLED";
        var from = int.Parse(parameters.GetValueOrDefault("pageToken", "0/+=")[..^3], CultureInfo.InvariantCulture);
        var all = Enumerable.Range(1, Newest(key))
            .Where(number => !isFiltered || !Disabled.ContainsKey(VersionOf(key, number))).ToArray();
        var answer = new JsonObject { ["totalSize"] = all.Length };
        // An empty list is left out.
        if (all.Length > 0)
        {
            answer["cryptoKeyVersions"] = new JsonArray([.. all.Skip(from).Take(VersionsOnPage).Select(number => (JsonNode)new JsonObject
            {
                ["name"] = VersionOf(key, number),
                ["state"] = Disabled.ContainsKey(VersionOf(key, number)) ? "DISABLED" : "ENABLED",
                ["protectionLevel"] = "HSM",
                ["algorithm"] = Known[key].Algorithm,
            })]);
        }

        if (from + VersionsOnPage < all.Length)
            answer["nextPageToken"] = $"{from + VersionsOnPage}/+=";
        return Done("/cryptoKeyVersions", answer);
    }

    private Reply ShowKey(string key, int number)
    {
        var (kind, algorithm) = Known[key];
        var pem = PemEncoding.WriteString("PUBLIC KEY", SimulatedKey.Get(kind, number).Spki) + "\n";
        return Done("/publicKey", new JsonObject
        {
            ["pem"] = pem,
            ["algorithm"] = algorithm,
            ["pemCrc32c"] = ChecksumOf(Encoding.ASCII.GetBytes(pem)),
            ["name"] = VersionOf(key, number),
            ["protectionLevel"] = "HSM",
        });
    }

    private Reply Sign(KmsRequest asked, string key, int number, KmsFault fault)
    {
        var content = JsonNode.Parse(asked.Body)!;
        LastRequest = content;
        var (kind, algorithm) = Known[key];
        var isMessage = algorithm is "EC_SIGN_ED25519";
        var digestName = "sha" + algorithm[^3..];
        var input = isMessage ? (string?)content["data"] : (string?)content["digest"]?[digestName];
        if (input is null || (isMessage ? content["digest"] is not null : content["data"] is not null))
            return Refuse(400, "INVALID_ARGUMENT", $"Expected {(isMessage ? "data" : digestName)} for {algorithm}.");

        var bytes = Convert.FromBase64String(input);
        if (isMessage ? bytes.Length > 65536 : bytes.Length != int.Parse(digestName[3..], CultureInfo.InvariantCulture) / 8)
            return Refuse(400, "INVALID_ARGUMENT", $"Length {bytes.Length} is wrong for {algorithm}.");

        var checksum = (string?)content[isMessage ? "dataCrc32c" : "digestCrc32c"];
        if (checksum is not null && checksum != ChecksumOf(bytes))
            return Refuse(400, "INVALID_ARGUMENT", "The checksum in field digest_crc32c did not match.");

        var signature = SimulatedKey.Get(kind, fault is KmsFault.WrongKey ? number + 1000 : number).Sign(
            bytes, new HashAlgorithmName(digestName.ToUpperInvariant()),
            algorithm.Contains("_PSS_", StringComparison.Ordinal) != fault is KmsFault.OtherPadding,
            fault is KmsFault.P1363InsteadOfDer);
        if (fault is KmsFault.FlippedBit)
            signature[^1] ^= 1;
        return Done(":asymmetricSign", new JsonObject
        {
            ["signature"] = Convert.ToBase64String(signature),
            ["signatureCrc32c"] = ChecksumOf(signature),
            [isMessage ? "verifiedDataCrc32c" : "verifiedDigestCrc32c"] = checksum is not null,
            ["name"] = VersionOf(key, number),
            ["protectionLevel"] = "HSM",
        });
    }

    private Reply Done(string verb, JsonObject answer)
    {
        Change?.Invoke(verb, answer);
        return Reply.Of(200, Encoding.UTF8.GetBytes(answer.ToJsonString()), ("Content-Type", "application/json; charset=UTF-8"));
    }

    private Reply GiveToken(KmsRequest asked)
    {
        Interlocked.Increment(ref _tokenCalls);
        if (TokenError is { } error)
            return Reply.Of(error.Status, Encoding.UTF8.GetBytes(error.Body), ("Content-Type", "application/json"), ("Location", "/token"));

        var form = Encoding.UTF8.GetString(asked.Body).Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
        var parts = form.GetValueOrDefault("assertion", "").Split('.');
        if (form.GetValueOrDefault("grant_type") is not "urn:ietf:params:oauth:grant-type:jwt-bearer" || parts.Length != 3
            || !AccountKey.Value.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return RefuseToken("invalid_grant", "Invalid JWT Signature.");
        }

        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!;
        if ((string?)claims["iss"] is not Account || (string?)claims["aud"] is not TokenServer)
            return RefuseToken("invalid_grant", "Invalid JWT: issuer or audience.");
        if ((string?)claims["scope"] is not Scope)
            return RefuseToken("invalid_scope", "Invalid OAuth scope or ID token audience provided.");

        Token = Issue();
        return Reply.Of(200, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["access_token"] = Token,
            ["expires_in"] = (int)TokenLife.TotalSeconds,
            ["token_type"] = "Bearer",
        }.ToJsonString()), ("Content-Type", "application/json; charset=utf-8"));
    }

    private static Reply RefuseToken(string error, string description) => Reply.Of(
        400, Encoding.UTF8.GetBytes(new JsonObject { ["error"] = error, ["error_description"] = description }.ToJsonString()),
        ("Content-Type", "application/json; charset=utf-8"));

    private static Reply NotEnabled(string version) =>
        Refuse(400, "FAILED_PRECONDITION", $"{version} is not enabled, current state is: DISABLED.");

    private static Reply WrongMethod() => Refuse(404, "NOT_FOUND", "Method not found.");

    private static Reply Refuse(int status, string code, string message, params (string Name, string Value)[] headers) => Reply.Of(
        status, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["status"] = code },
        }.ToJsonString()), [("Content-Type", "application/json; charset=UTF-8"), .. headers]);

    // Bit by bit, as RFC 3720 has it; the code under test has a table.
    private static string ChecksumOf(byte[] content)
    {
        var remainder = uint.MaxValue;
        foreach (var bit in content.SelectMany(one => Enumerable.Range(0, 8).Select(place => (uint)(one >> place) & 1)))
            remainder = (remainder >> 1) ^ (((remainder & 1) ^ bit) * 0x82F63B78u);
        return (remainder ^ uint.MaxValue).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"\A/v1/(?<ring>projects/[^/]+/locations/[^/]+/keyRings/[^/]+)/cryptoKeys/(?<key>[^/:]+)/cryptoKeyVersions"
        + @"((?<list>)|/(?<version>[0-9]+)(?<verb>/publicKey|:asymmetricSign))\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Path();
}
