// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Http;

namespace SupplyChain.Oci;

/// <summary>
/// Credentials from a Docker <c>config.json</c>: its <c>credHelpers</c>, then its <c>credsStore</c>, then its
/// <c>auths</c>. The file is read anew for each question, so that a fresh login counts at once.
/// </summary>
/// <param name="path">The file; where it is absent there are no credentials.</param>
/// <param name="clock">The time that bounds a helper's answer.</param>
public sealed class DockerConfig(string path, TimeProvider clock) : ICredentialSource
{
    /// <summary><c>$DOCKER_CONFIG/config.json</c>, or <c>~/.docker/config.json</c>.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <inheritdoc/>
    public async ValueTask<RegistryCredential?> FindAsync(string host, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(cancellationToken);
        if (content is null)
            return null;

        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw Unusable(problem);

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Unusable("it is not an object");

            foreach (var helper in HelpersFor(root, host))
            {
                var credential = await CredentialHelper.AskAsync(helper, ServerNameOf(host), clock, cancellationToken);
                if (credential is not null)
                    return credential;
            }

            return FindEntry(root, host) is { } entry ? ReadEntry(entry, host) : null;
        }
    }

    private async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;

            return file.Length <= Limits.DockerConfigBytes
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw Unusable($"it has more than {Limits.DockerConfigBytes} bytes");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(
                ReasonCode.RegistryDenied, "the Docker configuration cannot be read", unreadable);
        }
    }

    private static IEnumerable<string> HelpersFor(JsonElement root, string host)
    {
        if (root.TryGetProperty("credHelpers", out var helpers) && helpers.ValueKind == JsonValueKind.Object)
        {
            foreach (var helper in helpers.EnumerateObject())
            {
                if (IsFor(helper.Name, host) && helper.Value.ValueKind == JsonValueKind.String)
                    yield return helper.Value.GetString()!;
            }
        }

        if (root.TryGetProperty("credsStore", out var store) && store.ValueKind == JsonValueKind.String
            && !store.ValueEquals(""))
            yield return store.GetString()!;
    }

    private static JsonElement? FindEntry(JsonElement root, string host)
    {
        if (!root.TryGetProperty("auths", out var auths) || auths.ValueKind != JsonValueKind.Object)
            return null;

        if (auths.TryGetProperty(host, out var exact))
            return exact;

        foreach (var entry in auths.EnumerateObject())
        {
            if (IsFor(entry.Name, host))
                return entry.Value;
        }

        return null;
    }

    // Keys are hosts, or URLs that older logins wrote. One with a path below the registry's own is for that path only,
    // and a credential is never used more widely than it was given.
    private static bool IsFor(string key, string host)
    {
        var name = key.StartsWith("https://", StringComparison.Ordinal) ? key[8..]
            : key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && name[slash..] is not ("/" or "/v1" or "/v1/" or "/v2" or "/v2/"))
            return false;

        name = slash < 0 ? name : name[..slash];
        name = name is "index.docker.io" or DockerHub.Server ? DockerHub.Name : name;
        return string.Equals(name, host, StringComparison.Ordinal);
    }

    private static string ServerNameOf(string host) => host is DockerHub.Name ? DockerHub.LoginName : host;

    private static RegistryCredential? ReadEntry(JsonElement entry, string host)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw Unusable($"the entry of {host} is not an object");

        if (ReadText(entry, "identitytoken", out var token))
            return new RegistryCredential.IdentityToken(token);

        if (ReadText(entry, "username", out var username) && ReadText(entry, "password", out var password))
            return new RegistryCredential.Password(username, password);

        if (!ReadText(entry, "auth", out var auth))
            return null;

        var bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, bytes, out var length))
            throw Unusable($"the auth of {host} is not base64");

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new RegistryCredential.Password(pair[..colon], pair[(colon + 1)..].TrimEnd('\0'))
            : throw Unusable($"the auth of {host} is not name:password");
    }

    private static bool ReadText(JsonElement entry, string name, [NotNullWhen(true)] out string? text)
    {
        text = entry.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
        return !string.IsNullOrEmpty(text);
    }

    private static RegistryException Unusable(string what) =>
        new(ReasonCode.RegistryDenied, $"the Docker configuration cannot be used: {what}");
}
