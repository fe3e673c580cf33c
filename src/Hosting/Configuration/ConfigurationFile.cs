// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>
/// Reads a service's configuration file: strict JSON, no comments, no unknown or repeated members, and nothing that is
/// silently ignored. Everything that contradicts itself is refused before a port is opened.
/// </summary>
public static class ConfigurationFile
{
    /// <summary>Reads the attestor's file.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public static async ValueTask<AttestorConfiguration> ReadAttestorAsync(string path, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(path, ConfigurationJson.Default.AttestorConfiguration, cancellationToken);
        return new ConfigurationCheck(path).Check(read);
    }

    /// <summary>Reads the verifier's file.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public static async ValueTask<VerifierConfiguration> ReadVerifierAsync(string path, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(path, ConfigurationJson.Default.VerifierConfiguration, cancellationToken);
        return new ConfigurationCheck(path).Check(read);
    }

    private static async ValueTask<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var content = await SmallFile.ReadAsync(path, Limits.ConfigurationBytes, cancellationToken);
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw new ConfigurationException($"{path}: {problem}");

        document.Dispose();
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw new ConfigurationException($"{path}: the document is null");
        }
        catch (JsonException unfit)
        {
            throw new ConfigurationException(
                $"{path}:{(unfit.LineNumber ?? 0) + 1}:{(unfit.BytePositionInLine ?? 0) + 1}: {Describe(unfit)}", unfit);
        }
    }

    // The serializer speaks of types; the operator knows members.
    private static string Describe(JsonException unfit)
    {
        const string Missing = "missing required properties including: ";
        var place = unfit.Path is null or "$" ? "" : Printable.Escape(unfit.Path["$.".Length..]) + ": ";
        var message = unfit.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"{place}unknown member";

        var missing = message.IndexOf(Missing, StringComparison.Ordinal);
        if (missing >= 0)
            return $"{place}missing {message[(missing + Missing.Length)..].TrimEnd('.')}";

        var path = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return message.StartsWith("expected", StringComparison.Ordinal)
            ? place + (path < 0 ? message : message[..path])
            : $"{place}a value of another type is expected";
    }
}
