// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>Tokens of one host, by scope, until they expire.</summary>
internal sealed class TokenCache(TimeProvider clock)
{
    private const int Most = 1024;
    private readonly ConcurrentDictionary<RepositoryScope, Token> _tokens = new();

    public Token? Find(RepositoryScope scope) =>
        _tokens.TryGetValue(scope, out var token) && token.ExpiresAt > clock.GetUtcNow() ? token : null;

    public void Keep(RepositoryScope scope, Token token)
    {
        if (_tokens.Count >= Most)
            _tokens.Clear();
        _tokens[scope] = token;
    }
}

/// <summary>A bearer token and when to stop using it.</summary>
internal sealed record Token(string Value, DateTimeOffset ExpiresAt)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Reads a token server's answer. Docker "Token Authentication Specification"; 60 seconds when it names no
    /// lifetime.
    /// </summary>
    /// <exception cref="RegistryException">REGISTRY_PROTOCOL: it holds no usable token.</exception>
    public static Token Read(ReadOnlyMemory<byte> content, string server, DateTimeOffset now)
    {
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw new RegistryException(
                ReasonCode.RegistryProtocol, $"the answer of the token server {server} is {problem}");

        using (document)
        {
            var root = document.RootElement;
            var value = ReadText(root, "token") ?? ReadText(root, "access_token");
            if (value is null)
                throw new RegistryException(
                    ReasonCode.RegistryProtocol, $"the token server {server} answered without a token");

            var lifetime = root.TryGetProperty("expires_in", out var seconds)
                && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var given) && given >= 0
                    ? TimeSpan.FromSeconds(given)
                    : Shortest;
            return new Token(value, now + (lifetime < Longest ? lifetime : Longest) - Margin);
        }
    }

    // A token goes into a header: only what may stand there.
    private static string? ReadText(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text
        && text.All(c => c is > ' ' and <= '~')
            ? text
            : null;

    public override string ToString() => "(a token)";
}
