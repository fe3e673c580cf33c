// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using SupplyChain.Kms.Http;

namespace SupplyChain.Kms;

/// <summary>How HashiCorp Vault or OpenBao is reached.</summary>
public sealed partial record VaultOptions
{
    internal const string PathExpected = "expected a path of letters, digits, '_', '.' and '-'";

    /// <summary>The server; without it <c>VAULT_ADDR</c>.</summary>
    public Uri? Address { get; init; }

    /// <summary>The namespace, if the server has them; without it <c>VAULT_NAMESPACE</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where the transit engine is mounted; without it <c>TRANSIT_SECRET_ENGINE_PATH</c>, or <c>transit</c>.</summary>
    public string? Mount { get; init; }

    /// <summary>A PEM file of additional certificate authorities; without it <c>VAULT_CACERT</c>.</summary>
    public string? Ca { get; init; }

    /// <summary>How to log in; without it the token of <c>VAULT_TOKEN</c>.</summary>
    public VaultLogin? Login { get; init; }

    /// <summary>What is wrong with the options, by member as configuration files name it.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Address is not null && !(KmsHttp.IsAcceptable(Address) && Address.AbsolutePath is "/"))
            yield return ("address", "expected an https URL of a host alone; plain http is for loopback addresses");
        if (Namespace is not null && !IsPath(Namespace))
            yield return ("namespace", PathExpected);
        if (Mount is not null && !IsPath(Mount))
            yield return ("mount", PathExpected);
        foreach (var (member, problem) in Login?.Problems() ?? [])
            yield return ($"login.{member}", problem);
    }

    internal static bool IsPath(string text) =>
        text.Length <= 512 && Path().IsMatch(text) && !text.Split('/').Any(part => part is "." or "..");

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Path();
}

/// <summary>How to log in to Vault: by token, as a Kubernetes service account, or by AppRole.</summary>
public sealed record VaultLogin
{
    internal const string ByToken = "token";
    internal const string ByKubernetes = "kubernetes";
    internal const string ByAppRole = "approle";

    /// <summary><c>token</c>, <c>kubernetes</c> or <c>approle</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The login method's mount, if it is not named like the method.</summary>
    public string? Mount { get; init; }

    /// <summary><c>token</c>: the file that holds the token; read again when the token is refused.</summary>
    public string? TokenFile { get; init; }

    /// <summary><c>kubernetes</c>: the role.</summary>
    public string? Role { get; init; }

    /// <summary><c>kubernetes</c>: the service account's token; without it where a pod has it.</summary>
    public string? JwtFile { get; init; }

    /// <summary><c>approle</c>: the role's id.</summary>
    public string? RoleId { get; init; }

    /// <summary><c>approle</c>: the file that holds the secret id.</summary>
    public string? SecretIdFile { get; init; }

    internal IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Method is not (ByToken or ByKubernetes or ByAppRole))
        {
            yield return ("method", $"expected {ByToken}, {ByKubernetes} or {ByAppRole}");
            yield break;
        }

        if (Mount is not null && (Method is ByToken || !VaultOptions.IsPath(Mount)))
            yield return ("mount", Method is ByToken ? "a token is not logged in with" : VaultOptions.PathExpected);
        foreach (var (member, method, value, isNeeded) in Members())
        {
            if (value is not null && method != Method)
                yield return (member, $"is for the method {method}");
            else if (isNeeded && string.IsNullOrWhiteSpace(value) && method == Method)
                yield return (member, $"the method {method} needs it");
        }
    }

    private IEnumerable<(string Member, string Method, string? Value, bool IsNeeded)> Members() =>
    [
        ("tokenFile", ByToken, TokenFile, false),
        ("role", ByKubernetes, Role, true),
        ("jwtFile", ByKubernetes, JwtFile, false),
        ("roleId", ByAppRole, RoleId, true),
        ("secretIdFile", ByAppRole, SecretIdFile, true),
    ];
}
