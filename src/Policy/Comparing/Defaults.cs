// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Yaml;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Comparing;

/// <summary>
/// What a field means that is left out, where that is a value: by itself, or by what stands beside it.
/// </summary>
internal static class Defaults
{
    /// <summary>The value that leaving a field out stands for; null where there is none.</summary>
    /// <param name="document">The name of the document.</param>
    /// <param name="field">The path as <see cref="FieldMeaning"/> knows it.</param>
    /// <param name="beside">The object that the field is left out of.</param>
    internal static YamlNode? Of(string document, string field, YamlMapping beside) => field switch
    {
        // Its members have defaults of their own.
        "spec.produce" => new YamlMapping(default, []),
        "spec.verifierId" => Scalar($"supplychain:attestor/{document}"),
        "spec.members[].state" => Scalar(beside.TryGet("key", out _) ? "signing" : "verifying"),
        "spec.members[].transparencyLog" or "spec.members[].certificateLog" =>
            Scalar(beside.TryGet("identity", out _) ? "required" : "none"),
        "spec.members[].algorithm" => beside.TryGet("publicKey", out var pem) ? AlgorithmOf(pem) : null,
        _ => FieldMeaning.Of(field) switch
        {
            { Default: { } usual } => Scalar(usual),
            { DefaultEntries: { } usual } => new YamlSequence(default, [.. usual.Select(Scalar)]),
            _ => null,
        },
    };

    private static YamlScalar? AlgorithmOf(YamlNode pem) =>
        PublicKey.TryParsePem((pem as YamlScalar)?.Text, out var key, out _) ? Scalar(key.Algorithm.Name()) : null;

    private static YamlScalar Scalar(string text) => new(default, text, isPlain: true);
}
