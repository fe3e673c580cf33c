// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Kms.Vault;

/// <summary>
/// Logs in, again shortly before the token's lease ends, and again when the token is refused; of many callers one does it and the
/// others wait for what comes of it.
/// </summary>
internal sealed class VaultTokens(VaultSettings settings, VaultHttp http, TimeProvider clock) : IDisposable
{
    private const string PodToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    // A caller without a permission must not turn every signature into a login.
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _login = new(1, 1);
    private volatile VaultToken? _token;

    public void Dispose() => _login.Dispose();

    /// <summary>The token of now.</summary>
    /// <exception cref="KmsException">The login was refused, or not answered.</exception>
    public async ValueTask<VaultToken> GetAsync(CancellationToken ct)
    {
        if (_token is { } known && clock.GetUtcNow() < known.RenewAt)
            return known;

        await _login.WaitAsync(ct);
        try
        {
            if (_token is { } meanwhile && clock.GetUtcNow() < meanwhile.RenewAt)
                return meanwhile;

            return _token = await LogInAsync(ct);
        }
        catch (KmsException fault)
            when (fault.Reason == ReasonCode.KmsUnavailable && _token is { } old && clock.GetUtcNow() < old.EndsAt)
        {
            return old;
        }
        finally
        {
            _login.Release();
        }
    }

    /// <summary>
    /// A token instead of one that was refused; <see langword="null"/> if there is no other, or a fresh one was refused just now.
    /// </summary>
    /// <exception cref="KmsException">The login was refused, or not answered.</exception>
    public async ValueTask<VaultToken?> ReplaceAsync(VaultToken refused, CancellationToken ct)
    {
        await _login.WaitAsync(ct);
        try
        {
            var current = _token ?? refused;
            if (!IsSame(current))
                return current;
            if (clock.GetUtcNow() < current.BelievedUntil)
                return null;

            var fresh = await LogInAsync(ct);
            _token = fresh = fresh with { BelievedUntil = clock.GetUtcNow() + Believed };
            return IsSame(fresh) ? null : fresh;
        }
        finally
        {
            _login.Release();
        }

        bool IsSame(VaultToken token) => string.Equals(token.Value, refused.Value, StringComparison.Ordinal);
    }

    private ValueTask<VaultToken> LogInAsync(CancellationToken ct) => settings.Login.Method switch
    {
        VaultLogin.ByKubernetes => AskAsync("role", settings.Login.Role!, "jwt", settings.Login.JwtFile ?? PodToken, ct),
        VaultLogin.ByAppRole => AskAsync("role_id", settings.Login.RoleId!, "secret_id", settings.Login.SecretIdFile!, ct),
        _ => ReadTokenAsync(ct),
    };

    private async ValueTask<VaultToken> ReadTokenAsync(CancellationToken ct)
    {
        var file = settings.Login.TokenFile;
        var token = file is not null ? await ReadSecretAsync(file, ct) : settings.Token ?? throw KmsException.Unusable(
            $"there is no Vault token; set {VaultSettings.TokenVariable} or configure kms.vault.login");
        return new VaultToken(
            Checked(token, file is null ? VaultSettings.TokenVariable : Printable.Escape(file)),
            DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
    }

    private async ValueTask<VaultToken> AskAsync(
        string nameMember, string name, string secretMember, string secretFile, CancellationToken ct)
    {
        var secret = await ReadSecretAsync(secretFile, ct);
        var body = VaultJson.Write(json =>
        {
            json.WriteString(nameMember, name);
            json.WriteString(secretMember, secret);
        });
        var mount = (settings.Login.Mount ?? settings.Login.Method).TrimEnd('/');
        var purpose = $"the login at auth/{mount}/login";
        var since = clock.GetUtcNow();
        var answer = await http.SendAsync($"auth/{mount}/login", token: null, body, purpose, ct);
        if (!answer.IsSuccess)
            throw answer.ToFault(purpose);
        if (!VaultJson.TryGet(answer.Document, "auth", out var auth) || auth.Text("client_token") is not { } token
            || VaultJson.Number(auth, "lease_duration") is not { } seconds)
        {
            throw KmsException.Unavailable($"Vault answered without a token on {purpose}");
        }

        // A lease of zero has no end.
        var lease = TimeSpan.FromSeconds(seconds);
        var margin = lease / 10 < LongestMargin ? lease / 10 : LongestMargin;
        return seconds == 0
            ? new VaultToken(Checked(token, "Vault's answer"), DateTimeOffset.MaxValue, DateTimeOffset.MaxValue)
            : new VaultToken(Checked(token, "Vault's answer"), since + lease - margin, since + lease);
    }

    private static async ValueTask<string> ReadSecretAsync(string path, CancellationToken ct)
    {
        // Mounted secrets are readable for their group, so the mode says nothing here.
        var content = await KeyFiles.ReadPublicAsync(path, "file for Vault's login", Limits.KmsSecretBytes, ct);
        return Encoding.UTF8.GetString(content).Trim();
    }

    private static string Checked(string token, string origin) =>
        token.Length > 0 && token.All(char.IsAscii) && !token.Any(letter => char.IsControl(letter) || letter is ' ')
            ? token
            : throw KmsException.Unusable($"what {origin} holds is no Vault token: expected letters without spaces");
}

/// <summary>A token, and when to log in again.</summary>
internal sealed record VaultToken(string Value, DateTimeOffset RenewAt, DateTimeOffset EndsAt)
{
    /// <summary>Until then a refusal is taken for a missing permission.</summary>
    public DateTimeOffset BelievedUntil { get; init; }

    // A record would print it.
    public override string ToString() => nameof(VaultToken);
}
