// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using SupplyChain.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>
/// AWS KMS in one region, with the token service beside it: requests have to be signed (Signature Version 4), an asymmetric key has
/// one version, and each name is an alias.
/// </summary>
public sealed class AwsKmsSimulator : IKmsSimulator
{
    /// <summary>The region of its keys.</summary>
    public const string Region = "eu-central-1";

    /// <summary>A role that may be taken on, and then has to be for every request.</summary>
    public const string Role = "arn:aws:iam::111122223333:role/attestor";

    private const string Account = "111122223333";

    private static readonly Dictionary<string, (string Spec, string[] Algorithms)> Specs = new(StringComparer.Ordinal)
    {
        ["p256"] = ("ECC_NIST_P256", ["ECDSA_SHA_256"]),
        ["p384"] = ("ECC_NIST_P384", ["ECDSA_SHA_384"]),
        ["p521"] = ("ECC_NIST_P521", ["ECDSA_SHA_512"]),
        ["secp256k1"] = ("ECC_SECG_P256K1", ["ECDSA_SHA_256"]),
        ["ed25519"] = ("ECC_NIST_EDWARDS25519", ["ED25519_SHA_512", "ED25519_PH_SHA_512"]),
        ["rsa2048"] = ("RSA_2048", RsaAlgorithms),
        ["rsa3072"] = ("RSA_3072", RsaAlgorithms),
        ["rsa4096"] = ("RSA_4096", RsaAlgorithms),
    };

    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly AwsIdentity _user = new("AKIAIOSFODNN7CANARY0", "canary/SecretAccessKey/of/the/user/000000", SessionToken: null);
    private readonly AwsIdentity _session = new("ASIAIOSFODNN7CANARY1", "canary/SecretAccessKey/of/the/role/111111", "canary-session-token-of-the-role//==");
    private KmsServer? _server;
    private int _roleCalls;

    private AwsKmsSimulator(TimeProvider clock, bool needsRole) => (_clock, NeedsRole) = (clock, needsRole);

    /// <summary>Whether keys may be used in <see cref="Role"/> only.</summary>
    public bool NeedsRole { get; }

    /// <summary>How often the role was taken on.</summary>
    public int RoleCalls => _roleCalls;

    /// <summary>Answers requests of an operation with this error instead, such as <c>("Sign", "DisabledException")</c>.</summary>
    public (string Operation, string Code, int Status)? Error { get; set; }

    /// <summary>Changes what it answers.</summary>
    public Action<string, JsonObject>? Change { get; set; }

    /// <summary>The last request that was let in, by operation and content.</summary>
    public JsonNode? LastRequest { get; private set; }

    /// <summary>The secret key that clients sign with, if it is not the right one.</summary>
    public string? WrongSecret { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [_user.SecretAccessKey, _session.SecretAccessKey, _session.SessionToken!];

    /// <inheritdoc/>
    public int SignCalls => _server!.SignCalls;

    /// <inheritdoc/>
    public int Calls => _server!.Calls;

    /// <summary>The user who may sign, or take on the role.</summary>
    public AWSCredentials Credentials => new BasicAWSCredentials(_user.AccessKeyId, WrongSecret ?? _user.SecretAccessKey);

    /// <summary>Where it is.</summary>
    public Uri Endpoint => _server!.Origin;

    private static string[] RsaAlgorithms =>
        [.. new[] { 256, 384, 512 }.SelectMany(bits => new[] { $"RSASSA_PKCS1_V1_5_SHA_{bits}", $"RSASSA_PSS_SHA_{bits}" })];

    /// <summary>Starts one.</summary>
    /// <param name="clock">Its time, which requests have to be near.</param>
    /// <param name="needsRole">Keys may be used in <see cref="Role"/> only.</param>
    public static async Task<AwsKmsSimulator> StartAsync(TimeProvider? clock = null, bool needsRole = false)
    {
        var simulator = new AwsKmsSimulator(clock ?? TimeProvider.System, needsRole);
        simulator._server = await KmsServer.StartAsync(Classify, simulator.Answer);
        return simulator;
    }

    /// <inheritdoc/>
    public void Break(KmsFault fault, int times = int.MaxValue) => _server!.Break(fault, times);

    /// <inheritdoc/>
    public void Mend() => _server!.Break(KmsFault.None, 0);

    /// <inheritdoc/>
    public string UriOf(string key) => $"awskms:///alias/{key}";

    /// <summary>The ARN of the key that an alias points to now.</summary>
    public string ArnOf(string key) => ArnOf(key, _numbers.GetValueOrDefault(key));

    /// <inheritdoc/>
    public void Rotate(string key) => _numbers.AddOrUpdate(key, 1, (_, number) => number + 1);

    /// <summary>The options that a client needs.</summary>
    public AwsKmsOptions Options() => new()
    {
        Region = Region,
        Endpoint = Endpoint,
        Role = NeedsRole ? Role : null,
        StsEndpoint = NeedsRole ? Endpoint : null,
    };

    /// <inheritdoc/>
    public ISigningKeySource Connect(TimeProvider clock) => Connect(clock, Options());

    /// <summary>The code under test with options of the test's own.</summary>
    public ISigningKeySource Connect(TimeProvider clock, AwsKmsOptions options) =>
        new AwsKms(options, clock, Credentials);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private static string ArnOf(string key, int number) => $"arn:aws:kms:{Region}:{Account}:key/{IdOf(key, number)}";

    private static string IdOf(string key, int number) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}#{number}"))[..16]).ToString();

    private static string OperationOf(SeenRequest request) => (request.Header("X-Amz-Target") ?? "").Split('.')[^1];

    private static KmsRequest Classify(SeenRequest request, byte[] body) => new(
        request, body, IsAboutKeys: request.Header("X-Amz-Target") is not null, IsSign: OperationOf(request) is "Sign");

    private Reply Answer(KmsRequest asked, KmsFault fault)
    {
        var request = asked.Request;
        if (request is not { Method: "POST", Path: "/", Query: "" })
            return Refuse(404, "UnknownOperationException", "no such path");
        if (!asked.IsAboutKeys)
            return TakeRole(asked);
        if (AwsSignature.ProblemOf(request, asked.Body, [NeedsRole ? _session : _user], Region, "kms", _clock.GetUtcNow()) is { } problem)
            return Refuse(400, problem.Code, problem.Message);
        if (request.Header("Content-Type") is not "application/x-amz-json-1.1"
            || request.Header("X-Amz-Target") is not ("TrentService.Sign" or "TrentService.GetPublicKey" or "TrentService.DescribeKey"))
        {
            return Refuse(400, "UnknownOperationException", "not an operation of this protocol");
        }

        var operation = OperationOf(request);
        var content = JsonNode.Parse(asked.Body)!;
        LastRequest = content;
        if (Find(content["KeyId"]!.GetValue<string>()) is not var (name, number))
            return Refuse(400, "NotFoundException", $"Alias {content["KeyId"]} is not found.");
        if (Error is { } error && error.Operation == operation)
            return Refuse(error.Status, error.Code, $"the simulator was told to say so about {operation}");
        return fault switch
        {
            KmsFault.Throttle => Refuse(400, "ThrottlingException", "You have exceeded the rate at which you may call KMS."),
            KmsFault.ServerError => Refuse(500, "KMSInternalException", "try again"),
            KmsFault.Disabled => Refuse(400, "DisabledException", $"{ArnOf(name, number)} is disabled."),
            KmsFault.PermissionDenied => Refuse(
                400, "AccessDeniedException",
                $"User: arn:aws:iam::{Account}:user/attestor is not authorized to perform: kms:{operation} on resource: {ArnOf(name, number)}"),
            _ => Work(operation, content, name, number, fault),
        };
    }

    private (string Name, int Number)? Find(string keyId)
    {
        var prefix = $"arn:aws:kms:{Region}:{Account}:";
        var id = keyId.StartsWith(prefix, StringComparison.Ordinal) ? keyId[prefix.Length..] : keyId;
        foreach (var name in Specs.Keys)
        {
            var current = _numbers.GetValueOrDefault(name);
            if (id == $"alias/{name}")
                return (name, current);
            for (var number = 0; number <= current; number++)
            {
                if (id == $"key/{IdOf(name, number)}" || id == IdOf(name, number))
                    return (name, number);
            }
        }

        return null;
    }

    private Reply Work(string operation, JsonNode content, string name, int number, KmsFault fault)
    {
        var (spec, algorithms) = Specs[name];
        var answer = new JsonObject { ["KeyId"] = ArnOf(name, number) };
        if (operation is "Sign")
        {
            var algorithm = content["SigningAlgorithm"]?.GetValue<string>() ?? "";
            var message = Convert.FromBase64String(content["Message"]!.GetValue<string>());
            if (!algorithms.Contains(algorithm, StringComparer.Ordinal))
                return Refuse(400, "InvalidKeyUsageException", $"{algorithm} is not an algorithm of {spec}");

            var isRaw = content["MessageType"]?.GetValue<string>() is not "DIGEST";
            var bits = int.Parse(algorithm[^3..], System.Globalization.CultureInfo.InvariantCulture);
            if (isRaw ? message.Length is 0 or > 4096 : message.Length != bits / 8 || name is "ed25519")
                return Refuse(400, "ValidationException", "Digest is invalid length for algorithm " + algorithm);
            answer["SigningAlgorithm"] = algorithm;
            answer["Signature"] = Convert.ToBase64String(Sign(name, number, algorithm, message, isRaw, fault));
        }
        else
        {
            answer["KeySpec"] = spec;
            answer["CustomerMasterKeySpec"] = spec;
            answer["KeyUsage"] = "SIGN_VERIFY";
            answer["SigningAlgorithms"] = new JsonArray([.. algorithms.Select(algorithm => (JsonNode)algorithm)]);
            answer["PublicKey"] = Convert.ToBase64String(SimulatedKey.Get(name, number).Spki);
        }

        Change?.Invoke(operation, answer);
        return Reply.Of(200, Encoding.UTF8.GetBytes(answer.ToJsonString()), ("Content-Type", "application/x-amz-json-1.1"));
    }

    private static byte[] Sign(string name, int number, string algorithm, byte[] message, bool isRaw, KmsFault fault)
    {
        var digest = new HashAlgorithmName("SHA" + algorithm[^3..]);
        var input = isRaw && name is not "ed25519" ? CryptographicOperations.HashData(digest, message) : message;
        var signature = SimulatedKey.Get(name, fault is KmsFault.WrongKey ? number + 1000 : number).Sign(
            input, digest, algorithm.Contains("PSS", StringComparison.Ordinal) != fault is KmsFault.OtherPadding,
            fault is KmsFault.P1363InsteadOfDer);
        if (fault is KmsFault.FlippedBit)
            signature[^1] ^= 1;
        return signature;
    }

    private Reply TakeRole(KmsRequest asked)
    {
        Interlocked.Increment(ref _roleCalls);
        if (AwsSignature.ProblemOf(asked.Request, asked.Body, [_user], Region, "sts", _clock.GetUtcNow()) is { } problem)
            return RefuseXml(403, problem.Code, problem.Message);

        var form = Encoding.UTF8.GetString(asked.Body).Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        if (form.GetValueOrDefault("Action") is not "AssumeRole" || form.GetValueOrDefault("RoleArn") is not Role)
            return RefuseXml(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole");

        var until = _clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return Reply.Of(200, Encoding.UTF8.GetBytes($"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
            <AccessKeyId>{_session.AccessKeyId}</AccessKeyId><SecretAccessKey>{_session.SecretAccessKey}</SecretAccessKey>
            <SessionToken>{_session.SessionToken}</SessionToken><Expiration>{until}</Expiration></Credentials>
            <AssumedRoleUser><Arn>{Role}</Arn><AssumedRoleId>AROA:supplychain</AssumedRoleId></AssumedRoleUser></AssumeRoleResult>
            <ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></AssumeRoleResponse>
            """), ("Content-Type", "text/xml"));
    }

    private static Reply Refuse(int status, string code, string message) => Reply.Of(
        status, Encoding.UTF8.GetBytes(new JsonObject { ["__type"] = code, ["message"] = message }.ToJsonString()),
        ("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code));

    private static Reply RefuseXml(int status, string code, string message) => Reply.Of(
        status, Encoding.UTF8.GetBytes($"""
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
            <Message>{System.Security.SecurityElement.Escape(message)}</Message></Error><RequestId>0</RequestId></ErrorResponse>
            """), ("Content-Type", "text/xml"));
}
